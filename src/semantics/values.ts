// Idioms over values that nearly every meaning needs.

import type { Builder, Value, ValueWidth } from './builder';

export const zeroLike = (b: Builder, value: Value): Value => b.constant(value.width, 0);
export const isZero = (b: Builder, value: Value): Value => b.equal(value, zeroLike(b, value));
export const isNonZero = (b: Builder, value: Value): Value => b.notEqual(value, zeroLike(b, value));

/** the sign bit, as a value of width 1 */
export const isNegative = (b: Builder, value: Value): Value => b.lessSigned(value, zeroLike(b, value));

/** one bit, as a value of width 1; `index` is below the value's width */
export const bit = (b: Builder, value: Value, index: number): Value =>
  b.truncate(index === 0 ? value : b.shiftRight(value, b.constant(8, index)), 1);

/** The value at another width: truncated or zero-extended. */
export function resize(b: Builder, value: Value, width: ValueWidth): Value {
  if (value.width === width) return value;
  return value.width > width ? b.truncate(value, width) : b.zeroExtend(value, width);
}

/** The value at another width: truncated or sign-extended. */
export function resizeSigned(b: Builder, value: Value, width: ValueWidth): Value {
  if (value.width === width) return value;
  return value.width > width ? b.truncate(value, width) : b.signExtend(value, width);
}

/** `value` with a constant added to it. */
export const addConstant = (b: Builder, value: Value, amount: number): Value =>
  amount === 0 ? value : b.add(value, b.constant(value.width, amount));

/** The two halves, low first, as one value of twice the width. */
export function joinHalves(b: Builder, low: Value, high: Value): Value {
  const width = doubleWidth(low.width);
  const shifted = b.shiftLeft(b.zeroExtend(high, width), b.constant(8, low.width));
  return b.or(shifted, b.zeroExtend(low, width));
}

/** The upper half of a value, at half its width. */
export function highHalf(b: Builder, value: Value): Value {
  const width = halfWidth(value.width);
  return b.truncate(b.shiftRight(value, b.constant(8, width)), width);
}

export function doubleWidth(width: ValueWidth): 16 | 32 | 64 {
  switch (width) {
    case 8:
      return 16;
    case 16:
      return 32;
    case 32:
      return 64;
    default:
      throw new Error(`no width is twice ${width} bits`);
  }
}

export function halfWidth(width: ValueWidth): 8 | 16 | 32 {
  switch (width) {
    case 16:
      return 8;
    case 32:
      return 16;
    case 64:
      return 32;
    default:
      throw new Error(`no width is half of ${width} bits`);
  }
}
