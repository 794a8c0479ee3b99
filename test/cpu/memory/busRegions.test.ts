// ROM and devices on the memory bus, as instructions meet them in every tier.

import assert from 'node:assert/strict';
import { PhysicalMemory } from '../../../src/cpu/memory/physicalMemory';
import { Processor } from '../../../src/cpu/processor';
import { startInProtectedMode } from '../../../src/machine/startState';

const memoryBytes = 1 << 20;
const romAt = 0x40000;
const deviceAt = 0x50000;
const farDeviceAt = 0xfee00000;
const code = 0x10000;

interface Access {
  readonly at: number;
  readonly bytes: number;
  readonly value?: number;
}

function machine(): { memory: PhysicalMemory; accesses: Access[] } {
  const memory = PhysicalMemory.ofSize(memoryBytes);
  const accesses: Access[] = [];
  const device = {
    read: (at: number, bytes: number) => accesses.push({ at, bytes }) * 0x11,
    write: (at: number, bytes: number, value: number) => void accesses.push({ at, bytes, value }),
  };
  memory.write32(romAt, 0x12345678);
  memory.map({ kind: 'rom', first: romAt, sizeBytes: 0x2000 });
  memory.map({ kind: 'device', first: deviceAt, sizeBytes: 0x1000, device });
  memory.map({ kind: 'device', first: farDeviceAt, sizeBytes: 0x1000, device });
  return { memory, accesses };
}

/** Runs `bytes`, which end with a jump to themselves, for some thousand instructions; or one at a time. */
function run(memory: PhysicalMemory, bytes: readonly number[], fast: boolean): Processor {
  const interrupts = { pending: false, acknowledge: () => 0 };
  const processor = new Processor({ memory, ports: { read: () => 0, write: () => {} }, interrupts });
  memory.load(code, Uint8Array.from(bytes));
  startInProtectedMode(processor.state, { entry: code, gdtBase: 0x500, stackPointer: 0x9000 });
  if (!fast) for (let step = 0; step < 30; step++) processor.step();
  else {
    processor.tiers.limits = { misses: 0, missesPerRoutine: 1, hotVisits: 2, maximumCompilations: 8 };
    const end = processor.state.instructionCount + 30;
    while (processor.state.instructionCount < end)
      if (processor.run(end - processor.state.instructionCount) === 0) processor.step();
  }
  return processor;
}

const word = (value: number): number[] => [value & 0xff, (value >> 8) & 0xff, (value >> 16) & 0xff, value >>> 24];
const load = (from: number): number[] => [0xa1, ...word(from)];
const store = (to: number): number[] => [0xa3, ...word(to)];
/** Ends in a loop over the last `length` bytes. */
const jumpBack = (length: number): number[] => [0xeb, -(length + 2) & 0xff];

describe('memory bus', () => {
  for (const [tier, fast] of [
    ['the evaluator', false],
    ['the fast tiers', true],
  ] as const) {
    it(`reads ROM and loses what is written there, in ${tier}`, () => {
      const { memory } = machine();
      const body = [...load(romAt), 0x40, ...store(romAt), ...store(0x8000)]; // inc eax between
      const { state } = run(memory, [...body, ...jumpBack(body.length)], fast);
      assert.equal(memory.read32(romAt), 0x12345678);
      assert.equal(memory.read32(0x8000), 0x12345679);
      assert.ok(state.eip >= code && state.eip < code + 0x100);
    });

    for (const at of [deviceAt, farDeviceAt])
      it(`asks a device for each access at ${at.toString(16)}, in ${tier}`, () => {
        const { memory, accesses } = machine();
        const body = [...load(at + 8), ...store(at + 0x10)];
        run(memory, [...body, ...jumpBack(body.length)], fast);
        assert.equal(accesses.length, 20);
        accesses.forEach((access, index) => {
          const expected = index % 2 ? { at: 0x10, bytes: 4, value: index * 0x11 } : { at: 8, bytes: 4 };
          assert.deepEqual(access, expected);
        });
      });

    it(`runs code from ROM, in ${tier}`, () => {
      const { memory } = machine();
      memory.map({ kind: 'rom', first: code + 0x1000, sizeBytes: 0x1000 });
      const { state } = run(memory, [0x40, ...jumpBack(1)], fast);
      assert.equal(state.gpr(0), 15);
    });
  }

  it('gives a device the width of each access, and splits what crosses a page', () => {
    const { memory, accesses } = machine();
    memory.write8(deviceAt + 1, 0x1ff);
    memory.write16(deviceAt + 2, 0x12345);
    memory.write32(deviceAt - 2, 0x44332211);
    assert.deepEqual(accesses, [
      { at: 1, bytes: 1, value: 0xff },
      { at: 2, bytes: 2, value: 0x2345 },
      { at: 0, bytes: 2, value: 0x4433 },
    ]);
    assert.equal(memory.read16(deviceAt - 2), 0x2211);
  });

  it('gives ones where nobody answers', () => {
    const { memory } = machine();
    assert.deepEqual(
      [memory.read8(memoryBytes), memory.read16(memoryBytes), memory.read32(0xfffffffc)],
      [0xff, 0xffff, -1],
    );
    assert.equal(memory.read32(memoryBytes - 2) >>> 16, 0xffff);
  });

  it('keeps ROM when RAM is cleared', () => {
    const { memory } = machine();
    memory.write32(0x8000, 1);
    memory.clear();
    assert.deepEqual([memory.read32(0x8000), memory.read32(romAt)], [0, 0x12345678]);
  });

  it('gives back RAM, and the place of a device, when they are unmapped', () => {
    const { memory, accesses } = machine();
    memory.unmap({ first: romAt, sizeBytes: 0x2000 });
    memory.unmap({ first: farDeviceAt, sizeBytes: 0x1000 });
    memory.write32(romAt, 0x55);
    assert.deepEqual([memory.read32(romAt), memory.read32(farDeviceAt), accesses.length], [0x55, -1, 0]);
  });

  for (const [what, region] of [
    ['half a page', { kind: 'rom', first: 0x1000, sizeBytes: 0x800 }],
    ['what begins within a page', { kind: 'rom', first: 0x1800, sizeBytes: 0x1000 }],
    ['what another region has', { kind: 'rom', first: romAt - 0x1000, sizeBytes: 0x2000 }],
  ] as const)
    it(`refuses ${what}`, () => assert.throws(() => machine().memory.map(region), RangeError));
});
