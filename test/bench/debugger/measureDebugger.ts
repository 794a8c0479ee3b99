// The debugger's figures: what stepping, launching and having a session costs.
import type { DebuggerFigure } from '../figures';
import { median } from '../statistics';
import { activationMs } from './activation';
import { measureAdapter } from './adapterFigures';
import { firstInstructionMs } from './commandLine';
import { NotMeasured } from './notMeasured';
import { packageKilobytes } from './packageSize';
import { measureResponses } from './responses';
import { measureScreen } from './screen';
import { measureStepping } from './stepping';

interface Probe {
  /** what it measures, with the unit of each */
  readonly figures: readonly { readonly name: string; readonly unit: string }[];
  /** one value for each of the figures */
  measure(seconds: number): Promise<readonly number[]>;
  readonly once?: boolean;
}

const probes: readonly Probe[] = [
  {
    figures: [
      { name: 'evaluator', unit: 'instructions/s' },
      { name: 'steps in process, registers read', unit: 'steps/s' },
      { name: "steps of the debugger's engine", unit: 'steps/s' },
      { name: 'steps through DAP in one process, registers read', unit: 'steps/s' },
      { name: 'breakpoint whose condition does not hold', unit: 'hits/s' },
      { name: 'data breakpoint whose condition does not hold', unit: 'hits/s' },
    ],
    measure: measureStepping,
  },
  {
    figures: [
      { name: 'adapter started to first stop', unit: 'ms' },
      { name: 'launch request to first stop', unit: 'ms' },
      { name: 'steps through DAP', unit: 'steps/s' },
      { name: 'steps through DAP, registers read', unit: 'steps/s' },
      { name: 'answers of a process that does nothing else', unit: 'answers/s' },
      { name: 'pause request to stop', unit: 'ms' },
      { name: 'memory of a session, 16 MiB guest', unit: 'MB' },
    ],
    measure: measureAdapter,
  },
  {
    figures: [
      { name: 'longest pause of a guest that resists', unit: 'ms' },
      { name: 'longest answer to a request for very much', unit: 'ms' },
    ],
    measure: measureResponses,
  },
  {
    figures: [
      { name: 'speed of a scrolling guest whose screen is pulled', unit: '%' },
      { name: 'byte to the picture that it changes, longest', unit: 'ms' },
    ],
    measure: measureScreen,
  },
  {
    figures: [{ name: 'command line to first guest instruction', unit: 'ms' }],
    measure: async () => [await firstInstructionMs()],
  },
  { figures: [{ name: 'activation, API stubbed', unit: 'ms' }], measure: async () => [await activationMs()] },
  { figures: [{ name: '.vsix', unit: 'KB' }], measure: async () => [packageKilobytes()], once: true },
];

/** Medians of `runs`; the timed ones take `seconds` each. */
export async function measureDebugger(runs: number, seconds: number): Promise<DebuggerFigure[]> {
  const figures: DebuggerFigure[] = [];
  for (const probe of probes) figures.push(...(await measureProbe(probe, probe.once ? 1 : runs, seconds)));
  return figures;
}

async function measureProbe(probe: Probe, runs: number, seconds: number): Promise<DebuggerFigure[]> {
  try {
    const taken: (readonly number[])[] = [];
    for (let run = 0; run < runs; run++) taken.push(await probe.measure(seconds));
    return probe.figures.map((about, index) => ({
      ...about,
      value: Number(median(taken.map(values => values[index])).toPrecision(3)),
    }));
  } catch (error) {
    if (!(error instanceof NotMeasured)) throw error;
    return probe.figures.map(about => ({ ...about, value: null, reason: error.message }));
  }
}
