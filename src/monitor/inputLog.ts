// What has come to a guest from outside, in its order, each with the place in the run where it came: all that a run depends on
// besides its beginning. The same inputs at the same places make the same run.

import type { GuestPhysical, HostPhysical } from '../base/address';

/**
 * A place in a run. Instructions make `ticks`; the events between them (deliveries, visits to the monitor, inputs), counted from the beginning of the
 * run, order what happens at one tick; and in the monitor `statement` is how many statements its visit has come to.
 */
export interface Position {
  readonly ticks: number;
  readonly events: number;
  readonly statement: number | undefined;
}

export type GuestInput =
  /** scan codes from the keyboard */
  | { readonly kind: 'keys'; readonly codes: readonly number[] }
  /** bytes on COM1 */
  | { readonly kind: 'serial'; readonly bytes: readonly number[] }
  /** words of what the guest believes its registers to be: index, value */
  | { readonly kind: 'registers'; readonly words: readonly (readonly [number, number])[] }
  | { readonly kind: 'memory'; readonly address: GuestPhysical; readonly bytes: Uint8Array }
  /** of the machine, which may be the monitor's */
  | { readonly kind: 'hostMemory'; readonly address: HostPhysical; readonly bytes: Uint8Array }
  /** RESET pressed: heeded before the next instruction */
  | { readonly kind: 'reset' };

export interface NotedInput {
  readonly at: Position;
  readonly input: GuestInput;
}

/** What is kept, at most. */
export interface InputLogLimits {
  readonly inputs: number;
  readonly bytes: number;
}

const usualLimits: InputLogLimits = { inputs: 0x10000, bytes: 16 << 20 };

export class InputLog {
  /** where the last input came that is not kept any more; from there on the log is complete */
  completeAfter: Position | undefined;
  private kept: NotedInput[] = [];
  private bytes = 0;

  constructor(private readonly limits = usualLimits) {}

  /** oldest first */
  get inputs(): readonly NotedInput[] {
    return this.kept;
  }

  note(noted: NotedInput): void {
    this.kept.push(noted);
    this.bytes += sizeOf(noted.input);
    if (this.isFull) this.forgetOldest();
  }

  private get isFull(): boolean {
    return this.kept.length > this.limits.inputs || this.bytes > this.limits.bytes;
  }

  /** Makes room for some time: until half of what may be kept is free. */
  private forgetOldest(): void {
    let count = 0;
    for (; count < this.kept.length && this.isMoreThanHalf(count); count++) {
      this.completeAfter = this.kept[count].at;
      this.bytes -= sizeOf(this.kept[count].input);
    }
    this.kept = this.kept.slice(count);
  }

  private isMoreThanHalf(forgotten: number): boolean {
    const { inputs, bytes } = this.limits;
    return this.kept.length - forgotten > inputs / 2 || this.bytes > bytes / 2;
  }
}

function sizeOf(input: GuestInput): number {
  switch (input.kind) {
    case 'keys':
      return input.codes.length * 8;
    case 'registers':
      return input.words.length * 8;
    case 'serial':
      return input.bytes.length * 8;
    case 'memory':
    case 'hostMemory':
      return input.bytes.length;
    case 'reset':
      return 0;
  }
}
