// Debug registers (SDM Vol. 3B §17.2, §17.3.1): which of the four breakpoints an access matches. A data breakpoint is a
// trap: it is noted here and raised when the instruction has completed.

import type { ProcessorState } from './state';

/** R/W fields of DR7. */
export const BreakpointKind = { execute: 0, write: 1, io: 2, readWrite: 3 } as const;

const lengthBytes = [1, 2, 8, 4] as const;

const addressFields = ['dr0', 'dr1', 'dr2', 'dr3'] as const;

/** Mask of the enabled breakpoints (bits 3:0, as DR6 holds them) of `kinds` that an access to `bytes` bytes at `linear` touches. */
export function matchingBreakpoints(
  state: ProcessorState,
  linear: number,
  bytes: number,
  kinds: readonly number[],
): number {
  const { dr7 } = state;
  let mask = 0;
  addressFields.forEach((field, index) => {
    const enabled = (dr7 >> (index * 2)) & 3;
    const kind = (dr7 >> (16 + index * 4)) & 3;
    if (!enabled || !kinds.includes(kind)) return;
    const length = kind === BreakpointKind.execute ? 1 : lengthBytes[(dr7 >> (18 + index * 4)) & 3];
    const start = (state.get(field) & ~(length - 1)) >>> 0;
    if (linear < start + length && start < linear + bytes) mask |= 1 << index;
  });
  return mask;
}

/** Notes data breakpoints hit by an access. */
export function matchDataBreakpoints(state: ProcessorState, linear: number, bytes: number, write: boolean): void {
  const kinds = write ? [BreakpointKind.write, BreakpointKind.readWrite] : [BreakpointKind.readWrite];
  state.pendingDebugTraps |= matchingBreakpoints(state, linear, bytes, kinds);
}
