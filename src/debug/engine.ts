// Run control: steps a guest, and the monitor below it, until a goal is reached or something stops it. A position is an
// instruction of the guest, or a stage of the monitor. Running happens in turns, between which the host's events are let
// in, so that a guest that never ends can be paused at any time.

import type { DeliveredEvent, ProcessorObserver } from '../cpu/core';
import type { ProcessorState } from '../cpu/state';
import type { System } from '../monitor/system';
import type { Breakpoints } from './breakpoints';
import { Crossings } from './crossings';
import type { GuestContext } from './expressions/guestContext';
import { anyStep, type Goal, type GoalContext, repeats } from './goals';
import { filterOf, type GuestEvent } from './guestEvents';
import type { MemoryView } from './memory';
import { isHalted, linearEipOf } from './position';
import { isPrivileged, silentReason } from './sensitivity';
import type { SymbolTable } from './symbols';
import { TrapWalk } from './trapWalk';

/** The process or worker that the engine runs in. */
export interface EngineHost {
  /** Lets other events in, and resolves when it is the engine's turn again. */
  yieldTurn(): Promise<void>;
  /** Has this turn lasted long enough? Asked often. */
  turnIsOver(): boolean;
  /** What a logpoint says. */
  log(text: string, linear: number): void;
}

/** Why the guest will not run any further. */
export type Ending =
  { readonly kind: 'exit'; readonly code: number } | { readonly kind: 'halted' } | { readonly kind: 'shutdown' };

export type Stop =
  | { readonly kind: 'goal' }
  | { readonly kind: 'pause' }
  | { readonly kind: 'limit' }
  | {
      readonly kind: 'breakpoint';
      readonly of: 'source' | 'function' | 'instruction';
      readonly ids: readonly number[];
      readonly problem?: string;
    }
  | { readonly kind: 'event'; readonly event: GuestEvent; readonly problem?: string }
  | { readonly kind: 'ended'; readonly ending: Ending };

/** Steps between two questions whether the turn is over. */
const stepsBetweenQuestions = 64;
/** Instructions that nobody looks at, run at once: a few milliseconds even where they are slow. */
const mostTicks = 10_000;

export interface RunOptions {
  readonly mostSteps?: number;
  /** also ask the breakpoints where the run sets out, as at a guest's beginning */
  readonly judgesFirst?: boolean;
  /** do not stop in the monitor, even if the goal does */
  readonly pastMonitor?: boolean;
}

export interface EngineParts {
  readonly system: System;
  readonly symbols: SymbolTable;
  readonly memory: MemoryView;
  readonly breakpoints: Breakpoints;
  readonly host: EngineHost;
}

export class Engine implements GoalContext {
  readonly system: System;
  readonly symbols: SymbolTable;
  readonly crossings: Crossings;
  /** the monitor's visit under way, or the last one */
  trap: TrapWalk | undefined;
  /** exception that began the end, and the last one, after a triple fault */
  tripleFault: { readonly first: number; readonly last: number } | undefined;
  /** what conditions are judged in; without it no breakpoint stops */
  context: GuestContext | undefined;
  /** Told of every exception and interrupt that reaches a handler of the guest. */
  onDelivered: ((event: DeliveredEvent) => void) | undefined;
  private readonly breakpoints: Breakpoints;
  private readonly host: EngineHost;
  private ending: Ending | undefined;
  private pauseWanted = false;
  /** what happened during the step, if a filter may want it */
  private happened: GuestEvent[] = [];
  /** the last exception raised, until it is delivered */
  private lastException: Extract<GuestEvent, { kind: 'exception' }> | undefined;
  /** where breakpoints were last asked, so that one arrival is not judged twice */
  private judged: { readonly linear: number; readonly now: number } | undefined;

  constructor({ system, symbols, memory, breakpoints, host }: EngineParts) {
    this.system = system;
    this.symbols = symbols;
    this.breakpoints = breakpoints;
    this.host = host;
    this.crossings = new Crossings(memory);
    system.guestObserver = this.observer();
  }

  /** Does the monitor have control? */
  get inMonitor(): boolean {
    return this.trap?.current !== undefined;
  }

  /** The guest has written to the debug-exit device: the run ends after this step. */
  exit(code: number): void {
    this.ending ??= { kind: 'exit', code };
  }

  /** Asks a run under way to stop after this turn. */
  pause(): void {
    this.pauseWanted = true;
  }

  /** From the beginning, with the guest's image loaded anew. */
  reset(): void {
    this.system.reset();
    this.crossings.clear();
    this.trap = undefined;
    this.tripleFault = undefined;
    this.ending = undefined;
    this.happened = [];
    this.lastException = undefined;
    this.judged = undefined;
  }

  /** Runs until `goal`, a breakpoint, an event that a filter stops at, the end, or `mostSteps`. */
  async run(
    goal: Goal,
    { mostSteps = Infinity, judgesFirst = false, pastMonitor = false }: RunOptions = {},
  ): Promise<Stop> {
    this.pauseWanted = false;
    if (this.ending) return { kind: 'ended', ending: this.ending };
    const first = judgesFirst ? this.beforeNext() : this.noteArrival();
    if (first) return first;
    const ownGoal = pastMonitor ? { stopsInMonitor: false, reached: () => goal.reached() } : goal;
    for (let left = mostSteps; left > 0;) {
      await this.host.yieldTurn();
      if (this.pauseWanted) return { kind: 'pause' };
      const turn = this.turn(ownGoal, left);
      if (typeof turn !== 'number') return turn;
      left -= turn;
    }
    return { kind: 'limit' };
  }

  /** In the monitor: to the next stage, or back to the guest if that was the last. */
  async stepStage(): Promise<Stop> {
    if (this.trap?.next()) return { kind: 'goal' };
    return this.afterStep(anyStep) ?? { kind: 'goal' };
  }

  /** In the monitor: lets its handler run to the end. */
  async finishTrap(): Promise<Stop> {
    this.trap?.finish();
    return this.afterStep(anyStep) ?? { kind: 'goal' };
  }

  /** Steps until the host wants its turn, and says how many steps that were; or until something stops the run. */
  private turn(goal: Goal, mostSteps: number): Stop | number {
    const looksBefore = this.breakpoints.addresses.size > 0 || this.watchesInstructions;
    const unwatched = goal.isNever === true && !looksBefore;
    let question = stepsBetweenQuestions;
    for (let steps = 0; ;) {
      if (unwatched && !this.inMonitor) steps += this.system.run(Math.min(mostSteps - steps, mostTicks));
      const stop = this.step(goal) ?? (looksBefore ? this.beforeNext() : undefined);
      if (stop) return stop;
      if (++steps >= mostSteps) return steps;
      if (steps >= question) {
        if (this.host.turnIsOver()) return steps;
        question = steps + stepsBetweenQuestions;
      }
    }
  }

  /** One step of the guest, with all that the monitor makes of it. */
  private step(goal: Goal): Stop | undefined {
    if (this.inMonitor) {
      this.trap?.finish();
      return this.afterStep(goal);
    }
    const step = this.system.step();
    switch (step.kind) {
      case 'guest':
        return this.afterStep(goal);
      case 'halted':
        return this.end({ kind: 'halted' });
      case 'shutdown':
        return this.afterStep(goal) ?? this.end({ kind: 'shutdown' });
      case 'monitor': {
        const trap = new TrapWalk(step.exit, step.stages);
        this.trap = trap;
        return this.enterMonitor(trap, goal);
      }
    }
  }

  private enterMonitor(trap: TrapWalk, goal: Goal): Stop | undefined {
    const watched = this.breakpoints.isOn('monitorEntry');
    if (goal.stopsInMonitor || watched) {
      const standing = trap.next();
      const stop = watched ? this.judgeEvent({ kind: 'monitorEntry', exit: trap.exit }) : undefined;
      if (stop) return stop;
      if (standing && goal.stopsInMonitor) return { kind: 'goal' };
    }
    trap.finish();
    return this.afterStep(goal);
  }

  private afterStep(goal: Goal): Stop | undefined {
    if (this.crossings.hasFresh) this.crossings.settle(this.system.believed());
    if (this.ending) return { kind: 'ended', ending: this.ending };
    if (this.happened.length > 0) {
      const stop = this.judgeWhatHappened();
      if (stop) return stop;
    }
    return goal.reached() ? { kind: 'goal' } : undefined;
  }

  private end(ending: Ending): Stop {
    this.ending = ending;
    return { kind: 'ended', ending };
  }

  // --- before an instruction

  /** Breakpoints at the address that the guest has come to, and filters on the instruction there. */
  private beforeNext(): Stop | undefined {
    const { watchesInstructions } = this;
    const state = this.system.believed();
    const linear = linearEipOf(state);
    if (!watchesInstructions && !this.breakpoints.addresses.has(linear)) return undefined;
    if (isHalted(state) || !this.isNewArrival(linear)) return undefined;
    return this.judgeBreakpoints(linear) ?? (watchesInstructions ? this.judgeInstruction(state) : undefined);
  }

  private get watchesInstructions(): boolean {
    return this.breakpoints.isOn('privileged') || this.breakpoints.isOn('sensitive');
  }

  /** An instruction that is retried, or repeats, is one arrival. */
  private isNewArrival(linear: number): boolean {
    const { judged } = this;
    const { now } = this.system;
    this.judged = { linear, now };
    if (judged?.linear !== linear) return true;
    if (judged.now === now) return false;
    return judged.now + 1 !== now || !repeats(this.system.nextInstruction()?.instruction);
  }

  /** Wherever a run sets out from has had its stop. */
  private noteArrival(): undefined {
    this.judged = { linear: linearEipOf(this.system.believed()), now: this.system.now };
  }

  private judgeBreakpoints(linear: number): Stop | undefined {
    const hit = this.context && this.breakpoints.judge(linear, this.context);
    if (!hit) return undefined;
    for (const text of hit.logs) this.host.log(text, linear);
    return hit.stops ? { kind: 'breakpoint', of: hit.kind, ids: hit.ids, problem: hit.problem } : undefined;
  }

  private judgeInstruction(state: ProcessorState): Stop | undefined {
    const instruction = this.system.nextInstruction()?.instruction;
    if (instruction === undefined) return undefined;
    if (isPrivileged(instruction, state)) {
      const stop = this.judgeEvent({ kind: 'privileged', instruction });
      if (stop) return stop;
    }
    const reason = silentReason(instruction, state, this.system.hardware.state);
    return reason === undefined ? undefined : this.judgeEvent({ kind: 'sensitive', instruction, reason });
  }

  // --- events

  private judgeWhatHappened(): Stop | undefined {
    const events = this.happened;
    this.happened = [];
    for (const event of events) {
      const stop = this.judgeEvent(event);
      if (stop) return stop;
    }
    return undefined;
  }

  private judgeEvent(event: GuestEvent): Stop | undefined {
    const filter = filterOf(event);
    if (!this.context || !this.breakpoints.isOn(filter)) return undefined;
    this.context.event = eventFacts(event);
    const { stops, problem } = this.breakpoints.judgeFilter(filter, this.context);
    this.context.event = undefined;
    return stops ? { kind: 'event', event, problem } : undefined;
  }

  private note(event: GuestEvent): void {
    if (this.breakpoints.isOn(filterOf(event))) this.happened.push(event);
  }

  private observer(): ProcessorObserver {
    return {
      exceptionRaised: (vector, errorCode) => {
        this.lastException = { kind: 'exception', vector, errorCode, delivery: undefined };
        this.note(this.lastException);
      },
      eventDelivered: event => {
        this.crossings.delivered(event);
        this.onDelivered?.(event);
        if (event.kind === 'external' || event.kind === 'nmi')
          this.note({ kind: 'interrupt', vector: event.vector, delivery: event });
        else if (this.lastException?.vector === event.vector) this.lastException.delivery = event;
      },
      ringChanged: (from, to) => this.note({ kind: 'ringChange', from, to }),
      tripleFault: (first, last) => {
        this.tripleFault = { first, last };
        this.note({ kind: 'tripleFault', first, last });
      },
    };
  }
}

function eventFacts(event: GuestEvent): { vector: number | undefined; errorCode: number | undefined } {
  switch (event.kind) {
    case 'exception':
      return { vector: event.vector, errorCode: event.errorCode };
    case 'interrupt':
      return { vector: event.vector, errorCode: undefined };
    case 'monitorEntry':
      return { vector: event.exit.vector, errorCode: event.exit.errorCode };
    case 'tripleFault':
      return { vector: event.first, errorCode: undefined };
    case 'ringChange':
    case 'privileged':
    case 'sensitive':
      return { vector: undefined, errorCode: undefined };
  }
}
