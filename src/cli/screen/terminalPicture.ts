// A guest's screen as a terminal draws it (ECMA-48 control functions): what has to be written when it is another than before, which
// is the cells that have changed.
import { t } from '../../base/localization';
import { characterOf } from '../../devices/codePage437';
import type { ScreenFrame, TextFrame } from '../../devices/screenFrame';

export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/** A VGA counts colours with blue in bit 0, a terminal with red there. */
const terminalColours = [0, 4, 2, 6, 1, 5, 3, 7];

const plain = '\x1b[0m';
const hideCursor = '\x1b[?25l';
const showCursor = '\x1b[?25h';
/** Back to where the cursor was, in the colours that it had. */
export const saveCursor = '\x1b7';
export const restoreCursor = '\x1b8';
export const clearLine = '\x1b[K';

/** Rows and columns count from 0 here, and from 1 there. */
export const moveTo = (row: number, column: number): string => `\x1b[${row + 1};${column + 1}H`;

export class TerminalPicture {
  /** Of each cell that is there: its character, and in the high byte its attribute. */
  private cells: number[] = [];
  private words: string | undefined;
  private cursor = '';
  private shape = '';

  /** What brings a terminal of this size from the picture before to this one, once it has been cleared for it. */
  changes(frame: ScreenFrame, size: TerminalSize): string {
    const cells = frame.kind === 'text' ? this.text(frame, size) : this.said(frame);
    const cursor = (frame.kind === 'text' && cursorOf(frame, size)) || hideCursor;
    if (cells === '' && cursor === this.cursor) return '';
    this.cursor = cursor;
    return hideCursor + cells + plain + cursor;
  }

  /** Clears the terminal if either of the two is of another shape than before. */
  clearing(frame: ScreenFrame, size: TerminalSize): string {
    const { columns, rows } = frame.kind === 'text' ? frame : { columns: 0, rows: 0 };
    const shape = [frame.kind, columns, rows, size.columns, size.rows].join();
    if (shape === this.shape) return '';
    this.shape = shape;
    this.cells = [];
    this.words = undefined;
    this.cursor = '';
    return `${plain}\x1b[2J`;
  }

  private text(frame: TextFrame, size: TerminalSize): string {
    const width = Math.min(frame.columns, size.columns);
    let written = '';
    let look: number | undefined;
    for (let row = 0; row < Math.min(frame.rows, size.rows); row++)
      for (let column = 0, isThere = false; column < width; column++) {
        const index = row * frame.columns + column;
        const [code, attribute] = frame.cells.subarray(index * 2, index * 2 + 2);
        const cell = (attribute << 8) | code;
        const isSame = this.cells[index] === cell;
        if (!isSame) {
          if (!isThere) written += moveTo(row, column);
          if (attribute !== look) written += rendition(frame, attribute);
          written += characterOf(code);
          look = attribute;
          this.cells[index] = cell;
        }
        isThere = !isSame;
      }
    return written;
  }

  private said(frame: Exclude<ScreenFrame, TextFrame>): string {
    const words =
      frame.kind === 'off'
        ? t`The guest has switched its screen off.`
        : t`The guest shows ${frame.width} × ${frame.height} pixels, which a terminal cannot.`;
    if (words === this.words) return '';
    this.words = words;
    return moveTo(0, 0) + words + clearLine;
  }
}

function rendition({ blinks }: TextFrame, attribute: number): string {
  const background = (attribute >> 4) & (blinks ? 7 : 15);
  const blink = blinks && attribute & 0x80 ? ';5' : '';
  return `\x1b[0${blink};${colour(attribute & 15, 30)};${colour(background, 40)}m`;
}

const colour = (index: number, first: number): number => first + (index & 8 ? 60 : 0) + terminalColours[index & 7];

function cursorOf({ cursor }: TextFrame, { columns, rows }: TerminalSize): string {
  return cursor && cursor.row < rows && cursor.column < columns ? moveTo(cursor.row, cursor.column) + showCursor : '';
}
