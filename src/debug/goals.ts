// What a run is for: when, breakpoints apart, it comes to its end. A goal is asked after every step of the guest: after
// an instruction or a delivered event, and whatever the monitor made of it.

import type { Linear } from '../base/address';
import { type Instruction, isRepeated } from '../isa/instruction';
import type { ProcessorState } from '../cpu/registers/state';
import type { System } from '../monitor/system';
import type { Crossings } from './crossings';
import { CompiledLine } from './compiledLine';
import { isHalted, linearEipOf, linearStackPointer } from './position';
import { PassingInterrupts } from './passingInterrupts';
import type { ReturnTarget } from './stack';
import type { ProgramSymbols } from '../symbols/programSymbols';

/** Which visits to the monitor: none, those that the guest's instruction has caused, or bookkeeping too. */
export type MonitorEntries = 'none' | 'caused' | 'all';

export interface Goal {
  /** At the beginning of which visits to the monitor does the run end? */
  readonly entersMonitor: MonitorEntries;
  /**
   * Addresses at which `reached` has to be asked, beyond those where something happens to the guest (a trap, an event);
   * undefined if it has to be asked after every instruction; `forNothing` if it need not be asked at all. The same array as
   * long as the answer is the same.
   */
  waitsAt(): readonly number[] | undefined;
  reached(): boolean;
}

export interface GoalContext {
  readonly system: System;
  readonly crossings: Crossings;
  readonly symbols: ProgramSymbols;
  /** Shall a step into also show what the guest's instruction has not caused: bookkeeping, and interrupts that come by? */
  readonly stepsIntoEverything: boolean;
}

/** One machine instruction, or all those that a source line made. */
export type Granularity = 'instruction' | 'statement';

/** of a goal that is never reached */
export const forNothing: readonly number[] = [];
const nowhere: readonly number[] = [];
const everywhere = (): undefined => undefined;

/** Runs until something else stops it. */
export const never: Goal = { entersMonitor: 'none', waitsAt: () => forNothing, reached: () => false };

/** One step: reached as soon as anything has happened. */
export const anyStep: Goal = { entersMonitor: 'all', waitsAt: everywhere, reached: () => true };

/** Two stacks this far apart belong to different threads. */
const farApart = 0x10000;

const isCall = (instruction: Instruction | undefined): boolean => instruction?.row.flow === 'call';
const isReturn = (instruction: Instruction | undefined): boolean => instruction?.row.flow === 'return';

/** Where a step set out from. */
class Start {
  readonly linear: Linear;
  readonly stackPointer: number;
  readonly cpl: number;
  /** CR3; undefined without paging */
  readonly addressSpace: number | undefined;
  readonly now: number;
  readonly depth: number;
  readonly instruction: Instruction | undefined;
  /** the instruction after this one in memory */
  readonly following: number;
  readonly returnAddress: readonly number[];
  /** it waits for an interrupt, which is then no accident */
  private readonly waits: boolean;

  constructor({ system, crossings }: GoalContext) {
    const state = system.running.level.believed();
    this.linear = linearEipOf(state);
    this.stackPointer = linearStackPointer(state);
    this.cpl = state.cpl;
    this.addressSpace = state.paging ? state.get('cr3') : undefined;
    this.now = system.running.now;
    this.depth = crossings.underWay(state).length;
    this.instruction = system.running.level.nextInstruction()?.instruction;
    this.following = (this.linear + (this.instruction?.length ?? 0)) >>> 0;
    this.returnAddress = [this.following];
    this.waits = isHalted(state) || this.instruction?.row.mnemonic === 'hlt';
  }

  passingInterrupts({ system, crossings }: GoalContext): PassingInterrupts {
    return new PassingInterrupts(system, crossings, { depth: this.depth, wanted: this.waits });
  }

  /**
   * Is `state` on the same stack, in the same address space? Without paging there is one, and a kernel that has gone to another by
   * itself has its stack where it was.
   */
  isSameThread(state: ProcessorState): boolean {
    const apart = Math.abs(linearStackPointer(state) - this.stackPointer);
    if (state.cpl !== this.cpl) return false;
    if (this.addressSpace === undefined || this.addressSpace === state.get('cr3')) return apart < farApart;
    return state.cpl === 0 && apart === 0;
  }
}

/** The instruction has not been executed yet: it was retried after the monitor mended something, or the processor waits at HLT. */
function stillBefore(start: Start, context: GoalContext, state: ProcessorState): boolean {
  if (isHalted(state)) return true;
  return linearEipOf(state) === start.linear && context.system.running.now === start.now;
}

/** Until the guest is back from an interrupt that came by as the monitor let it go on. */
export class BackFromInterrupt implements Goal {
  readonly entersMonitor = 'none';
  readonly waitsAt = (): readonly number[] => nowhere;

  constructor(
    private readonly context: GoalContext,
    private readonly passing: PassingInterrupts,
  ) {}

  reached(): boolean {
    return this.passing.underWay(this.context.system.running.level.believed()) === undefined;
  }
}

/** To the next instruction or line, wherever it is: into functions, handlers, and the monitor, if the guest has led there. */
export class StepIn implements Goal {
  private start: Start;
  private passing: PassingInterrupts;
  private waits: readonly number[] | undefined;
  /** where an interrupt that came by leads back to */
  private resumesAt: Linear | undefined;
  private readonly range: { readonly first: number; readonly end: number } | undefined;
  private readonly line: CompiledLine | undefined;
  private previous: number;
  /** of compiled code: what the next step carries out */
  private upcoming: Instruction | undefined;

  constructor(
    private readonly context: GoalContext,
    granularity: Granularity,
  ) {
    this.start = new Start(context);
    this.passing = this.start.passingInterrupts(context);
    this.previous = this.start.linear;
    this.upcoming = this.start.instruction;
    this.line = granularity === 'statement' ? CompiledLine.at(context.symbols.lines, this.previous) : undefined;
    this.range = granularity === 'statement' ? context.symbols.lines.statementAt(this.previous) : undefined;
  }

  waitsAt(): readonly number[] | undefined {
    return this.waits;
  }

  reached(): boolean {
    const state = this.context.system.running.level.believed();
    if (this.isAway(state) || this.hasOnlyResumed(state)) return false;
    if (stillBefore(this.start, this.context, state)) return false;
    if (this.range === undefined) return true;
    const linear = linearEipOf(state);
    if (this.line) return this.leavesLine(this.line, state, linear);
    const { first, end } = this.range;
    const movesOn = linear > this.previous || (linear === this.previous && isRepeated(this.start.instruction));
    this.previous = linear;
    return linear < first || linear >= end || !movesOn || !this.context.crossings.isBack(state, this.start.depth);
  }

  /** Not for the handler of an interrupt that came by. */
  get entersMonitor(): MonitorEntries {
    if (this.context.stepsIntoEverything) return 'all';
    return this.waits === undefined ? 'caused' : 'none';
  }

  /** An interrupt has come by, which is not what the step is about. */
  private isAway(state: ProcessorState): boolean {
    const event = this.context.stepsIntoEverything ? undefined : this.passing.underWay(state);
    this.waits = event && nowhere;
    if (event) this.resumesAt = event.returnLinear;
    return event !== undefined;
  }

  /** Back from such an interrupt, before the instruction that it came before: the step sets out again. */
  private hasOnlyResumed(state: ProcessorState): boolean {
    const { resumesAt, previous } = this;
    this.resumesAt = undefined;
    if (resumesAt === undefined || resumesAt !== previous || linearEipOf(state) !== resumesAt) return false;
    this.start = new Start(this.context);
    this.passing = this.start.passingInterrupts(this.context);
    return true;
  }

  /** Into a call, and back in the caller, the step is over whatever line that is. */
  private leavesLine(line: CompiledLine, state: ProcessorState, linear: Linear): boolean {
    const { upcoming, context } = this;
    this.upcoming = context.system.running.level.nextInstruction()?.instruction;
    if (isCall(upcoming) || isReturn(upcoming)) return true;
    return line.isLeftAt(linear) || !context.crossings.isBack(state, this.start.depth);
  }
}

/** To the next instruction or line of the same function: over calls, handlers, and the monitor. */
export class StepOver implements Goal {
  readonly entersMonitor = 'none';
  private start: Start;
  private wasInterrupted = false;
  private waits: readonly number[] | undefined;
  private readonly range: { readonly first: number; readonly end: number } | undefined;
  private readonly line: CompiledLine | undefined;

  constructor(
    private readonly context: GoalContext,
    granularity: Granularity,
  ) {
    this.start = new Start(context);
    this.line = granularity === 'statement' ? CompiledLine.at(context.symbols.lines, this.start.linear) : undefined;
    this.range = granularity === 'statement' ? context.symbols.lines.lineAt(this.start.linear) : undefined;
  }

  waitsAt(): readonly number[] | undefined {
    return this.waits;
  }

  reached(): boolean {
    const state = this.context.system.running.level.believed();
    this.waits = undefined;
    if (!this.instructionIsOver(state)) return false;
    const linear = linearEipOf(state);
    if (this.line) return this.leavesLine(this.line, linear);
    const inLine = this.range !== undefined && linear >= this.range.first && linear < this.range.end;
    if (!inLine || linear <= this.start.linear) return true;
    this.setOutAgain();
    return false;
  }

  /** Back in the caller the step is over, though its line is under way. */
  private leavesLine(line: CompiledLine, linear: Linear): boolean {
    if (isReturn(this.start.instruction) || line.isLeftAt(linear)) return true;
    this.setOutAgain();
    return false;
  }

  private setOutAgain(): void {
    this.start = new Start(this.context);
    this.wasInterrupted = false;
  }

  private instructionIsOver(state: ProcessorState): boolean {
    const { start, context } = this;
    if (!context.crossings.isBack(state, start.depth)) {
      this.wasInterrupted = true;
      this.waits = nowhere;
      return false;
    }
    if (stillBefore(start, context, state)) return false;
    const linear = linearEipOf(state);
    if (this.wasInterrupted && linear === start.linear && start.isSameThread(state)) {
      // an interrupt, or a fault that its handler has mended, came before the instruction
      this.setOutAgain();
      return false;
    }
    if (linear === start.linear && isRepeated(start.instruction)) return false;
    if (isCall(start.instruction)) {
      this.waits = start.returnAddress;
      return linear === start.following && this.isBackInFrame(state);
    }
    return !this.wasInterrupted || start.isSameThread(state);
  }

  /** A recursive call comes by the same address with a deeper stack. */
  private isBackInFrame(state: ProcessorState): boolean {
    return this.start.isSameThread(state) && linearStackPointer(state) >= this.start.stackPointer;
  }
}

/** Until the function, or the handler, has returned. */
export class StepOut implements Goal {
  readonly entersMonitor = 'none';
  private readonly start: Start;
  private readonly waits: readonly number[];

  constructor(
    private readonly context: GoalContext,
    private readonly target: ReturnTarget,
  ) {
    this.start = new Start(context);
    this.waits = target.kind === 'call' ? [target.address] : nowhere;
  }

  waitsAt(): readonly number[] {
    return this.waits;
  }

  reached(): boolean {
    const { target } = this;
    const state = this.context.system.running.level.believed();
    if (target.kind === 'handler') return this.context.crossings.isBack(state, target.depth) && !isHalted(state);
    if (target.kind === 'ring') return state.cpl > target.from;
    return (
      linearEipOf(state) === target.address && this.start.isSameThread(state) && linearStackPointer(state) > target.slot
    );
  }
}
