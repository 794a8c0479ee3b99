// What a guest's screen shows at one moment, as a value: characters with their attributes, pixels, or a mode that is named in
// words. Attributes and cursor as in IBM's VGA Technical Reference, "Alphanumeric Modes".
import { characterOf } from './codePage437';

export type ScreenFrame = TextFrame | PixelFrame | UnshownFrame;

export interface TextFrame {
  readonly kind: 'text';
  readonly columns: number;
  readonly rows: number;
  /** Row by row, a character and an attribute for each cell: background in bits 6–4, foreground in bits 3–0. */
  readonly cells: Uint8Array;
  /** Is an attribute's bit 7 a blinking character? It is a bright background otherwise. */
  readonly blinks: boolean;
  /** Undefined if it is switched off or not on the screen. */
  readonly cursor: TextCursor | undefined;
  /** 16 colours, each 0xrrggbb. */
  readonly palette: readonly number[];
}

export interface TextCursor {
  readonly row: number;
  readonly column: number;
  /** Where in its cell it begins and ends, as parts of the cell's height. */
  readonly top: number;
  readonly bottom: number;
}

export interface PixelFrame {
  readonly kind: 'pixels';
  readonly width: number;
  readonly height: number;
  /** Row by row, one byte each: an index into the palette. */
  readonly pixels: Uint8Array;
  /** 256 colours, each 0xrrggbb. */
  readonly palette: readonly number[];
}

/** A graphics mode that is not shown, or a screen that is switched off: nothing then. */
export interface UnshownFrame {
  readonly kind: 'graphics' | 'off';
  readonly width: number;
  readonly height: number;
}

/** The characters of each row. */
export const textLines = ({ cells, columns, rows }: TextFrame): string[] =>
  Array.from({ length: rows }, (_, row) => {
    let line = '';
    for (let column = 0; column < columns; column++) line += characterOf(cells[(row * columns + column) * 2]);
    return line;
  });

/** As `textLines`, without what cannot be seen: characters of the colour that they stand on, and blanks at the ends. */
export const visibleLines = (frame: TextFrame): string[] =>
  textLines(frame).map((line, row) =>
    [...line]
      .map((character, column) => (isVisible(attributeAt(frame, row, column)) ? character : ' '))
      .join('')
      .trimEnd(),
  );

/** Is nothing to be seen but one dark colour? A screen that no guest has used yet is empty. */
export function isEmpty(frame: ScreenFrame): boolean {
  switch (frame.kind) {
    case 'text':
      return hasNoBackground(frame) && visibleLines(frame).every(line => line === '');
    case 'pixels':
      return frame.pixels.every(pixel => pixel === 0);
    case 'graphics':
    case 'off':
      return frame.kind === 'off';
  }
}

export function sameFrame(one: ScreenFrame, other: ScreenFrame): boolean {
  if (one.kind === 'text') return other.kind === 'text' && sameText(one, other);
  if (one.kind === 'pixels') return other.kind === 'pixels' && samePixels(one, other);
  return one.kind === other.kind && sameSize(one, other);
}

const sameText = (one: TextFrame, other: TextFrame): boolean =>
  one.columns === other.columns &&
  one.rows === other.rows &&
  one.blinks === other.blinks &&
  sameCursor(one.cursor, other.cursor) &&
  sameNumbers(one.cells, other.cells) &&
  sameNumbers(one.palette, other.palette);

const samePixels = (one: PixelFrame, other: PixelFrame): boolean =>
  sameSize(one, other) && sameNumbers(one.pixels, other.pixels) && sameNumbers(one.palette, other.palette);

const sameSize = (one: PixelFrame | UnshownFrame, other: PixelFrame | UnshownFrame): boolean =>
  one.width === other.width && one.height === other.height;

const sameCursor = (one: TextCursor | undefined, other: TextCursor | undefined): boolean =>
  one?.row === other?.row && one?.column === other?.column && one?.top === other?.top && one?.bottom === other?.bottom;

function sameNumbers(one: ArrayLike<number>, other: ArrayLike<number>): boolean {
  if (one.length !== other.length) return false;
  for (let index = 0; index < one.length; index++) if (one[index] !== other[index]) return false;
  return true;
}

const attributeAt = ({ cells, columns }: TextFrame, row: number, column: number): number =>
  cells[(row * columns + column) * 2 + 1];

/** Black on black is nothing to be seen; so is most of what a guest that knows no screen keeps in that memory. */
const isVisible = (attribute: number): boolean => (attribute & 0x0f) !== ((attribute >> 4) & 0x07);

const hasNoBackground = ({ cells }: TextFrame): boolean =>
  cells.every((byte, index) => index % 2 === 0 || (byte & 0x70) === 0 || !isVisible(byte));
