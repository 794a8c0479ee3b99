// Small guests on the bare machine, each exercising one part of the processor's privileged machinery and printing what it
// finds. What they must print was recorded from Bochs, and from our reading of the manual where Bochs is wrong; our own
// machine, QEMU and Bochs must all print it, but for the lines in `guests.ts`.
//
// RECORD=1 in the environment writes expected/ anew from Bochs.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { assembleGuest } from './assembleGuest';
import { assembleWithNasm, bochs, type Emulator, qemu } from './emulators';
import { type BareMetalGuest, guests } from './guests';
import { type Execution, runOnRingside } from './runOnRingside';
import { skipBecause } from '../../summary';

const expectedFile = (name: string): string => path.resolve('test/oracle/baremetal/expected', `${name}.txt`);

/** What the guest printed between its first and its last line, or all where it did not get through. */
function lines(output: string): string[] {
  const all = output.split('\n');
  const first = all.indexOf('BEGIN');
  const last = all.indexOf('END');
  return first < 0 || last < first
    ? [...all.slice(Math.max(0, first + 1)), '(did not end)']
    : all.slice(first + 1, last);
}

const expectedLines = (name: string): string[] => fs.readFileSync(expectedFile(name), 'utf8').split('\n');

const wrongLines = (emulator: Emulator, guest: BareMetalGuest): RegExp[] =>
  guest.knownWrong.filter(known => known.emulator === emulator.name).map(known => known.lines);

const matches = (patterns: readonly RegExp[], line: string): boolean => patterns.some(pattern => pattern.test(line));

/** Every line must be as expected, or known to be wrong; and what is said to be wrong must be. */
function check(emulator: Emulator, guest: BareMetalGuest): void {
  const wrong = wrongLines(emulator, guest);
  const expected = expectedLines(guest.name);
  const found = lines(emulator.run(assembleGuest(guest.name)));
  const excused = found.map((line, index) => (matches(wrong, line) ? expected[index] : line));
  assert.deepEqual(excused, expected);
  const needless = wrong.filter(
    pattern => !found.some((line, index) => pattern.test(line) && line !== expected[index]),
  );
  assert.deepEqual(needless, [], 'known to be wrong, but right');
}

/** From Bochs; where that is known to be wrong, from our own machine. */
function record(guest: BareMetalGuest): void {
  const image = assembleGuest(guest.name);
  const ours = lines(runOnRingside(image, 'interpreted'));
  const wrong = wrongLines(bochs, guest);
  const recorded = lines(bochs.run(image)).map((line, index) => (matches(wrong, line) ? ours[index] : line));
  fs.writeFileSync(expectedFile(guest.name), recorded.join('\n'));
}

function checkOn(emulator: Emulator, guest: BareMetalGuest): void {
  it(`on ${emulator.name}`, function () {
    const reason = emulator.missing ?? (guest.notOn?.emulator === emulator.name ? guest.notOn.reason : undefined);
    if (reason !== undefined) skipBecause(this, `${guest.name} on ${emulator.name}: ${reason}`);
    check(emulator, guest);
  });
}

describe('bare-metal guests', () => {
  for (const guest of guests)
    describe(guest.name, () => {
      if (process.env.RECORD !== undefined) it('is recorded', () => record(guest));

      it('assembles as NASM does it', function () {
        const bytes = assembleWithNasm(guest.name);
        if (typeof bytes === 'string') skipBecause(this, `${guest.name}: ${bytes}`);
        assert.deepEqual(Buffer.from(assembleGuest(guest.name)), bytes);
      });

      for (const execution of ['interpreted', 'compiled'] satisfies Execution[])
        it(`on Ringside, ${execution}`, () => {
          assert.deepEqual(lines(runOnRingside(assembleGuest(guest.name), execution)), expectedLines(guest.name));
        });
      checkOn(qemu, guest);
      checkOn(bochs, guest);
    });
});
