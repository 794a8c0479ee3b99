// The shape of an instruction: its meaning with registers and encoded values left open. Instructions of one shape share a
// routine (`wasm/routineEmitter.ts`); what is left open stands in the record of each. `add ecx, 5` and `add edx, 1000` have
// one shape, `add ecx, [5]` has another.
//
// A shape is found by looking at the finished graph: nothing here knows what an instruction means.

import { gprOffset } from '../isa/state';
import { separateFlags } from '../isa/flags';
import type { Instruction, Operand } from '../isa/instruction';
import { Gpr } from '../isa/registers';
import { stateOffset } from '../isa/state';
import type { ExecutionMode } from '../semantics/builder';
import { helperNames, helperRow } from '../semantics/helpers';
import {
  type BlockEffect,
  type BlockGraph,
  isTracked,
  isWideAccess,
  joinBlock,
  type StateSnapshot,
} from './blockGraph';
import type { BlockValue } from './blockValue';
import { canonical, foldConstants } from './constants';
import { nextInstructionParameter, type OperandParameters } from './irBuilder';
import { type MicroOp, MicroOpCode, type MicroProgram } from './microOp';
import { translate } from './translate';

export interface RoutineShape {
  /** equal for instructions that one routine serves */
  readonly key: string;
  readonly graph: BlockGraph;
  /** what the instruction leaves in registers and flags */
  readonly state: StateSnapshot;
  /** offsets in the state of the registers that are left open */
  readonly registers: readonly number[];
  /** values that are known when a record is made */
  readonly parameters: readonly BlockValue[];
  /** bits of `flagBit` */
  readonly flagsWritten: number;
  readonly flagsRead: number;
  /** may control leave before the instruction, or has somebody to be told where it is? */
  readonly canLeave: boolean;
  readonly after: AfterInstruction;
  /** does it call the machinery, which may end the run? */
  readonly calls: boolean;
  /** CPL 3: whose translations it uses */
  readonly user: boolean;
}

/** Flags as bits; DF counts as any other. */
const flagOffsets: readonly number[] = separateFlags.map(flag => stateOffset[flag]);
export const allSeparateFlags = (1 << flagOffsets.length) - 1;
const flagBit = (offset: number): number => {
  const index = flagOffsets.indexOf(offset);
  return index < 0 ? 0 : 1 << index;
};

/**
 * What comes after the instruction: the next one; the next one, which has to be looked up anew because the mode, translations
 * or interrupts may have changed; or whatever EIP says.
 */
export type AfterInstruction = 'goesOn' | 'leaves' | 'transfers';

/** The meaning of all instructions that begin with the same `signatureBytes`. */
export interface OpenProgram {
  readonly program: MicroProgram;
  readonly signatureBytes: number;
}

/**
 * What an instruction means with its fields left open; undefined if routines cannot run it. Where a field decides what is
 * written at all, as the count of a shift does for flags, or is no plain value, as a far pointer, nothing is left open
 * but the address.
 */
export function openProgram(instruction: Instruction, mode: ExecutionMode): OpenProgram | undefined {
  const parameters = parametersOf(instruction);
  const program = translate(instruction, mode, parameters);
  if (!canBeHandled(program)) return undefined;
  const { fields, length } = instruction;
  if (parameters.size === fields.length && !decidesByParameter(joinBlock([program], 0)))
    return { program, signatureBytes: fields[0]?.offset ?? length };
  return { program: translate(instruction, mode, new Map()), signatureBytes: instruction.length };
}

/** Routines change the state after everything else: nothing may be called that wants to see a change. */
function canBeHandled({ ops, instruction }: MicroProgram): boolean {
  const firstWrite = ops.findIndex(({ code }) => code === MicroOpCode.writeState);
  const lastCall = ops.findLastIndex(({ code }) => code === MicroOpCode.call);
  if (firstWrite >= 0 && lastCall > firstWrite) return false;
  return instruction !== undefined && !ops.some(isWideAccess) && endsFirstOrNever(ops);
}

/** An instruction may end early only as a repeated one does: before anything else. */
function endsFirstOrNever(ops: readonly MicroOp[]): boolean {
  const end = ops.findIndex(({ code }) => code === MicroOpCode.exitIf);
  if (end < 0) return true;
  const repeats = ops.some(({ code }) => code === MicroOpCode.repeatIf);
  return repeats && ops.slice(0, end).every(({ code }) => isQuiet(code));
}

/** Does it neither act nor fault? Such micro-ops come first in the enumeration. */
const isQuiet = (code: MicroOpCode): boolean => code <= MicroOpCode.readState;

function afterwards({ ops }: MicroProgram): AfterInstruction {
  const rows = ops
    .filter(({ code }) => code === MicroOpCode.call)
    .map(({ immediate }) => helperRow(helperNames[immediate]));
  if (rows.some(({ transfersControl }) => transfersControl)) return 'transfers';
  const writesOther = ops.some(({ code, immediate }) => code === MicroOpCode.writeState && !isTracked(immediate));
  return writesOther || rows.some(({ disturbs }) => disturbs) ? 'leaves' : 'goesOn';
}

function decidesByParameter({ state }: BlockGraph): boolean {
  return [...state.values()].some(({ code, operands }) => code === MicroOpCode.select && isParameter(operands[0]));
}

/** Numbers the fields from 1: a displacement, if there is one, comes before the immediates. */
function parametersOf({ operands, fields, row }: Instruction): OperandParameters {
  const immediates = operands.filter(
    ({ kind }, index) => kind === 'relative' || (kind === 'immediate' && row.operands[index] !== '1'),
  );
  const memory = operands.find(({ kind }) => kind === 'memory');
  const encoded: Operand[] = memory && fields.length > immediates.length ? [memory, ...immediates] : immediates;
  return new Map(encoded.map((operand, index) => [operand, nextInstructionParameter + 1 + index]));
}

/** `keepsFlags` false: the flags that it writes are not wanted. */
export function shapeOf(program: MicroProgram, keepsFlags: boolean, user: boolean): RoutineShape {
  const graph = joinBlock([program], 0);
  const state = new Map([...graph.state].filter(([offset]) => keepsFlags || flagBit(offset) === 0));
  return new ShapeFinder(graph, state).find(user, afterwards(program));
}

/** A value that follows from parameters and constants alone, by operations that can be done when a record is made. */
function isParameter(value: BlockValue): boolean {
  if (value.code === MicroOpCode.parameter) return true;
  if (value.width === 64 || value.resultWidth === 64 || value.operands.length === 0) return false;
  if (foldConstants(value.code, value.width, 1, 1) === undefined) return false;
  const { operands } = value;
  return (
    operands.every(operand => operand.code === MicroOpCode.constant || isParameter(operand)) &&
    operands.some(isParameter)
  );
}

/** What a parameter is for one instruction; `fields` are the encoded values by parameter number. */
export function parameterValue(value: BlockValue, fields: ArrayLike<number>): number {
  const { code, width, resultWidth, operands, immediate } = value;
  if (code === MicroOpCode.constant) return immediate;
  if (code === MicroOpCode.parameter) return canonical(width, fields[immediate]);
  const a = parameterValue(operands[0], fields);
  const b = operands.length > 1 ? parameterValue(operands[1], fields) : 0;
  return canonical(resultWidth, foldConstants(code, width, a, b) ?? 0);
}

/** ESP is written by so many instructions beside their operands that it is never left open. */
const isOpenRegister = (offset: number): boolean => offset < gprOffset(8) && offset !== gprOffset(Gpr.esp);

class ShapeFinder {
  private readonly lines: string[] = [];
  private readonly numbers = new Map<BlockValue, number>();
  private readonly registers: number[] = [];
  private readonly parameters: BlockValue[] = [];
  private flagsRead = 0;

  constructor(
    private readonly graph: BlockGraph,
    private readonly state: StateSnapshot,
  ) {}

  find(user: boolean, after: AfterInstruction): RoutineShape {
    const { graph, state } = this;
    graph.effects.forEach(effect => this.lines.push(this.effect(effect)));
    this.lines.push(`${this.end()} ${after}`);
    let flagsWritten = 0;
    for (const [offset, value] of state) {
      flagsWritten |= flagBit(offset);
      this.lines.push(`${this.place(offset)}=${this.value(value)}`);
    }
    const touchesMemory = graph.effects.some(({ kind }) => kind === 'load' || kind === 'store' || kind === 'reserve');
    if (touchesMemory) this.lines.push(user ? 'user' : 'supervisor');
    const calls = graph.effects.some(({ kind }) => kind === 'call');
    return {
      key: this.lines.join('\n'),
      graph,
      state,
      registers: this.registers,
      parameters: this.parameters,
      flagsWritten,
      flagsRead: this.flagsRead,
      canLeave: after !== 'goesOn' || graph.effects.some(effect => 'exit' in effect),
      user,
      after,
      calls,
    };
  }

  private effect(effect: BlockEffect): string {
    switch (effect.kind) {
      case 'load':
        return `load ${effect.segment} ${effect.width} ${this.value(effect.offset)} ${this.value(effect.result)}`;
      case 'store':
        return `store ${effect.segment} ${effect.width} ${this.value(effect.offset)} ${this.value(effect.value)}`;
      case 'reserve':
        return `reserve ${effect.segment} ${effect.width} ${effect.place} ${this.value(effect.offset)}`;
      case 'loadReserved':
        return `loadReserved ${effect.place} ${effect.width} ${this.value(effect.result)}`;
      case 'storeReserved':
        return `storeReserved ${effect.place} ${effect.width} ${this.value(effect.value)}`;
      case 'guard':
        return `guard ${this.value(effect.condition)}`;
      case 'call': {
        const parameters = effect.parameters.map(parameter => this.value(parameter)).join(' ');
        return `call ${effect.helper} ${parameters} gives ${effect.result ? this.value(effect.result) : ''}`;
      }
      case 'checkBranch':
        return `checkBranch ${this.value(effect.target)} ${effect.taken ? this.value(effect.taken) : ''}`;
    }
  }

  private end(): string {
    const { end } = this.graph;
    switch (end.kind) {
      case 'next':
        return 'next';
      case 'jump':
        return `jump ${this.value(end.target)}`;
      case 'branch':
        return `branch ${this.value(end.condition)} ${this.value(end.target)}`;
      case 'repeat':
        return `repeat ${this.value(end.done)} ${this.value(end.again)}`;
    }
  }

  /** The number of a value; what it is stands in a line of its own. */
  private value(value: BlockValue): number {
    const known = this.numbers.get(value);
    if (known !== undefined) return known;
    const text = this.describe(value);
    const number = this.numbers.size;
    this.numbers.set(value, number);
    this.lines.push(`${number}:${text}`);
    return number;
  }

  private describe(value: BlockValue): string {
    const { code, width, resultWidth, immediate, operands } = value;
    if (isParameter(value)) return `parameter ${resultWidth} ${this.parameters.push(value)}`;
    if (code === MicroOpCode.constant) return `${width} ${immediate}`;
    if (code === MicroOpCode.readState) {
      this.flagsRead |= flagBit(immediate);
      return this.place(immediate);
    }
    return `${code} ${width} ${resultWidth} ${operands.map(operand => this.value(operand)).join(' ')}`;
  }

  private place(offset: number): string {
    if (!isOpenRegister(offset)) return `state ${offset}`;
    const known = this.registers.indexOf(offset);
    return `register ${known >= 0 ? known : this.registers.push(offset) - 1}`;
  }
}
