// Control transfers (SDM Vol. 2: CALL, JMP, Jcc, JCXZ, LOOP, RET, IRET, INT, BOUND). Near ones are here; far ones and interrupts
// are the machinery's.

import { Vector } from '../isa/exceptions';
import type { Instruction, Operand } from '../isa/instruction';
import { Gpr } from '../isa/registers';
import type { Builder, Value } from './builder';
import { SoftwareInterrupt } from './helpers';
import { conditionHolds, loadAt, loadFarPointer, memoryOperand, type FarPointer } from './operands';
import type { Semantic, SemanticTable } from './semantic';
import { peek, push, readStackPointer } from './stackPointer';
import { addConstant, isNonZero, isZero, resize } from './values';

/** Where a near branch goes: relative to the next instruction, or to an offset from register or memory. */
function nearOffset(b: Builder, operand: Operand, operandSize: 16 | 32): Value {
  if (operand.kind !== 'relative') return b.read(operand);
  return resize(b, b.add(b.nextInstruction, b.read(operand)), operandSize);
}

const jmpNear: Semantic = (b, { operands: [destination], operandSize }) =>
  b.jump(b.branchTarget(nearOffset(b, destination, operandSize)));

const jcc: Semantic = (b, instruction) => jumpNearIf(b, instruction, conditionHolds(b, instruction));

/** A target that is not taken is not checked. */
function jumpNearIf(b: Builder, { operands: [destination], operandSize }: Instruction, taken: Value): void {
  b.jumpIf(taken, b.branchTarget(nearOffset(b, destination, operandSize), taken));
}

/** CX or ECX, by address size. */
const jcxz: Semantic = (b, instruction) =>
  jumpNearIf(b, instruction, isZero(b, b.readRegister(Gpr.ecx, instruction.addressSize)));

/** LOOP, and with a condition LOOPE and LOOPNE: the counter is CX or ECX by address size. */
const looping =
  (condition?: 'z' | 'nz'): Semantic =>
  (b, { operands: [destination], operandSize, addressSize }) => {
    const count = addConstant(b, b.readRegister(Gpr.ecx, addressSize), -1);
    const counting = isNonZero(b, count);
    const taken = condition === undefined ? counting : b.and(counting, b.condition(condition));
    const target = b.branchTarget(nearOffset(b, destination, operandSize), taken);
    b.writeRegister(Gpr.ecx, count);
    b.jumpIf(taken, target);
  };

const callNear: Semantic = (b, { operands: [destination], operandSize }) => {
  const target = b.branchTarget(nearOffset(b, destination, operandSize));
  push(b, resize(b, b.nextInstruction, operandSize));
  b.jump(target);
};

const retNear: Semantic = (b, { operands: [released], operandSize }) => {
  const target = b.branchTarget(peek(b, operandSize));
  const bytes = resize(b, releasedBytes(b, released), b.mode.stackSize);
  b.writeRegister(Gpr.esp, b.add(addConstant(b, readStackPointer(b), operandSize / 8), bytes));
  b.jump(target);
};

/** RET's immediate: how much of the caller's arguments goes. */
const releasedBytes = (b: Builder, released: Operand | undefined): Value =>
  released === undefined ? b.constant(16, 0) : b.read(released);

const farTransfer =
  (helper: 'farJump' | 'farCall'): Semantic =>
  (b, { operands: [destination], operandSize }) => {
    const { selector, offset } = farPointer(b, destination, operandSize);
    b.call(helper, selector, resize(b, offset, 32), b.constant(32, operandSize), b.nextInstruction);
  };

const farPointer = (b: Builder, operand: Operand, operandSize: 16 | 32): FarPointer =>
  operand.kind === 'farPointer' ? b.readFarPointer(operand) : loadFarPointer(b, operand, operandSize);

const retFar: Semantic = (b, { operands: [released], operandSize }) => {
  b.call('farReturn', releasedBytes(b, released), b.constant(32, operandSize));
};

const iret: Semantic = (b, { operandSize }) => {
  b.call('interruptReturn', b.constant(32, operandSize), b.nextInstruction);
};

function softwareInterrupt(b: Builder, vector: Value, kind: number): void {
  b.call('softwareInterrupt', vector, b.constant(32, kind), b.nextInstruction);
}

const int: Semantic = (b, { operands: [vector] }) => softwareInterrupt(b, b.read(vector), SoftwareInterrupt.intN);
const int1: Semantic = b => softwareInterrupt(b, b.constant(8, Vector.debug), SoftwareInterrupt.int1);
const int3: Semantic = b => softwareInterrupt(b, b.constant(8, Vector.breakpoint), SoftwareInterrupt.int3);
const into: Semantic = b => {
  b.exitIf(b.condition('no'));
  softwareInterrupt(b, b.constant(8, Vector.overflow), SoftwareInterrupt.into);
};

/** #BR unless lower ≤ index ≤ upper, signed; the two bounds lie beside each other in memory. */
const bound: Semantic = (b, { operands: [indexOperand, bounds], operandSize }) => {
  const operand = memoryOperand(bounds);
  const index = b.read(indexOperand);
  const lower = loadAt(b, { operand, byteOffset: 0, width: operandSize });
  const upper = loadAt(b, { operand, byteOffset: operandSize / 8, width: operandSize });
  b.raiseIf(b.or(b.lessSigned(index, lower), b.lessSigned(upper, index)), Vector.boundRange);
};

export const control = {
  jmpNear,
  jcc,
  jcxz,
  loop: looping(),
  loope: looping('z'),
  loopne: looping('nz'),
  callNear,
  retNear,
  jmpFar: farTransfer('farJump'),
  callFar: farTransfer('farCall'),
  retFar,
  iret,
  int,
  int1,
  int3,
  into,
  bound,
} satisfies SemanticTable;
