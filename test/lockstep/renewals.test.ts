// TLB entries that MOV to CR3 makes lapse, and handlers renew (`ir/wasm/renewalEmitter.ts`): a guest changes page tables, CR0.WP and
// CR4.PGE at random, mostly without telling the TLB, and goes from one page directory to the other. The machine that only
// steps walks the tables each time, and must come to the same.
// `SEED=n COUNT=1 node src/build/test.mjs test/lockstep/renewals` repeats one.

import assert from 'node:assert/strict';
import path from 'node:path';
import { imageFromFile, loadGuest } from '../../src/machine/guestImage';
import type { TechniqueName } from '../../src/monitor/system';
import { assembleFile } from '../bench/image';
import { type Random, randomFrom } from '../semantics/random';
import { divisionOf, type GuestSource, LockstepPair } from './pair';
import { oddGuests, randomGuest } from './renewalGuests';

const folder = path.resolve('test/bench/guests');
const firstSeed = Number(process.env.SEED ?? 1);
const count = Number(process.env.COUNT ?? 9);
/** of which setting up the guest takes 190,000 */
const boundaries = 280_000;
/** boundaries between comparisons of everything */
const longest = 10_000;
const window = 0x40000000;
const pages = 16;

describe('lapsed entries of the TLB', function () {
  this.timeout(600_000);

  for (const technique of ['none', 'trapAndEmulate'] satisfies TechniqueName[])
    it(`leave both machines the same under ${technique}: seeds ${firstSeed} to ${firstSeed + count - 1}`, () => {
      for (let seed = firstSeed; seed < firstSeed + count; seed++) compare(technique, randomGuest(seed), seed);
    });

  for (const [what, guest] of oddGuests)
    it(`leave both machines the same with ${what}`, () => compare('none', guest, 1));
});

function compare(technique: TechniqueName, guest: string, seed: number): void {
  const random = randomFrom(seed);
  const image = imageFromFile(assembleFile(folder, 'renewals.asm', guest));
  const source: GuestSource = { memoryBytes: 64 << 20, load: (memory, state) => loadGuest(image, memory, state) };
  const pair = new LockstepPair(technique, source, divisionOf(seed));
  for (let done = 0; done < boundaries;) {
    const end = done + longest;
    while (done < end) {
      const advance = pair.advance(1 + random.below(600));
      if (advance.difference) assert.fail(`seed ${seed}: ${JSON.stringify(advance.difference)}`);
      assert.notEqual(advance.boundaries, 0, `seed ${seed}: the guest has come to an end`);
      done += advance.boundaries;
      watchOneOf(pair, random);
    }
    pair.step();
    assert.equal(pair.differenceInAll(), undefined, `seed ${seed} after ${done} boundaries`);
  }
}

/** A data breakpoint on a page of the window, or none. */
function watchOneOf(pair: LockstepPair, random: Random): void {
  const first = window + random.below(pages) * 0x1000;
  const ranges = random.chance(50) ? [{ first, last: first + 3, reads: random.chance(50), writes: true }] : [];
  for (const { system } of pair.both) system.accesses.ranges = ranges;
}
