// Small guests that look for the edges of the monitor. Each has to print the same, take the same number of instructions
// and leave the same memory under every technique. What it has to print stands in the comments `;>` below its source, and
// is what Bochs prints.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { bochs } from '../oracle/baremetal/emulators';
import { assembleFile } from './assembledGuest';
import { runGuest } from './runGuest';
import { differencesBetween, seenByGuest } from '../differences';
import { skipBecause } from '../summary';

const folder = path.resolve('test/monitor/guests');
const names = fs
  .readdirSync(folder)
  .filter(name => name.endsWith('.asm'))
  .map(name => name.slice(0, -'.asm'.length));

const notOnBochs: { readonly [name: string]: string } = {
  'no-memory': 'Bochs has more than 4 MiB of memory',
  'real-mode': 'it is started in protected mode there',
};
/** Of guest `timer`: the sums are made of the instructions at which the timer came, and Bochs has another clock. */
const clockDependent = /sum=|left=/;

const sourceOf = (name: string): string => path.join(folder, `${name}.asm`);

const expectedLines = (name: string): string[] =>
  fs
    .readFileSync(sourceOf(name), 'utf8')
    .split('\n')
    .filter(line => line.startsWith(';>'))
    .map(line => line.slice(';> '.length));

describe('guests under every technique', () => {
  for (const name of names) {
    it(name, () => {
      const { image } = assembleFile(sourceOf(name));
      const bare = runGuest('none', image);
      assert.deepEqual(bare.debug.trimEnd().split('\n'), expectedLines(name));
      for (const compiled of [false, true])
        assert.deepEqual(differencesBetween(runGuest('trapAndEmulate', image, { compiled }), bare, seenByGuest), []);
    });
  }
});

describe('the same guests on Bochs', () => {
  for (const name of names) {
    it(name, function () {
      const reason = bochs.missing ?? notOnBochs[name];
      if (reason !== undefined) skipBecause(this, `${name} on Bochs: ${reason}`);
      const expected = expectedLines(name).filter(line => !clockDependent.test(line));
      const printed = bochs.run(assembleFile(sourceOf(name)).image.bytes).split('\n');
      const first = printed.indexOf(expected[0]);
      const found = printed.slice(first).filter(line => !clockDependent.test(line));
      assert.deepEqual(found.slice(0, expected.length), expected);
    });
  }
});
