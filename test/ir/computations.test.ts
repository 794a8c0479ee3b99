// Every computation of the vocabulary, for every width, in three ways: folded when the program is built, evaluated, and
// compiled. What it has to give is said here a fourth time, in integers without bounds.

import assert from 'node:assert/strict';
import type { IrBuilder } from '../../src/ir/irBuilder';
import type { Value, ValueWidth } from '../../src/semantics/builder';
import { randomFrom } from '../semantics/random';
import { OneBlockMachine, programFrom } from './oneBlock';

type Width = 8 | 16 | 32 | 64;

interface Computation {
  readonly build: (b: IrBuilder, x: Value, y: Value) => Value;
  /** of unsigned operands; the result is cut to its width */
  readonly expected: (x: bigint, y: bigint, width: Width) => bigint;
  readonly widths?: readonly Width[];
  /** operands that it is defined for */
  readonly defined?: (x: bigint, y: bigint, width: Width) => boolean;
  /** operands narrower than the result */
  readonly operandWidth?: ValueWidth;
}

const signed = (value: bigint, width: number): bigint => BigInt.asIntN(width, value);
const bit = (condition: boolean): bigint => (condition ? 1n : 0n);
const lowest = (width: number): bigint => -(1n << BigInt(width - 1));
const isDivisible = (x: bigint, y: bigint, width: Width): boolean =>
  y !== 0n && !(signed(x, width) === lowest(width) && signed(y, width) === -1n);
const byteCount = (y: bigint, width: Width): bigint => y & BigInt(width === 64 ? 63 : 31);
const count = (b: IrBuilder, y: Value): Value => b.and(b.truncate(y, 8), b.constant(8, y.width === 64 ? 63 : 31));

function ones(value: bigint): number {
  return [...value.toString(2)].filter(digit => digit === '1').length;
}

const computations: Readonly<Record<string, Computation>> = {
  add: { build: (b, x, y) => b.add(x, y), expected: (x, y) => x + y },
  sub: { build: (b, x, y) => b.sub(x, y), expected: (x, y) => x - y },
  mul: { build: (b, x, y) => b.mul(x, y), expected: (x, y) => x * y },
  and: { build: (b, x, y) => b.and(x, y), expected: (x, y) => x & y },
  or: { build: (b, x, y) => b.or(x, y), expected: (x, y) => x | y },
  xor: { build: (b, x, y) => b.xor(x, y), expected: (x, y) => x ^ y },
  not: { build: (b, x) => b.not(x), expected: x => ~x },
  negate: { build: (b, x) => b.negate(x), expected: x => -x },
  shiftLeft: { build: (b, x, y) => b.shiftLeft(x, count(b, y)), expected: (x, y, w) => x << byteCount(y, w) },
  shiftRight: { build: (b, x, y) => b.shiftRight(x, count(b, y)), expected: (x, y, w) => x >> byteCount(y, w) },
  shiftRightSigned: {
    build: (b, x, y) => b.shiftRightSigned(x, count(b, y)),
    expected: (x, y, w) => signed(x, w) >> byteCount(y, w),
  },
  divideUnsigned: {
    build: (b, x, y) => b.divideUnsigned(x, y),
    expected: (x, y) => x / y,
    defined: (_, y) => y !== 0n,
  },
  remainderUnsigned: {
    build: (b, x, y) => b.remainderUnsigned(x, y),
    expected: (x, y) => x % y,
    defined: (_, y) => y !== 0n,
  },
  divideSigned: {
    build: (b, x, y) => b.divideSigned(x, y),
    expected: (x, y, w) => signed(x, w) / signed(y, w),
    defined: isDivisible,
  },
  remainderSigned: {
    build: (b, x, y) => b.remainderSigned(x, y),
    expected: (x, y, w) => signed(x, w) % signed(y, w),
    defined: isDivisible,
  },
  equal: { build: (b, x, y) => b.equal(x, y), expected: (x, y) => bit(x === y) },
  'equal to itself': { build: (b, x) => b.equal(x, x), expected: () => 1n },
  notEqual: { build: (b, x, y) => b.notEqual(x, y), expected: (x, y) => bit(x !== y) },
  lessUnsigned: { build: (b, x, y) => b.lessUnsigned(x, y), expected: (x, y) => bit(x < y) },
  lessSigned: { build: (b, x, y) => b.lessSigned(x, y), expected: (x, y, w) => bit(signed(x, w) < signed(y, w)) },
  select: {
    build: (b, x, y) => b.select(b.lessUnsigned(x, y), b.not(x), y),
    expected: (x, y) => (x < y ? ~x : y),
  },
  'signExtend from a bit': {
    build: (b, x, y) => b.signExtend(b.lessUnsigned(x, y), 32),
    expected: (x, y) => (x < y ? -1n : 0n),
    widths: [8, 16, 32],
  },
  'zeroExtend from 8': { build: (b, x) => b.zeroExtend(b.truncate(x, 8), x.width), expected: x => x & 0xffn },
  'zeroExtend from 16': {
    build: (b, x) => b.zeroExtend(b.truncate(x, 16), x.width),
    expected: x => x & 0xffffn,
    widths: [16, 32, 64],
  },
  'signExtend from 8': { build: (b, x) => b.signExtend(b.truncate(x, 8), x.width), expected: x => signed(x, 8) },
  'signExtend from 16': {
    build: (b, x) => b.signExtend(b.truncate(x, 16), x.width),
    expected: x => signed(x, 16),
    widths: [16, 32, 64],
  },
  'signExtend from 32': {
    build: (b, x) => b.signExtend(b.truncate(x, 32), x.width),
    expected: x => signed(x, 32),
    widths: [32, 64],
  },
  'truncate to a bit': { build: (b, x) => b.truncate(x, 1), expected: x => x & 1n },
  evenParity: { build: (b, x) => b.evenParity(x), expected: x => bit(ones(x & 0xffn) % 2 === 0), widths: [8, 16, 32] },
  countTrailingZeros: {
    build: (b, x) => b.countTrailingZeros(x),
    expected: x => BigInt(ones((x & -x) - 1n)),
    defined: x => x !== 0n,
    widths: [8, 16, 32],
  },
  countLeadingZeros: {
    build: (b, x) => b.countLeadingZeros(x),
    expected: (x, _, w) => BigInt(w - x.toString(2).length),
    defined: x => x !== 0n,
    widths: [8, 16, 32],
  },
};

const rounds = 40;
const machine = new OneBlockMachine();

/** Operands come out of EAX:EDX and ECX:EBX, or are known; the result goes to ESI (low half) and EDI. */
function build(b: IrBuilder, computation: Computation, width: Width, operands: readonly Value[]): void {
  const [x, y] = operands;
  const result = computation.build(b, x, y);
  const wide = b.zeroExtend(result, 64);
  b.writeRegister(6, b.truncate(wide, 32));
  b.writeRegister(7, b.truncate(b.shiftRight(wide, b.constant(8, 32)), 32));
  assert.ok(result.width <= width || result.width === 32);
}

function fromRegisters(b: IrBuilder, low: number, high: number, width: Width): Value {
  const half = (index: number): Value => b.zeroExtend(b.readRegister(index, 32), 64);
  if (width < 64) return b.truncate(b.readRegister(low, 32), width);
  return b.or(half(low), b.shiftLeft(half(high), b.constant(8, 32)));
}

const resultWidth = (computation: Computation, width: Width): number => {
  let found = 0;
  programFrom(b => (found = computation.build(b, fromRegisters(b, 0, 2, width), fromRegisters(b, 1, 3, width)).width));
  return found;
};

function setOperands(x: bigint, y: bigint): void {
  const half = (value: bigint, shift: bigint): number => Number(BigInt.asIntN(32, value >> shift));
  machine.state.setGpr(0, half(x, 0n));
  machine.state.setGpr(2, half(x, 32n));
  machine.state.setGpr(1, half(y, 0n));
  machine.state.setGpr(3, half(y, 32n));
}

const unsigned = (index: number): bigint => BigInt(machine.state.gpr(index) >>> 0);
const result = (): bigint => unsigned(6) | (unsigned(7) << 32n);

describe('computations: folded, evaluated and compiled', () => {
  for (const [name, computation] of Object.entries(computations)) {
    it(name, () => {
      for (const width of computation.widths ?? ([8, 16, 32, 64] as const)) checkWidth(name, computation, width);
    });
  }
});

function checkWidth(name: string, computation: Computation, width: Width): void {
  const random = randomFrom(name.length * 100 + width);
  const operand = (): bigint => BigInt.asUintN(width, BigInt(random.edge()) | (BigInt(random.edge()) << 32n));
  const unknown = programFrom(b =>
    build(b, computation, width, [fromRegisters(b, 0, 2, width), fromRegisters(b, 1, 3, width)]),
  );
  const cut = resultWidth(computation, width);
  for (let round = 0; round < rounds; round++) {
    const [x, y] = [operand(), random.chance(20) ? BigInt.asUintN(width, -1n) : operand()];
    if (computation.defined && !computation.defined(x, y, width)) continue;
    const expected = BigInt.asUintN(cut, computation.expected(x, y, width));
    const say = `${x} ${y} in ${width} bits`;
    setOperands(x, y);
    machine.evaluate(unknown);
    assert.equal(result(), expected, `evaluated: ${say}`);
    machine.state.setGpr(6, 0x55);
    assert.equal(machine.runAsBlock([unknown]), 1);
    assert.equal(result(), expected, `compiled: ${say}`);
    if (width < 64) assert.equal(foldedResult(computation, width, x, y), expected, `folded: ${say}`);
  }
}

function foldedResult(computation: Computation, width: Width, x: bigint, y: bigint): bigint {
  const known = (b: IrBuilder, value: bigint): Value => b.constant(width, Number(BigInt.asIntN(32, value)));
  const program = programFrom(b => build(b, computation, width, [known(b, x), known(b, y)]));
  machine.evaluate(program);
  return result();
}
