// The guest's screen and keyboard over the debug protocol, beyond what that protocol has: the requests and events of this
// project's own, for the editor and for any other client.

/** Event, without a body: something is to be seen on the guest's screen for the first time since its launch. */
export const screenShown = 'guestScreenShown';

/** Event, with a `GuestScreen` as its body: the last picture, of a guest whose session ends, if there was anything to be seen. */
export const lastScreen = 'guestScreenLast';

/**
 * Request: the picture, with a number. With `since`, the number of the last one, the answer comes when the picture is another:
 * the newest, however many there have been. After a second in vain, or when the next request comes, it says `unchanged`.
 */
export const screenRequest = 'guestScreen';

export interface ScreenRequest {
  since?: number;
}

export type GuestScreen = { number: number } & (GuestText | GuestPixels | GuestUnshown | { mode: 'unchanged' });

export interface GuestText {
  mode: 'text';
  columns: number;
  rows: number;
  /** Of `columns` characters each, in Unicode. */
  lines: string[];
  /** One byte a character, row by row, in base64: bits 3–0 its colour, 6–4 that of its background, 7 as `blinks` says. */
  attributes: string;
  /** Is bit 7 a blinking character? It is a bright background otherwise. */
  blinks: boolean;
  /** `top` and `bottom` are parts of the cell's height. */
  cursor?: { row: number; column: number; top: number; bottom: number };
  /** 16 colours, each 0xrrggbb. */
  palette: number[];
}

export interface GuestPixels {
  mode: 'pixels';
  width: number;
  height: number;
  /** One byte a pixel, row by row, in base64. */
  pixels: string;
  /** 256 colours, each 0xrrggbb. */
  palette: number[];
}

/** A graphics mode that Ringside does not show, or a screen that is switched off. */
export interface GuestUnshown {
  mode: 'graphics' | 'off';
  width: number;
  height: number;
}
