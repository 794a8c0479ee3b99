// The benchmark is run by hand, and seldom: its guests must not stop assembling meanwhile.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import { guests } from '../bench/guests';
import { imageFile } from '../bench/image';

describe('the guests of the benchmark', () => {
  for (const { name } of guests)
    it(`${name} assembles`, function () {
      this.timeout(60_000);
      assert.ok(fs.statSync(imageFile(name, 1)).size > 0);
    });
});
