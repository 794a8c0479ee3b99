// Multiplication and division (SDM Vol. 2: MUL, IMUL, DIV, IDIV). The one-operand forms work on an accumulator of twice
// the operand's width: AX, DX:AX or EDX:EAX.

import { Vector } from '../isa/exceptions';
import type { Builder, Value } from './builder';
import { writeAccumulatorPair, readAccumulator, readAccumulatorPair } from './accumulator';
import type { Semantic, SemanticTable } from './semantic';
import { doubleWidth, highHalf, isNonZero, isZero, zeroLike } from './values';

const mul: Semantic = (b, { operands: [source] }) => {
  const factor = b.read(source);
  const product = productOf(b, readAccumulator(b, factor.width), factor, 'zeroExtend');
  const high = highHalf(b, product);
  writeAccumulatorPair(b, b.truncate(product, factor.width), high);
  setOverflow(b, isNonZero(b, high));
};

const imul1: Semantic = (b, { operands: [source] }) => {
  const factor = b.read(source);
  const product = productOf(b, readAccumulator(b, factor.width), factor, 'signExtend');
  const low = b.truncate(product, factor.width);
  writeAccumulatorPair(b, low, highHalf(b, product));
  setOverflow(b, isTooWide(b, product, low));
};

const imul2: Semantic = (b, { operands: [destination, source] }) =>
  b.write(destination, truncatedProduct(b, b.read(destination), b.read(source)));

const imul3: Semantic = (b, { operands: [destination, left, right] }) =>
  b.write(destination, truncatedProduct(b, b.read(left), b.read(right)));

function truncatedProduct(b: Builder, x: Value, y: Value): Value {
  const product = productOf(b, x, y, 'signExtend');
  const low = b.truncate(product, x.width);
  setOverflow(b, isTooWide(b, product, low));
  return low;
}

function productOf(b: Builder, x: Value, y: Value, extend: 'zeroExtend' | 'signExtend'): Value {
  const width = doubleWidth(x.width);
  return b.mul(b[extend](x, width), b[extend](y, width));
}

const isTooWide = (b: Builder, whole: Value, low: Value): Value => b.notEqual(b.signExtend(low, whole.width), whole);

/** CF and OF tell that the upper half matters. SF, ZF, AF and PF are undefined: left as they are, as AMD's do. */
function setOverflow(b: Builder, overflow: Value): void {
  b.writeFlag('cf', overflow);
  b.writeFlag('of', overflow);
}

/** An upper half below the divisor means: the divisor is not zero, and the quotient fits. */
const div: Semantic = (b, { operands: [source] }) => {
  const divisor = b.read(source);
  const dividend = readAccumulatorPair(b, divisor.width);
  raiseDivideErrorIf(b, b.equal(b.lessUnsigned(highHalf(b, dividend), divisor), b.constant(1, 0)));
  const wide = b.zeroExtend(divisor, dividend.width);
  writeAccumulatorPair(
    b,
    b.truncate(b.divideUnsigned(dividend, wide), divisor.width),
    b.truncate(b.remainderUnsigned(dividend, wide), divisor.width),
  );
};

const idiv: Semantic = (b, { operands: [source] }) => {
  const divisor = b.read(source);
  const dividend = readAccumulatorPair(b, divisor.width);
  raiseDivideErrorIf(b, b.or(isZero(b, divisor), overflowsTwiceTheWidth(b, dividend, divisor)));
  const wide = b.signExtend(divisor, dividend.width);
  const whole = b.divideSigned(dividend, wide);
  const quotient = b.truncate(whole, divisor.width);
  raiseDivideErrorIf(b, isTooWide(b, whole, quotient));
  writeAccumulatorPair(b, quotient, b.truncate(b.remainderSigned(dividend, wide), divisor.width));
};

/** The one quotient that even twice the width cannot hold: the lowest number divided by −1. */
function overflowsTwiceTheWidth(b: Builder, dividend: Value, divisor: Value): Value {
  const lowest = b.shiftLeft(b.constant(dividend.width, 1), b.constant(8, dividend.width - 1));
  return b.and(b.equal(dividend, lowest), b.equal(divisor, b.not(zeroLike(b, divisor))));
}

const raiseDivideErrorIf = (b: Builder, condition: Value): void => b.raiseIf(condition, Vector.divideError);

export const multiply = { mul, imul1, imul2, imul3, div, idiv } satisfies SemanticTable;
