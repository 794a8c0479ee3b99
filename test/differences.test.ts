// What `differences.ts` compares: two machines that differ in one respect differ in that one, and the same two else are equal.

import assert from 'node:assert/strict';
import { hostPhysical } from '../src/base/address';
import { emptyDisk } from '../src/machine/diskImage';
import { Gpr } from '../src/isa/registers';
import { accessKind } from '../src/cpu/memory/tlb';
import { type System, techniqueNames, type TechniqueName } from '../src/monitor/system';
import { createSystem } from '../src/monitor/techniques';
import { type Compared, differencesBetween, everything, type Respect, seenByGuest } from './differences';

const hidden = 0x100;

/** At reset, with nothing loaded. */
const systemUnder = (technique: TechniqueName): Compared & { output: string } => ({
  system: createSystem(technique, {
    memoryBytes: 1 << 20,
    disks: [emptyDisk()],
    program: { load: () => undefined },
    host: { serialOutput: () => undefined, debugOutput: () => undefined, exit: () => undefined },
  }),
  output: '',
});

function translate({ machine: { hardware } }: System, linear: number): void {
  const walk = {
    physical: hostPhysical(linear),
    isGlobal: false,
    large: false,
    directoryEntry: 0,
    leafAddress: 0,
    leaf: 0,
  };
  hardware.memory.tlb.fill(linear, accessKind(false, false), walk, false);
}

function countWalk({ machine: { memory, hardware } }: System): void {
  new Float64Array(memory.buffer, hardware.memory.walkReferencesAddress, 1)[0]++;
}

/** What changes, under a monitor, and in which respects of `everything` and of `seenByGuest` that shows. */
const changes: readonly (readonly [Respect, (changed: ReturnType<typeof systemUnder>) => void, readonly Respect[]])[] =
  [
    ['registers', ({ system }) => system.running.edit(state => state.setGpr(Gpr.edi, 5)), []],
    ['memory', ({ system }) => system.running.memory.write8(hidden, 1), ['hostMemory']],
    ['time', ({ system }) => system.running.vcpu.state.instructionCount++, []],
    ['devices', ({ system }) => system.running.devices.ports.write(0x61, 1, 8), []],
    ['output', changed => (changed.output += 'x'), []],
    ['hardware', ({ system }) => system.machine.hardware.state.set('dr0', 1), []],
    ['hostMemory', ({ system }) => system.machine.memory.write8(hidden, 1), []],
    ['translations', ({ system }) => translate(system, 0x5000), []],
    ['walks', ({ system }) => countWalk(system), []],
  ];

describe('differences', () => {
  it('are none between techniques where nothing has happened', () => {
    const [first, ...others] = techniqueNames.map(systemUnder);
    for (const other of others) assert.deepEqual(differencesBetween(first, other, seenByGuest), []);
  });

  for (const [respect, change, more] of changes)
    it(`in ${respect} are seen, and in no other`, () => {
      const [a, b] = [systemUnder('trapAndEmulate'), systemUnder('trapAndEmulate')];
      assert.deepEqual(differencesBetween(a, b, everything), []);
      change(b);
      const all = [...new Set<Respect>([...seenByGuest, ...everything])];
      const found = all.filter(candidate => differencesBetween(a, b, [candidate]).length > 0);
      assert.deepEqual(found, [respect, ...more]);
    });
});
