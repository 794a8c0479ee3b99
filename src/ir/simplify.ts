// Conditions as one comparison. A branch or SETcc after a comparison reads flags, each made of the operands in its own way
// (SDM Vol. 1 appendix B); together they often say no more than that one operand is less than the other.

import { BlockValue } from './blockValue';
import { MicroOpCode } from './microOp';

/** A simpler value that is the same as `code` of two truth values, or undefined. */
export function simplify(code: MicroOpCode, [a, b]: readonly BlockValue[]): BlockValue | undefined {
  if (a?.resultWidth !== 1 || b?.resultWidth !== 1) return undefined;
  switch (code) {
    case MicroOpCode.xor:
      return exclusiveOr(a, b) ?? exclusiveOr(b, a);
    case MicroOpCode.or:
      return inclusiveOr(a, b) ?? inclusiveOr(b, a);
    default:
      return undefined;
  }
}

function exclusiveOr(a: BlockValue, b: BlockValue): BlockValue | undefined {
  if (isConstant(b, 0)) return a;
  if (isConstant(b, 1) && isOpposite(a)) return a.operands[0];
  return differenceIsLess(a, b);
}

/** SF xor OF of x − y: x < y, signed. */
function differenceIsLess(sign: BlockValue, overflow: BlockValue): BlockValue | undefined {
  if (!isNegative(sign) || !isNegative(overflow)) return undefined;
  const [difference] = sign.operands;
  const [both] = overflow.operands;
  if (difference.code !== MicroOpCode.sub || both.code !== MicroOpCode.and) return undefined;
  const [x, y] = difference.operands;
  const [operandsDiffer, resultDiffers] = both.operands;
  if (!isXorOf(operandsDiffer, x, y) || !isXorOf(resultDiffers, x, difference)) return undefined;
  return compare(MicroOpCode.lessSigned, x, y);
}

/** ZF or less: not greater. */
function inclusiveOr(equal: BlockValue, less: BlockValue): BlockValue | undefined {
  if (isConstant(less, 0)) return equal;
  if (equal.code !== MicroOpCode.equal || !isConstant(equal.operands[1], 0)) return undefined;
  if (less.code !== MicroOpCode.lessSigned && less.code !== MicroOpCode.lessUnsigned) return undefined;
  const [value] = equal.operands;
  const [x, y] = less.operands;
  const comparesWithZero = value === x && isConstant(y, 0);
  const isDifference = value.code === MicroOpCode.sub && value.operands[0] === x && value.operands[1] === y;
  return comparesWithZero || isDifference ? opposite(compare(less.code, y, x)) : undefined;
}

const isConstant = ({ code, immediate }: BlockValue, value: number): boolean =>
  code === MicroOpCode.constant && immediate === value;

const isNegative = ({ code, operands }: BlockValue): boolean =>
  code === MicroOpCode.lessSigned && isConstant(operands[1], 0);

const isOpposite = ({ code, operands, resultWidth }: BlockValue): boolean =>
  code === MicroOpCode.xor && resultWidth === 1 && isConstant(operands[1], 1);

const isXorOf = ({ code, operands }: BlockValue, a: BlockValue, b: BlockValue): boolean =>
  code === MicroOpCode.xor && operands[0] === a && operands[1] === b;

const compare = (code: MicroOpCode, a: BlockValue, b: BlockValue): BlockValue =>
  new BlockValue(code, a.resultWidth, 1, [a, b], 0);

const opposite = (value: BlockValue): BlockValue =>
  new BlockValue(MicroOpCode.xor, 1, 1, [value, new BlockValue(MicroOpCode.constant, 1, 1, [], 1)], 0);
