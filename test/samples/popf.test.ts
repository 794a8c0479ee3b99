// The sample popf: its clock goes on under `none`, and stops under trapAndEmulate at the popf, which nobody hears of.

import assert from 'node:assert/strict';
import path from 'node:path';
import { ticksPerSecond } from '../../src/devices/virtualTime';
import { Eflags } from '../../src/isa/flags';
import type { GuestImage } from '../../src/machine/guestImage';
import type { TechniqueName } from '../../src/monitor/system';
import { assembleFile } from '../monitor/assembledGuest';
import { type GuestRun, runGuest } from '../monitor/runGuest';

const main = path.resolve('media/samples/popf/popf.asm');
const lineBytes = 160;
const textBytes = 20 * 2;
/** Enough for some copies. */
const steps = 50_000;
/** Enough for more than a minute of the clock, so that each of its digits but the first has come round. */
const stepsOfAMinute = 160_000;
/** The timer's output goes high as it is set up, where no firmware has done so before: a tick for which no time has passed. */
const firstTick = 1;
const ticksBetweenCopies = 300;

const run = (technique: TechniqueName, image: GuestImage, limit = steps): GuestRun =>
  runGuest(technique, image, { limit, keepStages: true });

/** The two lines of the screen. */
function screenOf({ system }: GuestRun): string[] {
  const characterAt = (address: number) => String.fromCharCode(system.running.memory.read8(address));
  return [1, 2].map(line =>
    Array.from({ length: textBytes / 2 }, (_, column) => characterAt(0xb8000 + line * lineBytes + column * 2)).join(''),
  );
}

/** In hundredths of a second. */
const timeOf = (line: string): number => {
  const [, minutes, seconds, hundredths] = /(\d\d):(\d\d)\.(\d\d)$/.exec(line) ?? assert.fail(`no time in "${line}"`);
  return (Number(minutes) * 60 + Number(seconds)) * 100 + Number(hundredths);
};

const believesInterruptsOn = ({ system }: GuestRun): boolean =>
  (system.running.level.believed().systemFlags & Eflags.if) !== 0;

function assertGoesOn(guest: GuestRun, seconds = 6): void {
  assert.equal(guest.ending, 'neverEnds');
  const [clock, copy] = screenOf(guest).map(timeOf);
  const passed = (guest.now / ticksPerSecond) * 100;
  assert.ok(clock > seconds * 100, `${clock} hundredths`);
  assert.ok(Math.abs(clock - passed) <= 2, `the clock says ${clock}, and ${passed} have passed`);
  assert.equal((copy - firstTick) % ticksBetweenCopies, 0);
  assert.ok(clock - copy <= ticksBetweenCopies);
}

describe('sample popf', () => {
  const { image } = assembleFile(main);

  it('goes on under none, at the pace of virtual time', () => {
    assertGoesOn(run('none', image, stepsOfAMinute), 61);
  });

  it('stops under trapAndEmulate at the first copy: cli has trapped, popf has not', () => {
    const stopped = run('trapAndEmulate', image);
    assert.equal(stopped.ending, 'halted');
    assert.deepEqual(screenOf(stopped), ['The clock:  00:03.01', 'The copy:   00:03.01']);
    assert.ok(!believesInterruptsOn(stopped));
    const decoded = stopped.stages.filter(({ kind }) => kind === 'decode').map(({ text }) => text);
    const traps = (mnemonic: string) => decoded.filter(text => text.includes(mnemonic)).length;
    assert.deepEqual(['cli', 'sti', 'pushf', 'popf'].map(traps), [1, 1, 0, 0]);
  });

  it('goes on under both with a sti in the place of the popf', () => {
    const mended = assembleFile(main, (_, text) => text.replace(/\bpopf( +; … to here)/, 'add esp, 4\n        sti$1'));
    for (const technique of ['none', 'trapAndEmulate'] as const) assertGoesOn(run(technique, mended.image));
  });
});
