// Runs one random program on a pair of machines, with random budgets, and finds the place of a difference.

import type { TechniqueName } from '../../src/monitor/system';
import type { Random } from '../semantics/random';
import { randomFrom } from '../semantics/random';
import { disturb } from './disturb';
import { memoryBytes } from './layout';
import { type Advance, type Difference, divisionOf, LockstepPair } from './pair';
import { makeProgram, type Program } from './program';

export interface Outcome {
  readonly instructions: number;
  readonly compiled: number;
  readonly failure: Failure | undefined;
}

export interface Failure {
  readonly difference: Difference;
  /** budgets up to and with the one after which the machines differed */
  readonly budgets: readonly number[];
}

export interface RunChoices {
  readonly technique: TechniqueName;
  readonly boundaries: number;
  /** compare everything after each advance */
  readonly strict: boolean;
}

export const programOf = (seed: number): Program => makeProgram(randomFrom(seed));

/** A run under way. What happens before an advance depends on the seed and on how many there were, on nothing else. */
export class LockstepRun {
  readonly pair: LockstepPair;
  private readonly program: Program;
  private advances = 0;
  /** compiled code may have looked up translations for an instruction that it left to the evaluator */
  private isSettled = true;

  constructor(
    private readonly seed: number,
    technique: TechniqueName,
  ) {
    this.program = programOf(seed);
    this.pair = new LockstepPair(technique, { memoryBytes, load: this.program.load }, divisionOf(seed), seed % 2 === 0);
    if (hasWeights(seed)) this.weigh(randomFrom(seed ^ 0x3e19));
  }

  private weigh(random: Random): void {
    for (const { start, end } of this.program.chunks) this.pair.weigh(start, end, () => randomWeight(random));
  }

  advance(budget: number): Advance {
    const random = randomFrom(this.seed * 65537 + this.advances++);
    if (this.isSettled) disturb(this.pair, random, this.program);
    const advance = this.pair.advance(budget);
    this.isSettled = advance.compiled === 0;
    return advance;
  }
}

/** Some programs are as translated code would be: their instructions are more than the guest's, or fewer. */
const hasWeights = (seed: number): boolean => Math.floor(seed / 6) % 3 === 1;
const randomWeight = (random: Random): number => (random.chance(45) ? 0 : random.chance(80) ? 1 : 2 + random.below(11));

const boundariesBetweenChecks = 4000;

/** How far compiled code may go at a time: a few instructions, anything, or as far as it likes. */
function budgetStyle(random: Random): () => number {
  const style = random.below(4);
  if (style === 0) return () => 1 + random.below(40);
  if (style === 1) return () => 1_000_000;
  return () => (random.chance(50) ? 1 + random.below(20) : 1 + random.below(5000));
}

export function runLockstep(seed: number, { technique, boundaries, strict }: RunChoices): Outcome {
  const run = new LockstepRun(seed, technique);
  const nextBudget = budgetStyle(randomFrom(seed ^ 0x5eed));
  const budgets: number[] = [];
  let [done, compiled, checked] = [0, 0, 0];
  for (;;) {
    const budget = Math.min(nextBudget(), boundaries);
    budgets.push(budget);
    const advance = run.advance(budget);
    done += advance.boundaries;
    compiled += advance.compiled;
    const ended = advance.boundaries === 0 || done >= boundaries;
    const due = strict || ended || done - checked > boundariesBetweenChecks;
    if (due) checked = done;
    const difference = advance.difference ?? (due ? settledDifference(run.pair) : undefined);
    if (difference || ended) return { instructions: done, compiled, failure: difference && { difference, budgets } };
  }
}

/** After one more step, compared with everything. */
export function settledDifference(pair: LockstepPair): Difference | undefined {
  return pair.step().difference ?? pair.differenceInAll();
}
