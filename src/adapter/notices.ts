// What a session says without having been asked. Errors that answer a request are in `debug/userError.ts`.

export const notices = {
  malformed: (problem: string) => `Ringside has skipped a malformed message of the client: ${problem}.`,
  leftOut: (characters: number) =>
    `Ringside has left out ${characters} characters here: the guest prints faster than they can be shown.`,
  waitsForInput: 'The guest has halted, and waits for a key or for a byte on its serial line.',
  stopped: (ownError: string) => `Ringside has stopped. ${ownError}`,
};

/** What makes a message malformed, for that notice. */
export const malformations = {
  noType: 'a message has no type',
  notJson: 'a message is not JSON',
  longMessage: (bytes: number) => `a header announces ${bytes} bytes`,
  noHeader: (bytes: number) => `${bytes} bytes without a header`,
};
