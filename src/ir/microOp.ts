// The intermediate representation: a straight line of micro-ops with early exits. Each value is assigned once, in a
// numbered slot. Values are unsigned integers of 1, 8, 16, 32 or 64 bits.

import type { ValueWidth } from '../semantics/builder';
import type { Instruction } from '../isa/instruction';

export enum MicroOpCode {
  constant,
  nextInstruction,
  parameter,
  add,
  sub,
  mul,
  divideUnsigned,
  divideSigned,
  remainderUnsigned,
  remainderSigned,
  and,
  or,
  xor,
  shiftLeft,
  shiftRight,
  shiftRightSigned,
  equal,
  notEqual,
  lessUnsigned,
  lessSigned,
  select,
  zeroExtend,
  signExtend,
  truncate,
  evenParity,
  countTrailingZeros,
  countLeadingZeros,
  readState,
  writeState,
  load,
  store,
  reserve,
  loadReserved,
  storeReserved,
  raiseIf,
  exitIf,
  repeatIf,
  checkBranch,
  jump,
  jumpIf,
  call,
}

/** No operand in this place. */
export const none = -1;

export interface MicroOp {
  readonly code: MicroOpCode;
  /** of the operands; the result's too, but for comparisons (1) and conversions (`resultWidth`) */
  readonly width: ValueWidth;
  readonly resultWidth: ValueWidth;
  /** slot of the result, or `none` */
  readonly result: number;
  /** slots of the operands, or `none` */
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
  /**
   * constant: its value · parameter: its number · readState, writeState: byte offset in the state · load, store, reserve: segment register ·
   * loadReserved, storeReserved: reservation · raiseIf: vector · call: index in `helperNames`
   */
  readonly immediate: number;
  /** reserve: reservation */
  readonly place: number;
}

/** The meaning of one instruction in one mode. */
export interface MicroProgram {
  readonly instruction: Instruction | undefined;
  /** length of the instruction in bytes */
  readonly length: number;
  readonly ops: readonly MicroOp[];
  readonly slots: number;
}
