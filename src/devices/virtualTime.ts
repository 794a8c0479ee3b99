// Virtual time: one tick is one guest instruction done, and a run of ticks stands for a second. The conversions are
// exact in integers, so a timer that has fired a million times has not drifted.

/**
 * A modelling choice, defined only here: the emulated processor retires 100 million instructions in a second of the
 * guest's time, about as a Pentium of 133 MHz did. More makes timer interrupts rarer (in instructions), less makes
 * them more frequent; nothing else depends on it.
 */
export const ticksPerSecond = 100_000_000;

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

/** An oscillator that started at tick 0: its cycles against ticks. Exact up to 2^53 ticks for frequencies below 50 MHz. */
export class Oscillator {
  private readonly cyclesPerGroup: number;
  private readonly ticksPerGroup: number;

  constructor(readonly frequencyHz: number) {
    const divisor = greatestCommonDivisor(frequencyHz, ticksPerSecond);
    this.cyclesPerGroup = frequencyHz / divisor;
    this.ticksPerGroup = ticksPerSecond / divisor;
  }

  /** Whole cycles that have passed at `tick`. */
  cyclesAt(tick: number): number {
    const groups = Math.floor(tick / this.ticksPerGroup);
    const rest = tick - groups * this.ticksPerGroup;
    return groups * this.cyclesPerGroup + Math.floor((rest * this.cyclesPerGroup) / this.ticksPerGroup);
  }

  /** The first tick at which `cycle` cycles have passed: `cyclesAt(tickOf(n)) >= n`. */
  tickOf(cycle: number): number {
    const groups = Math.floor(cycle / this.cyclesPerGroup);
    const rest = cycle - groups * this.cyclesPerGroup;
    return groups * this.ticksPerGroup + Math.ceil((rest * this.ticksPerGroup) / this.cyclesPerGroup);
  }
}

/** `microseconds` of the guest's time, in ticks. */
export const ticksOfMicroseconds = (microseconds: number): number => Math.ceil((microseconds * ticksPerSecond) / 1e6);
