// Code whose instructions weigh what is said: how far a budget of guest instructions reaches, in each tier. That the tiers do the
// same with random weights is for `test/lockstep`.

import assert from 'node:assert/strict';
import { bareMachine, codeAddress as code } from '../bareMachine';
import type { TierLimits } from '../../../src/cpu/tiers/tiers';
import type { Processor } from '../../../src/cpu/processor';
import { Eflags } from '../../../src/isa/flags';
import { Gpr } from '../../../src/isa/registers';
import { Activity } from '../../../src/isa/state';

const never = 1e9;
const tiers: Readonly<Record<string, TierLimits>> = {
  'the evaluator': { misses: never, missesPerRoutine: 1, hotVisits: never, maximumCompilations: 0 },
  'threaded code': { misses: 0, missesPerRoutine: 1, hotVisits: never, maximumCompilations: 0 },
  'compiled code': { misses: 0, missesPerRoutine: 1, hotVisits: 1, maximumCompilations: 100 },
};

function processorWith(bytes: readonly number[], limits: TierLimits): Processor {
  return bareMachine(bytes, limits).hardware;
}

const weigh = ({ weights }: Processor, byOffset: Readonly<Record<number, number>>): void =>
  Object.entries(byOffset).forEach(([offset, weight]) => weights.set(code + Number(offset), weight));

/** The loop is hot, and stands at its beginning; counts begin at 0. */
function warm(processor: Processor): void {
  processor.setStops(new Set([code]), false);
  for (let round = 0; round < 50; round++) {
    processor.step();
    processor.run(200);
  }
  processor.setStops(new Set(), false);
  for (let round = 0; round < 50; round++) processor.run(300);
  while (processor.state.eip !== code) processor.step();
  processor.state.instructionCount = 0;
  processor.state.overheadCount = 0;
}

interface Case {
  readonly what: string;
  readonly bytes: readonly number[];
  /** by offset; others weigh one */
  readonly weights: Readonly<Record<number, number>>;
  readonly ecx?: number;
  /** a run of so many guest instructions … */
  readonly budget: number;
  /** … does so many, retires so many, and ends at this offset */
  readonly done: number;
  readonly retired: number;
  readonly at: number;
}

/** inc eax; inc ebx; inc edx; jmp to the beginning */
const loop = [0x40, 0x43, 0x42, 0xeb, 0xfb];
/** mov edi, 0x8000; rep stosb; mov ecx, 40; jmp to the beginning */
const filling = [0xbf, 0, 0x80, 0, 0, 0xf3, 0xaa, 0xb9, 40, 0, 0, 0, 0xeb, 0xf2];

const cases: readonly Case[] = [
  { what: 'what weighs one', bytes: loop, weights: {}, budget: 10, done: 10, retired: 10, at: 2 },
  {
    what: 'what weighs nothing after the last',
    bytes: loop,
    weights: { 1: 0, 2: 0 },
    budget: 1,
    done: 1,
    retired: 3,
    at: 3,
  },
  { what: 'nothing of the guest', bytes: loop, weights: { 0: 0 }, budget: 0, done: 0, retired: 1, at: 1 },
  {
    what: 'a whole loop of fragments',
    bytes: loop,
    weights: { 0: 3, 1: 0, 2: 0, 3: 0 },
    budget: 9,
    done: 9,
    retired: 12,
    at: 0,
  },
  {
    what: 'a fragment heavier than what is left',
    bytes: loop,
    weights: { 0: 3, 1: 0, 2: 0, 3: 0 },
    budget: 11,
    done: 9,
    retired: 12,
    at: 0,
  },
  { what: 'a heavy instruction in the middle', bytes: loop, weights: { 2: 5 }, budget: 6, done: 2, retired: 2, at: 2 },
  { what: 'the same, with just enough', bytes: loop, weights: { 2: 5 }, budget: 7, done: 7, retired: 3, at: 3 },
  {
    what: 'the same, at the end of its block',
    bytes: loop,
    weights: { 3: 200 },
    budget: 405,
    done: 206,
    retired: 7,
    at: 3,
  },
  { what: 'a repeated instruction', bytes: filling, weights: {}, ecx: 40, budget: 30, done: 30, retired: 30, at: 5 },
  {
    what: 'one that weighs three each time',
    bytes: filling,
    weights: { 5: 3 },
    ecx: 40,
    budget: 30,
    done: 28,
    retired: 10,
    at: 5,
  },
  {
    what: 'one that weighs nothing',
    bytes: filling,
    weights: { 5: 0 },
    ecx: 40,
    budget: 3,
    done: 3,
    retired: 43,
    at: 0,
  },
];

describe('weights of instructions', () => {
  for (const [tier, limits] of Object.entries(tiers))
    for (const { what, bytes, weights, ecx = 0, budget, done, retired, at } of cases)
      it(`${what}, in ${tier}`, () => {
        const processor = processorWith(bytes, limits);
        weigh(processor, weights);
        warm(processor);
        const { state } = processor;
        state.setGpr(Gpr.ecx, ecx);
        assert.deepEqual(
          [processor.run(budget), state.instructionCount, state.retiredCount, state.eip - code],
          [done, done, retired, at],
        );
      });

  for (const [tier, limits] of Object.entries(tiers)) {
    it(`may come, change and go while code is hot, in ${tier}`, () => {
      const processor = processorWith(loop, limits);
      warm(processor);
      for (const weight of [1, 0, 7, 1]) {
        processor.weights.set(code, weight);
        const before = processor.state.retiredCount;
        const done = processor.run((3 + weight) * 10);
        assert.deepEqual(
          [done, processor.state.retiredCount - before],
          [(3 + weight) * 10, 40 + (weight === 0 ? 1 : 0)],
        );
        while (processor.state.eip !== code) processor.step();
      }
      processor.weights.set(code, 9);
      processor.weights.forget(code >>> 12);
      assert.equal(processor.weights.isEmpty, true);
      assert.equal(processor.run(4), 4);
      assert.equal(processor.state.eip, code);
    });

    it(`where nothing is the guest's, a run comes to an end, in ${tier}`, () => {
      const processor = processorWith(loop, limits);
      weigh(processor, { 0: 0, 1: 0, 2: 0, 3: 0 });
      assert.equal(processor.run(1000), 0);
      assert.ok(processor.state.retiredCount < 1_000_000);
    });

    it(`what faults has not been done, in ${tier}`, () => {
      const processor = processorWith([0x40, 0xcd, 0x20], limits); // inc eax; int 0x20, for which there is no gate
      weigh(processor, { 0: 3, 1: 7 });
      for (let round = 1; round <= 10; round++) {
        processor.state.eip = code;
        processor.state.activity = Activity.active;
        processor.run(100);
        assert.deepEqual([processor.state.instructionCount, processor.state.retiredCount], [3 * round, round]);
      }
    });

    it(`flags are as they should be before one too heavy, in ${tier}`, () => {
      const processor = processorWith([0x31, 0xc0, 0x83, 0xc3, 1, 0xeb, 0xf9], limits); // xor eax, eax; add ebx, 1; jmp
      weigh(processor, { 2: 9 });
      warm(processor);
      assert.equal(processor.run(5), 1);
      assert.equal(processor.state.eflags & Eflags.zf, Eflags.zf);
    });

    it(`the time stamp counter is the guest's time, in ${tier}`, () => {
      const processor = processorWith([0x0f, 0x31, 0x89, 0xc6, 0xeb, 0xfa], limits); // rdtsc; mov esi, eax; jmp
      weigh(processor, { 0: 4, 2: 0 });
      warm(processor);
      processor.run(50);
      assert.equal(processor.state.gpr(Gpr.esi), 45);
      weigh(processor, { 0: 0, 2: 2 });
      processor.run(5);
      assert.equal(processor.state.gpr(Gpr.esi), 53);
    });
  }

  it('are whole numbers that a translator may need', () => {
    const { weights } = processorWith(loop, tiers['the evaluator']);
    for (const weight of [-1, 0.5, 256, NaN]) assert.throws(() => weights.set(code, weight), RangeError);
  });
});
