// Small guests that look for the edges of the monitor. Each has to print the same, take the same number of instructions
// and leave the same memory under every technique; what it prints on a real machine stands below its source.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { hex } from '../../src/base/hex';
import { assembleFile } from './assembledGuest';
import { type GuestRun, runGuest } from './runGuest';

const folder = path.resolve('test/monitor/guests');
const names = fs
  .readdirSync(folder)
  .filter(name => name.endsWith('.asm'))
  .map(name => name.slice(0, -'.asm'.length));

/** What guest `name` has to print: the comment lines `;> ` of its source. */
const expectedOutput = (name: string): string =>
  fs
    .readFileSync(path.join(folder, `${name}.asm`), 'utf8')
    .split('\n')
    .filter(line => line.startsWith(';>'))
    .map(line => `${line.slice(';> '.length)}\n`)
    .join('');

/** The first byte of guest memory that differs, in words. */
function memoryDifference(a: GuestRun, b: GuestRun): string | undefined {
  const [first, second] = [a, b].map(({ system }) => Buffer.from(system.guestMemory.bytes));
  if (first.equals(second)) return undefined;
  const at = first.findIndex((byte, index) => byte !== second[index]);
  return `${hex(first[at])} and ${hex(second[at])} at ${hex(at)}`;
}

describe('guests under every technique', () => {
  for (const name of names) {
    it(name, () => {
      const { image } = assembleFile(path.join(folder, `${name}.asm`));
      const bare = runGuest('none', image);
      const trapped = runGuest('trapAndEmulate', image);
      assert.equal(trapped.debug, bare.debug);
      assert.equal(trapped.ending, bare.ending);
      assert.equal(trapped.now, bare.now);
      assert.equal(memoryDifference(trapped, bare), undefined);
      assert.equal(bare.debug, expectedOutput(name));
    });
  }
});
