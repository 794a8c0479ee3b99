// TLB entries that MOV to CR3 makes lapse, and routines renew (`ir/wasm/renewalEmitter.ts`): a guest changes page tables, CR0.WP and
// CR4.PGE at random, mostly without telling the TLB, and goes from one page directory to the other. The machine that only
// steps walks the tables each time, and must come to the same. Under a monitor it is the shadow tables that are walked.
// `SEED=n COUNT=1 node src/build/test.mjs test/lockstep/renewals` repeats one.

import assert from 'node:assert/strict';
import type { TechniqueName } from '../../src/monitor/system';
import { type Random, randomFrom } from '../semantics/random';
import { divisionCount, type LockstepPair, type Watched } from './pair';
import { randomGuest } from './randomTables';
import { callingGuest, oddGuests } from './renewalGuests';
import { type Disturbance, go, pairWith } from './runs';

const firstSeed = Number(process.env.SEED ?? 1);
const count = Number(process.env.COUNT ?? 9);
/** that setting up a guest takes, and in all */
const ready = 190_000;
const boundaries = 280_000;
const fewestRenewals = 500;
/** boundaries between comparisons of everything */
const longest = 10_000;
const window = 0x40000000;
const pages = 16;

describe('lapsed entries of the TLB', function () {
  this.timeout(600_000);

  for (const technique of ['none', 'trapAndEmulate'] satisfies TechniqueName[])
    it(`leave both machines the same under ${technique}: seeds ${firstSeed} to ${firstSeed + count - 1}`, () => {
      // a monitor's runs are short, and each change of what is watched drops what has lapsed
      for (let seed = firstSeed; seed < firstSeed + count; seed++)
        compare(technique, randomGuest(seed), seed, technique === 'none' ? watchOneOf : undefined);
    });

  for (const [what, guest] of oddGuests)
    it(`leave both machines the same with ${what}`, () => {
      for (let seed = 1; seed <= divisionCount; seed++) compare('none', guest, seed);
    });

  it('are not looked at before a stop', () => {
    for (let seed = 1; seed <= divisionCount; seed++) {
      const random = randomFrom(seed);
      const pair = pairWith('none', callingGuest, seed);
      go(pair, ready, random, `seed ${seed}`);
      let stopped = 0;
      for (let round = 0; round < 200; round++) {
        pair.setStops([window]);
        const { difference } = pair.advance(1 + random.below(100));
        assert.equal(difference, undefined);
        if (pair.reference.system.machine.hardware.linearEip === window) {
          stopped++;
          assert.equal(pair.differenceInAll(), undefined, `seed ${seed}, before the stop`);
          if (random.chance(50)) pair.setStops([]);
          pair.step();
        }
      }
      assert.ok(stopped > 50);
    }
  });
});

/** The fast machine must have renewed entries, which the other has filled. */
function compare(technique: TechniqueName, guest: string, seed: number, disturb?: Disturbance): void {
  const random = randomFrom(seed);
  const pair = pairWith(technique, guest, seed);
  const fills = pair.both.map(countFills);
  for (let done = 0; done < boundaries;) {
    const advanced = go(pair, longest, random, `seed ${seed}`, disturb);
    assert.ok(advanced >= longest, `seed ${seed}: the guest has come to an end`);
    done += advanced;
    pair.step();
    assert.equal(pair.differenceInAll(), undefined, `seed ${seed} after ${done} boundaries`);
  }
  assert.ok(fills[0]() > fills[1]() + fewestRenewals, `${fills[0]()} fills, and ${fills[1]()}`);
}

/** How often entries have been made by a walk since. */
function countFills({ system }: Watched): () => number {
  const { tlb } = system.machine.hardware.memory;
  const fill = tlb.fill.bind(tlb);
  let count = 0;
  tlb.fill = (...parameters) => {
    count++;
    fill(...parameters);
  };
  return () => count;
}

/** A data breakpoint on a page of the window, or none. */
function watchOneOf(pair: LockstepPair, random: Random): void {
  const first = window + random.below(pages) * 0x1000;
  const ranges = random.chance(50) ? [{ first, last: first + 3, reads: random.chance(50), writes: true }] : [];
  for (const { system } of pair.both) system.running.accesses.ranges = ranges;
}
