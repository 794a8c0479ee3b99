// Random kernels under both techniques, interpreted and compiled: the same in all that a guest can see. A failure
// names its seed:
// `SEED=n COUNT=1 node src/build/test.mjs test/monitor/fuzz` repeats it.

import assert from 'node:assert/strict';
import { differencesBetween, seenByGuest } from '../differences';
import { assembleText } from './assembledGuest';
import { randomGuest } from './randomGuest';
import { runGuest } from './runGuest';

const firstSeed = Number(process.env.SEED ?? 1);
const count = Number(process.env.COUNT ?? 25);
const length = Number(process.env.LENGTH ?? 120);

describe('random kernels under both techniques', () => {
  it(`seeds ${firstSeed} to ${firstSeed + count - 1}`, function () {
    this.timeout(0);
    for (let seed = firstSeed; seed < firstSeed + count; seed++) {
      const { image } = assembleText(randomGuest(seed, length));
      const limit = 1_000_000;
      const bare = runGuest('none', image, { limit });
      assert.equal(bare.ending, 'exit', `seed ${seed}`);
      for (const compiled of [false, true]) {
        const trapped = runGuest('trapAndEmulate', image, { limit, compiled });
        assert.deepEqual(
          differencesBetween(trapped, bare, seenByGuest),
          [],
          `seed ${seed}${compiled ? ', compiled' : ''}`,
        );
      }
    }
  });
});
