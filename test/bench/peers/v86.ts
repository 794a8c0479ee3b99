// v86, the emulator in JavaScript and WebAssembly, from npm.
import fs from 'node:fs';
import path from 'node:path';
import type { Peer } from './peer';

const manifest = path.resolve('node_modules/v86/package.json');
const script = path.resolve('out/bench/bench/peers/v86Process.js');

const version = (): string => {
  const { version: found } = JSON.parse(fs.readFileSync(manifest, 'utf8')) as { version: string };
  return found;
};

function v86(name: string, title: string, ...options: string[]): Peer {
  return {
    name,
    title,
    hasHostClock: true,
    missing: () => (fs.existsSync(manifest) ? undefined : 'v86 is not installed: run npm ci'),
    version: () => `${version()}, Node ${process.versions.node}`,
    command: file => ({ program: process.execPath, parameters: [script, file, ...options], folder: path.resolve('.') }),
  };
}

export const v86Compiling = v86('v86', 'v86 JIT');
export const v86Interpreting = v86('v86-interpreter', 'v86 no JIT', '--interpret');
