// How files are read, by whoever can.

import { errors } from './userError';

/** How files are read: from disk in a process, by messages to the editor in a browser. */
export interface FileAccess {
  /** The whole file. Rejects with an Error whose message is a reason for people. */
  read(path: string): Promise<Uint8Array>;
}

/** @throws UserError with a reason for people */
export async function readProgram(
  path: string,
  files: FileAccess,
  problem = errors.unreadableProgram,
): Promise<Uint8Array> {
  try {
    return await files.read(path);
  } catch (error) {
    throw problem(path, reasonOf(error));
  }
}

export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
