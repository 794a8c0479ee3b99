// Decimal adjustment (SDM Vol. 2: AAA, AAD, AAM, AAS, DAA, DAS).

import { Vector } from '../isa/exceptions';
import { Gpr } from '../isa/registers';
import type { Builder, Value } from './builder';
import { clearFlags, setResultFlags } from './resultFlags';
import type { Semantic, SemanticTable } from './semantic';
import { addConstant, isZero, joinHalves } from './values';

const byte = (b: Builder, value: number): Value => b.constant(8, value);

/** AF, or a low digit above nine: the digit needs an adjustment by six. */
function lowDigitOverflows(b: Builder, al: Value): Value {
  const digit = b.and(al, byte(b, 0xf));
  return b.or(b.lessUnsigned(byte(b, 9), digit), b.readFlag('af'));
}

/** CF, or more than 99: the high digit needs an adjustment by six. */
const highDigitOverflows = (b: Builder, al: Value): Value => b.or(b.lessUnsigned(byte(b, 0x99), al), b.readFlag('cf'));

/** The sum of the digits' adjustments: 0, 6, 0x60 or 0x66. */
const packedAdjustment = (b: Builder, low: Value, high: Value): Value =>
  b.or(b.select(low, byte(b, 6), byte(b, 0)), b.select(high, byte(b, 0x60), byte(b, 0)));

const daa: Semantic = b => {
  const al = b.readRegister(Gpr.eax, 8);
  const low = lowDigitOverflows(b, al);
  const high = highDigitOverflows(b, al);
  adjustPacked(b, b.add(al, packedAdjustment(b, low, high)), low, high);
};

const das: Semantic = b => {
  const al = b.readRegister(Gpr.eax, 8);
  const low = lowDigitOverflows(b, al);
  const high = highDigitOverflows(b, al);
  const borrow = b.and(low, b.lessUnsigned(al, byte(b, 6)));
  adjustPacked(b, b.sub(al, packedAdjustment(b, low, high)), low, b.or(high, borrow));
};

/** OF is undefined: cleared. */
function adjustPacked(b: Builder, al: Value, low: Value, carry: Value): void {
  b.writeRegister(Gpr.eax, al);
  setResultFlags(b, al);
  b.writeFlag('of', b.constant(1, 0));
  b.writeFlag('af', low);
  b.writeFlag('cf', carry);
}

/** AAA and AAS: `step` goes to AX as a whole, so that a carry out of AL reaches AH. */
const adjustUnpacked =
  (step: number): Semantic =>
  b => {
    const adjust = lowDigitOverflows(b, b.readRegister(Gpr.eax, 8));
    const ax = b.readRegister(Gpr.eax, 16);
    const adjusted = b.select(adjust, addConstant(b, ax, step), ax);
    b.writeRegister(Gpr.eax, b.and(adjusted, b.constant(16, 0xff0f)));
    b.writeFlag('af', adjust);
    b.writeFlag('cf', adjust);
  };

const aam: Semantic = (b, { operands: [base] }) => {
  const divisor = b.read(base);
  b.raiseIf(isZero(b, divisor), Vector.divideError);
  const al = b.readRegister(Gpr.eax, 8);
  const remainder = b.remainderUnsigned(al, divisor);
  b.writeRegister(Gpr.eax, joinHalves(b, remainder, b.divideUnsigned(al, divisor)));
  setDigitFlags(b, remainder);
};

const aad: Semantic = (b, { operands: [base] }) => {
  const ax = b.readRegister(Gpr.eax, 16);
  const tens = b.truncate(b.shiftRight(ax, byte(b, 8)), 8);
  const sum = b.add(b.truncate(ax, 8), b.mul(tens, b.read(base)));
  b.writeRegister(Gpr.eax, b.zeroExtend(sum, 16));
  setDigitFlags(b, sum);
};

/** OF, AF and CF are undefined: cleared. */
function setDigitFlags(b: Builder, al: Value): void {
  setResultFlags(b, al);
  clearFlags(b, 'of', 'af', 'cf');
}

export const decimal = {
  daa,
  das,
  aaa: adjustUnpacked(0x106),
  aas: adjustUnpacked(-0x106),
  aam,
  aad,
} satisfies SemanticTable;
