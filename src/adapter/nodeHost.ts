// What the adapter and the command line take from Node: files, and turns between which other events are let in.
import { fileURLToPath } from 'node:url';
import { marked, translated } from '../base/localization';
import { type FileAccess, NoSuchFile } from '../debug/files';
import type { EngineHost } from '../debug/engine';
import { largestFile } from './host';
import { readRegularFile } from './regularFile';

/** The reasons that people meet, in words. */
const reasons: { readonly [code in string]?: string } = {
  ENOENT: marked`there is no such file`,
  EACCES: marked`access is denied`,
  EPERM: marked`access is denied`,
  EISDIR: marked`it is a folder`,
  ENOTDIR: marked`a part of its path is not a folder`,
};

export const nodeFiles: FileAccess = {
  async read(path, mostBytes = largestFile) {
    try {
      return await readRegularFile(path.startsWith('file:') ? fileURLToPath(path) : path, mostBytes);
    } catch (error) {
      throw new (isAbsence(error) ? NoSuchFile : Error)(reasonOf(error), { cause: error });
    }
  },
};

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : '');

const isAbsence = (error: unknown): boolean => ['ENOENT', 'ENOTDIR'].includes(codeOf(error));

/** Why Node could not do something with a file. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const reason = reasons[codeOf(error)];
  return reason === undefined ? error.message : translated(reason);
}

/** Lets Node handle what has arrived. */
export const letEventsIn = (): Promise<void> => new Promise(resolve => setImmediate(resolve));

/** Turns of at most `milliseconds`. */
export function nodeTurns(milliseconds: number): Pick<EngineHost, 'yieldTurn' | 'turnIsOver'> {
  let end = performance.now() + milliseconds;
  return {
    turnIsOver: () => performance.now() >= end,
    async yieldTurn() {
      await letEventsIn();
      end = performance.now() + milliseconds;
    },
  };
}
