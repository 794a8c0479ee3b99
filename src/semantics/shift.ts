// Shifts and rotates (SDM Vol. 2: SAL/SAR/SHL/SHR, RCL/RCR/ROL/ROR). Counts are taken modulo 32, for every width, and a
// count of zero changes no flag. OF is defined for a count of one only; for others it takes the value of the same
// formula, as on processors of the last decades.

import type { Builder, Value } from './builder';
import { modify } from './operands';
import type { Semantic, SemanticTable } from './semantic';
import {
  lastOutLeft,
  lastOutRight,
  lastOutRightSigned,
  maskedCount,
  oneLess,
  overflowLeft,
  overflowRight,
  setRotateFlags,
  setShiftFlags,
  type Shifted,
} from './shiftFlags';
import { bit, isNegative, isZero } from './values';

/** `count` has 8 bits and is below 32; the carry need not mean anything where it is 0. */
type Shift = (b: Builder, x: Value, count: Value) => Shifted;
type Overflow = (b: Builder, shifted: Shifted) => Value;

const shifting =
  (shift: Shift, overflow: Overflow): Semantic =>
  (b, { operands: [destination, amount] }) =>
    modify(b, destination, x => {
      const count = maskedCount(b, amount);
      const shifted = shift(b, x, count);
      setShiftFlags(b, count, shifted, overflow(b, shifted));
      return shifted.result;
    });

const rotating =
  (rotate: Shift, overflow: Overflow): Semantic =>
  (b, { operands: [destination, amount] }) =>
    modify(b, destination, x => {
      const count = maskedCount(b, amount);
      const rotated = rotate(b, x, count);
      setRotateFlags(b, count, rotated.carry, overflow(b, rotated));
      return rotated.result;
    });

const shiftLeft: Shift = (b, x, count) => ({ result: b.shiftLeft(x, count), carry: lastOutLeft(b, x, count) });
const shiftRight: Shift = (b, x, count) => ({ result: b.shiftRight(x, count), carry: lastOutRight(b, x, count) });
const shiftRightSigned: Shift = (b, x, count) => ({
  result: b.shiftRightSigned(x, count),
  carry: lastOutRightSigned(b, x, count),
});

const rotateLeft: Shift = (b, x, count) => {
  const result = b.or(b.shiftLeft(x, moduloWidth(b, x, count)), b.shiftRight(x, complement(b, x, count)));
  return { result, carry: bit(b, result, 0) };
};
const rotateRight: Shift = (b, x, count) => {
  const result = b.or(b.shiftRight(x, moduloWidth(b, x, count)), b.shiftLeft(x, complement(b, x, count)));
  return { result, carry: isNegative(b, result) };
};

/** count mod width, and (width − count) mod width: widths are powers of two */
const moduloWidth = (b: Builder, { width }: Value, count: Value): Value => b.and(count, b.constant(8, width - 1));
const complement = (b: Builder, x: Value, count: Value): Value => moduloWidth(b, x, b.negate(count));

/** Carry and operand turn as one ring of width + 1 bits: x goes left by the count, CF enters below, the bits that left follow it. */
const rotateLeftThroughCarry: Shift = (b, x, fullCount) => {
  const count = moduloRing(b, x, fullCount);
  const carry = b.readFlag('cf');
  const leaving = b.shiftRight(x, widthLess(b, x, count));
  const entering = b.or(
    b.shiftLeft(b.zeroExtend(carry, x.width), oneLess(b, count)),
    b.shiftRight(leaving, b.constant(8, 1)),
  );
  return unlessWholeTurn(
    b,
    count,
    { result: x, carry },
    {
      result: b.or(b.shiftLeft(x, count), entering),
      carry: bit(b, leaving, 0),
    },
  );
};

const rotateRightThroughCarry: Shift = (b, x, fullCount) => {
  const count = moduloRing(b, x, fullCount);
  const carry = b.readFlag('cf');
  const space = widthLess(b, x, count);
  const entering = b.or(
    b.shiftLeft(b.zeroExtend(carry, x.width), space),
    b.shiftLeft(b.shiftLeft(x, b.constant(8, 1)), space),
  );
  return unlessWholeTurn(
    b,
    count,
    { result: x, carry },
    {
      result: b.or(b.shiftRight(x, count), entering),
      carry: lastOutRight(b, x, count),
    },
  );
};

/** A count below 32 modulo 9 or 17; modulo 33 it is itself. */
const moduloRing = (b: Builder, { width }: Value, count: Value): Value =>
  width === 32 ? count : b.remainderUnsigned(count, b.constant(8, width + 1));

/** width − count, as a count below 32 */
const widthLess = (b: Builder, { width }: Value, count: Value): Value =>
  b.and(b.sub(b.constant(8, width), count), b.constant(8, 31));

function unlessWholeTurn(b: Builder, count: Value, unchanged: Shifted, turned: Shifted): Shifted {
  const whole = isZero(b, count);
  return {
    result: b.select(whole, unchanged.result, turned.result),
    carry: b.select(whole, unchanged.carry, turned.carry),
  };
}

export const shift = {
  shl: shifting(shiftLeft, overflowLeft),
  shr: shifting(shiftRight, overflowRight),
  sar: shifting(shiftRightSigned, overflowRight),
  rol: rotating(rotateLeft, overflowLeft),
  ror: rotating(rotateRight, overflowRight),
  rcl: rotating(rotateLeftThroughCarry, overflowLeft),
  rcr: rotating(rotateRightThroughCarry, overflowRight),
} satisfies SemanticTable;
