// The accumulator, and the pair of double width that multiplication, division and CMPXCHG8B work on: AH:AL, DX:AX, EDX:EAX.

import { Gpr } from '../isa/registers';
import type { Builder, Value, ValueWidth } from './builder';
import { joinHalves } from './values';

export const readAccumulator = (b: Builder, width: ValueWidth): Value => b.readRegister(Gpr.eax, registerWidth(width));

/** The pair whose halves have `width` bits, as one value of twice the width. */
export function readAccumulatorPair(b: Builder, width: ValueWidth): Value {
  if (width === 8) return b.readRegister(Gpr.eax, 16);
  const half = registerWidth(width);
  return joinHalves(b, b.readRegister(Gpr.eax, half), b.readRegister(Gpr.edx, half));
}

export function writeAccumulatorPair(b: Builder, low: Value, high: Value): void {
  if (low.width === 8) {
    b.writeRegister(Gpr.eax, joinHalves(b, low, high));
  } else {
    b.writeRegister(Gpr.eax, low);
    b.writeRegister(Gpr.edx, high);
  }
}

function registerWidth(width: ValueWidth): 8 | 16 | 32 {
  if (width === 1 || width === 64) throw new Error(`no general register has ${width} bits`);
  return width;
}
