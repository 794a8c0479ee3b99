// How files are read, by whoever can.

import { errors } from './userError';

/** Why a file cannot be read that is not there at all. Where it is looked for in several places, that is no news. */
export class NoSuchFile extends Error {
  override readonly name = 'NoSuchFile';
}

/** How files are read: from disk in a process, by messages to the editor in a browser. */
export interface FileAccess {
  /** The whole file, if it has at most so many bytes. Rejects with an Error whose message is a reason for people: `NoSuchFile`, or another. */
  read(path: string, mostBytes?: number): Promise<Uint8Array>;
}

/** No program is larger; nor are all the files together that one source names. */
export const largestProgram = 256 * 1024 * 1024;

/** @throws UserError with a reason for people */
export async function readProgram(
  path: string,
  files: FileAccess,
  problem = errors.unreadableProgram,
): Promise<Uint8Array> {
  try {
    return await files.read(path, largestProgram);
  } catch (error) {
    throw problem(path, reasonOf(error));
  }
}

export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
