// What an 80×25 colour text screen shows: cells of a character and an attribute from 0xB8000 on (IBM VGA Technical
// Reference, "Alphanumeric Modes"). It owns no state; it reads memory and the display registers when asked.
// Leaves out: graphics modes, blinking (bit 7 of the attribute is left to the view), other sizes.
import { characterOf } from './codePage437';
import type { VgaPorts } from './vgaPorts';

export const textMemory = { base: 0xb8000, sizeBytes: 0x8000 } as const;
export const textColumns = 80;
export const textRows = 25;

export interface TextLine {
  /** 80 characters. */
  readonly text: string;
  /** One for each character: background in bits 6–4, foreground in bits 3–0, bit 7 blink or bright background. */
  readonly attributes: readonly number[];
}

export interface ScreenContent {
  /** 25 lines. */
  readonly lines: readonly TextLine[];
  /** Undefined if it is switched off or not on the screen. */
  readonly cursor: { readonly row: number; readonly column: number } | undefined;
}

export class TextScreen {
  /** `readByte` reads the guest's memory at a guest-physical address, without side effects. */
  constructor(
    private readonly readByte: (physical: number) => number,
    private readonly registers: VgaPorts,
  ) {}

  read(): ScreenContent {
    return { lines: Array.from({ length: textRows }, (_, row) => this.line(row)), cursor: this.cursor };
  }

  /** The 25 lines without the blanks at their ends, joined by newlines; empty lines at the end are left out. */
  toText(): string {
    const lines = this.read().lines.map(({ text }) => text.trimEnd());
    return lines.join('\n').trimEnd();
  }

  private line(row: number): TextLine {
    const cells = Array.from({ length: textColumns }, (_, column) => this.cell(row * textColumns + column));
    return {
      text: cells.map(({ character }) => characterOf(character)).join(''),
      attributes: cells.map(({ attribute }) => attribute),
    };
  }

  /** Text memory wraps at its 32 KB. */
  private cell(index: number): { character: number; attribute: number } {
    const offset = ((this.registers.startCell + index) * 2) & (textMemory.sizeBytes - 1);
    const address = textMemory.base + offset;
    return { character: this.readByte(address), attribute: this.readByte(address + 1) };
  }

  private get cursor(): ScreenContent['cursor'] {
    const index = this.registers.cursorCell - this.registers.startCell;
    if (!this.registers.cursorVisible || index < 0 || index >= textColumns * textRows) return undefined;
    return { row: Math.floor(index / textColumns), column: index % textColumns };
  }
}
