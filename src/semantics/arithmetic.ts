// Binary addition and subtraction (SDM Vol. 2: ADC, ADD, CBW, CDQ, CMP, DEC, INC, NEG, SBB, SUB).

import { Gpr } from '../isa/registers';
import type { Builder, Value } from './builder';
import { modify } from './operands';
import { setAdditionFlags, setSubtractionFlags } from './resultFlags';
import type { SemanticTable } from './semantic';
import { isNegative, zeroLike } from './values';

export const arithmetic = {
  add: (b, { operands: [destination, source] }) => modify(b, destination, x => add(b, x, b.read(source))),
  adc: (b, { operands: [destination, source] }) => modify(b, destination, x => addWithCarry(b, x, b.read(source))),
  sub: (b, { operands: [destination, source] }) => modify(b, destination, x => subtract(b, x, b.read(source))),
  sbb: (b, { operands: [destination, source] }) =>
    modify(b, destination, x => subtractWithBorrow(b, x, b.read(source))),
  cmp(b, { operands: [left, right] }) {
    subtract(b, b.read(left), b.read(right));
  },
  inc: (b, { operands: [destination] }) => modify(b, destination, x => increment(b, x)),
  dec: (b, { operands: [destination] }) => modify(b, destination, x => decrement(b, x)),
  neg: (b, { operands: [destination] }) => modify(b, destination, x => subtract(b, zeroLike(b, x), x)),

  /** CBW and, with 32-bit operand size, CWDE */
  cbw(b, { operandSize }) {
    const source = b.readRegister(Gpr.eax, operandSize === 16 ? 8 : 16);
    b.writeRegister(Gpr.eax, b.signExtend(source, operandSize));
  },
  /** CWD and, with 32-bit operand size, CDQ */
  cdq(b, { operandSize }) {
    const sign = isNegative(b, b.readRegister(Gpr.eax, operandSize));
    b.writeRegister(Gpr.edx, b.signExtend(sign, operandSize));
  },
} satisfies SemanticTable;

/** x + y, and its flags. */
export function add(b: Builder, x: Value, y: Value): Value {
  const sum = b.add(x, y);
  setAdditionFlags(b, x, y, sum);
  b.writeFlag('cf', b.lessUnsigned(sum, x));
  return sum;
}

function addWithCarry(b: Builder, x: Value, y: Value): Value {
  const partial = b.add(x, y);
  const sum = b.add(partial, b.zeroExtend(b.readFlag('cf'), x.width));
  setAdditionFlags(b, x, y, sum);
  b.writeFlag('cf', b.or(b.lessUnsigned(partial, x), b.lessUnsigned(sum, partial)));
  return sum;
}

/** x − y, and its flags. */
export function subtract(b: Builder, x: Value, y: Value): Value {
  const difference = b.sub(x, y);
  setSubtractionFlags(b, x, y, difference);
  b.writeFlag('cf', b.lessUnsigned(x, y));
  return difference;
}

function subtractWithBorrow(b: Builder, x: Value, y: Value): Value {
  const borrow = b.zeroExtend(b.readFlag('cf'), x.width);
  const partial = b.sub(x, y);
  const difference = b.sub(partial, borrow);
  setSubtractionFlags(b, x, y, difference);
  b.writeFlag('cf', b.or(b.lessUnsigned(x, y), b.lessUnsigned(partial, borrow)));
  return difference;
}

/** INC and DEC leave CF as it is. */
function increment(b: Builder, x: Value): Value {
  const one = b.constant(x.width, 1);
  const sum = b.add(x, one);
  setAdditionFlags(b, x, one, sum);
  return sum;
}

function decrement(b: Builder, x: Value): Value {
  const one = b.constant(x.width, 1);
  const difference = b.sub(x, one);
  setSubtractionFlags(b, x, one, difference);
  return difference;
}
