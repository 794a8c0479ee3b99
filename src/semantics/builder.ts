// The vocabulary in which every instruction's meaning is written, once. A semantic function receives a decoded
// instruction and calls these methods; the result is a straight line of micro-ops with early exits (`src/ir`), which
// can be evaluated or compiled.
//
// Rules that the builder enforces when a meaning is built:
//  - An operation that may fault comes before every change of state in the same instruction: exceptions are precise.
//    To store twice, or to read, compute and store, take `reserve`d places first; a reserved store cannot fault.
//  - The instruction's bytes are not to be looked at for values: registers, immediates and displacements are read with
//    `read`, so that one meaning also serves routines whose operands come from decoded records. Kinds of operands,
//    widths, prefixes and the mode may be asked for freely.

import type { FarPointerOperand, MemoryOperand, Operand } from '../isa/instruction';
import type { SeparateFlag } from '../isa/flags';
import type { Condition } from '../isa/mnemonics';
import type { SegmentIndex } from '../isa/registers';
import type { StateField } from '../isa/state';
import type { HelperName } from './helpers';

export type ValueWidth = 1 | 8 | 16 | 32 | 64;

/** An unsigned integer of `width` bits. Opaque: only the builder that made it knows more. */
export interface Value {
  readonly width: ValueWidth;
}

/** A place in memory whose accesses have been checked and can no longer fault. */
export interface Reservation {
  readonly width: 8 | 16 | 32 | 64;
}

/** A checked target of a near branch. */
export interface BranchTarget {
  readonly offset: Value;
}

/** What the meaning of an instruction depends on besides its bytes. Part of the key under which translations are kept. */
export interface ExecutionMode {
  /** D of CS: default operand and address size */
  readonly codeSize: 16 | 32;
  /** B of SS: width of the stack pointer */
  readonly stackSize: 16 | 32;
  readonly cpl: 0 | 1 | 2 | 3;
  readonly protectedMode: boolean;
  readonly virtual8086: boolean;
}

export interface Builder {
  readonly mode: ExecutionMode;
  /** offset of the following instruction; 32 bits wide and not wrapped: past the segment's end the next fetch faults */
  readonly nextInstruction: Value;

  // --- values; operands of one operation have one width, and so has the result unless said otherwise
  constant(width: ValueWidth, value: number): Value;
  add(a: Value, b: Value): Value;
  sub(a: Value, b: Value): Value;
  /** low half of the product */
  mul(a: Value, b: Value): Value;
  /** The divisor must be non-zero, and for the signed ones the quotient must be representable: raise #DE first. */
  divideUnsigned(a: Value, b: Value): Value;
  divideSigned(a: Value, b: Value): Value;
  remainderUnsigned(a: Value, b: Value): Value;
  remainderSigned(a: Value, b: Value): Value;
  and(a: Value, b: Value): Value;
  or(a: Value, b: Value): Value;
  xor(a: Value, b: Value): Value;
  not(a: Value): Value;
  negate(a: Value): Value;
  /** Shift counts are values of any width; they must be below 32 (64 for a 64-bit `a`), and may exceed a narrower `a`'s width. */
  shiftLeft(a: Value, count: Value): Value;
  shiftRight(a: Value, count: Value): Value;
  /** the sign bit is that of `a`'s own width */
  shiftRightSigned(a: Value, count: Value): Value;
  /** width 1 */
  equal(a: Value, b: Value): Value;
  notEqual(a: Value, b: Value): Value;
  lessUnsigned(a: Value, b: Value): Value;
  lessSigned(a: Value, b: Value): Value;
  /** `condition` has width 1; both arms are computed */
  select(condition: Value, whenTrue: Value, whenFalse: Value): Value;
  zeroExtend(a: Value, width: ValueWidth): Value;
  signExtend(a: Value, width: ValueWidth): Value;
  /** the low `width` bits */
  truncate(a: Value, width: ValueWidth): Value;
  /** 1 if the low eight bits hold an even number of ones */
  evenParity(a: Value): Value;
  /** number of zero bits below the lowest one (above the highest one); undefined for 0 */
  countTrailingZeros(a: Value): Value;
  countLeadingZeros(a: Value): Value;

  // --- operands and state
  /**
   * Reads a register, immediate, segment selector (16 bits), control or debug register; loads memory. Of a relative
   * operand it is the displacement, 32 bits.
   */
  read(operand: Operand): Value;
  /** a pointer in the instruction: selector of 16 bits, offset of 32 */
  readFarPointer(operand: FarPointerOperand): { readonly selector: Value; readonly offset: Value };
  /** Writes a register or stores to memory. Values of another width than the operand's are an error. */
  write(operand: Operand, value: Value): void;
  readRegister(index: number, width: 8 | 16 | 32): Value;
  writeRegister(index: number, value: Value): void;
  /** a state field as 32 bits */
  readField(field: StateField): Value;
  writeField(field: StateField, value: Value): void;
  /** width 1 */
  readFlag(flag: SeparateFlag): Value;
  writeFlag(flag: SeparateFlag, value: Value): void;
  /** value of a condition code, width 1 */
  condition(condition: Condition): Value;
  readSelector(segment: SegmentIndex): Value;

  // --- memory; offsets are 16 or 32 bits wide and are zero-extended; checks are those of SDM Vol. 3A §5.3 and §4.6
  /** the offset part of a memory operand, at its address size */
  effectiveAddress(operand: MemoryOperand): Value;
  load(segment: SegmentIndex, offset: Value, width: 8 | 16 | 32 | 64): Value;
  store(segment: SegmentIndex, offset: Value, value: Value): void;
  /** Checks for writing, and for reading too where the place is read. Faults as a write does. */
  reserve(segment: SegmentIndex, offset: Value, width: 8 | 16 | 32 | 64): Reservation;
  loadReserved(place: Reservation): Value;
  storeReserved(place: Reservation, value: Value): void;

  // --- control
  /** Raises an exception if `condition`; the error code, if the vector has one, is a constant or 16-bit value. */
  raiseIf(condition: Value, vector: number, errorCode?: Value): void;
  raise(vector: number, errorCode?: Value): void;
  /** Ends the instruction here, complete, if `condition`: the next one follows. */
  exitIf(condition: Value): void;
  /** At the end of an iteration of a repeated string instruction: the same instruction comes again if `condition`. */
  repeatIf(condition: Value): void;
  /** Checks a near target against the code segment's limit (#GP(0)), if `taken`. `offset` is at the operand size. */
  branchTarget(offset: Value, taken?: Value): BranchTarget;
  jump(target: BranchTarget): void;
  jumpIf(condition: Value, target: BranchTarget): void;

  /** Calls a piece of the privileged machinery; see `helpers` for arguments and effects. Arguments are at most 32 bits wide. */
  call(helper: HelperName, ...parameters: readonly Value[]): Value;
}
