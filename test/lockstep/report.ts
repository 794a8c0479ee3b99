// Where two machines begin to differ, for whoever has to find out why: the same run again, with everything compared after
// each advance, and the last advance cut as short as still makes the difference.

import { hex } from '../../src/base/hex';
import { Disassembler } from '../../src/isa/disassemble';
import type { System, TechniqueName } from '../../src/monitor/system';
import { LockstepRun, programOf, runLockstep, settledDifference } from './lockstep';
import type { Difference } from './pair';

const lastInstructions = 16;

interface Found {
  readonly difference: Difference;
  /** what the reference executed last */
  readonly trail: readonly string[];
}

/** The report of a seed that failed. */
export function reportFailure(
  seed: number,
  technique: TechniqueName,
  boundaries: number,
  difference: Difference,
): string {
  const { failure } = runLockstep(seed, { technique, boundaries, strict: true });
  const found = failure ? shorten(seed, technique, failure.budgets) : undefined;
  const last = found?.difference ?? failure?.difference ?? difference;
  const lines = [
    `The compiled code of seed ${seed} under ${technique} differs from the evaluator (reference first): ${last.what}`,
    ...(last.lines ?? []).map(line => `  ${line}`),
    ...(found ? ['The reference executed last:', ...found.trail.map(line => `  ${line}`)] : []),
    'The program:',
    ...programOf(seed).chunks.map(({ name, start, end }) => `  ${hex(start)} to ${hex(end)} ${name}`),
    `Again: LOCKSTEP_SEED=${seed} node src/build/test.mjs test/lockstep`,
  ];
  return lines.join('\n');
}

/** The same budgets, the last one as small as possible. */
function shorten(seed: number, technique: TechniqueName, budgets: readonly number[]): Found | undefined {
  const lastBudget = budgets[budgets.length - 1];
  let [least, most] = [1, lastBudget];
  let found: Found | undefined;
  while (least <= most) {
    const middle = (least + most) >> 1;
    const here = replay(seed, technique, [...budgets.slice(0, -1), middle]);
    if (here) {
      found = here;
      most = middle - 1;
    } else least = middle + 1;
  }
  return found ?? replay(seed, technique, budgets);
}

function replay(seed: number, technique: TechniqueName, budgets: readonly number[]): Found | undefined {
  const run = new LockstepRun(seed, technique);
  const { pair } = run;
  for (const budget of budgets.slice(0, -1)) {
    run.advance(budget);
    pair.step();
  }
  const trail: string[] = [];
  pair.beforeStep = system => {
    trail.push(describe(system));
    if (trail.length > lastInstructions) trail.shift();
  };
  const difference = run.advance(budgets[budgets.length - 1]).difference ?? settledDifference(pair);
  return difference && { difference, trail };
}

/** The instruction that comes next, and where. */
export function describe({ machine: { hardware } }: System): string {
  const { state, memory } = hardware;
  const disassembler = new Disassembler();
  const linear = (state.base(1) + state.eip) >>> 0;
  const physical = memory.tlb.lookup(linear, state.cpl === 3 ? 5 : 4);
  const at = physical >= 0 ? physical : linear;
  const { text, length } = disassembler.disassemble(
    memory.physical.slice(at, 15),
    state.eip,
    state.codeIs32Bit ? 32 : 16,
  );
  disassembler.free();
  const bytes = Buffer.from(memory.physical.slice(at, length)).toString('hex');
  return `ring ${state.cpl} ${hex(linear, 8)} ${bytes.padEnd(20)} ${text}`;
}
