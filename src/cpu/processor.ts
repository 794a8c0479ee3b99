// The processor: fetches, executes and, between instructions, takes what is due, in the order of SDM Vol. 3A table 6-2.
// The same class runs the real hardware and, over another state and another view of memory, a monitor's virtual CPU.

import { Dr7 } from '../isa/controlRegisters';
import { Vector } from '../isa/exceptions';
import { Eflags } from '../isa/flags';
import { isRepeated } from '../isa/instruction';
import { Segment } from '../isa/registers';
import { Activity, Shadow } from '../isa/state';
import { type BoundHelper, Evaluator } from '../ir/evaluate';
import type { MicroProgram } from '../ir/microOp';
import { helperNames, helperRow } from '../semantics/helpers';
import { type Linear, pageMask, pageSizeBytes } from '../base/address';
import type { AccessWatch } from './memory/accessWatch';
import type { Core, InterruptSource, PortSpace, ProcessorObserver } from './core';
import { BreakpointKind, matchingBreakpoints } from './memory/dataBreakpoints';
import { ExecutionTarget } from './tiers/executionTarget';
import { CpuException, debugException, generalProtection } from './registers/fault';
import { helperBodies } from './privileged/helperBodies';
import { InstructionWeights } from './tiers/instructionWeights';
import { currentModeKey, ProgramCache } from './tiers/programCache';
import { deliverEvent, deliverException } from './privileged/transfers/interrupts';
import { DeliveryCounts } from './memory/deliveryCounts';
import { MemoryUnit } from './memory/memoryUnit';
import type { PhysicalMemory } from './memory/physicalMemory';
import { resumeFlagCounts, takeResumeFlag } from './registers/resumeFlag';
import type { ProcessorArea } from './memory/processorArea';
import { ProcessorState } from './registers/state';
import { Tiers } from './tiers/tiers';

export type StepOutcome =
  /** an instruction was retired */
  | 'retired'
  /** an exception or interrupt was delivered instead */
  | 'delivered'
  /** the next fetch is the monitor's: it has control */
  | 'monitorEntry'
  /** HLT, and no interrupt is due */
  | 'halted'
  /** after a triple fault; only a reset helps */
  | 'shutdown';

/** A fetch from linear addresses [first, last] with the monitor's privilege hands control to the monitor. */
export interface MonitorEntry {
  readonly first: Linear;
  readonly last: Linear;
  /** Has the processor the monitor's privilege: CPL 0, or VMX root operation, as the technique has it? */
  isPrivileged(state: ProcessorState): boolean;
}

export interface ProcessorOptions {
  readonly memory: PhysicalMemory;
  readonly ports: PortSpace;
  readonly interrupts: InterruptSource;
  /** where the processor keeps what it has in the buffer of `memory`: else one that is free */
  readonly area?: ProcessorArea;
  /** in the area, if compiled code is to run on it */
  readonly state?: ProcessorState;
  /** shared with another processor that runs the same guest */
  readonly accesses?: AccessWatch;
}

/** Budgets are signed 32-bit numbers in compiled code. */
const maximumBudget = 0x40000000;

/** Turns of a run: a guest whose handlers only ever fault retires nothing. */
const mostTurns = 10_000;

/** Instructions that a run retires for one of its budget, at most: translated code may go on and on without doing any of the guest's. */
const mostForOne = 16;

/** The debug traps that gather in `pendingDebugTraps`: data breakpoints (3:0), single step, task switch, as in DR6. */
const singleStepBit = 1 << 14;

export class Processor implements Core {
  readonly state: ProcessorState;
  readonly memory: MemoryUnit;
  readonly ports: PortSpace;
  readonly interrupts: InterruptSource;
  readonly deliveries: DeliveryCounts;
  monitorEntry: MonitorEntry | undefined;
  /** of translated code, if it runs any */
  readonly weights: InstructionWeights;
  private readonly evaluator: Evaluator;
  private readonly cache: ProgramCache;
  private readonly helpers: readonly BoundHelper[];
  private tiersMade: Tiers | undefined;
  private observedBy: ProcessorObserver | undefined;
  private stops: ReadonlySet<Linear> = new Set();
  private seesAll = false;
  private runEnded = false;

  constructor(options: ProcessorOptions) {
    const { memory, ports, interrupts, accesses, area = memory.takeArea() } = options;
    const { state = ProcessorState.within(area) } = options;
    this.state = state;
    this.memory = new MemoryUnit(state, memory, accesses, area);
    this.memory.onNoticed = () => this.endRun();
    this.deliveries = new DeliveryCounts(this.memory.area);
    this.ports = ports;
    this.interrupts = interrupts;
    this.cache = new ProgramCache(memory);
    this.weights = new InstructionWeights(memory);
    this.helpers = this.boundHelpers();
    const target = new ExecutionTarget(state, this.memory);
    this.evaluator = new Evaluator(target, this.helpers);
  }

  /** Made when they are first wanted: a monitor's virtual CPU only ever steps. */
  get tiers(): Tiers {
    if (this.tiersMade) return this.tiersMade;
    const helpers = this.helpers.map(({ run }) => this.noticingInterrupts(run));
    const tiers = new Tiers(this.state, this.memory, this.cache, this.weights, {
      helpers,
      noticeInterrupts: () => this.noticeInterrupts(),
      deliveries: this.deliveries,
      delivered: event => this.observer?.eventDelivered(event),
    });
    tiers.setStops(this.stops, this.seesAll);
    tiers.threaded.setObserved(observationBy(this.observer));
    this.tiersMade = tiers;
    return tiers;
  }

  get observer(): ProcessorObserver | undefined {
    return this.observedBy;
  }

  set observer(observer: ProcessorObserver | undefined) {
    this.observedBy = observer;
    this.tiersMade?.threaded.setObserved(observationBy(observer));
  }

  /** Gives up the processor: its area in the buffer is free for another. It must not be used any more. */
  release(): void {
    this.memory.release();
  }

  reset(): void {
    this.state.reset();
    this.memory.tlb.flush();
  }

  /** Linear address of the next instruction. */
  get linearEip(): Linear {
    return (this.state.base(Segment.cs) + this.state.eip) >>> 0;
  }

  get atMonitorEntry(): boolean {
    const entry = this.monitorEntry;
    if (!entry?.isPrivileged(this.state)) return false;
    const address = this.linearEip;
    return address >= entry.first && address <= entry.last;
  }

  /** One boundary and, unless an event is delivered there, one instruction. */
  step(): StepOutcome {
    const { state } = this;
    if (this.atMonitorEntry) return 'monitorEntry';
    if (state.activity === Activity.shutdown) return 'shutdown';
    const shadow = state.interruptShadow;
    try {
      if (this.takeEvents(shadow)) return this.afterDelivery();
      if (state.activity === Activity.halted) return 'halted';
      state.interruptShadow = Shadow.none;
      this.execute();
      return 'retired';
    } catch (exception) {
      if (!(exception instanceof CpuException)) throw exception;
      this.deliver(exception);
      return this.afterDelivery();
    }
  }

  /**
   * Up to `budget` of the guest's instructions, and the events between them; gives how many it was. Goes on through what
   * weighs nothing, and ends before an instruction heavier than what is left of the budget. Ends early where only `step` may go on
   * (a stop, the monitor's page, HLT) and where somebody calls `endRun`. If everything is to be seen (`setStops`), it takes no
   * event and no instruction that the fast tiers do not take.
   */
  run(budget: number): number {
    const { state } = this;
    const begin = state.instructionCount;
    const end = begin + Math.min(budget, maximumBudget);
    this.runEnded = false;
    this.tiers.threaded.beginRun();
    const mostRetired = state.retiredCount + mostForOne * budget + mostTurns;
    for (let turns = 0; this.hasTimeFor(end - state.instructionCount) && turns < mostTurns; turns++) {
      if (this.runEnded || this.isForMonitor || state.retiredCount > mostRetired) break;
      const interrupted = this.interrupts.pending && this.acceptsInterrupts;
      if (interrupted && this.seesAll) break;
      if (!interrupted && this.runFast(end - state.instructionCount)) continue;
      if (this.seesAll || this.runEnded || this.stops.has(this.linearEip)) break;
      const outcome = this.step();
      if (outcome !== 'retired' && outcome !== 'delivered') break;
    }
    return state.instructionCount - begin;
  }

  /** Does what is left of a budget cover the next instruction? */
  private hasTimeFor(left: number): boolean {
    return this.weights.isEmpty ? left > 0 : this.nextWeight() <= left;
  }

  /** Not in the middle of what a translation makes of a guest's instruction: the guest's devices may act. */
  get isBetweenGuestInstructions(): boolean {
    return this.weights.isEmpty || this.nextWeight() > 0;
  }

  /** What the next instruction weighs; one, if it cannot be fetched. */
  private nextWeight(): number {
    try {
      return this.weights.of(this.memory.peekFetch(this.linearEip));
    } catch (exception) {
      if (!(exception instanceof CpuException)) throw exception;
      return 1;
    }
  }

  /** Ends a `run` under way after the current instruction. */
  endRun(): void {
    this.runEnded = true;
    this.tiersMade?.threaded.endRun();
  }

  /**
   * `run` ends before the instructions at these linear addresses. `seesAll`: it also leaves privileged and sensitive
   * instructions, exceptions and interrupts to `step`.
   */
  setStops(addresses: ReadonlySet<Linear>, seesAll: boolean): void {
    this.stops = addresses;
    this.seesAll = seesAll;
    this.tiersMade?.setStops(addresses, seesAll);
  }

  /** In the fast tiers; false if the evaluator has to take the next instruction. */
  private runFast(budget: number): boolean {
    const ran = this.tiers.run(budget, currentModeKey(this.state));
    const exception = this.tiers.threaded.takeException();
    if (exception) this.deliverRaised(exception);
    return exception !== undefined || (ran > 0 && !this.tiers.threaded.leftForEvaluator);
  }

  /** What a fast tier has raised. */
  private deliverRaised(exception: CpuException): void {
    const delivered = this.deliver(exception);
    if (delivered?.vector === Vector.pageFault && !this.isForMonitor) this.tiers.threaded.learnPageFault();
  }

  /** Gives what has been delivered: perhaps another exception, or nothing. */
  private deliver(exception: CpuException): CpuException | undefined {
    this.state.pendingDebugTraps = 0;
    this.memory.accesses.forget();
    return deliverException(this, exception);
  }

  /** Does the monitor's code come next, or may it? */
  private get isForMonitor(): boolean {
    return this.monitorEntry?.isPrivileged(this.state) === true;
  }

  /** Would an interrupt be taken at this boundary? */
  get acceptsInterrupts(): boolean {
    return (this.state.systemFlags & Eflags.if) !== 0 && this.state.interruptShadow === Shadow.none;
  }

  /** The program of the instruction that comes next; raises what its fetch raises. */
  private fetch(): MicroProgram {
    return this.nextProgram(false);
  }

  /**
   * The program of the instruction that comes next, or undefined if its fetch would fault. Only looks: no translation is made,
   * no flag of a page table is set.
   */
  peek(): MicroProgram | undefined {
    try {
      return this.nextProgram(true);
    } catch (exception) {
      if (!(exception instanceof CpuException)) throw exception;
      return undefined;
    }
  }

  private nextProgram(onlyLooks: boolean): MicroProgram {
    const { eip } = this.state;
    const limit = this.state.limit(Segment.cs);
    if (eip > limit) throw generalProtection(0);
    const linear = this.linearEip;
    const following = (): number => this.fetchPlace(((linear & pageMask) + pageSizeBytes) >>> 0, onlyLooks);
    const program = this.cache.fetch(this.fetchPlace(linear, onlyLooks), currentModeKey(this.state), following);
    if (eip + program.length - 1 > limit) throw generalProtection(0);
    return program;
  }

  private fetchPlace(linear: number, onlyLooks: boolean): number {
    return onlyLooks ? this.memory.peekFetch(linear) : this.memory.translateFetch(linear, this.state.cpl === 3);
  }

  private boundHelpers(): readonly BoundHelper[] {
    return helperNames.map(name => {
      const body = helperBodies[name];
      const run: BoundHelper['run'] = (a, b, c, d) => body(this, a, b, c, d);
      return { run, transfersControl: helperRow(name).transfersControl === true };
    });
  }

  /** A device may want to interrupt in answer to what the machinery does. */
  private noticingInterrupts(run: BoundHelper['run']): BoundHelper['run'] {
    return (a, b, c, d) => {
      const result = run(a, b, c, d);
      this.noticeInterrupts();
      return result;
    };
  }

  /** Ends a run of the fast tiers where somebody else has control, or an event comes first. */
  private noticeInterrupts(): void {
    if (this.isForMonitor || (this.interrupts.pending && this.acceptsInterrupts)) this.tiers.threaded.endRun();
  }

  private afterDelivery(): StepOutcome {
    return this.state.activity === Activity.shutdown ? 'shutdown' : 'delivered';
  }

  private execute(): void {
    const { state } = this;
    const { eip, systemFlags: flagsBefore } = state;
    const resumes = resumeFlagCounts(state);
    if (state.dr7 & Dr7.enables && !resumes) this.checkCodeBreakpoints();
    const program = this.fetch();
    takeResumeFlag(state);
    const weight = this.weights.isEmpty ? 1 : this.nextWeight();
    this.evaluator.run(program);
    state.instructionCount += weight;
    if (weight !== 1) state.overheadCount += 1 - weight;
    // RF is set between the iterations of a repeated string instruction (SDM Vol. 3B §17.3.1.1); kept track of only where
    // a breakpoint or a single step is about, which compiled code leaves alone.
    const debugged = resumes || flagsBefore & Eflags.tf || state.pendingDebugTraps;
    if (debugged && state.eip === eip && isRepeated(program.instruction)) state.systemFlags |= Eflags.rf;
    if (flagsBefore & Eflags.tf && !enteredHandler(program, state.systemFlags)) {
      state.set('pendingDebugTraps', state.pendingDebugTraps | singleStepBit);
    }
  }

  /** Table 6-2: traps of the previous instruction, then external interrupts. True if one was delivered. */
  private takeEvents(shadow: number): boolean {
    const { state } = this;
    const traps = state.pendingDebugTraps;
    if (traps !== 0 && shadow !== Shadow.movSs) {
      state.set('pendingDebugTraps', 0);
      state.set('dr6', state.get('dr6') | traps);
      this.wake();
      deliverException(this, debugException());
      return true;
    }
    if (shadow !== Shadow.none || !(state.systemFlags & Eflags.if) || !this.interrupts.pending) return false;
    this.wake();
    const vector = this.interrupts.acknowledge();
    deliverEvent(this, { vector, kind: 'external', errorCode: undefined, returnEip: state.eip });
    return true;
  }

  private wake(): void {
    if (this.state.activity === Activity.halted) this.state.set('activity', Activity.active);
  }

  private checkCodeBreakpoints(): void {
    const hit = matchingBreakpoints(this.state, this.linearEip, 1, [BreakpointKind.execute]);
    if (hit === 0) return;
    this.state.set('dr6', this.state.get('dr6') | hit);
    throw new CpuException(Vector.debug);
  }
}

const observationBy = (observer: ProcessorObserver | undefined): 'none' | 'each' | 'underWay' =>
  observer === undefined ? 'none' : observer.seesEach ? 'each' : 'underWay';

/** An interrupt instruction that entered its handler cleared TF: no single-step trap follows it (SDM Vol. 3B §17.3.1.4). */
function enteredHandler(program: MicroProgram, systemFlags: number): boolean {
  return !(systemFlags & Eflags.tf) && program.instruction?.row.flow === 'interrupt';
}
