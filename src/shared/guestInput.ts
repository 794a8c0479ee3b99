// What a user gives a guest from outside, over the debug protocol: requests of this project's own, for the editor and for any
// other client. Each waits for the guest to take it; more than may wait is refused, as a whole.

/** Request: keys pressed and released, as scan codes of set 1 (`scanCodes.ts`). */
export const keysRequest = 'guestKeys';

export interface KeysRequest {
  codes: number[];
}

/** Request: text typed on a US keyboard, at the pace at which the guest reads it. */
export const typeRequest = 'guestType';

/** Request: text for the guest's serial port COM1, as UTF-8. */
export const serialRequest = 'guestSerial';

export interface TextRequest {
  text: string;
}

/** Characters in one request, at most. */
export const longestText = 32 * 1024;

/** Text of any length, to be typed. No end of a line is cut in two, which would be typed twice. */
export function typeRequests(text: string): TextRequest[] {
  const lines = text.replaceAll('\r\n', '\n');
  const count = Math.ceil(lines.length / longestText);
  return Array.from({ length: count }, (_, index) => ({
    text: lines.slice(index * longestText, (index + 1) * longestText),
  }));
}

/** Answer of `guestType`: how many characters no key of that keyboard types. They were left out. */
export interface TypeAnswer {
  leftOut: number;
}
