// A far JMP or CALL to a code segment that stays in its ring: directly or through a call gate, the end is the same (SDM Vol. 2,
// JMP and CALL, "CONFORMING-CODE-SEGMENT", "NONCONFORMING-CODE-SEGMENT", "SAME-PRIVILEGE").

import { Segment } from '../../../isa/registers';
import type { Core } from '../../core';
import type { StackFrame } from '../../memory/stackFrame';
import { type Descriptor, markAccessed } from '../descriptorTables';
import { checkInstructionPointer, loadCodeSegment } from '../segmentation';

/** A far JMP or CALL in progress. */
export interface FarTransfer {
  readonly kind: 'jump' | 'call';
  readonly selector: number;
  /** unsigned, already cut to the operand size */
  readonly offset: number;
  readonly bytes: 2 | 4;
  /** offset of the next instruction: what CALL pushes */
  readonly next: number;
}

/** To `eip` in `code`, which has been checked; CALL pushes values of `bytes` each. */
export function transferInRing(core: Core, far: FarTransfer, code: Descriptor, eip: number, bytes: 2 | 4): void {
  const { state } = core;
  const writes = core.memory.pendingWrites.begin();
  const stack = core.memory.stackFrame.onCurrentStack();
  if (far.kind === 'call') stack.requireRoom(2, bytes);
  checkInstructionPointer(code, eip);
  if (far.kind === 'call') stack.reserve(2, bytes);
  markAccessed(writes, code);
  if (far.kind === 'call') pushReturnAddress(core, stack, far.next, bytes);
  writes.commit();
  state.stackPointer = stack.pointer;
  loadCodeSegment(core, code, state.cpl, eip);
}

/** CS:EIP, as CALL pushes it. */
export function pushReturnAddress({ state }: Core, stack: StackFrame, next: number, bytes: 2 | 4): void {
  stack.push(state.selector(Segment.cs), bytes);
  stack.push(next, bytes);
}
