// Two machines from the same start: the reference takes every instruction by `step`, the other runs compiled code where it
// can. They stand at the same boundary after each `advance`.

import { isDeepStrictEqual } from 'node:util';
import { guestPhysical } from '../../src/base/address';
import type { PhysicalMemory } from '../../src/cpu/memory/physicalMemory';
import type { ProcessorState } from '../../src/cpu/registers/state';
import type { TierLimits } from '../../src/cpu/tiers/tiers';
import { CopyOnWriteStore } from '../../src/devices/blockStore';
import type { SystemStep, System, TechniqueName } from '../../src/monitor/system';
import { createSystem } from '../../src/monitor/techniques';
import { differencesBetween, everything, type Respect } from '../differences';

export interface GuestSource {
  readonly memoryBytes: number;
  readonly load: (memory: PhysicalMemory, state: ProcessorState) => void;
  readonly disk?: () => CopyOnWriteStore;
}

/** A machine, and all that it has said to the outside. */
export interface Watched {
  readonly system: System;
  output: string;
  exited: boolean;
}

export interface Difference {
  readonly what: string;
  readonly lines?: readonly string[];
}

/** What an `advance` did. */
export interface Advance {
  /** boundaries passed; 0 if the machines have come to their end */
  readonly boundaries: number;
  /** of these, how many in compiled code */
  readonly compiled: number;
  readonly difference: Difference | undefined;
}

/** Routines and regions are made at once, and again as often as the code changes. */
export const eagerLimits: TierLimits = { misses: 0, missesPerRoutine: 1, hotVisits: 1, maximumCompilations: 100 };
/** Ways to divide the work between the tiers. */
const divisions: readonly TierLimits[] = [
  eagerLimits,
  { ...eagerLimits, hotVisits: 1e9 },
  { ...eagerLimits, hotVisits: 4 },
];
export const divisionCount = divisions.length;
export const divisionOf = (seed: number): TierLimits => divisions[seed % divisions.length];

const emptySectors = 16;
/** Between two instructions of the guest: an interrupt, faults of its handler's first instruction without end, code that weighs nothing. */
const mostEvents = 500_000;

function createWatched(technique: TechniqueName, source: GuestSource): Watched {
  const seen = { output: '', exited: false };
  const host = {
    serialOutput: (byte: number) => (seen.output += String.fromCharCode(byte)),
    debugOutput: (byte: number) => (seen.output += String.fromCharCode(byte)),
    exit: (code: number) => {
      seen.output += `exit ${code}\n`;
      seen.exited = true;
    },
  };
  const disk = source.disk?.() ?? new CopyOnWriteStore(new Uint8Array(512 * emptySectors));
  const system = createSystem(technique, { memoryBytes: source.memoryBytes, disks: [disk], program: source, host });
  return Object.assign(seen, { system });
}

export class LockstepPair {
  readonly reference: Watched;
  readonly compiled: Watched;
  /** told before each step of the reference */
  beforeStep: ((system: System) => void) | undefined;
  private stops: ReadonlySet<number> = new Set();
  private isWeighted = false;

  constructor(
    technique: TechniqueName,
    source: GuestSource,
    limits: TierLimits,
    private readonly seesAll = false,
  ) {
    this.reference = createWatched(technique, source);
    this.compiled = createWatched(technique, source);
    this.compiled.system.machine.hardware.tiers.limits = limits;
    this.setStops([]);
  }

  get both(): readonly Watched[] {
    return [this.reference, this.compiled];
  }

  /** Compiled code is to stop before the instructions at these linear addresses. */
  setStops(addresses: readonly number[]): void {
    this.stops = new Set(addresses);
    this.compiled.system.setStops(this.stops, this.seesAll);
  }

  /** The instructions at guest-physical addresses [start, end) weigh what `weightAt` says. */
  weigh(start: number, end: number, weightAt: (address: number) => number): void {
    this.isWeighted = true;
    for (let address = start; address < end; address++) {
      const weight = weightAt(address);
      for (const { system } of this.both)
        system.machine.hardware.weights.set(system.running.hostPhysical(guestPhysical(address)), weight);
    }
  }

  /** Lets the one run for up to `budget` instructions, or step, and the other step as far. */
  advance(budget: number): Advance {
    const ran = this.compiled.system.run(budget);
    const { events, difference } = this.follow();
    if (ran + events === 0 && !difference) return this.step();
    return {
      boundaries: ran + events,
      compiled: ran,
      difference: difference ?? this.differenceInState() ?? this.differenceInAccesses(),
    };
  }

  /** One step of both. */
  step(): Advance {
    this.beforeStep?.(this.reference.system);
    const kinds = this.both.map(({ system }) => takeStep(system));
    if (kinds[0] !== kinds[1])
      return { boundaries: 1, compiled: 0, difference: { what: `a step was ${kinds[0]} and ${kinds[1]}` } };
    const ended = kinds[0] === 'halted' || kinds[0] === 'shutdown' || this.reference.exited;
    return {
      boundaries: ended ? 0 : 1,
      compiled: 0,
      difference: this.differenceInState() ?? this.differenceInAccesses(),
    };
  }

  /**
   * The reference goes on to the same time; each step must be one that `run` may take. At the end events may have come, and what
   * weighs nothing.
   */
  private follow(): { readonly events: number; readonly difference?: Difference } {
    const { system } = this.reference;
    const { now } = this.compiled.system.running;
    const fail = (what: string, lines?: readonly string[]): ReturnType<LockstepPair['follow']> => ({
      events: 0,
      difference: { what, lines },
    });
    while (system.running.now < now) {
      this.beforeStep?.(system);
      if (this.stops.has(system.machine.hardware.linearEip)) return fail(`compiled code ran over a stop`);
      const kind = takeStep(system);
      if (kind !== 'guest') return fail(`what compiled code ran is ${kind} when stepped`);
    }
    let events = 0;
    for (; (!this.seesAll || this.isWeighted) && events < mostEvents; events++) {
      const differing = this.differencesIn(['hardware']);
      if (differing.length === 0) break;
      takeStep(system);
      if (system.running.now !== now) return fail('registers, before the last step of the reference', differing);
    }
    return { events };
  }

  /** Reference first. */
  private differencesIn(respects: readonly Respect[]): readonly string[] {
    return differencesBetween(this.reference, this.compiled, respects);
  }

  /** The processors' registers; cheap enough for every boundary. */
  private differenceInState(): Difference | undefined {
    if (this.differencesIn(['hardware']).length === 0) return undefined;
    return { what: 'registers', lines: this.differencesIn(everything) };
  }

  /** What has been noted of watched accesses since the last call. */
  private differenceInAccesses(): Difference | undefined {
    if (!this.both.some(({ system }) => system.running.accesses.hasNoted)) return undefined;
    const [a, b] = this.both.map(({ system }) =>
      system.running.accesses
        .take()
        .map(({ linear, bytes, write, by, before, now }) => [linear, bytes, write, by, before, now()]),
    );
    return isDeepStrictEqual(a, b) ? undefined : { what: `accesses: ${JSON.stringify(a)} and ${JSON.stringify(b)}` };
  }

  /**
   * Everything: memory, TLB, devices, what the guest believes. To be asked after a step: where compiled code stops before an
   * instruction that it cannot do, that instruction's look-ups may have been made, and accessed flags set, already.
   */
  differenceInAll(): Difference | undefined {
    const lines = this.differencesIn(everything);
    return lines.length > 0 ? { what: 'the machines', lines } : undefined;
  }
}

function takeStep(system: System): SystemStep['kind'] {
  const step = system.step();
  if (step.kind === 'monitor') step.visit.finish();
  return step.kind;
}
