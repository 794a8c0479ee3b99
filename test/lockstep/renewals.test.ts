// TLB entries that MOV to CR3 makes lapse, and handlers renew (`ir/wasm/renewalEmitter.ts`): a guest changes page tables, CR0.WP and
// CR4.PGE at random, mostly without telling the TLB, and goes from one page directory to the other. The machine that only
// steps walks the tables each time, and must come to the same. Under a monitor it is the shadow tables that are walked.
// `SEED=n COUNT=1 node src/build/test.mjs test/lockstep/renewals` repeats one.

import assert from 'node:assert/strict';
import path from 'node:path';
import { imageFromFile, loadGuest } from '../../src/machine/guestImage';
import type { TechniqueName } from '../../src/monitor/system';
import { assembleFile } from '../bench/image';
import { type Random, randomFrom } from '../semantics/random';
import { divisionCount, divisionOf, type GuestSource, LockstepPair, type Watched } from './pair';
import { callingGuest, oddGuests, randomGuest } from './renewalGuests';

const folder = path.resolve('test/bench/guests');
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
      go(pair, ready, random, seed);
      let stopped = 0;
      for (let round = 0; round < 200; round++) {
        pair.setStops([window]);
        const { difference } = pair.advance(1 + random.below(100));
        assert.equal(difference, undefined);
        if (pair.reference.system.hardware.linearEip === window) {
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

type Disturbance = (pair: LockstepPair, random: Random) => void;

/** The fast machine must have renewed entries, which the other has filled. */
function compare(technique: TechniqueName, guest: string, seed: number, disturb?: Disturbance): void {
  const random = randomFrom(seed);
  const pair = pairWith(technique, guest, seed);
  const fills = pair.both.map(countFills);
  for (let done = 0; done < boundaries;) {
    done += go(pair, longest, random, seed, disturb);
    pair.step();
    assert.equal(pair.differenceInAll(), undefined, `seed ${seed} after ${done} boundaries`);
  }
  assert.ok(fills[0]() > fills[1]() + fewestRenewals, `${fills[0]()} fills, and ${fills[1]()}`);
}

function pairWith(technique: TechniqueName, guest: string, seed: number): LockstepPair {
  const image = imageFromFile(assembleFile(folder, 'renewals.asm', guest));
  const source: GuestSource = { memoryBytes: 64 << 20, load: (memory, state) => loadGuest(image, memory, state) };
  return new LockstepPair(technique, source, divisionOf(seed));
}

/** At least so many boundaries, in runs of any length. */
function go(pair: LockstepPair, least: number, random: Random, seed: number, disturb?: Disturbance): number {
  let done = 0;
  while (done < least) {
    const advance = pair.advance(1 + random.below(600));
    if (advance.difference) assert.fail(`seed ${seed}: ${JSON.stringify(advance.difference)}`);
    assert.notEqual(advance.boundaries, 0, `seed ${seed}: the guest has come to an end`);
    done += advance.boundaries;
    disturb?.(pair, random);
  }
  return done;
}

/** How often entries have been made by a walk since. */
function countFills({ system }: Watched): () => number {
  const { tlb } = system.hardware.memory;
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
  for (const { system } of pair.both) system.accesses.ranges = ranges;
}
