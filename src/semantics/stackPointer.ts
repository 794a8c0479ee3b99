// The stack as instructions use it: SP or ESP by the size of the stack segment (SDM Vol. 1 §6.2.3). Values are read from
// memory before the pointer moves, so that a fault leaves it where it was.

import { Gpr, Segment } from '../isa/registers';
import type { Builder, Value } from './builder';
import { addConstant } from './values';
import type { MemoryWidth } from './operands';

/** SP or ESP */
export const readStackPointer = (b: Builder): Value => b.readRegister(Gpr.esp, b.mode.stackSize);

/** Moves the stack pointer up by `bytes`; with a 16-bit stack the upper half of ESP stays. */
export const releaseStack = (b: Builder, bytes: number): void =>
  b.writeRegister(Gpr.esp, addConstant(b, readStackPointer(b), bytes));

export function push(b: Builder, value: Value): void {
  const pointer = addConstant(b, readStackPointer(b), -value.width / 8);
  b.store(Segment.ss, pointer, value);
  b.writeRegister(Gpr.esp, pointer);
}

/** The value `byteOffset` above the top of the stack, which stays where it is. */
export const peek = (b: Builder, width: MemoryWidth, byteOffset = 0): Value =>
  b.load(Segment.ss, addConstant(b, readStackPointer(b), byteOffset), width);
