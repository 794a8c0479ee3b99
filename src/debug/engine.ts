// Run control: steps a guest, and the monitor below it, until a goal is reached or something stops it. A position is an
// instruction of the guest, or a statement of the monitor. Running happens in turns, between which the host's events are let
// in, so that a guest that never ends can be paused at any time.

import type { Linear } from '../base/address';
import { ticksOfMicroseconds } from '../devices/virtualTime';
import { Eflags } from '../isa/flags';
import type { Statement } from '../monitor/statements';
import type { System } from '../monitor/system';
import type { StopsAt, Visit } from '../monitor/visit';
import type { Breakpoints } from './breakpoints';
import { Crossings } from './crossings';
import { EventLog } from './events/eventLog';
import { anyStep, BackFromInterrupt, forNothing, type Goal, type GoalContext } from './goals';
import type { MemoryView } from './memory';
import { PassingInterrupts } from './passingInterrupts';
import { isInFirmware } from './position';
import type { Ending, Stop } from './stop';
import { StopChecks } from './stopChecks';
import type { ProgramSymbols } from '../symbols/programSymbols';

/** The process or worker that the engine runs in. */
export interface EngineHost {
  /** Lets other events in, and resolves when it is the engine's turn again. */
  yieldTurn(): Promise<void>;
  /** Has this turn lasted long enough? Asked often. */
  turnIsOver(): boolean;
  /** What a logpoint says, and where it stands: a linear address, or a statement of the monitor. */
  log(text: string, place: Linear | Statement): void;
  /**
   * The guest has halted until somebody gives it a key or a byte on its serial line, and the engine waits too. Where nobody can
   * give any there is no such function, and the run ends.
   */
  waitsForInput?(): void;
  /**
   * The guest has idled for so many ticks: resolves when they have passed here too. Where time need not pass as on a real
   * machine there is no such function, and a guest that waits for its timer does not wait at all.
   */
  idle?(ticks: number): Promise<void>;
}

/** Steps between two questions whether the turn is over: few, since one that resets the machine may take milliseconds. */
const stepsBetweenQuestions = 4;
/** Ticks of idling after which a turn ends, where time passes as on a real machine. */
const mostIdleTicks = ticksOfMicroseconds(10_000);
/** Instructions that nobody looks at, run at once: so many that several such runs fit into a turn, whatever they cost. */
const fewestTicks = 1_000;
const mostTicks = 50_000;
const runsThatFit = 4;

export interface RunOptions {
  readonly mostSteps?: number;
  /** also ask the breakpoints where the run sets out, as at a guest's beginning */
  readonly judgesFirst?: boolean;
  /** do not stop in the monitor, even if the goal does */
  readonly pastMonitor?: boolean;
}

/**
 * In the monitor: to where its next stage begins (`stepsIntoEverything`: to the next statement); to the next statement of the same
 * function; out of the function.
 */
export type MonitorStep = 'in' | 'over' | 'out';

/** What a system has been told to end its runs at. */
interface Stops {
  readonly addresses: ReadonlyMap<number, unknown>;
  readonly waits: readonly number[];
  readonly seesAll: boolean;
}

export interface EngineParts {
  readonly system: System;
  readonly memory: MemoryView;
  readonly breakpoints: Breakpoints;
  readonly host: EngineHost;
}

export class Engine implements GoalContext {
  readonly system: System;
  readonly crossings: Crossings;
  /** what has passed between rings so far */
  readonly events: EventLog;
  /** the monitor's visit under way, or the last one */
  visit: Visit | undefined;
  readonly checks: StopChecks;
  readonly host: EngineHost;
  stepsIntoEverything = false;
  skipsIdleTime = false;
  /** the handlers that were under way when the visit began, if it is watched */
  private depthBefore = 0;
  private ending: Ending | undefined;
  private pauseWanted = false;
  /** the guest has halted, and only input can wake it */
  private needsInput = false;
  /** goes on with a run that waits for input */
  private wake: () => void = () => {};
  /** what the system has been told to stop at */
  private stops: Stops | undefined;
  /** of one run of the system, from `fewestTicks` to `mostTicks` */
  private ticks = fewestTicks;

  constructor({ system, memory, breakpoints, host }: EngineParts) {
    this.system = system;
    this.host = host;
    this.crossings = new Crossings(memory);
    this.events = new EventLog(system);
    const { crossings } = this;
    const log: EngineHost['log'] = (text, place) => host.log(text, place);
    this.checks = new StopChecks({ system, breakpoints, crossings, log });
    for (const { door } of system.guests) door.onInput = () => this.wake();
  }

  /** of what runs now */
  get symbols(): ProgramSymbols {
    return this.system.running.level.symbols;
  }

  /** Does the monitor have control? */
  get inMonitor(): boolean {
    return this.visit?.isUnderWay === true;
  }

  /** The guest has written to the debug-exit device: the run ends after this step. */
  exit(code: number): void {
    this.ending ??= { kind: 'exit', code };
  }

  /** Asks the run under way, or about to begin, to stop after this turn. */
  pause(): void {
    this.pauseWanted = true;
    this.wake();
  }

  /** Runs until `goal`, a breakpoint, an event that a filter stops at, the end, or `mostSteps`. */
  run(goal: Goal, options: RunOptions = {}): Promise<Stop> {
    return this.asOneRun(async () => {
      if (this.ending) return { kind: 'ended', ending: this.ending };
      const first = options.judgesFirst ? this.checks.beforeNext() : this.checks.noteArrival();
      if (first) return first;
      return this.turns(options.pastMonitor ? pastTheMonitor(goal) : goal, options.mostSteps ?? Infinity);
    });
  }

  /** A pause is for the run that it was asked of, however that ends. */
  private async asOneRun(run: () => Promise<Stop>): Promise<Stop> {
    try {
      return await run();
    } finally {
      this.pauseWanted = false;
    }
  }

  private async turns(goal: Goal, mostSteps: number): Promise<Stop> {
    let isFirst = true;
    for (let left = mostSteps; left > 0; isFirst = false) {
      await this.host.yieldTurn();
      if (this.pauseWanted) return { kind: 'pause' };
      const idleBefore = this.idleTicks;
      const turn = this.turn(goal, left, isFirst);
      if (typeof turn !== 'number') return turn;
      left -= turn;
      if (left <= 0) break;
      if (this.needsInput) await this.awaitInput();
      else await this.idle(this.idleTicks - idleBefore);
    }
    return { kind: 'limit' };
  }

  /** Until so much time has passed, or there is input, or somebody wants a pause. */
  private async idle(ticks: number): Promise<void> {
    if (ticks === 0 || this.skipsIdleTime || !this.host.idle) return;
    const woken = new Promise<void>(resolve => (this.wake = resolve));
    await Promise.race([this.host.idle(ticks), woken]);
    this.wake = () => {};
  }

  private get idleTicks(): number {
    return this.system.running.idleTicks;
  }

  /** Until there is any, or somebody wants a pause. What the guest has said and shown so far is seen before. */
  private async awaitInput(): Promise<void> {
    const come = new Promise<void>(resolve => (this.wake = resolve));
    await this.host.yieldTurn();
    if (!this.pauseWanted) {
      this.host.waitsForInput?.();
      await come;
    }
    this.wake = () => {};
  }

  /** In the monitor, or back to the guest if nothing more is wanted there. */
  stepMonitor(step: MonitorStep): Promise<Stop> {
    return this.asOneRun(async () => {
      const { visit } = this;
      if (!visit?.isUnderWay) return this.backInGuest();
      const { depth } = visit;
      const isWanted = ({ begins }: Statement, now: number): boolean => {
        if (step === 'in') return begins || this.stepsIntoEverything;
        return step === 'over' ? now <= depth : now < depth;
      };
      return this.advance(visit, isWanted, true) ?? this.backInGuest();
    });
  }

  /** To the next statement of the monitor that is wanted, or that stops by itself; nothing if the visit comes to its end before. */
  private advance(visit: Visit, isWanted: StopsAt, tells: boolean): Stop | undefined {
    if (!visit.isUnderWay) this.depthBefore = this.crossings.underWay(this.system.running.level.believed()).length;
    let stop: Stop | undefined;
    const stopsAt = (statement: Statement, depth: number): boolean => {
      stop = this.checks.beforeStatement(statement) ?? (isWanted(statement, depth) ? { kind: 'goal' } : undefined);
      return stop !== undefined;
    };
    return visit.next(stopsAt, tells) ? stop : undefined;
  }

  /** Lets a visit run to its end; gives what stops it on the way. */
  private finish(visit: Visit): Stop | undefined {
    if (this.checks.watchesStatements) return this.advance(visit, () => false, false);
    visit.finish();
    return undefined;
  }

  /** The monitor has let the guest go on: over the interrupt that it may have injected, which merely came by. */
  private async backInGuest(): Promise<Stop> {
    const stop = this.arrived(this.afterStep(anyStep)) ?? { kind: 'goal' };
    if (stop.kind !== 'goal' || this.stepsIntoEverything) return stop;
    const passing = new PassingInterrupts(this.system, this.crossings, { depth: this.depthBefore, wanted: false });
    const goal = new BackFromInterrupt(this, passing);
    return goal.reached() ? stop : this.turns(goal, Infinity);
  }

  /** Steps until the host wants its turn, and says how many steps that were; or until something stops the run. */
  private turn(goal: Goal, mostSteps: number, isFirst: boolean): Stop | number {
    this.needsInput = false;
    this.checks.watchData();
    const waits = this.runsUnseen(goal, isFirst);
    const idleEnd = this.host.idle && !this.skipsIdleTime ? this.idleTicks + mostIdleTicks : Infinity;
    let question = stepsBetweenQuestions;
    let runs = 0;
    for (let steps = 0; ;) {
      if (waits !== undefined && waits === goal.waitsAt() && !this.inMonitor) {
        const { state } = this.system.machine.hardware;
        const { eip } = state;
        const ran = this.system.run(Math.min(mostSteps - steps, this.ticks));
        if (++runs % runsThatFit === 0) this.ticks = Math.min(mostTicks, this.ticks * 2);
        steps += ran;
        // a run that has only delivered an event has retired nothing
        const hasMoved = ran > 0 || state.eip !== eip;
        if (this.ending) return { kind: 'ended', ending: this.ending };
        const stop =
          this.checks.judgeAccesses() ??
          (hasMoved ? this.arrived(goal.reached() ? { kind: 'goal' } : undefined) : undefined);
        if (stop) return stop;
        if (steps >= mostSteps) return steps;
      }
      const stop = this.arrived(this.step(goal));
      if (stop) return stop;
      if (++steps >= mostSteps || this.needsInput || this.idleTicks >= idleEnd) return steps;
      if (steps >= question) {
        if (this.host.turnIsOver()) {
          if (runs > 0 && runs < runsThatFit) this.ticks = Math.max(fewestTicks, this.ticks >> 1);
          return steps;
        }
        question = steps + stepsBetweenQuestions;
      }
    }
  }

  /**
   * May instructions go by unseen in this turn? Then tells the system where it must stop, and gives what the goal waits at.
   * A step that is over within its first turn is not worth the telling.
   */
  private runsUnseen(goal: Goal, isFirst: boolean): readonly number[] | undefined {
    const waits = goal.waitsAt();
    if (waits === undefined || (isFirst && waits.length > 0) || this.checks.registers.needsEachStep) return undefined;
    const { addresses } = this.checks;
    const seesAll = waits !== forNothing || this.checks.seesEvents;
    if (addresses !== this.stops?.addresses || waits !== this.stops?.waits || seesAll !== this.stops?.seesAll) {
      this.stops = { addresses, waits, seesAll };
      this.system.setStops(new Set([...addresses.keys(), ...waits]), seesAll);
    }
    return waits;
  }

  /** A breakpoint counts, and logs, even where the guest stops anyway because it has reached its goal. */
  private arrived(stop: Stop | undefined): Stop | undefined {
    if (this.inMonitor || (stop && stop.kind !== 'goal')) return stop;
    return (this.checks.looksBefore ? this.checks.beforeNext() : undefined) ?? stop;
  }

  /** One step of the guest, with all that the monitor makes of it. */
  private step(goal: Goal): Stop | undefined {
    if (this.visit && this.inMonitor) return this.finish(this.visit) ?? this.afterStep(goal);
    const step = this.system.step();
    switch (step.kind) {
      case 'guest':
        return this.afterStep(goal);
      case 'halted':
        return this.halted();
      case 'shutdown':
        return this.afterStep(goal) ?? this.end({ kind: 'shutdown' });
      case 'monitor':
        this.visit = step.visit;
        this.events.monitorEntered(step.visit);
        return this.enterMonitor(step.visit, goal);
    }
  }

  private enterMonitor(visit: Visit, goal: Goal): Stop | undefined {
    const watched = this.checks.watchesMonitorEntry;
    const enters = goal.entersMonitor === 'all' || (goal.entersMonitor === 'caused' && visit.purpose === 'guest');
    if (enters || watched) {
      const standing = this.advance(visit, () => true, true);
      const stop = watched ? this.checks.judgeEvent({ kind: 'monitorEntry', exit: visit.exit }) : undefined;
      if (stop) return stop;
      if (standing && (enters || standing.kind === 'breakpoint')) return standing;
    }
    return this.finish(visit) ?? this.afterStep(goal);
  }

  private afterStep(goal: Goal): Stop | undefined {
    if (this.ending) return { kind: 'ended', ending: this.ending };
    return this.checks.afterStep() ?? (goal.reached() ? { kind: 'goal' } : undefined);
  }

  /** For good, or until somebody gives it input. */
  private halted(): Stop | undefined {
    const { level, devices } = this.system.running;
    const interruptsOn = (level.believed().systemFlags & Eflags.if) !== 0;
    this.needsInput = interruptsOn && devices.inputInterrupts && this.host.waitsForInput !== undefined;
    if (this.needsInput) return undefined;
    return this.end({ kind: 'halted', interruptsOn, inFirmware: isInFirmware(this.system) });
  }

  private end(ending: Ending): Stop {
    this.ending = ending;
    return { kind: 'ended', ending };
  }
}

const pastTheMonitor = (goal: Goal): Goal => ({
  entersMonitor: 'none',
  waitsAt: () => goal.waitsAt(),
  reached: () => goal.reached(),
});
