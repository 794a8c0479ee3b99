// Debug registers (SDM Vol. 3B §17.2, §17.3.1): which of the four breakpoints an access matches. A data breakpoint is a
// trap: it is noted here and raised when the instruction has completed.

import type { Linear } from '../../base/address';
import { Dr7 } from '../../isa/controlRegisters';
import type { WatchedRange } from './accessWatch';
import type { ProcessorState } from '../registers/state';

/** R/W fields of DR7. */
export const BreakpointKind = { execute: 0, write: 1, io: 2, readWrite: 3 } as const;

const lengthBytes = [1, 2, 8, 4] as const;

const addressFields = ['dr0', 'dr1', 'dr2', 'dr3'] as const;

/** Length and first byte of breakpoint `index`; undefined if it is not enabled, or not of `kinds`. */
function breakpointRange(state: ProcessorState, index: number, kinds: readonly number[]) {
  const { dr7 } = state;
  const kind = (dr7 >> (16 + index * 4)) & 3;
  if (!((dr7 >> (index * 2)) & 3) || !kinds.includes(kind)) return undefined;
  const length = kind === BreakpointKind.execute ? 1 : lengthBytes[(dr7 >> (18 + index * 4)) & 3];
  return { kind, first: (state.get(addressFields[index]) & ~(length - 1)) >>> 0, length };
}

/** Mask of the enabled breakpoints (bits 3:0, as DR6 holds them) of `kinds` that an access to `bytes` bytes at `linear` touches. */
export function matchingBreakpoints(
  state: ProcessorState,
  linear: Linear,
  bytes: number,
  kinds: readonly number[],
): number {
  let mask = 0;
  for (let index = 0; index < addressFields.length; index++) {
    const range = breakpointRange(state, index, kinds);
    if (range && linear < range.first + range.length && range.first < linear + bytes) mask |= 1 << index;
  }
  return mask;
}

/** Notes data breakpoints hit by an access. */
export function matchDataBreakpoints(state: ProcessorState, linear: Linear, bytes: number, write: boolean): void {
  const kinds = write ? [BreakpointKind.write, BreakpointKind.readWrite] : [BreakpointKind.readWrite];
  state.pendingDebugTraps |= matchingBreakpoints(state, linear, bytes, kinds);
}

/**
 * The enabled breakpoints in the form that the fast tiers want: pages whose accesses they leave to the evaluator, and
 * addresses at which they stop. Derived again when the registers have changed, however that came about.
 */
export class ArmedBreakpoints {
  data: readonly WatchedRange[] = [];
  code: readonly number[] = [];
  /** DR7 and DR0-DR3 as they were; 0 in place of a DR7 that enables nothing */
  private dr7 = 0;
  private readonly addresses = new Int32Array(addressFields.length);

  constructor(private readonly state: ProcessorState) {}

  /** True if anything has changed since the last call. Cheap where nothing is enabled. */
  update(): boolean {
    const { dr7 } = this.state;
    if (!(dr7 & Dr7.enables) && this.dr7 === 0) return false;
    if (dr7 === this.dr7 && addressFields.every((field, index) => this.state.get(field) === this.addresses[index]))
      return false;
    this.dr7 = dr7 & Dr7.enables ? dr7 : 0;
    addressFields.forEach((field, index) => (this.addresses[index] = this.state.get(field)));
    this.data = this.rangesOf([BreakpointKind.write, BreakpointKind.readWrite]).map(({ kind, first, length }) => ({
      first,
      last: first + length - 1,
      reads: kind === BreakpointKind.readWrite,
      writes: true,
    }));
    this.code = this.rangesOf([BreakpointKind.execute]).map(({ first }) => first);
    return true;
  }

  private rangesOf(kinds: readonly number[]) {
    return addressFields.flatMap((_, index) => breakpointRange(this.state, index, kinds) ?? []);
  }
}
