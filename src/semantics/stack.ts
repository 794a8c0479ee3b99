// Stack instructions (SDM Vol. 2: PUSH, POP, PUSHA, POPA, PUSHF, POPF, ENTER, LEAVE). PUSH and POP of segment registers
// are in segment.ts.

import { Eflags } from '../isa/flags';
import type { MemoryOperand } from '../isa/instruction';
import { Gpr, Segment } from '../isa/registers';
import type { Builder, Value } from './builder';
import type { Semantic, SemanticTable } from './semantic';
import { peek, push, readStackPointer, releaseStack } from './stackPointer';
import { addConstant, resize } from './values';

/** PUSH ESP pushes the value from before; so does an address that uses ESP. */
const pushOperand: Semantic = (b, { operands: [source] }) => push(b, b.read(source));

/** POP ESP ends with the popped value, not an incremented one. */
const popOperand: Semantic = (b, { operands: [destination], operandSize }) => {
  const value = peek(b, operandSize);
  if (destination.kind === 'memory')
    b.store(destination.segment, offsetAfterPop(b, destination, operandSize / 8), value);
  releaseStack(b, operandSize / 8);
  if (destination.kind === 'register') b.write(destination, value);
};

/** An address that uses ESP is computed from its value after the pop. */
function offsetAfterPop(b: Builder, destination: MemoryOperand, bytes: number): Value {
  const offset = b.effectiveAddress(destination);
  if (destination.base !== Gpr.esp) return offset;
  const before = b.readRegister(Gpr.esp, 32);
  const after =
    b.mode.stackSize === 32
      ? addConstant(b, before, bytes)
      : withLowWord(b, before, addConstant(b, readStackPointer(b), bytes));
  return b.add(offset, b.sub(after, before));
}

const withLowWord = (b: Builder, x: Value, low: Value): Value =>
  b.or(b.and(x, b.constant(32, 0xffff0000 | 0)), b.zeroExtend(low, 32));

/** Registers by encoding number downwards; ESP as it was before. */
const pusha: Semantic = (b, { operandSize }) => {
  const top = readStackPointer(b);
  const places = [0, 1, 2, 3, 4, 5, 6, 7].map(index =>
    b.reserve(Segment.ss, addConstant(b, top, (-(index + 1) * operandSize) / 8), operandSize),
  );
  places.forEach((place, index) => b.storeReserved(place, b.readRegister(index, operandSize)));
  releaseStack(b, (-8 * operandSize) / 8);
};

/** ESP's image on the stack is skipped. */
const popa: Semantic = (b, { operandSize }) => {
  const bytes = operandSize / 8;
  const popped = [Gpr.edi, Gpr.esi, Gpr.ebp, Gpr.ebx, Gpr.edx, Gpr.ecx, Gpr.eax].map(index => ({
    index,
    value: peek(b, operandSize, (7 - index) * bytes),
  }));
  for (const { index, value } of popped) b.writeRegister(index, value);
  releaseStack(b, 8 * bytes);
};

/** The image has VM and RF clear. */
const pushf: Semantic = (b, { operandSize }) => {
  const image = b.and(b.call('readEflags'), b.constant(32, ~(Eflags.vm | Eflags.rf)));
  push(b, resize(b, image, operandSize));
};

const popf: Semantic = (b, { operandSize }) => {
  b.call('writeEflags', resize(b, peek(b, operandSize), 32), b.constant(32, operandSize));
  releaseStack(b, operandSize / 8);
};

const enter: Semantic = (b, { operands: [allocation, nestingLevel], operandSize }) => {
  b.call('enter', b.read(allocation), b.read(nestingLevel), b.constant(32, operandSize));
};

/** ESP ← EBP, and EBP is popped: the frame by the stack's size, the datum by the operand's. */
const leave: Semantic = (b, { operandSize }) => {
  const frame = b.readRegister(Gpr.ebp, b.mode.stackSize);
  const caller = b.load(Segment.ss, frame, operandSize);
  b.writeRegister(Gpr.esp, addConstant(b, frame, operandSize / 8));
  b.writeRegister(Gpr.ebp, caller);
};

export const stack = {
  push: pushOperand,
  pop: popOperand,
  pusha,
  popa,
  pushf,
  popf,
  enter,
  leave,
} satisfies SemanticTable;
