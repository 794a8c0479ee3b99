// The byte-wide door to one counter of the 8254 (Intel data sheet 231164: "Write Operations", "Read Operations"): the
// order of low and high byte, the count and status latches, and BCD.
import { PitCounter, type PitCounterState } from './pitCounter';

/** The control word's RW field. */
export const readWrite = { latch: 0, low: 1, high: 2, lowThenHigh: 3 };

/** RW is low then high byte, mode 0. */
const unprogrammed = 0x30;

export interface PitChannelState {
  readonly counter: Readonly<PitCounterState>;
  /** The control word's low six bits, exactly as written: RW, mode, BCD. */
  readonly controlWord: number;
  readonly readsHighNext: boolean;
  /** The first of two bytes of a count, or undefined. */
  readonly lowByteWritten: number | undefined;
  readonly latchedCount: number | undefined;
  readonly latchedStatus: number | undefined;
}

export class PitChannel {
  readonly counter: PitCounter;
  private controlWord = unprogrammed;
  private readsHighNext = false;
  private lowByteWritten: number | undefined;
  private latchedCount: number | undefined;
  private latchedStatus: number | undefined;

  constructor(gate: boolean) {
    this.counter = new PitCounter(gate);
  }

  reset(): void {
    this.counter.reset();
    this.clearDoor(unprogrammed);
  }

  /** A control word for this counter, other than a latch command. */
  program(controlWord: number): void {
    const mode = (controlWord >> 1) & 7;
    this.counter.program(mode > 5 ? mode & 3 : mode, (controlWord & 1) !== 0);
    this.clearDoor(controlWord & 0x3f);
  }

  /** Holds the count until it has been read; a second latch command before that is ignored. */
  latchCount(): void {
    this.latchedCount ??= this.countAsRead;
  }

  latchStatus(): void {
    this.latchedStatus ??= this.status;
  }

  read(): number {
    if (this.latchedStatus !== undefined) {
      const status = this.latchedStatus;
      this.latchedStatus = undefined;
      return status;
    }
    const high = this.access === readWrite.high || this.readsHighNext;
    const count = this.latchedCount ?? this.countAsRead;
    this.readsHighNext = this.access === readWrite.lowThenHigh && !high;
    if (!this.readsHighNext) this.latchedCount = undefined;
    return high ? count >> 8 : count & 0xff;
  }

  write(value: number): void {
    switch (this.access) {
      case readWrite.low:
        return this.counter.writeCount(this.decode(value));
      case readWrite.high:
        return this.counter.writeCount(this.decode(value << 8));
      default:
        this.writeLowThenHigh(value);
    }
  }

  /** OUT, null count, and the control word: the status byte of the read-back command. */
  get status(): number {
    const { out, nullCount } = this.counter.state;
    return (out ? 0x80 : 0) | (nullCount ? 0x40 : 0) | this.controlWord;
  }

  get countAsRead(): number {
    const { countingElement, bcd } = this.counter.state;
    return bcd ? toBcd(countingElement) : countingElement;
  }

  save(): PitChannelState {
    const { controlWord, readsHighNext, lowByteWritten, latchedCount, latchedStatus } = this;
    return {
      counter: { ...this.counter.state },
      controlWord,
      readsHighNext,
      lowByteWritten,
      latchedCount,
      latchedStatus,
    };
  }

  restore(state: PitChannelState): void {
    this.counter.restore(state.counter);
    this.controlWord = state.controlWord;
    this.readsHighNext = state.readsHighNext;
    this.lowByteWritten = state.lowByteWritten;
    this.latchedCount = state.latchedCount;
    this.latchedStatus = state.latchedStatus;
  }

  private get access(): number {
    return this.controlWord >> 4;
  }

  private clearDoor(controlWord: number): void {
    this.controlWord = controlWord;
    this.readsHighNext = false;
    this.lowByteWritten = undefined;
    this.latchedCount = undefined;
    this.latchedStatus = undefined;
  }

  private writeLowThenHigh(value: number): void {
    if (this.lowByteWritten === undefined) {
      this.lowByteWritten = value;
      this.counter.beginCount();
      return;
    }
    const count = this.lowByteWritten | (value << 8);
    this.lowByteWritten = undefined;
    this.counter.writeCount(this.decode(count));
  }

  private decode(count: number): number {
    return this.counter.state.bcd ? fromBcd(count) : count;
  }
}

const toBcd = (value: number): number =>
  (value % 10) |
  ((Math.floor(value / 10) % 10) << 4) |
  ((Math.floor(value / 100) % 10) << 8) |
  (Math.floor(value / 1000) << 12);

const fromBcd = (value: number): number =>
  (value & 0xf) + ((value >> 4) & 0xf) * 10 + ((value >> 8) & 0xf) * 100 + ((value >> 12) & 0xf) * 1000;
