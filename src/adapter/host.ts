// What a session needs from the process or worker that it lives in.
import type { Assembler } from '../debug/assembler';
import type { FileAccess } from '../debug/files';
import type { TechniqueName } from '../monitor/system';

/** A disk image is no larger, nor is any other file. */
export const largestFile = 1024 * 1024 * 1024;

export interface AdapterHost {
  readonly files: FileAccess;
  /** Where there is none, the session waits while it assembles. */
  readonly assembler?: Assembler;
  /** Where relative names begin; undefined if there is no such place. */
  readonly currentFolder?: string;
  /** How much waits until the client reads it, where that is known. */
  unsentBytes?(): number;
  /** What a launch must have as its "token", if anybody could have sent it. */
  readonly token?: string | undefined;
  /** The technique that a launch will name, if the client has said so beforehand. */
  readonly technique?: TechniqueName | undefined;
  /** Lets the events of the process or worker in, messages of the client among them. */
  letEventsIn(): Promise<void>;
  /** The client has gone; the process may end. */
  end(): void;
}
