// The guests that exist already, on a machine that steps and on one that runs compiled code: the same output, the same
// number of instructions, the same machine along the way.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import type { TierLimits } from '../../src/cpu/tiers/tiers';
import type { PhysicalMemory } from '../../src/cpu/memory/physicalMemory';
import type { ProcessorState } from '../../src/cpu/registers/state';
import { CopyOnWriteStore } from '../../src/devices/blockStore';
import { type GuestImage, imageFromFile } from '../../src/machine/guestImage';
import { loadGuest } from '../../src/machine/loadGuest';
import type { TechniqueName } from '../../src/monitor/system';
import { assembleFile } from '../monitor/assembledGuest';
import { assembleGuest } from '../oracle/baremetal/assembleGuest';
import { guests as bareMetalGuests } from '../oracle/baremetal/guests';
import { settledDifference } from './lockstep';
import { LockstepPair } from './pair';

const techniques = ['none', 'trapAndEmulate'] as const satisfies readonly TechniqueName[];
const mostBoundaries = 30_000_000;
const boundariesBetweenChecks = 200_000;
const budget = 50_000;
const diskBytes = 1 << 20;
/** Sooner than usual, but not so that compiling takes all the time. */
const limits: TierLimits = { misses: 10, missesPerRoutine: 1, hotVisits: 20, maximumCompilations: 6 };

interface Guest {
  readonly name: string;
  readonly memoryBytes: number;
  readonly image: () => GuestImage;
  readonly techniques: readonly TechniqueName[];
}

const monitorGuests = path.resolve('test/monitor/guests');
const guests: readonly Guest[] = [
  {
    name: 'sample first-trap',
    memoryBytes: 16 << 20,
    image: () => assembleFile(path.resolve('media/samples/first-trap/first-trap.asm')).image,
    techniques,
  },
  ...fs
    .readdirSync(monitorGuests)
    .filter(file => file.endsWith('.asm'))
    .map(file => ({
      name: file,
      memoryBytes: 4 << 20,
      image: () => assembleFile(path.join(monitorGuests, file)).image,
      techniques,
    })),
  ...bareMetalGuests.map(({ name }) => ({
    name: `bare-metal guest ${name}`,
    memoryBytes: 8 << 20,
    image: () => imageFromFile(assembleGuest(name)),
    techniques: ['none'] as const,
  })),
];

function runToEnd(pair: LockstepPair): number {
  let [done, checked] = [0, 0];
  for (;;) {
    const { boundaries, difference } = pair.advance(budget);
    if (difference) fail(difference);
    done += boundaries;
    if (boundaries === 0 || pair.reference.exited) return done;
    if (done - checked > boundariesBetweenChecks) {
      const found = settledDifference(pair);
      if (found) fail(found);
      checked = done;
    }
    assert.ok(done < mostBoundaries, 'the guest does not end');
  }
}

const fail = ({ what, lines = [] }: { what: string; lines?: readonly string[] }): never =>
  assert.fail([what, ...lines].join('\n'));

function checkGuest({ memoryBytes, image }: Guest, technique: TechniqueName): void {
  const loaded = image();
  const source = {
    memoryBytes,
    load: (memory: PhysicalMemory, state: ProcessorState) => loadGuest(loaded, memory, state),
    disk: () => new CopyOnWriteStore(loaded.bootDrive === undefined ? new Uint8Array(diskBytes) : loaded.bytes),
  };
  const pair = new LockstepPair(technique, source, limits);
  runToEnd(pair);
  assert.equal(pair.compiled.output, pair.reference.output);
  assert.ok(pair.reference.output.length > 0);
  assert.equal(pair.compiled.system.running.now, pair.reference.system.running.now);
  const difference = pair.differenceInAll();
  if (difference) fail(difference);
}

describe('guests on compiled code and on the evaluator', () => {
  for (const guest of guests)
    for (const technique of guest.techniques)
      it(`${guest.name} under ${technique}`, function () {
        this.timeout(300_000);
        checkGuest(guest, technique);
      });
});

describe('guests where the engine has no tail calls', () => {
  const { validate } = WebAssembly;
  let asked = 0;
  before(() => {
    WebAssembly.validate = () => {
      asked++;
      return false;
    };
  });
  after(() => (WebAssembly.validate = validate));

  for (const guest of guests.filter(({ name }) => /^sample|interrupts$|transfers$|paging$/.test(name)))
    it(`${guest.name} under none`, function () {
      this.timeout(300_000);
      const before = asked;
      checkGuest(guest, 'none');
      assert.ok(asked > before, 'nobody asked for tail calls');
    });
});
