// Ringside itself, under any technique, in a process of its own as in the adapter.
import fs from 'node:fs';
import path from 'node:path';
import type { TechniqueName } from '../../../src/monitor/system';
import type { Peer } from './peer';

const script = path.resolve('out/bench/bench/peers/ringsideProcess.js');

const version = (): string => {
  const { version: found } = JSON.parse(fs.readFileSync('package.json', 'utf8')) as { version: string };
  return found;
};

export function ringside(name: string, title: string, technique: TechniqueName, ...options: string[]): Peer {
  return {
    name,
    title,
    missing: () => undefined,
    version: () => `${version()}, Node ${process.versions.node}`,
    command: file => ({
      program: process.execPath,
      parameters: [script, file, technique, ...options],
      folder: path.resolve('.'),
    }),
  };
}

export const ringsideCompiling = ringside('ringside', 'Ringside', 'none');
export const ringsideEvaluating = ringside('ringside-evaluator', 'Ringside evaluator', 'none', '--evaluate');
