// The time stamp counter counts the guest's instructions (virtual time: no clock of the host), from an offset that WRMSR sets; and
// the performance counters, which exist and never count.

import { Gpr } from '../../isa/registers';
import type { Core } from '../core';
import { generalProtection } from '../registers/fault';

const wordSize = 2 ** 32;

/** A 64-bit value as two unsigned words. */
export interface WordPair {
  readonly low: number;
  readonly high: number;
}

export function timeStamp({ state }: Core): WordPair {
  const low = (state.instructionCount % wordSize) + (state.get('tscOffsetLow') >>> 0);
  const carry = low >= wordSize ? 1 : 0;
  const high = Math.floor(state.instructionCount / wordSize) + (state.get('tscOffsetHigh') >>> 0) + carry;
  return { low: low >>> 0, high: high >>> 0 };
}

export function setTimeStamp({ state }: Core, { low, high }: WordPair): void {
  const offsetLow = low - (state.instructionCount % wordSize);
  const borrow = offsetLow < 0 ? 1 : 0;
  state.set('tscOffsetLow', offsetLow);
  state.set('tscOffsetHigh', high - Math.floor(state.instructionCount / wordSize) - borrow);
}

export function setEdxEax({ state }: Core, { low, high }: WordPair): void {
  state.setGpr(Gpr.eax, low);
  state.setGpr(Gpr.edx, high);
}

/** RDTSC */
export const readTimeStampCounter = (core: Core): void => setEdxEax(core, timeStamp(core));

const performanceCounters = 2;

/** RDPMC: the two counters of the P6 family. */
export function readPerformanceCounter(core: Core): void {
  if (core.state.gpr(Gpr.ecx) >>> 0 >= performanceCounters) throw generalProtection(0);
  setEdxEax(core, { low: 0, high: 0 });
}
