// The arithmetic flags that a result implies (SDM Vol. 1 §3.4.3.1). CF is the caller's, who knows where it comes from.

import type { Builder, Value } from './builder';
import { bit, isNegative, isZero } from './values';

export function setResultFlags(b: Builder, result: Value): void {
  b.writeFlag('sf', isNegative(b, result));
  b.writeFlag('zf', isZero(b, result));
  b.writeFlag('pf', b.evenParity(result));
}

/** After AND, OR, XOR, TEST. AF is undefined; processors clear it. */
export function setLogicFlags(b: Builder, result: Value): void {
  setResultFlags(b, result);
  clearFlags(b, 'of', 'af', 'cf');
}

/** OF, SF, ZF, AF, PF of x + y (+ carry) = sum. */
export function setAdditionFlags(b: Builder, x: Value, y: Value, sum: Value): void {
  setResultFlags(b, sum);
  b.writeFlag('of', isNegative(b, b.and(b.xor(x, sum), b.xor(y, sum))));
  b.writeFlag('af', auxiliaryCarry(b, x, y, sum));
}

/** OF, SF, ZF, AF, PF of x − y (− borrow) = difference. */
export function setSubtractionFlags(b: Builder, x: Value, y: Value, difference: Value): void {
  setResultFlags(b, difference);
  b.writeFlag('of', isNegative(b, b.and(b.xor(x, y), b.xor(x, difference))));
  b.writeFlag('af', auxiliaryCarry(b, x, y, difference));
}

/** A sum without its carries is the exclusive or: bit 4 differs where a carry or borrow came out of bit 3. */
const auxiliaryCarry = (b: Builder, x: Value, y: Value, result: Value): Value => bit(b, b.xor(b.xor(x, y), result), 4);

export function clearFlags(b: Builder, ...flags: readonly ('of' | 'sf' | 'zf' | 'af' | 'pf' | 'cf')[]): void {
  for (const flag of flags) b.writeFlag(flag, b.constant(1, 0));
}
