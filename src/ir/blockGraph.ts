// A basic block as one piece: the micro-programs of instructions in a row, joined into one graph of values and one list of
// effects. Registers and flags that an instruction writes are simply the values that later instructions read; each place
// where control may leave knows what the registers hold there, so that nothing has to be stored on the way.

import { isRepeated } from '../isa/instruction';
import { gprOffset, stateOffset } from '../isa/state';
import { separateFlags, statusFlagNames } from '../isa/flags';
import type { ValueWidth } from '../semantics/builder';
import { BlockValue } from './blockValue';
import { canonical, foldConstants } from './constants';
import { MicroOpCode, type MicroOp, type MicroProgram } from './microOp';
import { simplify } from './simplify';

/** What the tracked state words hold at one point, as far as they differ from the block's start. */
export type StateSnapshot = ReadonlyMap<number, BlockValue>;

/** Control leaves before the instruction with this index, and the processor executes that one by other means. */
export interface SideExit {
  readonly instruction: number;
  readonly state: StateSnapshot;
}

/** Before the first instruction. */
export const startOfBlock: SideExit = { instruction: 0, state: new Map() };

export type BlockEffect =
  | { readonly kind: 'load'; readonly segment: number; readonly offset: BlockValue; readonly width: ValueWidth; readonly result: BlockValue; readonly exit: SideExit }
  | { readonly kind: 'store'; readonly segment: number; readonly offset: BlockValue; readonly width: ValueWidth; readonly value: BlockValue; readonly exit: SideExit }
  | { readonly kind: 'reserve'; readonly segment: number; readonly offset: BlockValue; readonly width: ValueWidth; readonly place: number; readonly exit: SideExit }
  | { readonly kind: 'loadReserved'; readonly place: number; readonly width: ValueWidth; readonly result: BlockValue }
  | { readonly kind: 'storeReserved'; readonly place: number; readonly width: ValueWidth; readonly value: BlockValue }
  /** leave before the instruction if the condition holds: it would fault */
  | { readonly kind: 'guard'; readonly condition: BlockValue; readonly exit: SideExit }
  /** a near target that must lie within the code segment, if `taken` */
  | { readonly kind: 'checkBranch'; readonly target: BlockValue; readonly taken: BlockValue | undefined; readonly exit: SideExit }
  /** of the privileged machinery, by its index in `helperNames`; in routines only */
  | { readonly kind: 'call'; readonly helper: number; readonly parameters: readonly BlockValue[]; readonly result: BlockValue | undefined; readonly exit: SideExit }; // prettier-ignore

/** Where control goes at the end. Targets are offsets in the code segment. */
export type BlockEnd =
  /** to the instruction after the last one */
  | { readonly kind: 'next' }
  | { readonly kind: 'jump'; readonly target: BlockValue }
  | { readonly kind: 'branch'; readonly condition: BlockValue; readonly target: BlockValue }
  /** a repeated string instruction: nothing to do if `done`; after an iteration again if `again` */
  | { readonly kind: 'repeat'; readonly done: BlockValue; readonly again: BlockValue };

export interface BlockGraph {
  readonly instructions: number;
  readonly effects: readonly BlockEffect[];
  readonly end: BlockEnd;
  /** at the end of the block */
  readonly state: StateSnapshot;
  readonly places: number;
}

/** The state words that blocks may write: general registers and the flags kept one by one. */
export const trackedRegisters: readonly number[] = Array.from({ length: 8 }, (_, index) => gprOffset(index));
export const trackedFlags: readonly number[] = separateFlags.map(flag => stateOffset[flag]);
/** DF lives apart. */
export const statusFlags: readonly number[] = statusFlagNames.map(flag => stateOffset[flag]);
const tracked = new Set([...trackedRegisters, ...trackedFlags]);
const isRegister = (offset: number): boolean => offset < gprOffset(8);

/** Can an instruction be part of a block? Not if it calls the machinery, raises, or writes other state. */
export function isBlockable({ ops, instruction }: MicroProgram): boolean {
  return instruction !== undefined && ops.every(op => opIsBlockable(op));
}

function opIsBlockable(op: MicroOp): boolean {
  if (op.code === MicroOpCode.call || isWideAccess(op)) return false;
  return op.code !== MicroOpCode.writeState || isTracked(op.immediate);
}

/** An access of 64 bits, which compiled code does not make. */
export function isWideAccess({ code, width }: MicroOp): boolean {
  if (width !== 64) return false;
  return (
    code === MicroOpCode.load ||
    code === MicroOpCode.store ||
    code === MicroOpCode.reserve ||
    code === MicroOpCode.storeReserved
  );
}

/** General registers and the flags kept one by one: what blocks may write. */
export const isTracked = (offset: number): boolean => tracked.has(offset & ~(isRegister(offset) ? 7 : 0));

/**
 * Does no block go on beyond the instruction? The opcode table's column says so; a repeated one goes on where it is. Where a
 * routine leads from its record (`BlockEnd`) is another question: STI leads to the next instruction, which is looked up anew.
 */
export const endsBlock = ({ instruction }: MicroProgram): boolean =>
  instruction?.row.endsBlock === true || isRepeated(instruction);

/** Joins programs. `startEip` is the first instruction's offset in the code segment. */
export function joinBlock(programs: readonly MicroProgram[], startEip: number): BlockGraph {
  return new BlockJoiner(startEip).join(programs);
}

class BlockJoiner {
  private readonly effects: BlockEffect[] = [];
  private readonly state = new Map<number, BlockValue>();
  private readonly initial = new Map<string, BlockValue>();
  private readonly constants = new Map<string, BlockValue>();
  private readonly parameters = new Map<number, BlockValue>();
  private end: BlockEnd = { kind: 'next' };
  private done: BlockValue | undefined;
  private places = 0;
  private exit: SideExit = startOfBlock;

  constructor(private eip: number) {}

  join(programs: readonly MicroProgram[]): BlockGraph {
    programs.forEach((program, index) => {
      this.exit = { instruction: index, state: new Map(this.state) };
      this.addProgram(program);
      this.eip += program.length;
    });
    return {
      instructions: programs.length,
      effects: this.effects,
      end: this.end,
      state: this.state,
      places: this.places,
    };
  }

  private addProgram(program: MicroProgram): void {
    const values: BlockValue[] = [];
    const firstPlace = this.places;
    for (const op of program.ops) this.addOp(op, values, program, firstPlace);
  }

  private addOp(op: MicroOp, values: BlockValue[], program: MicroProgram, firstPlace: number): void {
    const { exit } = this;
    const a = values[op.a];
    const b = values[op.b];
    switch (op.code) {
      case MicroOpCode.constant:
        values[op.result] = this.constant(op.width, op.immediate);
        return;
      case MicroOpCode.parameter:
        values[op.result] = this.parameter(op.width, op.immediate);
        return;
      case MicroOpCode.nextInstruction:
        values[op.result] = this.constant(32, this.eip + program.length);
        return;
      case MicroOpCode.readState:
        values[op.result] = this.readState(op.immediate, op.width);
        return;
      case MicroOpCode.writeState:
        this.writeState(op.immediate, op.width, a);
        return;
      case MicroOpCode.load: {
        const result = new BlockValue(op.code, op.width, op.width, [], 0);
        values[op.result] = result;
        this.effects.push({ kind: 'load', segment: op.immediate, offset: a, width: op.width, result, exit });
        return;
      }
      case MicroOpCode.store:
        this.effects.push({ kind: 'store', segment: op.immediate, offset: a, width: op.width, value: b, exit });
        return;
      case MicroOpCode.reserve: {
        const place = firstPlace + op.place;
        this.places = Math.max(this.places, place + 1);
        this.effects.push({ kind: 'reserve', segment: op.immediate, offset: a, width: op.width, place, exit });
        return;
      }
      case MicroOpCode.loadReserved: {
        const result = new BlockValue(op.code, op.width, op.width, [], 0);
        values[op.result] = result;
        this.effects.push({ kind: 'loadReserved', place: firstPlace + op.immediate, width: op.width, result });
        return;
      }
      case MicroOpCode.storeReserved:
        this.effects.push({ kind: 'storeReserved', place: firstPlace + op.immediate, width: op.width, value: a });
        return;
      case MicroOpCode.raiseIf:
        this.effects.push({ kind: 'guard', condition: a, exit });
        return;
      case MicroOpCode.checkBranch:
        this.effects.push({ kind: 'checkBranch', target: a, taken: op.b < 0 ? undefined : b, exit });
        return;
      case MicroOpCode.jump:
        this.end = { kind: 'jump', target: a };
        return;
      case MicroOpCode.jumpIf:
        this.end = { kind: 'branch', condition: a, target: b };
        return;
      case MicroOpCode.exitIf:
        this.done = a;
        return;
      case MicroOpCode.repeatIf:
        this.end = { kind: 'repeat', done: this.done ?? this.constant(1, 0), again: a };
        return;
      case MicroOpCode.call: {
        const parameters = [op.a, op.b, op.c, op.d].filter(slot => slot >= 0).map(slot => values[slot]);
        const result = op.result < 0 ? undefined : new BlockValue(op.code, op.width, op.resultWidth, [], 0);
        if (result) values[op.result] = result;
        this.effects.push({ kind: 'call', helper: op.immediate, parameters, result, exit });
        return;
      }
      default: {
        const operands = [op.a, op.b, op.c].filter(slot => slot >= 0).map(slot => values[slot]);
        values[op.result] = this.folded(op, operands) ?? new BlockValue(op.code, op.width, op.resultWidth, operands, 0);
      }
    }
  }

  private constant(width: ValueWidth, value: number): BlockValue {
    const key = `${width}:${value}`;
    const known = this.constants.get(key);
    if (known) return known;
    const made = new BlockValue(MicroOpCode.constant, width, width, [], value);
    this.constants.set(key, made);
    return made;
  }

  private parameter(width: ValueWidth, number: number): BlockValue {
    const known = this.parameters.get(number);
    if (known) return known;
    const made = new BlockValue(MicroOpCode.parameter, width, width, [], number);
    this.parameters.set(number, made);
    return made;
  }

  /** Values that are known once the instruction's address is (branch targets, shift counts), or simpler than they look. */
  private folded({ code, width, resultWidth }: MicroOp, operands: readonly BlockValue[]): BlockValue | undefined {
    if (width === 64 || resultWidth === 64) return undefined;
    const [a, b, c] = operands;
    if (code === MicroOpCode.select && a.code === MicroOpCode.constant) return a.immediate ? b : c;
    if (!operands.every(operand => operand.code === MicroOpCode.constant)) return simplify(code, operands);
    const value = foldConstants(code, width, a.immediate, b?.immediate ?? 0);
    return value === undefined ? undefined : this.constant(resultWidth, canonical(resultWidth, value));
  }

  private pure(code: MicroOpCode, width: ValueWidth, resultWidth: ValueWidth, ...operands: BlockValue[]): BlockValue {
    return new BlockValue(code, width, resultWidth, operands, 0);
  }

  private readWord(offset: number, width: ValueWidth): BlockValue {
    const written = this.state.get(offset);
    if (written) return written;
    const key = `${offset}:${width}`;
    const known = this.initial.get(key);
    if (known) return known;
    const made = new BlockValue(MicroOpCode.readState, width, width, [], offset);
    this.initial.set(key, made);
    return made;
  }

  /** Parts of general registers come out of the whole. */
  private readState(offset: number, width: ValueWidth): BlockValue {
    if (!isRegister(offset) || width === 32) return this.readWord(offset, width);
    const whole = this.readWord(offset & ~7, 32);
    const high = (offset & 7) === 1;
    const shifted = high ? this.pure(MicroOpCode.shiftRight, 32, 32, whole, this.constant(8, 8)) : whole;
    return this.pure(MicroOpCode.truncate, 32, width, shifted);
  }

  private writeState(offset: number, width: ValueWidth, value: BlockValue): void {
    if (!isRegister(offset) || width === 32) {
      this.state.set(offset, value);
      return;
    }
    const base = offset & ~7;
    const shift = (offset & 7) * 8;
    const mask = (width === 8 ? 0xff : 0xffff) << shift;
    const kept = this.pure(MicroOpCode.and, 32, 32, this.readWord(base, 32), this.constant(32, ~mask));
    const wide = this.pure(MicroOpCode.zeroExtend, width, 32, value);
    const placed = shift ? this.pure(MicroOpCode.shiftLeft, 32, 32, wide, this.constant(8, shift)) : wide;
    this.state.set(base, this.pure(MicroOpCode.or, 32, 32, kept, placed));
  }
}
