// What the editor and its view of the guest's screen (media/screen/) say to each other.
import type { GuestScreen } from './guestScreen';

export type Picture = Exclude<GuestScreen, { mode: 'unchanged' }>;

export type ToScreenView = { kind: 'picture'; picture: Picture } | { kind: 'state'; hasEnded: boolean };

export type FromScreenView =
  /** It can take a picture: another than the one it shows, if it does. */
  | { kind: 'ready'; shows: boolean }
  /** Scan codes of set 1, as a keyboard sends them. */
  | { kind: 'keys'; codes: number[] }
  /** What is on the clipboard is to be typed. */
  | { kind: 'paste' };

/** In the user's language; `{0}` and `{1}` stand for a width and a height. */
export interface ScreenTexts {
  captured: string;
  released: string;
  ended: string;
  off: string;
  unshown: string;
  pixels: string;
}
