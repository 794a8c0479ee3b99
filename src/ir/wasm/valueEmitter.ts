// Pure values as WebAssembly expressions. A value used once is computed where it is used; one used more often is kept in a
// local. On the way out of a block (a side exit) only what is kept may be relied on: the rest is computed again, in locals
// that nobody else uses.

import type { ValueWidth } from '../../semantics/builder';
import type { BlockValue } from '../blockValue';
import { MicroOpCode } from '../microOp';
import { type ByteWriter, Wasm } from './binary';
import type { LocalPool } from './localPool';

/** Which local holds a state word during a region. */
export type StateLocals = ReadonlyMap<number, number>;

type Cold = Map<BlockValue, number> | undefined;

export class ValueEmitter {
  private cold: Cold;
  /** where the roots of an expression are, while it is computed away from its block */
  private roots: ReadonlyMap<BlockValue, number> | undefined;

  constructor(
    private readonly out: ByteWriter,
    private readonly stateLocals: StateLocals,
    private readonly locals: LocalPool,
    /** where the state lies in memory: for words that have no local, and that blocks do not change */
    private readonly stateAddress: number,
  ) {}

  /** Emits code for a path that leaves the block: what it computes is not kept for the main path. */
  onSideExit(emit: () => void): void {
    this.cold = new Map();
    const mark = this.locals.mark();
    emit();
    this.locals.release(mark);
    this.cold = undefined;
  }

  /** Emits code that computes values from `roots`, in locals, with nothing else of their block at hand. */
  fromRoots(roots: ReadonlyMap<BlockValue, number>, emit: () => void): void {
    this.roots = roots;
    this.onSideExit(emit);
    this.roots = undefined;
  }

  /**
   * The values at hand that `values` can be computed from: state words, loads, what is kept in locals. Undefined if that
   * takes more than `most`, or a 64-bit one.
   */
  rootsOf(values: readonly BlockValue[], most: number): readonly BlockValue[] | undefined {
    const roots = new Set<BlockValue>();
    const seen = new Set<BlockValue>();
    const visit = (value: BlockValue): void => {
      if (value.code === MicroOpCode.constant || seen.has(value)) return;
      seen.add(value);
      if (value.local >= 0 || value.operands.length === 0) roots.add(value);
      else value.operands.forEach(visit);
    };
    values.forEach(visit);
    const fits = roots.size <= most && [...roots].every(root => root.resultWidth !== 64);
    return fits ? [...roots] : undefined;
  }

  /** Leaves `value` on the stack: i32, zero-extended below 32 bits; i64 for 64 bits. */
  push(value: BlockValue): void {
    const kept = this.placeOf(value);
    if (kept !== undefined) this.get(kept);
    else if (value.code === MicroOpCode.constant) this.constant(value.resultWidth, value.immediate);
    else if (value.code === MicroOpCode.readState) this.stateWord(value.immediate);
    else this.compute(value);
  }

  private placeOf(value: BlockValue): number | undefined {
    if (this.roots) return this.roots.get(value) ?? this.cold?.get(value);
    return value.local >= 0 ? value.local : this.cold?.get(value);
  }

  /** Computes `value` now, so that it is there for later uses on both paths. */
  keep(value: BlockValue): void {
    if (value.local >= 0 || value.code === MicroOpCode.constant || value.code === MicroOpCode.readState) return;
    this.push(value);
    if (value.local < 0) {
      value.local = this.locals.take(value.resultWidth);
      this.op(Wasm.localSet);
      this.out.unsigned(value.local);
    } else this.op(Wasm.drop);
  }

  get(local: number): void {
    this.op(Wasm.localGet);
    this.out.unsigned(local);
  }

  set(local: number): void {
    this.op(Wasm.localSet);
    this.out.unsigned(local);
  }

  tee(local: number): void {
    this.op(Wasm.localTee);
    this.out.unsigned(local);
  }

  op(code: Wasm): void {
    this.out.byte(code);
  }

  i32(value: number): void {
    this.op(Wasm.i32Const);
    this.out.signed(value);
  }

  private constant(width: ValueWidth, value: number): void {
    if (width === 64) {
      this.op(Wasm.i64Const);
      this.out.signed(value);
    } else this.i32(value);
  }

  private stateWord(offset: number): void {
    const local = this.stateLocals.get(offset);
    if (local !== undefined) return this.get(local);
    this.i32(0);
    this.op(Wasm.i32Load);
    this.out.unsigned(2);
    this.out.unsigned(this.stateAddress + offset);
  }

  private compute(value: BlockValue): void {
    this.computeNow(value);
    if (this.cold) {
      const local = this.locals.take(value.resultWidth);
      this.cold.set(value, local);
      this.tee(local);
    } else if (value.uses > 1) {
      value.local = this.locals.take(value.resultWidth);
      this.tee(value.local);
    }
  }

  private computeNow(value: BlockValue): void {
    const { code, width, resultWidth, operands } = value;
    const [a, b, c] = operands;
    const wide = width === 64;
    switch (code) {
      case MicroOpCode.add:
        return this.narrowing(wide ? Wasm.i64Add : Wasm.i32Add, a, b, width);
      case MicroOpCode.sub:
        return this.narrowing(wide ? Wasm.i64Sub : Wasm.i32Sub, a, b, width);
      case MicroOpCode.mul:
        return this.narrowing(wide ? Wasm.i64Mul : Wasm.i32Mul, a, b, width);
      case MicroOpCode.and:
        return this.binary(wide ? Wasm.i64And : Wasm.i32And, a, b);
      case MicroOpCode.or:
        return this.binary(wide ? Wasm.i64Or : Wasm.i32Or, a, b);
      case MicroOpCode.xor:
        if (resultWidth === 1 && isConstant(b, 1)) return this.not(a);
        return this.binary(wide ? Wasm.i64Xor : Wasm.i32Xor, a, b);
      case MicroOpCode.divideUnsigned:
        return this.binary(wide ? Wasm.i64DivU : Wasm.i32DivU, a, b);
      case MicroOpCode.remainderUnsigned:
        return this.binary(wide ? Wasm.i64RemU : Wasm.i32RemU, a, b);
      case MicroOpCode.divideSigned:
        return this.signedBinary(wide ? Wasm.i64DivS : Wasm.i32DivS, a, b, width);
      case MicroOpCode.remainderSigned:
        return this.signedBinary(wide ? Wasm.i64RemS : Wasm.i32RemS, a, b, width);
      case MicroOpCode.shiftLeft:
        return this.shift(wide ? Wasm.i64Shl : Wasm.i32Shl, a, b, width, false);
      case MicroOpCode.shiftRight:
        return this.shift(wide ? Wasm.i64ShrU : Wasm.i32ShrU, a, b, width, false);
      case MicroOpCode.shiftRightSigned:
        return this.shift(wide ? Wasm.i64ShrS : Wasm.i32ShrS, a, b, width, true);
      case MicroOpCode.equal:
        if (!wide && isConstant(b, 0)) return this.not(a);
        return this.binary(wide ? Wasm.i64Eq : Wasm.i32Eq, a, b);
      case MicroOpCode.notEqual:
        return this.binary(wide ? Wasm.i64Ne : Wasm.i32Ne, a, b);
      case MicroOpCode.lessUnsigned:
        return this.binary(wide ? Wasm.i64LtU : Wasm.i32LtU, a, b);
      case MicroOpCode.lessSigned:
        this.pushSigned(a, width);
        this.pushSigned(b, width);
        return this.op(wide ? Wasm.i64LtS : Wasm.i32LtS);
      case MicroOpCode.select:
        this.push(b);
        this.push(c);
        this.push(a);
        return this.op(Wasm.select);
      case MicroOpCode.zeroExtend:
        this.push(a);
        if (resultWidth === 64) this.op(Wasm.i64ExtendI32U);
        return;
      case MicroOpCode.signExtend:
        this.pushSigned(a, width);
        if (resultWidth === 64) return this.op(Wasm.i64ExtendI32S);
        return this.narrow(resultWidth);
      case MicroOpCode.truncate:
        this.push(a);
        if (wide) this.op(Wasm.i32WrapI64);
        return this.narrow(resultWidth);
      case MicroOpCode.evenParity:
        this.push(a);
        this.mask(0xff);
        this.op(Wasm.i32Popcnt);
        this.i32(1);
        this.op(Wasm.i32And);
        return this.op(Wasm.i32Eqz);
      case MicroOpCode.countTrailingZeros:
        this.push(a);
        return this.op(wide ? Wasm.i64Ctz : Wasm.i32Ctz);
      case MicroOpCode.countLeadingZeros:
        this.push(a);
        this.op(wide ? Wasm.i64Clz : Wasm.i32Clz);
        if (width < 32) {
          this.i32(32 - width);
          this.op(Wasm.i32Sub);
        }
        return;
      default:
        throw new Error(`not a computation: ${MicroOpCode[code]}`);
    }
  }

  /** 1 if it is 0. Engines see a comparison's opposite in this, and none in an exclusive-or. */
  private not(a: BlockValue): void {
    this.push(a);
    this.op(Wasm.i32Eqz);
  }

  private binary(code: Wasm, a: BlockValue, b: BlockValue): void {
    this.push(a);
    this.push(b);
    this.op(code);
  }

  private narrowing(code: Wasm, a: BlockValue, b: BlockValue, width: ValueWidth): void {
    this.binary(code, a, b);
    this.narrow(width);
  }

  private signedBinary(code: Wasm, a: BlockValue, b: BlockValue, width: ValueWidth): void {
    this.pushSigned(a, width);
    this.pushSigned(b, width);
    this.op(code);
    this.narrow(width);
  }

  /** The count is an 8-bit value below 64. */
  private shift(code: Wasm, a: BlockValue, count: BlockValue, width: ValueWidth, signed: boolean): void {
    if (signed) this.pushSigned(a, width);
    else this.push(a);
    this.push(count);
    if (width === 64) this.op(Wasm.i64ExtendI32U);
    this.op(code);
    this.narrow(width);
  }

  private pushSigned(value: BlockValue, width: ValueWidth): void {
    this.push(value);
    if (width === 8) this.op(Wasm.i32Extend8S);
    else if (width === 16) this.op(Wasm.i32Extend16S);
    else if (width === 1) {
      this.i32(31);
      this.op(Wasm.i32Shl);
      this.i32(31);
      this.op(Wasm.i32ShrS);
    }
  }

  private narrow(width: ValueWidth): void {
    if (width < 32) this.mask((1 << width) - 1);
  }

  private mask(bits: number): void {
    this.i32(bits);
    this.op(Wasm.i32And);
  }
}

const isConstant = ({ code, immediate }: BlockValue, value: number): boolean =>
  code === MicroOpCode.constant && immediate === value;
