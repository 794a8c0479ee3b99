// Runs a guest to its end under a technique, and keeps all that a guest, or someone looking at it, could tell apart.

import type { CopyOnWriteStore } from '../../src/devices/blockStore';
import { emptyDisk } from '../../src/machine/diskImage';
import type { GuestImage } from '../../src/machine/guestImage';
import { loadGuest } from '../../src/machine/loadGuest';
import type { System, TechniqueName } from '../../src/monitor/system';
import { createSystem } from '../../src/monitor/techniques';
import type { PassedStage, Visit } from '../../src/monitor/visit';

export type Ending = 'exit' | 'halted' | 'shutdown' | 'neverEnds';

export interface GuestRun {
  readonly system: System;
  readonly ending: Ending;
  /** what was written to the debug-exit port, shifted as QEMU does */
  readonly exitCode: number | undefined;
  readonly serial: string;
  readonly debug: string;
  /** all of it, and the ending */
  readonly output: string;
  /** virtual time at the end, in ticks */
  readonly now: number;
  readonly disk: CopyOnWriteStore;
  readonly stages: readonly PassedStage[];
}

export interface RunOptions {
  readonly memoryBytes?: number;
  readonly disk?: CopyOnWriteStore;
  /** steps after which the run is given up */
  readonly limit?: number;
  readonly keepStages?: boolean;
  /** is told of every statement of the monitor, before it is carried out */
  readonly onStatement?: (visit: Visit) => void;
  /** is given the system before every step, and every statement of the monitor */
  readonly onStep?: (system: System) => void;
  /** is given the system before it runs */
  readonly onStart?: (system: System) => void;
  /** as when nobody watches: in compiled code where there is some, compiled as soon as possible */
  readonly compiled?: boolean;
}

const mostTicks = 10_000_000;
const defaultLimit = 2_000_000;

export function runGuest(technique: TechniqueName, image: GuestImage, options: RunOptions = {}): GuestRun {
  const disk = options.disk ?? emptyDisk();
  const seen = { exitCode: undefined as number | undefined, serial: '', debug: '' };
  const system = createSystem(technique, {
    memoryBytes: options.memoryBytes ?? 4 << 20,
    disks: [disk],
    program: { load: (memory, state) => loadGuest(image, memory, state) },
    host: {
      serialOutput: byte => (seen.serial += String.fromCharCode(byte)),
      debugOutput: byte => (seen.debug += String.fromCharCode(byte)),
      exit: code => (seen.exitCode ??= code),
    },
  });
  if (options.compiled)
    system.machine.hardware.tiers.limits = { misses: 10, missesPerRoutine: 1, hotVisits: 4, maximumCompilations: 8 };
  options.onStart?.(system);
  const stages: PassedStage[] = [];
  const ending = runToEnd(system, () => seen.exitCode !== undefined, options, stages);
  const output = `${seen.serial}\n${seen.debug}\n${ending} ${seen.exitCode}`;
  return { ...seen, output, system, ending, now: system.running.now, disk, stages };
}

function runToEnd(system: System, hasExited: () => boolean, options: RunOptions, stages: PassedStage[]): Ending {
  for (let steps = options.limit ?? defaultLimit; steps > 0; steps--) {
    if (options.compiled && system.run(mostTicks) > 0) continue;
    options.onStep?.(system);
    const step = system.step();
    if (step.kind === 'monitor') visit(step.visit, system, options, stages);
    if (hasExited()) return 'exit';
    if (step.kind === 'halted' || step.kind === 'shutdown') return step.kind;
  }
  return 'neverEnds';
}

function visit(visit: Visit, system: System, options: RunOptions, stages: PassedStage[]): void {
  const { keepStages, onStatement, onStep } = options;
  if (!keepStages && !onStatement && !onStep) return visit.finish();
  const stops = onStatement !== undefined || onStep !== undefined;
  while (visit.next(() => stops, keepStages === true)) {
    onStatement?.(visit);
    onStep?.(system);
  }
  stages.push(...visit.stages);
}
