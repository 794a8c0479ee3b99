// What a session needs from the process or worker that it lives in.
import type { FileAccess } from '../debug/files';

export interface AdapterHost {
  readonly files: FileAccess;
  /** Where relative names begin; undefined if there is no such place. */
  readonly currentFolder?: string;
  /** Lets the events of the process or worker in, messages of the client among them. */
  letEventsIn(): Promise<void>;
  /** The client has gone; the process may end. */
  end(): void;
}
