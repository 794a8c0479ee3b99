// Values of a micro-program, and the micro-ops that make them: widths are checked, and what is known is folded.

import type { Value, ValueWidth } from '../semantics/builder';
import { canonical, foldConstants } from './constants';
import { type MicroOp, MicroOpCode, none } from './microOp';

class IrValue implements Value {
  constructor(
    readonly width: ValueWidth,
    readonly slot: number,
    /** the value where it is known: signed 32 bits, or zero-extended when narrower; for 64 bits only small ones */
    readonly known: number | undefined = undefined,
  ) {}
}

/** An instruction whose meaning breaks a rule of the builder: a bug in `src/semantics`. */
export class SemanticsError extends Error {}

const commutative = new Set([MicroOpCode.add, MicroOpCode.mul, MicroOpCode.and, MicroOpCode.or, MicroOpCode.xor]);

interface Operands {
  readonly a?: Value;
  readonly b?: Value;
  readonly c?: Value;
  readonly d?: Value;
}

function sameWidth(a: Value, b: Value): ValueWidth {
  if (a.width !== b.width) throw new SemanticsError(`operands of ${a.width} and ${b.width} bits`);
  return a.width;
}

export class ValueBuilder {
  protected readonly ops: MicroOp[] = [];
  protected slots = 0;
  private readonly constants = new Map<string, IrValue>();

  constant(width: ValueWidth, value: number): Value {
    const known = canonical(width, value);
    const key = `${width}:${known}`;
    const existing = this.constants.get(key);
    if (existing) return existing;
    const made = this.emit(MicroOpCode.constant, width, width, {}, known);
    this.constants.set(key, made);
    return made;
  }

  add(a: Value, b: Value): Value {
    return this.binary(MicroOpCode.add, a, b);
  }

  sub(a: Value, b: Value): Value {
    return this.binary(MicroOpCode.sub, a, b);
  }

  mul(a: Value, b: Value): Value {
    return this.binary(MicroOpCode.mul, a, b);
  }

  divideUnsigned(a: Value, b: Value): Value {
    return this.binary(MicroOpCode.divideUnsigned, a, b);
  }

  divideSigned(a: Value, b: Value): Value {
    return this.binary(MicroOpCode.divideSigned, a, b);
  }

  remainderUnsigned(a: Value, b: Value): Value {
    return this.binary(MicroOpCode.remainderUnsigned, a, b);
  }

  remainderSigned(a: Value, b: Value): Value {
    return this.binary(MicroOpCode.remainderSigned, a, b);
  }

  and(a: Value, b: Value): Value {
    return this.binary(MicroOpCode.and, a, b);
  }

  or(a: Value, b: Value): Value {
    return this.binary(MicroOpCode.or, a, b);
  }

  xor(a: Value, b: Value): Value {
    return this.binary(MicroOpCode.xor, a, b);
  }

  not(a: Value): Value {
    return this.xor(a, this.constant(a.width, -1));
  }

  negate(a: Value): Value {
    return this.sub(this.constant(a.width, 0), a);
  }

  shiftLeft(a: Value, count: Value): Value {
    return this.shift(MicroOpCode.shiftLeft, a, count);
  }

  shiftRight(a: Value, count: Value): Value {
    return this.shift(MicroOpCode.shiftRight, a, count);
  }

  shiftRightSigned(a: Value, count: Value): Value {
    return this.shift(MicroOpCode.shiftRightSigned, a, count);
  }

  equal(a: Value, b: Value): Value {
    return this.compare(MicroOpCode.equal, a, b);
  }

  notEqual(a: Value, b: Value): Value {
    return this.compare(MicroOpCode.notEqual, a, b);
  }

  lessUnsigned(a: Value, b: Value): Value {
    return this.compare(MicroOpCode.lessUnsigned, a, b);
  }

  lessSigned(a: Value, b: Value): Value {
    return this.compare(MicroOpCode.lessSigned, a, b);
  }

  select(condition: Value, whenTrue: Value, whenFalse: Value): Value {
    this.expectWidth(condition, 1);
    const width = sameWidth(whenTrue, whenFalse);
    const { known } = this.own(condition);
    if (known !== undefined) return known ? whenTrue : whenFalse;
    return this.emit(MicroOpCode.select, width, width, { a: condition, b: whenTrue, c: whenFalse });
  }

  zeroExtend(a: Value, width: ValueWidth): Value {
    if (width < a.width) throw new SemanticsError(`zeroExtend from ${a.width} to ${width} bits`);
    return this.convert(MicroOpCode.zeroExtend, a, width, value => value);
  }

  signExtend(a: Value, width: ValueWidth): Value {
    if (width < a.width) throw new SemanticsError(`signExtend from ${a.width} to ${width} bits`);
    const unused = 32 - Math.min(a.width, 32);
    return this.convert(MicroOpCode.signExtend, a, width, value => (value << unused) >> unused);
  }

  truncate(a: Value, width: ValueWidth): Value {
    if (width > a.width) throw new SemanticsError(`truncate from ${a.width} to ${width} bits`);
    return this.convert(MicroOpCode.truncate, a, width, value => value);
  }

  evenParity(a: Value): Value {
    return this.emit(MicroOpCode.evenParity, a.width, 1, { a });
  }

  countTrailingZeros(a: Value): Value {
    return this.emit(MicroOpCode.countTrailingZeros, a.width, a.width, { a });
  }

  countLeadingZeros(a: Value): Value {
    return this.emit(MicroOpCode.countLeadingZeros, a.width, a.width, { a });
  }

  // --- making micro-ops

  private binary(code: MicroOpCode, a: Value, b: Value): Value {
    const width = sameWidth(a, b);
    const [x, y] = [this.own(a).known, this.own(b).known];
    if (x !== undefined && y !== undefined && width <= 32) {
      const folded = foldConstants(code, width, x, y);
      if (folded !== undefined) return this.constant(width, folded);
    }
    if (y === 0 && isIdentityWithZero(code)) return a;
    if (x === 0 && isIdentityWithZero(code) && commutative.has(code)) return b;
    return this.emit(code, width, width, { a, b });
  }

  private shift(code: MicroOpCode, a: Value, count: Value): Value {
    if (this.own(count).known === 0) return a;
    const b = count.width > 8 ? this.truncate(count, 8) : this.zeroExtend(count, 8);
    return this.emit(code, a.width, a.width, { a, b });
  }

  private compare(code: MicroOpCode, a: Value, b: Value): Value {
    const width = sameWidth(a, b);
    const [x, y] = [this.own(a).known, this.own(b).known];
    if (x !== undefined && y !== undefined && width <= 32)
      return this.constant(1, foldConstants(code, width, x, y) ?? 0);
    return this.emit(code, width, 1, { a, b });
  }

  private convert(code: MicroOpCode, a: Value, width: ValueWidth, apply: (value: number) => number): Value {
    if (width === a.width) return a;
    const { known } = this.own(a);
    if (known !== undefined && width <= 32 && a.width <= 32) return this.constant(width, apply(known));
    return this.emit(code, a.width, width, { a });
  }

  protected own(value: Value): IrValue {
    if (value instanceof IrValue) return value;
    throw new SemanticsError('a value of another builder');
  }

  protected expectWidth(value: Value, width: number): void {
    if (value.width !== width) throw new SemanticsError(`a value of ${value.width} bits where ${width} are wanted`);
  }

  protected emit(
    code: MicroOpCode,
    width: ValueWidth,
    resultWidth: ValueWidth,
    operands: Operands = {},
    immediate = 0,
  ): IrValue {
    const result = this.slots++;
    this.ops.push(this.microOp(code, width, resultWidth, result, operands, immediate, none));
    return new IrValue(resultWidth, result, code === MicroOpCode.constant ? immediate : undefined);
  }

  protected emitEffect(
    code: MicroOpCode,
    width: ValueWidth,
    operands: Operands,
    immediate = 0,
    place: number = none,
  ): void {
    this.ops.push(this.microOp(code, width, width, none, operands, immediate, place));
  }

  private microOp(
    code: MicroOpCode,
    width: ValueWidth,
    resultWidth: ValueWidth,
    result: number,
    operands: Operands,
    immediate: number,
    place: number,
  ): MicroOp {
    const slot = (value: Value | undefined): number => (value ? this.own(value).slot : none);
    const { a, b, c, d } = operands;
    return { code, width, resultWidth, result, a: slot(a), b: slot(b), c: slot(c), d: slot(d), immediate, place };
  }
}

const isIdentityWithZero = (code: MicroOpCode): boolean =>
  code === MicroOpCode.add || code === MicroOpCode.sub || code === MicroOpCode.or || code === MicroOpCode.xor;
