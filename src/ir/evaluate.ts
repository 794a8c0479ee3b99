// The reference way to run micro-programs: walk them. Slow, plain, and what every other way is measured against.
// Values up to 32 bits are kept as signed 32-bit numbers, zero-extended when narrower; 64-bit values as BigInt.

import type { ValueWidth } from '../semantics/builder';
import { stateOffset } from '../isa/state';
import { type MicroOp, MicroOpCode, type MicroProgram } from './microOp';

/** What a micro-program acts on; implemented by the processor. Offsets and values are signed 32-bit numbers. */
export interface EvaluationTarget {
  readonly words: Int32Array;
  readonly bytes: Uint8Array;
  load(segment: number, offset: number, bytes: 1 | 2 | 4): number;
  store(segment: number, offset: number, bytes: 1 | 2 | 4, value: number): void;
  reserve(slot: number, segment: number, offset: number, bytes: 1 | 2 | 4 | 8): void;
  loadReserved(slot: number, bytes: 1 | 2 | 4, half?: number): number;
  storeReserved(slot: number, bytes: 1 | 2 | 4, value: number, half?: number): void;
  /** throws the exception */
  raise(vector: number, errorCode: number | undefined): never;
  /** raises #GP(0) if a near target lies outside the code segment */
  checkBranch(offset: number): void;
}

/** A helper bound to its processor, in the order of `helperNames`. */
export interface BoundHelper {
  readonly run: (a: number, b: number, c: number, d: number) => number | void;
  /** it sets EIP: the instruction ends with it */
  readonly transfersControl: boolean;
}

const eipWord = stateOffset.eip >> 2;
const maximumSlots = 512;

export class Evaluator {
  private readonly values = new Int32Array(maximumSlots);
  private readonly wide = new BigUint64Array(maximumSlots);

  constructor(
    private readonly target: EvaluationTarget,
    private readonly helpers: readonly BoundHelper[],
  ) {}

  /** Runs one instruction: state, memory and EIP change, or an exception is thrown and nothing has. */
  run(program: MicroProgram): void {
    const { words } = this.target;
    const next = words[eipWord] + program.length;
    if (this.runOps(program.ops, next)) words[eipWord] = next;
  }

  /** True if the next instruction in order follows. */
  private runOps(ops: readonly MicroOp[], next: number): boolean {
    const { values, target } = this;
    const { words } = target;
    for (let index = 0; index < ops.length; index++) {
      const op = ops[index];
      if (op.width === 64 || op.resultWidth === 64) {
        this.runWide(op);
        continue;
      }
      switch (op.code) {
        case MicroOpCode.constant:
          values[op.result] = op.immediate;
          break;
        case MicroOpCode.nextInstruction:
          values[op.result] = next;
          break;
        case MicroOpCode.readState:
          values[op.result] = op.width === 32 || op.width === 1 ? words[op.immediate >> 2] : this.readNarrow(op);
          break;
        case MicroOpCode.writeState:
          if (op.width === 32 || op.width === 1) words[op.immediate >> 2] = values[op.a];
          else this.writeNarrow(op);
          break;
        case MicroOpCode.load:
          values[op.result] = target.load(op.immediate, values[op.a], byteCount(op.width));
          break;
        case MicroOpCode.store:
          target.store(op.immediate, values[op.a], byteCount(op.width), values[op.b]);
          break;
        case MicroOpCode.reserve:
          target.reserve(op.place, op.immediate, values[op.a], byteCount(op.width));
          break;
        case MicroOpCode.loadReserved:
          values[op.result] = target.loadReserved(op.immediate, byteCount(op.width));
          break;
        case MicroOpCode.storeReserved:
          target.storeReserved(op.immediate, byteCount(op.width), values[op.a]);
          break;
        case MicroOpCode.raiseIf:
          if (values[op.a]) target.raise(op.immediate, op.b < 0 ? undefined : values[op.b]);
          break;
        case MicroOpCode.exitIf:
          if (values[op.a]) return true;
          break;
        case MicroOpCode.repeatIf:
          if (values[op.a]) return false;
          break;
        case MicroOpCode.checkBranch:
          if (op.b < 0 || values[op.b]) target.checkBranch(values[op.a] >>> 0);
          break;
        case MicroOpCode.jump:
          words[eipWord] = values[op.a];
          return false;
        case MicroOpCode.jumpIf:
          if (!values[op.a]) break;
          words[eipWord] = values[op.b];
          return false;
        case MicroOpCode.call: {
          const helper = this.helpers[op.immediate];
          const result = helper.run(values[op.a], values[op.b], values[op.c], values[op.d]);
          if (op.result >= 0) values[op.result] = result ?? 0;
          if (helper.transfersControl) return false;
          break;
        }
        default:
          values[op.result] = this.compute(op);
      }
    }
    return true;
  }

  private compute(op: MicroOp): number {
    const { values } = this;
    const a = values[op.a];
    const b = values[op.b];
    switch (op.code) {
      case MicroOpCode.add:
        return wrap(a + b, op.width);
      case MicroOpCode.sub:
        return wrap(a - b, op.width);
      case MicroOpCode.mul:
        return wrap(Math.imul(a, b), op.width);
      case MicroOpCode.divideUnsigned:
        return wrap((a >>> 0) / (b >>> 0), op.width);
      case MicroOpCode.remainderUnsigned:
        return wrap((a >>> 0) % (b >>> 0), op.width);
      case MicroOpCode.divideSigned:
        return wrap(signed(a, op.width) / signed(b, op.width), op.width);
      case MicroOpCode.remainderSigned:
        return wrap(signed(a, op.width) % signed(b, op.width), op.width);
      case MicroOpCode.and:
        return a & b;
      case MicroOpCode.or:
        return a | b;
      case MicroOpCode.xor:
        return a ^ b;
      case MicroOpCode.shiftLeft:
        return wrap(a << b, op.width);
      case MicroOpCode.shiftRight:
        return wrap(a >>> b, op.width);
      case MicroOpCode.shiftRightSigned:
        return wrap(signed(a, op.width) >> b, op.width);
      case MicroOpCode.equal:
        return a === b ? 1 : 0;
      case MicroOpCode.notEqual:
        return a === b ? 0 : 1;
      case MicroOpCode.lessUnsigned:
        return a >>> 0 < b >>> 0 ? 1 : 0;
      case MicroOpCode.lessSigned:
        return signed(a, op.width) < signed(b, op.width) ? 1 : 0;
      case MicroOpCode.select:
        return a ? b : values[op.c];
      case MicroOpCode.zeroExtend:
        return a;
      case MicroOpCode.signExtend:
        return wrap(signed(a, op.width), op.resultWidth);
      case MicroOpCode.truncate:
        return wrap(a, op.resultWidth);
      case MicroOpCode.evenParity:
        return evenParity(a);
      case MicroOpCode.countTrailingZeros:
        return 31 - Math.clz32(a & -a);
      case MicroOpCode.countLeadingZeros:
        return Math.clz32(a) - (32 - op.width);
      default:
        throw new Error(`not a computation: ${MicroOpCode[op.code]}`);
    }
  }

  private readNarrow(op: MicroOp): number {
    const { bytes } = this.target;
    return op.width === 8 ? bytes[op.immediate] : bytes[op.immediate] | (bytes[op.immediate + 1] << 8);
  }

  private writeNarrow(op: MicroOp): void {
    const { bytes } = this.target;
    const value = this.values[op.a];
    bytes[op.immediate] = value;
    if (op.width === 16) bytes[op.immediate + 1] = value >> 8;
  }

  /** Micro-ops that take or give 64 bits. */
  private runWide(op: MicroOp): void {
    const { wide, values, target } = this;
    switch (op.code) {
      case MicroOpCode.constant:
        wide[op.result] = BigInt.asUintN(64, BigInt(op.immediate));
        return;
      case MicroOpCode.load: {
        const low = target.load(op.immediate, values[op.a], 4);
        wide[op.result] = pair(low, target.load(op.immediate, values[op.a] + 4, 4));
        return;
      }
      case MicroOpCode.reserve:
        target.reserve(op.place, op.immediate, values[op.a], 8);
        return;
      case MicroOpCode.loadReserved:
        wide[op.result] = pair(target.loadReserved(op.immediate, 4, 0), target.loadReserved(op.immediate, 4, 1));
        return;
      case MicroOpCode.storeReserved:
        target.storeReserved(op.immediate, 4, Number(BigInt.asIntN(32, wide[op.a])), 0);
        target.storeReserved(op.immediate, 4, Number(BigInt.asIntN(32, wide[op.a] >> 32n)), 1);
        return;
      case MicroOpCode.zeroExtend:
        wide[op.result] = BigInt(values[op.a] >>> 0);
        return;
      case MicroOpCode.signExtend:
        wide[op.result] = BigInt.asUintN(64, BigInt(signed(values[op.a], op.width)));
        return;
      case MicroOpCode.select:
        wide[op.result] = values[op.a] ? wide[op.b] : wide[op.c];
        return;
      case MicroOpCode.truncate:
        values[op.result] = wrap(Number(BigInt.asIntN(32, wide[op.a])), op.resultWidth);
        return;
      case MicroOpCode.equal:
      case MicroOpCode.notEqual:
      case MicroOpCode.lessUnsigned:
      case MicroOpCode.lessSigned:
        values[op.result] = compareWide(op.code, wide[op.a], wide[op.b]) ? 1 : 0;
        return;
      case MicroOpCode.shiftLeft:
      case MicroOpCode.shiftRight:
      case MicroOpCode.shiftRightSigned:
        wide[op.result] = shiftWide(op.code, wide[op.a], BigInt(values[op.b]));
        return;
      default:
        wide[op.result] = computeWide(op.code, wide[op.a], wide[op.b]);
    }
  }
}

const byteCount = (width: ValueWidth): 1 | 2 | 4 => (width === 32 ? 4 : width === 16 ? 2 : 1);

/** A number as a value of `width` bits: zero-extended below 32, signed at 32. */
const wrap = (value: number, width: ValueWidth): number =>
  width === 32 ? value | 0 : width === 8 ? value & 0xff : width === 16 ? value & 0xffff : value & 1;

const signed = (value: number, width: ValueWidth): number =>
  width === 32 ? value : (value << (32 - width)) >> (32 - width);

function evenParity(value: number): number {
  const nibble = (value ^ (value >> 4)) & 0xf;
  // bit n of 0x9669 says whether n has an even number of ones
  return (0x9669 >> nibble) & 1;
}

const pair = (low: number, high: number): bigint => (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);

function compareWide(code: MicroOpCode, a: bigint, b: bigint): boolean {
  if (code === MicroOpCode.equal) return a === b;
  if (code === MicroOpCode.notEqual) return a !== b;
  return code === MicroOpCode.lessUnsigned ? a < b : BigInt.asIntN(64, a) < BigInt.asIntN(64, b);
}

function shiftWide(code: MicroOpCode, a: bigint, count: bigint): bigint {
  if (code === MicroOpCode.shiftLeft) return BigInt.asUintN(64, a << count);
  return code === MicroOpCode.shiftRight ? a >> count : BigInt.asUintN(64, BigInt.asIntN(64, a) >> count);
}

function computeWide(code: MicroOpCode, a: bigint, b: bigint): bigint {
  const signedA = BigInt.asIntN(64, a);
  const signedB = BigInt.asIntN(64, b);
  switch (code) {
    case MicroOpCode.add:
      return BigInt.asUintN(64, a + b);
    case MicroOpCode.sub:
      return BigInt.asUintN(64, a - b);
    case MicroOpCode.mul:
      return BigInt.asUintN(64, a * b);
    case MicroOpCode.divideUnsigned:
      return a / b;
    case MicroOpCode.remainderUnsigned:
      return a % b;
    case MicroOpCode.divideSigned:
      return BigInt.asUintN(64, signedA / signedB);
    case MicroOpCode.remainderSigned:
      return BigInt.asUintN(64, signedA % signedB);
    case MicroOpCode.and:
      return a & b;
    case MicroOpCode.or:
      return a | b;
    case MicroOpCode.xor:
      return a ^ b;
    default:
      throw new Error(`no 64-bit form of ${MicroOpCode[code]}`);
  }
}
