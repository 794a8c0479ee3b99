// Random kernels under both techniques: the same output, time, memory and registers. A failure names its seed:
// `SEED=n COUNT=1 node src/build/test.mjs test/monitor/fuzz` repeats it.

import assert from 'node:assert/strict';
import { assembleText } from './assembledGuest';
import { compareRuns } from './compareRuns';
import { randomGuest } from './randomGuest';
import { runGuest } from './runGuest';

const firstSeed = Number(process.env.SEED ?? 1);
const count = Number(process.env.COUNT ?? 30);
const length = Number(process.env.LENGTH ?? 120);

describe('random kernels under both techniques', () => {
  it(`seeds ${firstSeed} to ${firstSeed + count - 1}`, function () {
    this.timeout(0);
    for (let seed = firstSeed; seed < firstSeed + count; seed++) {
      const { image } = assembleText(randomGuest(seed, length));
      const bare = runGuest('none', image, { limit: 1_000_000 });
      const trapped = runGuest('trapAndEmulate', image, { limit: 1_000_000 });
      assert.equal(compareRuns(trapped, bare), undefined, `seed ${seed}`);
    }
  });
});
