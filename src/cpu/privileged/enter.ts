// ENTER (SDM Vol. 2, ENTER, "Operation"). Everything that it reads and writes is checked first, then done in order: the
// frame pointers that it copies may be ones that it has just pushed.

import { Gpr, Segment } from '../../isa/registers';
import type { Core } from '../core';
import { firstMachinerySlot } from '../memory/reservations';

export function enter(core: Core, allocBytes: number, nestingLevel: number, operandSize: number): void {
  const { state, memory } = core;
  const bytes = operandSize === 32 ? 4 : 2;
  const level = nestingLevel & 31;
  const stackMask = state.stackIs32Bit ? 0xffffffff : 0xffff;
  const place = (pointer: number, index: number): number => ((pointer - index * bytes) & stackMask) >>> 0;
  const top = state.stackPointer;
  const oldFrame = state.gpr(Gpr.ebp);

  // EBP, the enclosing frames' pointers, FrameTemp
  const pushes = level === 0 ? 1 : level + 1;
  for (let index = 1; index <= pushes; index++) {
    memory.reserve(firstMachinerySlot + index, Segment.ss, place(top, index), bytes);
  }
  for (let index = 1; index < level; index++) memory.load(Segment.ss, place(oldFrame, index), bytes);
  const newTop = ((place(top, pushes) - (allocBytes & 0xffff)) & stackMask) >>> 0;
  checkWritable(core, newTop, bytes);

  const push = (index: number, value: number): void =>
    memory.reservations.store(firstMachinerySlot + index, bytes, value);
  // of 32 bits it is all of ESP, even if the stack is used by SP
  const frame = (state.gpr(Gpr.esp) & ~stackMask) | place(top, 1);
  push(1, oldFrame);
  for (let index = 1; index < level; index++) push(index + 1, memory.load(Segment.ss, place(oldFrame, index), bytes));
  if (level > 0) push(level + 1, frame);
  state.setGpr(Gpr.ebp, bytes === 4 ? frame : (oldFrame & 0xffff0000) | (frame & 0xffff));
  state.stackPointer = newTop;
}

/** "a write using the final value of the stack pointer would cause a page fault": none is made. */
function checkWritable({ state, memory }: Core, offset: number, bytes: 2 | 4): void {
  const linear = memory.linearAddress(Segment.ss, offset, bytes, true);
  memory.translate(linear, true, state.cpl === 3);
}
