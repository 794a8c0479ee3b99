// Micro-ops over values that are known when a program is built. Values of up to 32 bits: zero-extended below 32, signed at 32.

import type { ValueWidth } from '../semantics/builder';
import { MicroOpCode } from './microOp';

/** A known value as slots hold it: zero-extended below 32 bits, signed at 32. */
export const canonical = (width: ValueWidth, value: number): number =>
  width < 32 ? value & ((1 << width) - 1) : value | 0;

const signed = (value: number, width: ValueWidth): number =>
  width < 32 ? (value << (32 - width)) >> (32 - width) : value;

/** The result before it is made canonical, or undefined for what is left to run time. `width` is the operands'. */
export function foldConstants(code: MicroOpCode, width: ValueWidth, a: number, b: number): number | undefined {
  switch (code) {
    case MicroOpCode.add:
      return a + b;
    case MicroOpCode.sub:
      return a - b;
    case MicroOpCode.and:
      return a & b;
    case MicroOpCode.or:
      return a | b;
    case MicroOpCode.xor:
      return a ^ b;
    case MicroOpCode.shiftLeft:
      return a << b;
    case MicroOpCode.shiftRight:
      return a >>> b;
    case MicroOpCode.equal:
      return a === b ? 1 : 0;
    case MicroOpCode.notEqual:
      return a === b ? 0 : 1;
    case MicroOpCode.lessUnsigned:
      return a >>> 0 < b >>> 0 ? 1 : 0;
    case MicroOpCode.lessSigned:
      return signed(a, width) < signed(b, width) ? 1 : 0;
    case MicroOpCode.zeroExtend:
    case MicroOpCode.truncate:
      return a;
    case MicroOpCode.signExtend:
      return signed(a, width);
    default:
      return undefined;
  }
}
