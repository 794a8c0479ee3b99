// Counts, carries and flags that shifts, rotates and double shifts share.

import type { Operand } from '../isa/instruction';
import type { SeparateFlag } from '../isa/flags';
import type { Builder, Value } from './builder';
import { addConstant, bit, isNegative, isZero, resize } from './values';

/** What a shift makes of its operand. */
export interface Shifted {
  readonly result: Value;
  /** the last bit shifted out */
  readonly carry: Value;
}

/** The count, 8 bits wide, modulo 32 as on every processor since the 80286. */
export const maskedCount = (b: Builder, amount: Operand): Value =>
  b.and(resize(b, b.read(amount), 8), b.constant(8, 31));

/** One less than a count, again modulo 32, so that it may be shifted by where the count is 0 and the result not used. */
export const oneLess = (b: Builder, count: Value): Value => b.and(addConstant(b, count, -1), b.constant(8, 31));

/** The bit that leaves last when `x` is shifted left (right) by a `count` of 1 or more. */
export const lastOutLeft = (b: Builder, x: Value, count: Value): Value =>
  isNegative(b, b.shiftLeft(x, oneLess(b, count)));
export const lastOutRight = (b: Builder, x: Value, count: Value): Value =>
  bit(b, b.shiftRight(x, oneLess(b, count)), 0);
export const lastOutRightSigned = (b: Builder, x: Value, count: Value): Value =>
  bit(b, b.shiftRightSigned(x, oneLess(b, count)), 0);

/** OF of a leftward shift by one: the sign changed; the old sign is in the carry. */
export const overflowLeft = (b: Builder, { result, carry }: Shifted): Value => b.xor(isNegative(b, result), carry);

/** OF of a rightward shift by one: the sign changed; the old sign lies beside the new one. */
export const overflowRight = (b: Builder, { result }: Shifted): Value =>
  isNegative(b, b.xor(result, b.shiftLeft(result, b.constant(8, 1))));

/** CF and OF, unless the count is zero. */
export function setRotateFlags(b: Builder, count: Value, carry: Value, overflow: Value): void {
  const unchanged = isZero(b, count);
  setFlagUnless(b, unchanged, 'cf', carry);
  setFlagUnless(b, unchanged, 'of', overflow);
}

/** All flags but AF, unless the count is zero. AF is undefined: left as it is. */
export function setShiftFlags(b: Builder, count: Value, shifted: Shifted, overflow: Value): void {
  const unchanged = isZero(b, count);
  setRotateFlags(b, count, shifted.carry, overflow);
  setFlagUnless(b, unchanged, 'sf', isNegative(b, shifted.result));
  setFlagUnless(b, unchanged, 'zf', isZero(b, shifted.result));
  setFlagUnless(b, unchanged, 'pf', b.evenParity(shifted.result));
}

function setFlagUnless(b: Builder, unchanged: Value, flag: SeparateFlag, value: Value): void {
  b.writeFlag(flag, b.select(unchanged, b.readFlag(flag), value));
}
