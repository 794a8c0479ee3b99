// What a session says without having been asked. Errors that answer a request are in `debug/userError.ts`.
import { t } from '../base/localization';

export const notices = {
  malformed: (problem: string) => t`Ringside has skipped a malformed message of the client: ${problem}.`,
  leftOut: (characters: number) =>
    t`Ringside has left out ${characters} characters here: the guest prints faster than they can be shown.`,
  waitsForInput: () => t`The guest has halted, and waits for a key or for a byte on its serial line.`,
  stopped: (ownError: string) => t`Ringside has stopped. ${ownError}`,
};

/** What makes a message malformed, for that notice. */
export const malformations = {
  noType: () => t`a message has no type`,
  notJson: () => t`a message is not JSON`,
  longMessage: (bytes: number) => t`a header announces ${bytes} bytes`,
  noHeader: (bytes: number) => t`${bytes} bytes without a header`,
};
