// SDM Vol. 3A table 6-5, every pair of classes.

import assert from 'node:assert/strict';
import { combineFaults } from '../../../../src/cpu/privileged/transfers/doubleFault';
import { CpuException } from '../../../../src/cpu/registers/fault';
import { Vector } from '../../../../src/isa/exceptions';

const { invalidOpcode: benign, generalProtection: contributory, pageFault, doubleFault } = Vector;

/** [first, second, what is delivered; undefined: shutdown] */
const rows: readonly (readonly [first: number, second: number, delivered: number | undefined])[] = [
  [benign, benign, benign],
  [benign, contributory, contributory],
  [benign, pageFault, pageFault],
  [contributory, benign, benign],
  [contributory, contributory, doubleFault],
  [contributory, pageFault, pageFault],
  [pageFault, benign, benign],
  [pageFault, contributory, doubleFault],
  [pageFault, pageFault, doubleFault],
  [doubleFault, benign, benign],
  [doubleFault, contributory, undefined],
  [doubleFault, pageFault, undefined],
];

describe('two exceptions', () => {
  for (const [first, second, delivered] of rows)
    it(`${first}, then ${second}: ${delivered ?? 'shutdown'}`, () =>
      assert.equal(combineFaults(new CpuException(first), new CpuException(second))?.vector, delivered));
});
