// Random programs on two machines at once: one takes every instruction through the evaluator, the other runs compiled
// code wherever it can. They must be the same machine at every stop: registers, memory, translations, devices, time.
//
// A fixed sample runs by default. LOCKSTEP_SECONDS=3600 in the environment runs other programs for an hour;
// LOCKSTEP_SEED=7 runs the program of that seed alone, or starts there.

import assert from 'node:assert/strict';
import type { TechniqueName } from '../../src/monitor/system';
import { runLockstep } from './lockstep';
import { reportFailure } from './report';

const seconds = Number(process.env.LOCKSTEP_SECONDS ?? 0);
const givenSeed = process.env.LOCKSTEP_SEED;
const samplePrograms: Readonly<Record<TechniqueName, number>> = { none: 40, trapAndEmulate: 12 };
/** Programs that no sample would find: a timer runs out between what weighs nothing. */
const onceFailed = [950862789];
const techniques = ['none', 'trapAndEmulate'] as const satisfies readonly TechniqueName[];
const boundaries = 12_000;
/** Of a sample of programs; single ones may spend their time otherwise. */
const leastCompiledPercent = 40;

interface Totals {
  programs: number;
  instructions: number;
  compiled: number;
}

function check(seed: number, technique: TechniqueName, totals: Totals): void {
  const { instructions, compiled, failure } = runLockstep(seed, { technique, boundaries, strict: false });
  totals.programs++;
  totals.instructions += instructions;
  totals.compiled += compiled;
  if (failure) assert.fail(reportFailure(seed, technique, boundaries, failure.difference));
}

/** The seeds of a run, none after its time. */
function* seeds(count: number): Generator<number> {
  const first = givenSeed !== undefined ? Number(givenSeed) : seconds > 0 ? Date.now() % 1_000_000_000 : 1;
  const end = Date.now() + (seconds / techniques.length) * 1000;
  const most = givenSeed !== undefined && seconds === 0 ? 1 : seconds > 0 ? Infinity : count;
  if (seconds === 0 && givenSeed === undefined) yield* onceFailed;
  for (let index = 0; index < most && (seconds === 0 || Date.now() < end); index++) yield first + index;
}

describe('compiled code and the evaluator are the same machine', () => {
  for (const technique of techniques) {
    it(`random programs under ${technique}`, function () {
      this.timeout((seconds + 300) * 1000);
      const totals: Totals = { programs: 0, instructions: 0, compiled: 0 };
      for (const seed of seeds(samplePrograms[technique])) check(seed, technique, totals);
      const percent = (totals.compiled / totals.instructions) * 100;
      if (seconds > 0)
        console.log(`${totals.programs} programs, ${totals.instructions} instructions, ${percent.toFixed()}% compiled`);
      if (givenSeed === undefined) assert.ok(percent >= leastCompiledPercent, `only ${percent}% ran compiled`);
    });
  }
});
