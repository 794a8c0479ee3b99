// The value of an expression: a 64-bit constant, plus registers (in an address), plus section bases whose addresses
// are only known when the image is laid out. NASM calls a value with no such parts "simple" or scalar (manual §3.5).
import type { Register } from './registers';

/** What a label is relative to. Its address is set when the sections are laid out. */
export interface Base {
  readonly name: string;
  /** Address of the section's first byte as its labels see it. */
  virtualStart: bigint;
}

export interface RegisterTerm {
  readonly register: Register;
  readonly factor: bigint;
}

export interface BaseTerm {
  readonly base: Base;
  readonly factor: bigint;
}

export interface Value {
  readonly constant: bigint;
  /** Whether a constant was written at all (even 0): NASM treats sums of constants in an address specially. */
  readonly hasConstant: boolean;
  /** Depends on a symbol that has not been defined yet in the first pass. */
  readonly unknown: boolean;
  readonly registers: readonly RegisterTerm[];
  readonly bases: readonly BaseTerm[];
}

const none: readonly never[] = [];

export const wrap = (value: bigint) => BigInt.asIntN(64, value);
export const unsigned = (value: bigint) => BigInt.asUintN(64, value);

export const scalar = (constant: bigint): Value => ({
  constant: wrap(constant),
  hasConstant: true,
  unknown: false,
  registers: none,
  bases: none,
});
export const unknownValue: Value = { ...scalar(0n), hasConstant: false, unknown: true };
export const relativeTo = (base: Base, offset: bigint): Value => ({
  ...scalar(offset),
  bases: [{ base, factor: 1n }],
});
export const registerValue = (register: Register): Value => ({
  ...scalar(0n),
  hasConstant: false,
  registers: [{ register, factor: 1n }],
});

export const isScalar = (value: Value) => !value.unknown && value.registers.length === 0 && value.bases.length === 0;
export const isJustUnknown = (value: Value) => value.unknown && value.registers.length === 0;

function sumTerms<T extends { readonly factor: bigint }>(
  a: readonly T[],
  b: readonly T[],
  same: (x: T, y: T) => boolean,
) {
  if (b.length === 0) return a;
  if (a.length === 0) return b;
  const sum = [...a];
  for (const term of b) {
    const index = sum.findIndex(other => same(other, term));
    if (index < 0) sum.push(term);
    else sum[index] = { ...sum[index], factor: wrap(sum[index].factor + term.factor) };
  }
  return sum.filter(term => term.factor !== 0n);
}

export function add(a: Value, b: Value): Value {
  const constant = wrap(a.constant + b.constant);
  const cancelled = a.hasConstant && b.hasConstant && constant === 0n;
  return {
    constant,
    hasConstant: (a.hasConstant || b.hasConstant) && !cancelled,
    unknown: a.unknown || b.unknown,
    registers: sumTerms(a.registers, b.registers, (x, y) => x.register === y.register),
    bases: sumTerms(a.bases, b.bases, (x, y) => x.base === y.base),
  };
}

export function multiply(value: Value, factor: bigint): Value {
  const scale = <T extends { readonly factor: bigint }>(terms: readonly T[]) =>
    terms.length === 0
      ? none
      : terms.map(term => ({ ...term, factor: wrap(term.factor * factor) })).filter(t => t.factor !== 0n);
  const { constant, registers, bases } = value;
  return { ...value, constant: wrap(constant * factor), registers: scale(registers), bases: scale(bases) };
}

export const subtract = (a: Value, b: Value) => add(a, multiply(b, -1n));

/** The number it stands for once the sections have their addresses; registers do not count. */
export function resolve(value: Value): bigint {
  return wrap(value.bases.reduce((sum, { base, factor }) => sum + base.virtualStart * factor, value.constant));
}
