// What is on the screen: the mode that the VGA's registers set (IBM VGA Technical Reference, "Registers"), and what lies in
// display memory. It owns no state; it looks when asked.
// Leaves out: planes, so that graphics is shown only where memory is one byte for each pixel (mode 13h); loaded fonts;
// panning by parts of a cell; split screens.
import type { ScreenFrame, TextCursor, TextFrame, UnshownFrame } from './screenFrame';
import type { VgaPorts, VgaRegisters } from './vgaPorts';

interface Aperture {
  readonly base: number;
  readonly sizeBytes: number;
}

/** By bits 3–2 of the graphics controller's miscellaneous register. */
const apertures: readonly Aperture[] = [
  { base: 0xa0000, sizeBytes: 0x20000 },
  { base: 0xa0000, sizeBytes: 0x10000 },
  { base: 0xb0000, sizeBytes: 0x8000 },
  { base: 0xb8000, sizeBytes: 0x8000 },
];

/** No VGA text mode is larger. */
const largestText = { columns: 132, rows: 60 };
const cellBytes = 2;

export class Display {
  /** `read` gives the guest's memory from a guest-physical address on, without side effects. */
  constructor(
    private readonly read: (physical: number, length: number) => Uint8Array,
    private readonly vga: VgaPorts,
  ) {}

  frame(): ScreenFrame {
    const { registers } = this.vga;
    if (isOff(registers)) return { kind: 'off', width: 0, height: 0 };
    if (!isGraphics(registers)) return this.textFrame(registers);
    return isBytePerPixel(registers) ? this.pixelFrame(registers) : graphicsFrame(registers);
  }

  private textFrame(registers: VgaRegisters): TextFrame | UnshownFrame {
    const { crtc, attribute } = registers;
    const columns = characterColumns(registers);
    const rows = Math.floor(visibleLinesOf(registers) / lineRepeat(registers));
    if (columns > largestText.columns || rows > largestText.rows || rows === 0) return graphicsFrame(registers);
    const start = this.vga.startCell;
    const cellsInRow = crtc[0x13] * 2;
    return {
      kind: 'text',
      columns,
      rows,
      cells: this.rowsOf(registers, {
        start: start * cellBytes,
        apart: cellsInRow * cellBytes,
        bytes: columns * cellBytes,
        rows,
      }),
      blinks: (attribute[0x10] & 0x08) !== 0,
      cursor: this.cursor({ start, cellsInRow, columns, rows }),
      palette: Array.from({ length: 16 }, (_, index) => attributeColour(registers, index)),
    };
  }

  private pixelFrame(registers: VgaRegisters): ScreenFrame {
    const { width, height } = graphicsFrame(registers);
    const bytesInRow = registers.crtc[0x13] * 8;
    if (height === 0 || width * height > 0x10000) return graphicsFrame(registers);
    return {
      kind: 'pixels',
      width,
      height,
      pixels: this.rowsOf(registers, { start: this.vga.startCell * 4, apart: bytesInRow, bytes: width, rows: height }),
      palette: Array.from({ length: 256 }, (_, index) => colourOf(registers, index)),
    };
  }

  /** Rows of display memory, put together; it wraps at its end. */
  private rowsOf(registers: VgaRegisters, { start, apart, bytes, rows }: RowPlaces): Uint8Array {
    const { base, sizeBytes } = apertures[(registers.graphics[6] >> 2) & 3];
    const memory = this.read(base, sizeBytes);
    const shown = new Uint8Array(bytes * rows);
    for (let row = 0; row < rows; row++) {
      const from = (start + row * apart) % sizeBytes;
      const beforeEnd = memory.subarray(from, Math.min(from + bytes, sizeBytes));
      shown.set(beforeEnd, row * bytes);
      shown.set(memory.subarray(0, bytes - beforeEnd.length), row * bytes + beforeEnd.length);
    }
    return shown;
  }

  private cursor({ start, cellsInRow, columns, rows }: CursorPlaces): TextCursor | undefined {
    const { crtc } = this.vga.registers;
    const index = this.vga.cursorCell - start;
    // rows that all show the same cells are no place for it
    if (!this.vga.cursorVisible || index < 0 || cellsInRow === 0) return undefined;
    const row = Math.floor(index / cellsInRow);
    const column = index % cellsInRow;
    if (row >= rows || column >= columns) return undefined;
    const height = lineRepeat(this.vga.registers);
    const edge = (line: number): number => Math.min(1, line / height);
    return { row, column, top: edge(crtc[0x0a] & 0x1f), bottom: edge((crtc[0x0b] & 0x1f) + 1) };
  }
}

interface RowPlaces {
  /** in display memory */
  readonly start: number;
  readonly apart: number;
  readonly bytes: number;
  readonly rows: number;
}

interface CursorPlaces {
  readonly start: number;
  readonly cellsInRow: number;
  readonly columns: number;
  readonly rows: number;
}

/** By the sequencer, or while the palette is being loaded. */
const isOff = ({ sequencer, attributeIndex }: VgaRegisters): boolean =>
  (sequencer[1] & 0x20) !== 0 || (attributeIndex & 0x20) === 0;

const isGraphics = ({ graphics }: VgaRegisters): boolean => (graphics[6] & 1) !== 0;

/** 8-bit colour, and the four planes chained to one row of bytes. */
const isBytePerPixel = ({ attribute, sequencer }: VgaRegisters): boolean =>
  (attribute[0x10] & 0x40) !== 0 && (sequencer[4] & 0x08) !== 0;

const characterColumns = ({ crtc }: VgaRegisters): number => crtc[0x01] + 1;

const visibleLinesOf = ({ crtc }: VgaRegisters): number =>
  (crtc[0x12] | ((crtc[0x07] & 0x02) << 7) | ((crtc[0x07] & 0x40) << 3)) + 1;

/** Lines for each row of characters, or for each row of pixels. */
const lineRepeat = ({ crtc }: VgaRegisters): number => (crtc[0x09] & 0x1f) + 1;

function graphicsFrame(registers: VgaRegisters): UnshownFrame {
  const { attribute, crtc } = registers;
  const dots = characterColumns(registers) * 8;
  const lines = visibleLinesOf(registers) / lineRepeat(registers) / (crtc[0x09] & 0x80 ? 2 : 1);
  return { kind: 'graphics', width: attribute[0x10] & 0x40 ? dots / 2 : dots, height: Math.floor(lines) };
}

/** Of one of the 16 that attributes name. */
function attributeColour(registers: VgaRegisters, index: number): number {
  const { attribute } = registers;
  const low =
    attribute[0x10] & 0x80 ? (attribute[index] & 0x0f) | ((attribute[0x14] & 3) << 4) : attribute[index] & 0x3f;
  return colourOf(registers, low | ((attribute[0x14] & 0x0c) << 4));
}

function colourOf({ dac, dacMask }: VgaRegisters, index: number): number {
  const at = (index & dacMask) * 3;
  return (eightBits(dac[at]) << 16) | (eightBits(dac[at + 1]) << 8) | eightBits(dac[at + 2]);
}

const eightBits = (sixBits: number): number => (sixBits << 2) | (sixBits >> 4);
