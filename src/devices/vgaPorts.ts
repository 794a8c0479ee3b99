// A VGA's registers, at first those of 80×25 text mode (IBM VGA Technical Reference, "Registers"): ports 0x3C0–0x3CF,
// 0x3D4–0x3D5 and 0x3DA. They keep what is written; what of it is seen is the display's business (`display.ts`). The retrace
// bits of input status register 1 run in virtual time at VGA text mode's 70 Hz, whatever the mode.
// Leaves out: loadable fonts, and the planes behind display memory, so that memory is RAM in every mode.
import { hex } from '../base/hex';
import { marked, t } from '../base/localization';
import type { Clock, DeviceField, PortDevice, Snapshot } from './device';
import { Oscillator } from './virtualTime';

const port = {
  attribute: 0x3c0,
  attributeRead: 0x3c1,
  miscellaneousWrite: 0x3c2,
  sequencerIndex: 0x3c4,
  sequencerData: 0x3c5,
  dacMask: 0x3c6,
  dacReadIndex: 0x3c7,
  dacWriteIndex: 0x3c8,
  dacData: 0x3c9,
  miscellaneousRead: 0x3cc,
  graphicsIndex: 0x3ce,
  graphicsData: 0x3cf,
  crtcIndex: 0x3d4,
  crtcData: 0x3d5,
  inputStatus1: 0x3da,
};

/** CRT controller registers. */
const crtc = {
  cursorStart: 0x0a,
  cursorEnd: 0x0b,
  startAddress: 0x0c,
  cursorLocation: 0x0e,
  verticalRetraceEnd: 0x11,
};
const cursorOff = 0x20;
const protectsFirstRegisters = 0x80;
const inputStatus1 = { displayDisabled: 0x01, verticalRetrace: 0x08 };

/** 720×400 text in a frame of 900 dots by 449 lines; vertical retrace takes lines 412 and 413. */
const dotClockHz = 28_322_000;
const frame = { dots: 900, visibleDots: 720, lines: 449, visibleLines: 400, retraceFirst: 412, retraceLast: 413 };

/** What a BIOS sets for mode 3. */
const mode3 = {
  miscellaneous: 0x67,
  sequencer: [0x03, 0x00, 0x03, 0x00, 0x02],
  graphics: [0x00, 0x00, 0x00, 0x00, 0x00, 0x10, 0x0e, 0x00, 0xff],
  attribute: [
    0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x14, 0x07, 0x38, 0x39, 0x3a, 0x3b, 0x3c, 0x3d, 0x3e, 0x3f, 0x0c, 0x00, 0x0f,
    0x08, 0x00,
  ],
  crtc: [
    0x5f, 0x4f, 0x50, 0x82, 0x55, 0x81, 0xbf, 0x1f, 0x00, 0x4f, 0x0d, 0x0e, 0x00, 0x00, 0x00, 0x00, 0x9c, 0x8e, 0x8f,
    0x28, 0x1f, 0x96, 0xb9, 0xa3, 0xff,
  ],
};

export interface VgaPortsState {
  readonly miscellaneous: number;
  readonly sequencer: readonly number[];
  readonly graphics: readonly number[];
  readonly attribute: readonly number[];
  readonly crtc: readonly number[];
  /** Red, green, blue of each of 256 colours, 6 bits each. */
  readonly dac: readonly number[];
  readonly dacMask: number;
  readonly index: VgaIndexes;
}

/** What the display looks at. */
export type VgaRegisters = Omit<VgaPortsState, 'index'> & {
  /** Its bit 5 lets the picture through. */
  readonly attributeIndex: number;
};

interface VgaIndexes {
  sequencer: number;
  graphics: number;
  attribute: number;
  crtc: number;
  /** Into `dac`, which counts colour components. */
  dacRead: number;
  dacWrite: number;
  /** Port 0x3C0 takes an index and a value in turn. */
  attributeValueNext: boolean;
}

const dacSize = 256 * 3;

/** The 16 text colours, where mode 3's attribute controller looks for them: 6-bit rgbRGB. */
function initialDac(): number[] {
  const level = (colour: number, primary: number, secondary: number): number =>
    (colour & primary ? 0x2a : 0) + (colour & secondary ? 0x15 : 0);
  return Array.from({ length: 256 }, (_, index) => index & 0x3f).flatMap(colour => [
    level(colour, 0x04, 0x20),
    level(colour, 0x02, 0x10),
    level(colour, 0x01, 0x08),
  ]);
}

const initialIndexes = (): VgaIndexes => ({
  sequencer: 0,
  graphics: 0,
  attribute: 0x20,
  crtc: 0,
  dacRead: 0,
  dacWrite: 0,
  attributeValueNext: false,
});

export class VgaPorts implements PortDevice, Snapshot<VgaPortsState> {
  readonly name = 'vga';
  readonly title = marked`Display registers (VGA)`;
  readonly ports = [
    { first: 0x3c0, last: 0x3cf, widths: [8] },
    { first: 0x3d4, last: 0x3d5, widths: [8] },
    { first: 0x3da, last: 0x3da, widths: [8] },
  ] as const;
  private readonly dots = new Oscillator(dotClockHz);
  private miscellaneous = mode3.miscellaneous;
  private sequencer = [...mode3.sequencer];
  private graphics = [...mode3.graphics];
  private attribute = [...mode3.attribute];
  private crtc = [...mode3.crtc];
  private dac = initialDac();
  private dacMask = 0xff;
  private index = initialIndexes();

  constructor(private readonly clock: Clock) {}

  /** As they are now; not a copy. */
  get registers(): VgaRegisters {
    const { miscellaneous, sequencer, graphics, attribute, crtc, dac, dacMask, index } = this;
    return { miscellaneous, sequencer, graphics, attribute, crtc, dac, dacMask, attributeIndex: index.attribute };
  }

  /** The cell, from the start of text memory, that the screen's top left corner shows. */
  get startCell(): number {
    return this.crtc16(crtc.startAddress);
  }

  /** The cell that the cursor is on, from the start of text memory. */
  get cursorCell(): number {
    return this.crtc16(crtc.cursorLocation);
  }

  /** The cursor is off by its bit, or by a start line below its end line. */
  get cursorVisible(): boolean {
    const start = this.crtc[crtc.cursorStart] ?? 0;
    const end = this.crtc[crtc.cursorEnd] ?? 0;
    return !(start & cursorOff) && (start & 0x1f) <= (end & 0x1f);
  }

  reset(): void {
    this.miscellaneous = mode3.miscellaneous;
    this.sequencer = [...mode3.sequencer];
    this.graphics = [...mode3.graphics];
    this.attribute = [...mode3.attribute];
    this.crtc = [...mode3.crtc];
    this.dac = initialDac();
    this.dacMask = 0xff;
    this.index = initialIndexes();
  }

  readPort(at: number): number {
    const { index } = this;
    switch (at) {
      case port.attribute:
        return index.attribute;
      case port.attributeRead:
        return this.attribute[index.attribute & 0x1f] ?? 0;
      case port.sequencerIndex:
        return index.sequencer;
      case port.sequencerData:
        return this.sequencer[index.sequencer] ?? 0;
      case port.dacMask:
        return this.dacMask;
      case port.dacWriteIndex:
        return Math.floor(index.dacWrite / 3);
      case port.dacData:
        return this.readDac();
      case port.miscellaneousRead:
        return this.miscellaneous;
      case port.graphicsIndex:
        return index.graphics;
      case port.graphicsData:
        return this.graphics[index.graphics] ?? 0;
      case port.crtcIndex:
        return index.crtc;
      case port.crtcData:
        return this.crtc[index.crtc] ?? 0;
      case port.inputStatus1:
        return this.readInputStatus1();
      default: // input status 0, feature control, DAC state
        return 0;
    }
  }

  writePort(at: number, value: number): void {
    const { index } = this;
    switch (at) {
      case port.attribute:
        return this.writeAttribute(value);
      case port.miscellaneousWrite:
        this.miscellaneous = value;
        return;
      case port.sequencerIndex:
        index.sequencer = value;
        return;
      case port.sequencerData:
        return put(this.sequencer, index.sequencer, value);
      case port.dacMask:
        this.dacMask = value;
        return;
      case port.dacReadIndex:
        index.dacRead = value * 3;
        return;
      case port.dacWriteIndex:
        index.dacWrite = value * 3;
        return;
      case port.dacData:
        return this.writeDac(value);
      case port.graphicsIndex:
        index.graphics = value;
        return;
      case port.graphicsData:
        return put(this.graphics, index.graphics, value);
      case port.crtcIndex:
        index.crtc = value;
        return;
      case port.crtcData:
        return this.writeCrtc(value);
      default: // read-only, or no register
    }
  }

  save(): VgaPortsState {
    return {
      miscellaneous: this.miscellaneous,
      sequencer: [...this.sequencer],
      graphics: [...this.graphics],
      attribute: [...this.attribute],
      crtc: [...this.crtc],
      dac: [...this.dac],
      dacMask: this.dacMask,
      index: { ...this.index },
    };
  }

  restore(state: VgaPortsState): void {
    this.miscellaneous = state.miscellaneous;
    this.sequencer = [...state.sequencer];
    this.graphics = [...state.graphics];
    this.attribute = [...state.attribute];
    this.crtc = [...state.crtc];
    this.dac = [...state.dac];
    this.dacMask = state.dacMask;
    this.index = { ...state.index };
  }

  describe(): readonly DeviceField[] {
    const status = this.inputStatus1;
    const retrace = status & inputStatus1.verticalRetrace ? t`in vertical retrace` : t`not in vertical retrace`;
    const cursor = this.cursorVisible ? t`cursor shown` : t`cursor hidden`;
    const index = t`register ${hex(this.index.crtc, 2)} is at port 0x3d5`;
    return [
      {
        name: t`start address`,
        value: hex(this.startCell, 4),
        explanation: t`text cell at the top left of the screen`,
      },
      { name: t`cursor location`, value: hex(this.cursorCell, 4), explanation: cursor },
      { name: t`CRTC index`, value: hex(this.index.crtc, 2), explanation: index },
      { name: t`input status 1`, value: hex(status, 2), explanation: retrace },
    ];
  }

  private crtc16(high: number): number {
    return ((this.crtc[high] ?? 0) << 8) | (this.crtc[high + 1] ?? 0);
  }

  private get inputStatus1(): number {
    const dot = this.dots.cyclesAt(this.clock.now) % (frame.dots * frame.lines);
    const line = Math.floor(dot / frame.dots);
    const hidden = line >= frame.visibleLines || dot % frame.dots >= frame.visibleDots;
    const retrace = line >= frame.retraceFirst && line <= frame.retraceLast;
    return (hidden ? inputStatus1.displayDisabled : 0) | (retrace ? inputStatus1.verticalRetrace : 0);
  }

  private readInputStatus1(): number {
    this.index.attributeValueNext = false;
    return this.inputStatus1;
  }

  private writeAttribute(value: number): void {
    if (this.index.attributeValueNext) put(this.attribute, this.index.attribute & 0x1f, value);
    else this.index.attribute = value;
    this.index.attributeValueNext = !this.index.attributeValueNext;
  }

  /** Register 0x11 can protect the timing in registers 0–7. */
  private writeCrtc(value: number): void {
    const isProtected = ((this.crtc[crtc.verticalRetraceEnd] ?? 0) & protectsFirstRegisters) !== 0;
    if (this.index.crtc > 7 || !isProtected) put(this.crtc, this.index.crtc, value);
  }

  private readDac(): number {
    const value = this.dac[this.index.dacRead] ?? 0;
    this.index.dacRead = (this.index.dacRead + 1) % dacSize;
    return value;
  }

  private writeDac(value: number): void {
    this.dac[this.index.dacWrite] = value & 0x3f;
    this.index.dacWrite = (this.index.dacWrite + 1) % dacSize;
  }
}

/** Writes a register that exists. */
function put(registers: number[], index: number, value: number): void {
  if (index < registers.length) registers[index] = value;
}
