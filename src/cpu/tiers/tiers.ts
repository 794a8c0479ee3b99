// The fast ways to run code, over the same state and memory as the evaluator: compiled code where a page is hot, else
// threaded code. Either runs only while nothing is afoot that only the evaluator knows, and leaves to it, at an exact
// instruction boundary, whatever it cannot do.

import { Attribute } from '../../isa/descriptors';
import { Cr0, Dr7 } from '../../isa/controlRegisters';
import { Eflags } from '../../isa/flags';
import { Segment } from '../../isa/registers';
import { Activity, Shadow } from '../../isa/state';
import type { CodeMode } from './codePlace';
import { CompiledCode } from './compiledCode';
import { ArmedBreakpoints } from '../memory/dataBreakpoints';
import { FunctionTable } from './functionTable';
import { reservedNumbers } from './routines';
import type { InstructionWeights } from './instructionWeights';
import { currentModeKey, type ProgramCache } from './programCache';
import type { MemoryUnit } from '../memory/memoryUnit';
import { resumeFlagCounts } from '../registers/resumeFlag';
import type { ProcessorState } from '../registers/state';
import { WeightCounters } from './weightCounters';
import { ThreadedCode, type ThreadedSurroundings } from './threadedCode';

/** When the tiers do their work; tests want it sooner. */
export interface TierLimits {
  /** routines are made once so many instructions had to do without, and so many more for each routine */
  readonly misses: number;
  readonly missesPerRoutine: number;
  /** arrivals at a block before its page is compiled */
  readonly hotVisits: number;
  /** a page whose code keeps changing, or growing, is not compiled more often */
  readonly maximumCompilations: number;
}

/** More addresses than the debug registers hold: some that have been given up cost less than forgetting all code. */
const mostOwnStops = 16;

export class Tiers {
  readonly compiled: CompiledCode;
  readonly threaded: ThreadedCode;
  private readonly armed: ArmedBreakpoints;
  /** where somebody wants to look, and where the guest's own breakpoints on instructions are, or were a while ago */
  private stops: ReadonlySet<number> = new Set();
  private ownStops: ReadonlySet<number> = new Set();
  private seesAll = false;

  constructor(
    private readonly state: ProcessorState,
    private readonly memory: MemoryUnit,
    cache: ProgramCache,
    weights: InstructionWeights,
    around: Pick<ThreadedSurroundings, 'helpers' | 'noticeInterrupts' | 'deliveries' | 'delivered'>,
  ) {
    this.armed = new ArmedBreakpoints(state);
    const functions = new FunctionTable(reservedNumbers);
    const counters = new WeightCounters(memory.area);
    this.compiled = new CompiledCode(state, memory, cache, functions, weights, counters.layout, () =>
      this.threaded.pages.forget(),
    );
    const whole = { ...around, weights, counters, hot: this.compiled, modeNow: () => this.modeNow() };
    this.threaded = new ThreadedCode(state, memory, functions, whole);
  }

  set limits({ misses, missesPerRoutine, hotVisits, maximumCompilations }: TierLimits) {
    this.threaded.routines.limits = { misses, missesPerRoutine };
    this.threaded.pages.hotVisits = hotVisits;
    this.compiled.maximumCompilations = maximumCompilations;
  }

  /** Stops before the instructions at these linear addresses, and runs as fast as ever elsewhere. */
  setStops(addresses: ReadonlySet<number>, seesAll: boolean): void {
    this.stops = addresses;
    this.seesAll = seesAll;
    this.ownStops = new Set(this.armed.code);
    this.applyStops();
  }

  private applyStops(): void {
    const all = new Set([...this.stops, ...this.ownStops]);
    this.compiled.setStops(all);
    this.threaded.setStops(all, this.seesAll);
  }

  /** The guest's own breakpoints: on data they slow down pages, on instructions they are stops, where the evaluator looks. */
  private followDebugRegisters(): void {
    if (!this.armed.update()) return;
    const { data, code } = this.armed;
    this.memory.setArmed(data);
    if (code.every(address => this.ownStops.has(address))) return;
    this.ownStops = new Set(this.ownStops.size < mostOwnStops ? [...this.ownStops, ...code] : code);
    this.applyStops();
  }

  /** As `ThreadedCode.run`, in the mode of `modeKey`; 0 if the next instruction is for the evaluator. */
  run(budget: number, modeKey: number): number {
    const { state } = this;
    const { eip } = state;
    if (!this.isOrdinary() || resumeFlagCounts(state)) return 0;
    this.followDebugRegisters();
    if (!this.threaded.mayBeginAt(eip)) return 0;
    const physical = this.memory.fetchPlaceForCompiledCode(eip, state.cpl === 3);
    if (physical < 0) return 0;
    return this.threaded.run(budget, { physical, eip, modeKey, flat: this.flatSegments() });
  }

  /** The mode to go on in after the machinery has changed something; undefined if others have to look first. */
  private modeNow(): CodeMode | undefined {
    const { state } = this;
    if (state.systemFlags & Eflags.rf || state.dr7 & Dr7.enables || !this.isOrdinary()) return undefined;
    return { modeKey: currentModeKey(state), flat: this.flatSegments() };
  }

  /** Nothing is afoot that only the evaluator knows: traps, shadows, odd segments. */
  private isOrdinary(): boolean {
    const { state } = this;
    if (state.systemFlags & Eflags.tf) return false;
    if (state.activity !== Activity.active || state.interruptShadow !== Shadow.none || state.pendingDebugTraps)
      return false;
    return !(state.cr0 & Cr0.am && state.systemFlags & Eflags.ac) && state.base(Segment.cs) === 0;
  }

  /** Which of ES, SS, DS begin at 0 and reach as far as compiled code may. */
  private flatSegments(): number {
    return this.flatBit(Segment.es, 1) | this.flatBit(Segment.ss, 2) | this.flatBit(Segment.ds, 4);
  }

  private flatBit(segment: number, bit: number): number {
    const { state } = this;
    const attributes = state.attributes(segment);
    const wanted = Attribute.writableOrReadable;
    const mask = wanted | Attribute.code | Attribute.expandDownOrConforming | Attribute.unusable;
    if ((attributes & mask) !== wanted || state.base(segment) !== 0) return 0;
    return state.limit(segment) >= this.memory.fastCeiling ? bit : 0;
  }
}
