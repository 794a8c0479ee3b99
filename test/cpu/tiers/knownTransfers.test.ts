// Interrupts, page faults and returns that routines make by themselves: that they do, and that whatever a transfer depends on
// may change at any time. Each guest runs on a pair of machines, one of which only steps.

import assert from 'node:assert/strict';
import path from 'node:path';
import type { DeliveredEvent } from '../../../src/cpu/core';
import { Vector } from '../../../src/isa/exceptions';
import { Gpr } from '../../../src/isa/registers';
import { emptyDisk } from '../../../src/machine/diskImage';
import { imageFromFile } from '../../../src/machine/guestImage';
import { journalEntries } from '../../../src/ir/wasm/transferLayout';
import { loadGuest } from '../../../src/machine/loadGuest';
import { BareMetal } from '../../../src/monitor/none';
import type { System } from '../../../src/monitor/system';
import { assembleFile } from '../../bench/image';
import { eagerLimits, LockstepPair } from '../../lockstep/pair';
import { changeAddress, changingGuests } from './changingGuests';
import { refusedGuests } from './refusedGuests';
import {
  absentCode,
  deepCalls,
  endlessFaults,
  guests,
  nestedFault,
  nestedInterrupt,
  otherReturns,
  resumedWithRf,
  rounds,
} from './transferGuests';

const folder = path.resolve('test/bench/guests');
const memoryMib = 16;
const budget = 5000;
const mostAdvances = 100_000;
/** operations of the machinery until routines know the transfers of a guest that makes hundreds */
const fewByMachinery = 50;
/** instructions until routines know all transfers of a guest */
const known = 21_000;

interface Ran {
  readonly output: string;
  readonly byMachinery: number;
}

/** In less memory than the benchmark's guests have, whose page tables take long to make. */
const assemble = (source: string): Uint8Array =>
  assembleFile(folder, 'transfers.asm', `%define MEMORY_MIB ${memoryMib}\n${source}`);

function pairOf(source: string): LockstepPair {
  const image = imageFromFile(assemble(source));
  const load: ConstructorParameters<typeof LockstepPair>[1]['load'] = (memory, state) =>
    loadGuest(image, memory, state);
  return new LockstepPair('none', { memoryBytes: memoryMib << 20, load }, { ...eagerLimits, hotVisits: 1e9 });
}

/** To the end, in runs of at most so many instructions. */
function advance(pair: LockstepPair, mostInstructions = budget): void {
  for (let advances = 0; advances < mostAdvances; advances++) {
    const { boundaries, difference } = pair.advance(mostInstructions);
    assert.equal(difference, undefined);
    if (boundaries === 0) break;
  }
  assert.equal(pair.differenceInAll(), undefined);
}

/** Once routines know all transfers, comes to a stop so many times, in runs of at most so many instructions. */
function meet(pair: LockstepPair, times: number, stop: () => number, mostInstructions = budget): void {
  const { system } = pair.compiled;
  const go = (most: number): void => {
    const { boundaries, difference } = pair.advance(most);
    assert.equal(difference, undefined);
    assert.notEqual(boundaries, 0, 'came to its end');
  };
  while (system.running.now < known) go(budget);
  pair.setStops([stop()]);
  for (let met = 0; met < times; go(mostInstructions)) if (system.machine.hardware.state.eip === stop()) met++;
}

/** Until the next instruction is the one at `address`. */
function advanceTo(pair: LockstepPair, address: number): void {
  const { state } = pair.compiled.system.machine.hardware;
  while (state.eip !== address) {
    const { boundaries, difference } = pair.advance(budget);
    assert.equal(difference, undefined);
    assert.notEqual(boundaries, 0, 'came to its end');
  }
}

/** Counts operations of the machinery, among them deliveries and returns, from now on. */
function countByMachinery({ machine }: System): { byMachinery: number } {
  const { pendingWrites } = machine.hardware.memory;
  const begin = pendingWrites.begin.bind(pendingWrites);
  const count = { byMachinery: 0 };
  pendingWrites.begin = () => {
    count.byMachinery++;
    return begin();
  };
  return count;
}

/** What a guest says between its first line and its end; nothing if it does not come to say it. */
const lastWords = (output: string): string =>
  /^start\n(.*?) ?\nexit \d\n$/.exec(output)?.[1] ?? output.slice('start\n'.length);

function run(source: string, mostInstructions = budget): Ran {
  const pair = pairOf(source);
  const count = countByMachinery(pair.compiled.system);
  advance(pair, mostInstructions);
  return { output: pair.compiled.output, ...count };
}

describe('known transfers', function () {
  this.timeout(120_000);

  const byRoutines = [
    ['of the benchmark’s systemCall', '%include "systemCall.asm"', budget, 'result 0007aecc'],
    ['of the benchmark’s pageFaultInvlpg', '%include "pageFaultInvlpg.asm"', budget, 'result f2204005'],
    ['however many are under way', deepCalls, 1e6, 'result 00009c40'],
  ] as const;
  for (const [what, source, mostInstructions, says] of byRoutines)
    it(`${what} are made by routines`, () => {
      const { output, byMachinery } = run(source, mostInstructions);
      assert.equal(lastWords(output), says);
      assert.ok(byMachinery < fewByMachinery, `${byMachinery} by the machinery`);
    });

  const others = { pageFaultCr3: 'result f2204005', timer: 'result 0000000a', selfModifying: 'result 0007b200' };
  for (const [name, says] of Object.entries(others))
    it(`of the benchmark’s ${name}`, () => assert.equal(lastWords(run(`%include "${name}.asm"`).output), says));

  for (const { what, source, says } of changingGuests)
    it(`heed a change of ${what}`, () => {
      const pair = pairOf(source);
      const count = countByMachinery(pair.compiled.system);
      pair.setStops([changeAddress]);
      advanceTo(pair, changeAddress);
      assert.ok(count.byMachinery < fewByMachinery, `${count.byMachinery} by the machinery before the change`);
      advance(pair);
      assert.equal(lastWords(pair.compiled.output), says);
    });

  for (const [what, source, says] of [...guests, ...refusedGuests])
    it(`go ${what}`, () => assert.equal(lastWords(run(source, 61).output), says));

  it('leave RF as it is, wherever a run ends', () => {
    const gate = 0x1f0000 + Vector.pageFault * 8;
    for (let mostInstructions = 1; mostInstructions < 10; mostInstructions++) {
      const pair = pairOf(resumedWithRf);
      const { physical } = pair.reference.system.machine.hardware.memory;
      const handler = (): number => (physical.read32(gate) & 0xffff) | (physical.read32(gate + 4) & 0xffff0000);
      meet(pair, 100, handler, mostInstructions);
      pair.setStops([]);
      advance(pair, mostInstructions);
    }
  });

  it('heed stops in pages that are not there', () => meet(pairOf(absentCode), 10, () => 0x40000010));

  it('of faults without end do not keep a run', () => {
    const system = bareMetalWith(endlessFaults);
    const { state } = system.machine.hardware;
    while (system.run(budget) > 0);
    for (let runs = 0; runs < 3; runs++) {
      const before = state.gpr(Gpr.esp);
      system.run(budget);
      const frames = ((before - state.gpr(Gpr.esp)) >>> 0) / 16;
      assert.ok(frames > 0 && frames <= 20_000, `${frames} faults in a run`);
    }
  });

  it('are told of late, and only while they are under way, to who need not see each', () => {
    const { system, told } = observedRun(nestedFault, false);
    const { state } = system.machine.hardware;
    assert.deepEqual(
      told.slice(-2).map(({ vector, kind, fromCpl, toCpl, errorCode }) => [vector, kind, fromCpl, toCpl, errorCode]),
      [
        [0x80, 'softwareInterrupt', 3, 0, undefined],
        [14, 'exception', 0, 0, 0],
      ],
    );
    assert.equal(told[told.length - 1].frame, state.gpr(Gpr.esp), 'the handler has pushed nothing');
    assert.ok(told.length < rounds, `${told.length} were told`);
  });

  it('are told of, each once, where more are under way than the journal holds', () => {
    const system = bareMetalWith(endlessFaults);
    while (system.run(budget) > 0);
    const told = observe(system, false);
    for (let runs = 0; runs < 3; runs++) system.run(budget);
    assert.ok(told.length > 3 * journalEntries, `${told.length} were told`);
    const first = told[0].frame;
    told.forEach(({ vector, errorCode, frame }, index) =>
      assert.deepEqual([vector, errorCode, frame], [Vector.pageFault, 0, (first - index * 16) >>> 0]),
    );
    assert.equal(told[told.length - 1].frame, system.machine.hardware.state.gpr(Gpr.esp) >>> 0);
  });

  it('are made by the machinery where the journal is full', () => {
    const system = bareMetalWith(deepCalls);
    const count = countByMachinery(system);
    observe(system, false);
    while (system.running.now < 200_000) if (system.run(200_000) === 0) system.step();
    assert.ok(count.byMachinery > 250, `${count.byMachinery} by the machinery`);
  });

  for (const [what, source] of otherReturns)
    it(`are told of after a return ${what}`, () => {
      const { system, told } = observedRun(source, false);
      const { vector, frame, returnEip } = told[told.length - 1];
      assert.deepEqual([vector, system.machine.memory.read32(frame)], [0x80, returnEip]);
      assert.ok(told.length < rounds, `${told.length} were told`);
    });

  it('by a vector of exceptions are told of as the interrupts that they are', () => {
    const { told } = observedRun(nestedInterrupt, false);
    assert.deepEqual(
      told.slice(-1).map(({ vector, kind, errorCode }) => [vector, kind, errorCode]),
      [[14, 'softwareInterrupt', undefined]],
    );
    assert.ok(told.length < rounds, `${told.length} were told`);
  });

  it('are made by the machinery for who sees each', () => {
    const { told } = observedRun(nestedFault, true);
    assert.ok(told.length >= 2 * rounds, `${told.length} were told`);
  });
});

function bareMetalWith(source: string): BareMetal {
  const image = imageFromFile(assemble(source));
  const system = new BareMetal({
    memoryBytes: memoryMib << 20,
    disks: [emptyDisk()],
    program: { load: (memory, state) => loadGuest(image, memory, state) },
    host: { serialOutput: () => {}, debugOutput: () => {}, exit: () => {} },
  });
  system.machine.hardware.tiers.limits = { ...eagerLimits, hotVisits: 1e9 };
  return system;
}

/** Runs until the guest goes round in circles. */
function observedRun(source: string, seesEach: boolean): { system: BareMetal; told: readonly DeliveredEvent[] } {
  const system = bareMetalWith(source);
  const told = observe(system, seesEach);
  const enough = 1_000_000;
  while (system.running.now < enough)
    if (system.run(budget) === 0) assert.equal(system.step().kind, 'guest', 'came to its end');
  return { system, told };
}

function observe(system: BareMetal, seesEach: boolean): readonly DeliveredEvent[] {
  const told: DeliveredEvent[] = [];
  system.running.observe({
    seesEach,
    exceptionRaised: () => {},
    eventDelivered: event => told.push(event),
    interruptReturned: () => {},
    ringChanged: () => {},
    tripleFault: () => {},
  });
  return told;
}
