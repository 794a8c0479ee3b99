// SHLD and SHRD (SDM Vol. 2). With 16-bit operands and a count above 16 the manual leaves the result undefined;
// processors then shift destination : source : destination, as this does.

import type { Builder, Value } from './builder';
import { modify } from './operands';
import type { Semantic, SemanticTable } from './semantic';
import { lastOutLeft, lastOutRight, maskedCount, overflowLeft, overflowRight, setShiftFlags } from './shiftFlags';
import { highHalf, isZero, joinHalves, resize } from './values';

/** Both words of 32 bits. */
interface Words {
  readonly destination: Value;
  /** what is shifted in */
  readonly source: Value;
}

const shld: Semantic = (b, { operands: [destination, source, amount] }) =>
  modify(b, destination, x => {
    const count = maskedCount(b, amount);
    const words = wordsLeft(b, x, b.read(source));
    const shifted = b.or(b.shiftLeft(words.destination, count), b.shiftRight(words.source, thirtyTwoLess(b, count)));
    const result = b.select(isZero(b, count), x, x.width === 32 ? shifted : highHalf(b, shifted));
    const outcome = { result, carry: lastOutLeft(b, words.destination, count) };
    setShiftFlags(b, count, outcome, overflowLeft(b, outcome));
    return result;
  });

const shrd: Semantic = (b, { operands: [destination, source, amount] }) =>
  modify(b, destination, x => {
    const count = maskedCount(b, amount);
    const words = wordsRight(b, x, b.read(source));
    const shifted = b.or(b.shiftRight(words.destination, count), b.shiftLeft(words.source, thirtyTwoLess(b, count)));
    const result = b.select(isZero(b, count), x, resize(b, shifted, x.width));
    const outcome = { result, carry: lastOutRight(b, words.destination, count) };
    setShiftFlags(b, count, outcome, overflowRight(b, outcome));
    return result;
  });

/** 16-bit operands, going left: destination : source, and behind it the destination again. */
const wordsLeft = (b: Builder, x: Value, y: Value): Words =>
  x.width === 32
    ? { destination: x, source: y }
    : { destination: joinHalves(b, y, x), source: b.shiftLeft(b.zeroExtend(x, 32), b.constant(8, 16)) };

/** 16-bit operands, going right: source : destination, and before it the destination again. */
const wordsRight = (b: Builder, x: Value, y: Value): Words =>
  x.width === 32 ? { destination: x, source: y } : { destination: joinHalves(b, x, y), source: b.zeroExtend(x, 32) };

/** 32 − count; 0 for 0, where the result is not used. */
const thirtyTwoLess = (b: Builder, count: Value): Value => b.and(b.negate(count), b.constant(8, 31));

export const doubleShift = { shld, shrd } satisfies SemanticTable;
