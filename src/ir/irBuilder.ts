// Builds micro-programs: the `Builder` that the semantics call. Values are computed by its `ValueBuilder`; here stands what
// touches the guest. It refuses an operation that may fault after the instruction has begun to change the state: such an
// instruction would leave half of its work behind when it faults.

import type { FarPointerOperand, MemoryOperand, Operand } from '../isa/instruction';
import type { SeparateFlag } from '../isa/flags';
import type { Condition } from '../isa/mnemonics';
import type { SegmentIndex } from '../isa/registers';
import { gprOffset, SegmentField, segmentOffset, stateOffset, type StateField } from '../isa/state';
import { unreachable } from '../base/exhaustive';
import type { BranchTarget, Builder, ExecutionMode, Reservation, Value, ValueWidth } from '../semantics/builder';
import { type HelperName, helperNames, helperRow } from '../semantics/helpers';
import { MicroOpCode, type MicroProgram } from './microOp';
import { SemanticsError, ValueBuilder } from './valueBuilder';
import type { Instruction } from '../isa/instruction';

class IrReservation implements Reservation {
  constructor(
    readonly width: 8 | 16 | 32 | 64,
    readonly place: number,
  ) {}
}

const memoryWidth = (width: number): 8 | 16 | 32 | 64 => {
  if (width === 8 || width === 16 || width === 32 || width === 64) return width;
  throw new SemanticsError(`no memory access of ${width} bits`);
};

/** Which parameter holds an operand's value (immediate, relative) or displacement (memory). */
export type OperandParameters = ReadonlyMap<Operand, number>;
/** The parameter that holds the offset of the following instruction. */
export const nextInstructionParameter = 0;

export class IrBuilder extends ValueBuilder implements Builder {
  private places = 0;
  private committed = false;
  readonly nextInstruction: Value;

  constructor(
    readonly mode: ExecutionMode,
    private readonly length: number,
    /** the instruction's values are left open: which parameter holds each operand's */
    private readonly parameters?: OperandParameters,
  ) {
    super();
    this.nextInstruction = parameters
      ? this.parameter(32, nextInstructionParameter)
      : this.emit(MicroOpCode.nextInstruction, 32, 32);
  }

  finish(instruction: Instruction | undefined): MicroProgram {
    return { instruction, length: this.length, ops: this.ops, slots: this.slots };
  }

  // --- operands and state

  read(operand: Operand): Value {
    switch (operand.kind) {
      case 'register':
        return this.readRegister(operand.index, operand.width);
      case 'memory':
        return this.load(operand.segment, this.effectiveAddress(operand), memoryWidth(operand.width));
      case 'immediate':
        return this.encoded(operand, operand.width, operand.value);
      case 'relative':
        return this.encoded(operand, 32, operand.displacement);
      case 'segment':
        return this.readSelector(operand.index);
      case 'controlRegister':
        return this.readField(controlField(operand.index));
      case 'debugRegister':
        return this.call('readDebugRegister', this.constant(32, operand.index));
      case 'farPointer':
        throw new SemanticsError('a far pointer has two parts: readFarPointer');
      default:
        return unreachable(operand);
    }
  }

  write(operand: Operand, value: Value): void {
    switch (operand.kind) {
      case 'register':
        this.expectWidth(value, operand.width);
        this.writeRegister(operand.index, value);
        return;
      case 'memory':
        this.expectWidth(value, memoryWidth(operand.width));
        this.store(operand.segment, this.effectiveAddress(operand), value);
        return;
      default:
        throw new SemanticsError(`an operand of kind ${operand.kind} is not written directly`);
    }
  }

  readRegister(index: number, width: 8 | 16 | 32): Value {
    return this.emit(MicroOpCode.readState, width, width, {}, registerOffset(index, width));
  }

  writeRegister(index: number, value: Value): void {
    this.commit();
    this.emitEffect(MicroOpCode.writeState, value.width, { a: value }, registerOffset(index, value.width));
  }

  readField(field: StateField): Value {
    return this.emit(MicroOpCode.readState, 32, 32, {}, stateOffset[field]);
  }

  writeField(field: StateField, value: Value): void {
    this.expectWidth(value, 32);
    this.commit();
    this.emitEffect(MicroOpCode.writeState, 32, { a: value }, stateOffset[field]);
  }

  readFlag(flag: SeparateFlag): Value {
    return this.emit(MicroOpCode.readState, 1, 1, {}, stateOffset[flag]);
  }

  writeFlag(flag: SeparateFlag, value: Value): void {
    this.expectWidth(value, 1);
    this.commit();
    this.emitEffect(MicroOpCode.writeState, 1, { a: value }, stateOffset[flag]);
  }

  /** SDM Vol. 2 Appendix B.1.4.7. */
  condition(condition: Condition): Value {
    switch (condition) {
      case 'o':
        return this.readFlag('of');
      case 'b':
        return this.readFlag('cf');
      case 'z':
        return this.readFlag('zf');
      case 'be':
        return this.or(this.readFlag('cf'), this.readFlag('zf'));
      case 's':
        return this.readFlag('sf');
      case 'p':
        return this.readFlag('pf');
      case 'l':
        return this.xor(this.readFlag('sf'), this.readFlag('of'));
      case 'le':
        return this.or(this.readFlag('zf'), this.condition('l'));
      case 'no':
        return this.not(this.condition('o'));
      case 'nb':
        return this.not(this.condition('b'));
      case 'nz':
        return this.not(this.condition('z'));
      case 'nbe':
        return this.not(this.condition('be'));
      case 'ns':
        return this.not(this.condition('s'));
      case 'np':
        return this.not(this.condition('p'));
      case 'nl':
        return this.not(this.condition('l'));
      case 'nle':
        return this.not(this.condition('le'));
      default:
        return unreachable(condition);
    }
  }

  readSelector(segment: SegmentIndex): Value {
    const whole = this.emit(MicroOpCode.readState, 32, 32, {}, segmentOffset(segment) + SegmentField.selector);
    return this.truncate(whole, 16);
  }

  // --- memory

  /** SDM Vol. 1 §3.7.5, wrapped to the address size. */
  effectiveAddress(operand: MemoryOperand): Value {
    const width = operand.addressSize;
    let sum: Value | undefined;
    const plus = (term: Value): void => {
      sum = sum ? this.add(sum, term) : term;
    };
    if (operand.base !== undefined) plus(this.readRegister(operand.base, width));
    if (operand.index !== undefined) {
      const index = this.readRegister(operand.index, width);
      plus(operand.scale === 1 ? index : this.shiftLeft(index, this.constant(8, Math.log2(operand.scale))));
    }
    if (this.parameters?.has(operand) || operand.displacement !== 0 || sum === undefined)
      plus(this.encoded(operand, width, operand.displacement));
    return sum ?? this.constant(width, 0);
  }

  load(segment: SegmentIndex, offset: Value, width: 8 | 16 | 32 | 64): Value {
    this.mayFault('load');
    return this.emit(MicroOpCode.load, width, width, { a: this.address(offset) }, segment);
  }

  store(segment: SegmentIndex, offset: Value, value: Value): void {
    this.mayFault('store');
    this.commit();
    this.emitEffect(MicroOpCode.store, memoryWidth(value.width), { a: this.address(offset), b: value }, segment);
  }

  reserve(segment: SegmentIndex, offset: Value, width: 8 | 16 | 32 | 64): Reservation {
    this.mayFault('reserve');
    const place = this.places++;
    this.emitEffect(MicroOpCode.reserve, width, { a: this.address(offset) }, segment, place);
    return new IrReservation(width, place);
  }

  loadReserved(reservation: Reservation): Value {
    const { width, place } = ownReservation(reservation);
    return this.emit(MicroOpCode.loadReserved, width, width, {}, place);
  }

  storeReserved(reservation: Reservation, value: Value): void {
    const { width, place } = ownReservation(reservation);
    this.expectWidth(value, width);
    this.commit();
    this.emitEffect(MicroOpCode.storeReserved, width, { a: value }, place);
  }

  readFarPointer(operand: FarPointerOperand): { readonly selector: Value; readonly offset: Value } {
    return { selector: this.constant(16, operand.selector), offset: this.constant(32, operand.offset) };
  }

  // --- control

  raiseIf(condition: Value, vector: number, errorCode?: Value): void {
    this.expectWidth(condition, 1);
    this.mayFault('raiseIf');
    if (this.own(condition).known === 0) return;
    this.emitEffect(MicroOpCode.raiseIf, 1, errorCode ? { a: condition, b: errorCode } : { a: condition }, vector);
  }

  raise(vector: number, errorCode?: Value): void {
    this.raiseIf(this.constant(1, 1), vector, errorCode);
  }

  exitIf(condition: Value): void {
    this.expectWidth(condition, 1);
    this.emitEffect(MicroOpCode.exitIf, 1, { a: condition });
  }

  repeatIf(condition: Value): void {
    this.expectWidth(condition, 1);
    this.emitEffect(MicroOpCode.repeatIf, 1, { a: condition });
  }

  branchTarget(offset: Value, taken?: Value): BranchTarget {
    this.mayFault('branchTarget');
    const target = this.zeroExtend(offset, 32);
    this.emitEffect(MicroOpCode.checkBranch, 32, taken ? { a: target, b: taken } : { a: target });
    return { offset: target };
  }

  jump(target: BranchTarget): void {
    this.commit();
    this.emitEffect(MicroOpCode.jump, 32, { a: target.offset });
  }

  jumpIf(condition: Value, target: BranchTarget): void {
    this.expectWidth(condition, 1);
    this.commit();
    this.emitEffect(MicroOpCode.jumpIf, 32, { a: condition, b: target.offset });
  }

  call(helper: HelperName, ...parameters: readonly Value[]): Value {
    const row = helperRow(helper);
    if (parameters.length !== row.parameters.length) {
      throw new SemanticsError(`${helper} takes ${row.parameters.length} arguments, not ${parameters.length}`);
    }
    if (row.mayFault) this.mayFault(helper);
    if (row.commits) this.commit();
    const [a, b, c, d] = parameters;
    const operands = { ...(a && { a }), ...(b && { b }), ...(c && { c }), ...(d && { d }) };
    const index = helperNames.indexOf(helper);
    if (row.result === 0) {
      this.emitEffect(MicroOpCode.call, 32, operands, index);
      return this.constant(1, 0);
    }
    return this.emit(MicroOpCode.call, row.result, row.result, operands, index);
  }

  // --- rules

  /** A value from the instruction's bytes: known, or a parameter. */
  private encoded(operand: Operand, width: ValueWidth, value: number): Value {
    const number = this.parameters?.get(operand);
    return number === undefined ? this.constant(width, value) : this.parameter(width, number);
  }

  private parameter(width: ValueWidth, number: number): Value {
    return this.emit(MicroOpCode.parameter, width, width, {}, number);
  }

  /** An offset as the 32 bits that memory micro-ops take. */
  private address(offset: Value): Value {
    return this.zeroExtend(offset, 32);
  }

  private mayFault(what: string): void {
    if (this.committed) throw new SemanticsError(`${what} may fault after the instruction has changed the state`);
  }

  private commit(): void {
    this.committed = true;
  }
}

function ownReservation(reservation: Reservation): IrReservation {
  if (reservation instanceof IrReservation) return reservation;
  throw new SemanticsError('a reservation of another builder');
}

function registerOffset(index: number, width: ValueWidth): number {
  return width === 8 && index >= 4 ? gprOffset(index - 4) + 1 : gprOffset(index);
}

function controlField(index: number): StateField {
  switch (index) {
    case 0:
      return 'cr0';
    case 2:
      return 'cr2';
    case 3:
      return 'cr3';
    case 4:
      return 'cr4';
    default:
      throw new SemanticsError(`there is no CR${index}`);
  }
}
