// Threaded code: basic blocks as rows of records, each of which names the routine (`ir/wasm/routineEmitter.ts`) that does its
// instruction and then goes on to the next record. Records are made from the bytes at little cost, so this is how code
// runs that is not worth compiling; it counts arrivals at each block to find what is. Here control goes in and comes out;
// `threadedPages.ts` has the blocks.

import { Eflags } from '../../isa/flags';
import { Segment } from '../../isa/registers';
import { helperNames, helperRow, SoftwareInterrupt } from '../../semantics/helpers';
import { headerBytes, noFault, notResumed, type RoutineLayout } from '../../ir/wasm/threadedLayout';
import { type Linear, pageMask } from '../../base/address';
import type { CodeMode, CodePlace } from './codePlace';
import type { DeliveredEvent } from '../core';
import { CpuException, pageFault } from '../registers/fault';
import type { FunctionTable } from './functionTable';
import { fixedRoutine, functionNumber, Routines } from './routines';
import { RoutineWords } from './routineWords';
import type { InstructionWeights } from './instructionWeights';
import { modeOfKey } from './programCache';
import { KnownTransfers, type NumberedMode } from './knownTransfers';
import type { DeliveryCounts } from '../memory/deliveryCounts';
import type { MemoryUnit } from '../memory/memoryUnit';
import { resumeFlagCounts, takeResumeFlag } from '../registers/resumeFlag';
import type { ProcessorState } from '../registers/state';
import { ThreadedModes } from './threadedModes';
import { nothing, unknown } from './threadedPage';
import { type HotCode, ThreadedPages } from './threadedPages';
import { TransferJournal } from './transferJournal';
import type { WeightCounters } from './weightCounters';
import { fetchKind, tlbBytes, tlbEntries, tlbTableBytes } from '../memory/tlb';

/** by index in `helperNames` */
const disturbs = helperNames.map(name => helperRow(name).disturbs);
const softwareInterrupt = helperNames.indexOf('softwareInterrupt');
const interruptReturn = helperNames.indexOf('interruptReturn');

/** A helper bound to its processor, in the order of `helperNames`. */
export type HelperFunction = (a: number, b: number, c: number, d: number) => number | void;

/** Page faults that nobody but routines sees, beyond those that retired instructions make good: a guest may do nothing but fault. */
const mostFaults = 10_000;

/** What the processor around it knows. */
export interface ThreadedSurroundings {
  readonly deliveries: DeliveryCounts;
  readonly helpers: readonly HelperFunction[];
  readonly hot: HotCode;
  readonly weights: InstructionWeights;
  readonly counters: WeightCounters;
  /** the mode to go on in, if routines can run in it */
  readonly modeNow: () => CodeMode | undefined;
  /** Ends the run if an interrupt is due. */
  readonly noticeInterrupts: () => void;
  /** Told of deliveries that routines have made. */
  readonly delivered: (event: DeliveredEvent) => void;
}

export class ThreadedCode {
  readonly pages: ThreadedPages;
  readonly routines: Routines;
  private readonly words: RoutineWords;
  private readonly modes = new ThreadedModes(false, shape => this.routines.numberOf(shape));
  private readonly transfers: KnownTransfers;
  private readonly journal: TransferJournal;
  /** Somebody wants to be told of each transfer. */
  private isObserved = false;
  private seesAll = false;
  private codeLimit = -1;
  /** how often the page that runs has been dropped */
  private drops = 0;
  /** the guest's time once the budget of the run under way is used up, if nothing has weighed nothing */
  private countAtEnd = 0;
  private raised: CpuException | undefined;
  /** the last run ended before an access that is not for routines */
  leftForEvaluator = false;

  constructor(
    private readonly state: ProcessorState,
    private readonly memory: MemoryUnit,
    functions: FunctionTable,
    private readonly around: ThreadedSurroundings,
  ) {
    const { physical, area } = memory;
    this.words = new RoutineWords(area);
    this.words.setRecords(fixedRoutine.leave, fixedRoutine.find);
    this.transfers = new KnownTransfers(state, memory, around.deliveries);
    this.journal = new TransferJournal(area);
    this.pages = new ThreadedPages({
      memory,
      stateAddress: state.byteOffset,
      hot: around.hot,
      modes: this.modes,
      weights: around.weights,
      routines: () => this.routines,
      onDrop: linear => this.noteDrop(linear),
      onForget: () => this.transfers.clear(),
    });
    const layouts = { supervisor: this.layout(false), user: this.layout(true) };
    this.routines = new Routines(layouts, physical.wasm, functions, {
      fill: (linear, kind, bytes) => this.fill(linear, kind, bytes),
      helper: (index, a, b, c, d) => this.callHelper(index, a, b, c, d),
      fillQuietly: (linear, kind, bytes) => (memory.fillForCompiledCode(linear >>> 0, kind, bytes) ? 1 : 0),
      fillFetch: linear => (this.mayBeginAt(linear >>> 0) ? this.fill(linear, fetchKind(state.cpl === 3), 1) : 0),
      find: () => this.findNext(),
      noticeInterrupts: around.noticeInterrupts,
      takeBackWeight: () => this.takeBackWeight(),
    });
  }

  private layout(user: boolean): RoutineLayout {
    const { words } = this;
    return {
      stateAddress: this.state.byteOffset,
      walksAddress: this.memory.tlbAddress + tlbBytes,
      walkReferencesAddress: this.memory.walkReferencesAddress,
      ramAddress: this.memory.physical.byteOffset,
      ramBytes: this.memory.physical.sizeBytes,
      leftAtAddress: words.addressOf('leftAt'),
      modeAddress: words.addressOf('mode'),
      fetchTableAddress: words.addressOf('fetchTable'),
      budgetAddress: words.addressOf('budget'),
      endAddress: words.addressOf('end'),
      codeAtAddress: words.addressOf('codeAt'),
      faultAddress: words.addressOf('fault'),
      faultsLeftAddress: words.addressOf('faultsLeft'),
      resumedAtAddress: words.addressOf('resumedAt'),
      leaveRecord: words.addressOf('leaveRecord'),
      findRecord: words.addressOf('findRecord'),
      leaveBeforeRecord: words.addressOf('leaveBeforeRecord'),
      weights: this.around.counters.layout,
      transfers: this.transfers.layout,
      journal: this.journal.layout,
      deliverInterruptNumber: fixedRoutine.deliverInterrupt,
      deliverPageFaultNumber: fixedRoutine.deliverPageFault,
      returnNumber: fixedRoutine.return,
      jumpTableAddress: this.pages.jumps.address,
      tlbAddress: this.memory.tlbAddress,
      tlbTableBytes,
      tlbSlots: tlbEntries,
      user,
      renewOrFillNumber: fixedRoutine.renewOrFill,
      renewOrFillQuietlyNumber: fixedRoutine.renewOrFillQuietly,
      fillFunction: functionNumber.fill,
      helperFunction: functionNumber.helper,
      fillQuietlyFunction: functionNumber.fillQuietly,
      fillFetchFunction: functionNumber.fillFetch,
      findFunction: functionNumber.find,
      noticeInterruptsFunction: functionNumber.noticeInterrupts,
      takeBackWeightFunction: functionNumber.takeBackWeight,
      tailCalls: hasTailCalls(),
    };
  }

  // --- what routines call

  /** If the page that runs is dropped, by a write to it or to its tables, control may not go on in it. */
  private fill(linear: Linear, kind: number, bytes: number): number {
    const { drops } = this;
    const filled = this.memory.fillForCompiledCode(linear >>> 0, kind, bytes);
    if (filled && this.drops === drops) return 1;
    // whoever sees all wants to see the access made again, and fail
    if (!filled && !this.seesAll) this.words.fault = this.memory.takeRefusedFault();
    if (this.words.fault === noFault) this.leftForEvaluator = true;
    return 0;
  }

  /** Is the page with this linear address within the code segment, and is it no stop? Whether it can be fetched is asked next. */
  mayBeginAt(eip: number): boolean {
    return (eip | ~pageMask) >>> 0 <= this.state.limit(Segment.cs) && !this.pages.isStop(eip);
  }

  private noteDrop(linear: Linear): void {
    if ((this.words.codeAt & pageMask) >>> 0 === linear) this.drops++;
  }

  /** The header of the block at EIP, where control has come that does not know it; 0 if others have to find out more. */
  private findNext(): number {
    const { state, words } = this;
    const { eip } = state;
    if (!this.mayBeginAt(eip)) return 0;
    const physical = this.memory.tlb.lookup(eip, fetchKind(state.cpl === 3));
    const { modeKey, flat } = this.modes.withNumber(words.mode) ?? noMode;
    this.pages.noteLeft(words.leftAt);
    const header = physical < 0 ? nothing : this.pages.find({ physical, eip, modeKey, flat });
    if (header === nothing) return 0;
    words.codeAt = eip;
    return header;
  }

  /** The helper finds the time as it is before its instruction. */
  private callHelper(index: number, a: number, b: number, c: number, d: number): number {
    this.state.instructionCount = this.timeBefore(this.words.budget);
    if (index === softwareInterrupt || index === interruptReturn) return this.transfer(index, a, b, c, d);
    const result = this.around.helpers[index](a, b, c, d) ?? 0;
    if (disturbs[index]) this.followMode();
    return result;
  }

  /** The guest's time before the instruction at EIP, which is paid for, with the budget as it was before. */
  private timeBefore(budget: number): number {
    const { weights, counters } = this.around;
    if (weights.isEmpty) return this.countAtEnd - budget;
    return this.countAtEnd - budget - counters.weightless + 1 - this.weightOfInstruction();
  }

  private weightOfInstruction(): number {
    return this.around.weights.of(this.memory.peekFetch(this.state.eip));
  }

  private takeBackWeight(): number {
    return this.around.counters.takeBack(this.weightOfInstruction());
  }

  private transfer(index: number, a: number, b: number, c: number, d: number): 0 {
    const { state } = this;
    const { iopl } = state;
    this.tellOfDeliveries();
    const from = this.currentMode();
    const isNested = (state.systemFlags & Eflags.nt) !== 0;
    this.around.helpers[index](a, b, c, d);
    if (index === interruptReturn) this.clearResumeFlag();
    this.followMode();
    if (this.isObserved || this.words.end) return 0;
    const change = { from, to: this.currentMode() };
    if (index === interruptReturn) {
      if (a === 32 && !isNested) this.transfers.learnReturn(iopl, change);
    } else if (b === SoftwareInterrupt.intN) this.transfers.learnInterrupt(a & 0xff, change);
    return 0;
  }

  /** After IRET: as routines do it themselves (`ir/wasm/returnEmitter.ts`). */
  private clearResumeFlag(): void {
    const { state, words } = this;
    if (!resumeFlagCounts(state) && takeResumeFlag(state)) words.resumedAt = words.budget - 1;
  }

  /** The page fault at which the last run ended has been delivered. */
  learnPageFault(): void {
    const to = this.modeToGoOnIn();
    if (to && !this.isObserved && !this.seesAll) this.transfers.learnPageFault({ from: this.currentMode(), to });
  }

  /** Control goes on in the mode that there is now, if routines can run in it. */
  private followMode(): void {
    const next = this.modeToGoOnIn();
    if (next) this.words.setMode(next.number, next.fetchTable);
    else this.endRun();
  }

  private modeToGoOnIn(): NumberedMode | undefined {
    const mode = this.around.modeNow();
    const number = mode && this.state.limit(Segment.cs) === this.codeLimit ? this.modes.numberOf(mode) : 0;
    return mode && number !== 0 ? this.numbered(mode, number) : undefined;
  }

  private numbered(mode: CodeMode, number: number): NumberedMode {
    const kind = fetchKind(modeOfKey(mode.modeKey).cpl === 3);
    return { mode, number, fetchTable: this.memory.tlbAddress + kind * tlbTableBytes };
  }

  /** The mode that routines are in, or were in when they left. */
  private currentMode(): NumberedMode {
    const number = this.words.mode;
    return this.numbered(this.modes.withNumber(number) ?? noMode, number);
  }

  // --- running

  /** The run under way ends after the instruction that calls the machinery now. */
  endRun(): void {
    this.words.end = true;
  }

  /** Whether somebody is told of transfers: of each, which the machinery then has to make, or of those that matter later. */
  setObserved(observation: 'none' | 'each' | 'underWay'): void {
    this.isObserved = observation === 'each';
    this.journal.keeps = observation === 'underWay';
    this.transfers.clear();
  }

  private tellOfDeliveries(): void {
    this.journal.drain(this.around.delivered);
  }

  /** `seesAll`: instructions that are privileged or sensitive are left to the evaluator, before which somebody looks. */
  setStops(addresses: ReadonlySet<number>, seesAll: boolean): void {
    if (seesAll !== this.seesAll) this.modes.reset(seesAll);
    this.seesAll = seesAll;
    this.pages.setStops(addresses);
  }

  /** To be called before a row of runs with nobody looking in between. */
  beginRun(): void {
    this.words.faultsLeft = mostFaults;
  }

  /**
   * Runs from here, where it may begin, until `budget` is used up, from which each instruction takes its weight, but one at
   * least. Gives how much was used; 0 if there is nothing that routines can run.
   */
  run(budget: number, place: CodePlace): number {
    const { words, pages } = this;
    this.followLimit();
    const header = pages.find(place);
    if (header === nothing) return 0;
    const count = pages.countOf(header);
    if (count > budget) return 0;
    const { number, fetchTable } = this.numbered(place, this.modes.numberOf(place));
    words.setMode(number, fetchTable);
    words.codeAt = place.eip;
    words.end = false;
    words.resumedAt = notResumed;
    if (takeResumeFlag(this.state)) words.resumedAt = budget;
    words.fault = noFault;
    this.memory.forgetRefusedFault();
    this.leftForEvaluator = false;
    this.countAtEnd = this.state.instructionCount + budget;
    const { weights, counters } = this.around;
    counters.clear();
    words.leaveBefore = weights.isEmpty ? fixedRoutine.leave : fixedRoutine.leaveBefore;
    let left = this.enter(header + headerBytes, budget - count);
    if (left === budget && !this.raised && pages.addBypass(header, place))
      left = this.enter(header + headerBytes, budget);
    this.state.instructionCount = this.countAtEnd - left - counters.weightless;
    this.state.overheadCount += counters.weightless - counters.heaviness;
    words.faultsLeft = Math.min(mostFaults, words.faultsLeft + budget - left);
    // an instruction that faults has begun, and RF is clear, as in the evaluator
    if (left === words.resumedAt && !this.hasException) this.state.systemFlags |= Eflags.rf;
    this.tellOfDeliveries();
    this.afterLeaving();
    return budget - left;
  }

  /** What is known of ways into pages holds for one limit of the code segment. */
  private followLimit(): void {
    const limit = this.state.limit(Segment.cs);
    if (limit === this.codeLimit) return;
    this.codeLimit = limit;
    this.pages.jumps.clear();
    this.transfers.clear();
  }

  private enter(record: number, budget: number): number {
    try {
      return this.routines.enter(record, budget);
    } catch (exception) {
      if (!(exception instanceof CpuException)) throw exception;
      this.raised = exception;
      this.words.leftAt = unknown;
      return this.words.budget + (this.around.weights.isEmpty ? 0 : this.takeBackWeight());
    }
  }

  /** The exception of the instruction at which `run` has ended, if that is why. The instruction has changed nothing. */
  takeException(): CpuException | undefined {
    const { raised, words, hasException } = this;
    const { fault } = words;
    this.raised = undefined;
    words.fault = noFault;
    return hasException ? (raised ?? pageFault(fault)) : undefined;
  }

  private get hasException(): boolean {
    return !this.seesAll && (this.raised !== undefined || this.words.fault !== noFault);
  }

  private afterLeaving(): void {
    const header = this.words.leftAt;
    if (!this.pages.noteLeft(header)) return;
    const { eip, cpl } = this.state;
    const physical = this.memory.tlb.lookup(eip, fetchKind(cpl === 3));
    const { modeKey, flat } = this.currentMode().mode;
    if (physical >= 0) this.pages.compile(header, { physical, eip, modeKey, flat });
  }
}

const noMode: CodeMode = { modeKey: 0, flat: 0 };

/** (module (func (return_call 0))) */
const tailCallModule = Uint8Array.of(
  ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 10, 6, 1, 4, 0, 0x12, 0, 0x0b],
);

/** Does the engine have tail calls? Found out by showing it a function with one. */
const hasTailCalls = (): boolean => WebAssembly.validate(tailCallModule);
