// Which blocks make a region, and how a region runs: budgets, ways out, branches.

import assert from 'node:assert/strict';
import { isBlockable, joinBlock } from '../../src/ir/blockGraph';
import type { MicroProgram } from '../../src/ir/microOp';
import { findRegion } from '../../src/ir/region';
import { translate } from '../../src/ir/translate';
import type { RegionBlock } from '../../src/ir/wasm/regionPlan';
import { decode } from '../../src/isa/decode';
import { SegmentField, segmentOffset } from '../../src/isa/state';
import { flatMode, memoryBytes, OneBlockMachine } from './oneBlock';

const start = 0x1000;

function programIn(bytes: readonly number[], eip: number): MicroProgram | undefined {
  const at = eip - start;
  if (at < 0 || at >= bytes.length) return undefined;
  const decoded = decode(Uint8Array.from(bytes), at, bytes.length - at, 32);
  return decoded.kind === 'instruction' ? translate(decoded.instruction, flatMode) : undefined;
}

const regionOf = (bytes: readonly number[], ...entries: readonly number[]): RegionBlock[] =>
  findRegion(
    { entered: entries.map(entry => start + entry), starts: [] },
    eip => programIn(bytes, eip),
    program => isBlockable(program),
  );

const offsets = (blocks: readonly RegionBlock[]): readonly (readonly [number, number])[] =>
  blocks.map(({ eip, graph }) => [eip - start, graph.instructions]);

/** Code, entries, and the blocks that are found: offset and number of instructions. */
const regions: readonly {
  readonly name: string;
  readonly bytes: readonly number[];
  readonly entries: readonly number[];
  readonly blocks: readonly (readonly [number, number])[];
}[] = [
  { name: 'a straight line', bytes: [0x40, 0x41, 0x42, 0xc3], entries: [0], blocks: [[0, 4]] },
  {
    name: 'a branch and both its ways',
    bytes: [0x40, 0x74, 1, 0x41, 0x42, 0xc3],
    entries: [0],
    blocks: [
      [0, 2],
      [3, 1],
      [4, 2],
    ],
  },
  {
    name: 'a loop begins a block where it goes back to',
    bytes: [0x40, 0x41, 0x75, 0xfd, 0xc3],
    entries: [0],
    blocks: [
      [0, 1],
      [1, 2],
      [4, 1],
    ],
  },
  {
    name: 'what follows a call',
    bytes: [0xe8, 0, 1, 0, 0, 0x40, 0xc3],
    entries: [0],
    blocks: [
      [0, 1],
      [5, 2],
    ],
  },
  {
    name: 'what follows an instruction that is not compiled',
    bytes: [0x40, 0xf4, 0x41, 0xc3],
    entries: [0],
    blocks: [
      [0, 1],
      [2, 2],
    ],
  },
  {
    name: 'nothing follows a jump that is computed',
    bytes: [0xff, 0xe0, 0x40, 0xc3],
    entries: [0],
    blocks: [[0, 1]],
  },
  {
    name: 'a repeated string instruction stands alone',
    bytes: [0x40, 0xf3, 0xa4, 0x41, 0xc3],
    entries: [0],
    blocks: [
      [0, 1],
      [1, 1],
      [3, 2],
    ],
  },
  {
    name: 'instructions that overlap',
    bytes: [0xb8, 0x40, 0x41, 0x42, 0xc3, 0xc3],
    entries: [0, 1],
    blocks: [
      [0, 2],
      [1, 4],
    ],
  },
  { name: 'nothing where nothing can be compiled', bytes: [0xf4], entries: [0], blocks: [] },
  { name: 'an entry outside', bytes: [0x40, 0xc3], entries: [0, 0x2000], blocks: [[0, 2]] },
];

describe('regions', () => {
  for (const { name, bytes, entries, blocks } of regions)
    it(name, () => assert.deepEqual(offsets(regionOf(bytes, ...entries)), blocks));

  it('a block has an end, and what follows begins another', () => {
    const blocks = regionOf([...new Array<number>(300).fill(0x40), 0xc3], 0);
    assert.ok(blocks.length > 1);
    assert.equal(
      blocks.reduce((sum, { graph }) => sum + graph.instructions, 0),
      301,
    );
    blocks.slice(1).forEach(({ eip }, index) => assert.equal(eip, blocks[index].endEip));
  });
});

function machineAt(eip: number): OneBlockMachine {
  const machine = new OneBlockMachine();
  machine.state.eip = eip;
  machine.state.setGpr(4, 0x8000);
  return machine;
}

const crossing = 0x4ffe;

/** Runs that end before a jump out of the page or before an access that crosses a page. */
const flagRuns: readonly {
  readonly name: string;
  readonly bytes: readonly number[];
  readonly entries: readonly number[];
  readonly registers: Readonly<Record<number, number>>;
}[] = [
  {
    name: 'add; rol; a store that leaves',
    bytes: [0x01, 0xd8, 0xd1, 0xc1, 0x89, 0x0a],
    entries: [0],
    registers: { 0: 0x7fffffff, 1: 0x80000001, 2: crossing, 3: 1 },
  },
  {
    name: 'add; a branch; rol; a store that leaves',
    bytes: [0x01, 0xd8, 0x70, 1, 0xf4, 0xd1, 0xc1, 0x89, 0x0a],
    entries: [0],
    registers: { 0: 0x7fffffff, 1: 0x80000001, 2: crossing, 3: 1 },
  },
  {
    name: 'sub with a borrow; inc; a load that leaves',
    bytes: [0x29, 0xd8, 0x40, 0x8b, 0x0a],
    entries: [0],
    registers: { 0: 1, 2: crossing, 3: 2 },
  },
  {
    name: 'sub with a borrow; a jump; inc; stc; a load that leaves',
    bytes: [0x29, 0xd8, 0xeb, 0, 0x40, 0xf9, 0x8b, 0x0a],
    entries: [0],
    registers: { 0: 1, 2: crossing, 3: 2 },
  },
  {
    name: 'sub with a borrow; a computed jump; adc',
    bytes: [0x29, 0xd8, 0xff, 0xe6, 0x83, 0xd1, 0, 0xff, 0xe7],
    entries: [0, 4],
    registers: { 0: 1, 3: 2, 6: start + 4, 7: 0x9000 },
  },
  {
    name: 'a loop that rotates and counts, and a branch on what the rotation left',
    bytes: [0xd1, 0xc0, 0x49, 0x75, 0xfb, 0x73, 0, 0x19, 0xdb, 0xff, 0xe7],
    entries: [0],
    registers: { 0: 0x80000001, 1: 5, 3: 2, 7: 0x9000 },
  },
  {
    name: 'and; sahf and lahf around a jump',
    bytes: [0x21, 0xd8, 0xeb, 0, 0x9f, 0x34, 0xff, 0x9e, 0xff, 0xe7],
    entries: [0],
    registers: { 0: 0x0f, 3: 0xf0, 7: 0x9000 },
  },
  {
    name: 'a shift by a count of zero keeps what a comparison left',
    bytes: [0x39, 0xd8, 0xeb, 0, 0xd3, 0xe2, 0xff, 0xe7],
    entries: [0],
    registers: { 0: 1, 1: 0, 2: 7, 3: 2, 7: 0x9000 },
  },
];

function knownProgram(bytes: readonly number[], eip: number): MicroProgram {
  const program = programIn(bytes, eip);
  assert.ok(program);
  return program;
}

/** Registers by number: 0 EAX, 1 ECX, 6 ESI, 7 EDI. Memory's bytes are all different from their neighbours. */
const stringRuns: readonly {
  readonly name: string;
  readonly bytes: readonly number[];
  readonly registers: Readonly<Record<number, number>>;
}[] = [
  { name: 'movsb', bytes: [0xf3, 0xa4], registers: { 1: 9000, 6: 0x4321, 7: 0x8765 } },
  { name: 'movsb, little', bytes: [0xf3, 0xa4], registers: { 1: 31, 6: 0x4321, 7: 0x8765 } },
  { name: 'movsb, the next byte', bytes: [0xf3, 0xa4], registers: { 1: 5000, 6: 0x4321, 7: 0x4322 } },
  { name: 'movsb, 16 bytes on', bytes: [0xf3, 0xa4], registers: { 1: 5000, 6: 0x4321, 7: 0x4331 } },
  { name: 'movsb, 15 bytes back', bytes: [0xf3, 0xa4], registers: { 1: 5000, 6: 0x4321, 7: 0x4312 } },
  { name: 'movsb, the same place', bytes: [0xf3, 0xa4], registers: { 1: 5000, 6: 0x4321, 7: 0x4321 } },
  { name: 'movsd', bytes: [0xf3, 0xa5], registers: { 1: 3000, 6: 0x4000, 7: 0x8000 } },
  { name: 'movsd over page ends', bytes: [0xf3, 0xa5], registers: { 1: 3000, 6: 0x4003, 7: 0x8005 } },
  { name: 'movsd, 17 bytes on', bytes: [0xf3, 0xa5], registers: { 1: 3000, 6: 0x4003, 7: 0x4014 } },
  { name: 'movsd, 6 bytes on', bytes: [0xf3, 0xa5], registers: { 1: 3000, 6: 0x4003, 7: 0x4009 } },
  { name: 'movsw', bytes: [0x66, 0xf3, 0xa5], registers: { 1: 5001, 6: 0x4003, 7: 0x8004 } },
  { name: 'movsw, 17 bytes on', bytes: [0x66, 0xf3, 0xa5], registers: { 1: 501, 6: 0x4003, 7: 0x4014 } },
  { name: 'stosb', bytes: [0xf3, 0xaa], registers: { 0: 0x12345678, 1: 8197, 7: 0x8765 } },
  { name: 'stosw', bytes: [0x66, 0xf3, 0xab], registers: { 0: 0x12345678, 1: 4099, 7: 0x8765 } },
  { name: 'stosd', bytes: [0xf3, 0xab], registers: { 0: 0x12345678, 1: 2051, 7: 0x8765 } },
  { name: 'stosd over nothing but its end', bytes: [0xf3, 0xab], registers: { 0: 0x12345678, 1: 1, 7: 0x8ffd } },
];

function stringMachine(registers: Readonly<Record<number, number>>): OneBlockMachine {
  const machine = machineAt(start);
  for (let address = 0x4000; address < memoryBytes; address++) machine.memory.write8(address, (address * 167) >> 3);
  for (const [index, value] of Object.entries(registers)) machine.state.setGpr(Number(index), value);
  return machine;
}

describe('a region runs', () => {
  // mov ecx, 5; again: inc eax; dec ecx; jnz again; mov [0x4000], eax; ret
  const loop = [0xb9, 5, 0, 0, 0, 0x40, 0x49, 0x75, 0xfc, 0xa3, 0, 0x40, 0, 0, 0xc3];
  const loopInstructions = 1 + 5 * 3 + 2;

  it('to its end, and counts what it did', () => {
    const machine = machineAt(start);
    machine.memory.write32(0x8000, 0x9123);
    assert.equal(machine.runRegion(regionOf(loop, 0), 1000), loopInstructions);
    assert.equal(machine.memory.read32(0x4000), 5);
    assert.equal(machine.state.eip, 0x9123);
    assert.equal(machine.state.gpr(4), 0x8004);
    assert.equal(machine.state.get('zf'), 1);
  });

  it('never further than its budget, and to the same states whatever the budgets are', () => {
    for (let budget = 0; budget <= loopInstructions; budget++) {
      const machine = machineAt(start);
      const done = machine.runRegion(regionOf(loop, 0), budget);
      assert.ok(done <= budget, `${done} of ${budget}`);
      // the rest in one go ends in the same place; blocks are for one region each
      const at = machine.state.eip - start;
      const blocks = at < loop.length ? regionOf(loop, at) : [];
      assert.equal(blocks.length > 0, done < loopInstructions, 'it stops where a block begins');
      const rest = blocks.length > 0 ? machine.runRegion(blocks, 1000) : 0;
      assert.equal(done + rest, loopInstructions);
      assert.equal(machine.state.gpr(0), 5);
      assert.equal(machine.state.gpr(1), 0);
    }
  });

  it('looks at what a block weighs with what is not yet off the budget', () => {
    const blocks = findRegion(
      { entered: [start], starts: [] },
      eip => programIn([0x40, 0x74, 1, 0x42, 0x43, 0xc3], eip),
      program => isBlockable(program),
      eip => (eip === start || eip === start + 3 ? 90 : 1),
    );
    const machine = machineAt(start);
    assert.equal(machine.runRegion(blocks, 100), 91);
    assert.equal(machine.state.eip, start + 3);
  });

  it('not at all with a budget of nothing or less', () => {
    for (const budget of [0, -1, -0x80000000]) assert.equal(machineAt(start).runRegion(regionOf(loop, 0), budget), 0);
  });

  it('and leaves before an instruction that crosses a page', () => {
    // inc eax; mov [ebx], eax; inc eax; ret
    const machine = machineAt(start);
    machine.state.setGpr(3, 0x4ffe);
    assert.equal(machine.runRegion(regionOf([0x40, 0x89, 0x03, 0x40, 0xc3], 0), 100), 1);
    assert.equal(machine.state.eip, start + 1);
    assert.equal(machine.state.gpr(0), 1);
  });

  it('and leaves before a division that would fault, with the flags of before', () => {
    // xor ecx, ecx; div ecx
    const machine = machineAt(start);
    assert.equal(machine.runRegion(regionOf([0x31, 0xc9, 0xf7, 0xf1, 0xc3], 0), 100), 1);
    assert.equal(machine.state.eip, start + 2);
    assert.equal(machine.state.get('zf'), 1);
    assert.equal(machine.state.get('pf'), 1);
  });

  it('and leaves before a jump beyond the code segment', () => {
    // inc eax; jmp ecx
    const machine = machineAt(start);
    machine.state.words[(segmentOffset(1) + SegmentField.limit) >> 2] = 0xffff;
    machine.state.setGpr(1, 0x10000);
    assert.equal(machine.runRegion(regionOf([0x40, 0xff, 0xe1], 0), 100), 1);
    assert.equal(machine.state.eip, start + 1);
  });

  it('through computed jumps within the page, and out of it', () => {
    // 0: jmp eax; 2: inc ecx; jmp edx; 5: dec ecx; jmp ebx
    const bytes = [0xff, 0xe0, 0x41, 0xff, 0xe2, 0x49, 0xff, 0xe3];
    const machine = machineAt(start);
    machine.state.setGpr(0, start + 2);
    machine.state.setGpr(2, start + 5);
    machine.state.setGpr(3, 0x2000);
    assert.equal(machine.runRegion(regionOf(bytes, 0, 2, 5), 100), 5);
    assert.equal(machine.state.eip, 0x2000);
    assert.equal(machine.state.gpr(1), 0);
    // an offset without a block
    const other = machineAt(start);
    other.state.setGpr(0, start + 4);
    assert.equal(other.runRegion(regionOf(bytes, 0, 2, 5), 100), 1);
    assert.equal(other.state.eip, start + 4);
    // the first byte after the page, and the last before it
    for (const target of [start + 0x1000, start - 1]) {
      const outside = machineAt(start);
      outside.state.setGpr(0, target);
      assert.equal(outside.runRegion(regionOf(bytes, 0, 2, 5), 100), 1);
      assert.equal(outside.state.eip, target);
    }
  });

  it('with flags as they are left by what went before, wherever it leaves or goes on', () => {
    for (const { name, bytes, entries, registers } of flagRuns) {
      const [reference, machine] = [0, 1].map(() => machineAt(start));
      for (const at of [reference, machine])
        for (const [index, value] of Object.entries(registers)) at.state.setGpr(Number(index), value);
      const done = machine.runRegion(regionOf(bytes, ...entries), 100);
      assert.ok(done > 0, name);
      for (let count = 0; count < done; count++) reference.evaluate(knownProgram(bytes, reference.state.eip));
      assert.deepEqual(machine.state.words, reference.state.words, name);
    }
  });

  it('a string instruction, an element an instruction', () => {
    // rep stosd; ret
    for (const budget of [1, 2, 5, 6, 100]) {
      const machine = machineAt(start);
      machine.state.setGpr(0, 0x01020304);
      machine.state.setGpr(1, 5);
      machine.state.setGpr(7, 0x4000);
      const blocks = regionOf([0xf3, 0xab, 0xc3], 0);
      const done = machine.runRegion(blocks, budget);
      const elements = Math.min(budget, 5);
      assert.equal(machine.state.gpr(1), 5 - elements);
      assert.equal(machine.state.gpr(7), 0x4000 + elements * 4);
      assert.equal(machine.memory.read32(0x4000 + elements * 4 - 4), 0x01020304);
      assert.equal(machine.memory.read32(0x4000 + elements * 4), 0);
      assert.equal(done, budget > 5 ? 6 : budget);
    }
  });

  it('a string instruction over page ends, whatever the budgets are, as element by element', () => {
    for (const { name, bytes, registers } of stringRuns) {
      const [reference, machine] = [0, 1].map(() => stringMachine(registers));
      const program = knownProgram(bytes, start);
      while (reference.state.eip === start) reference.evaluate(program);
      for (let budget = 1; machine.state.eip === start; budget = (budget * 7) % 1009)
        // blocks are for one region each

        if (machine.runRegion(regionOf(bytes, 0), budget) === 0) machine.evaluate(program);
      assert.deepEqual(machine.state.words, reference.state.words, name);
      assert.ok(Buffer.from(machine.memory.bytes).equals(reference.memory.bytes), name);
    }
  });

  it('a string instruction with nothing to do takes one instruction', () => {
    const machine = machineAt(start);
    assert.equal(machine.runRegion(regionOf([0xf3, 0xa4, 0xf4], 0), 100), 1);
    assert.equal(machine.state.eip, start + 2);
  });

  it('through as many blocks as fit in a page', () => {
    // jmp to the next instruction, over and over; ret
    const machine = machineAt(start);
    const jumps = 0x7ff;
    const bytes = [...Array.from({ length: jumps }, () => [0xeb, 0]).flat(), 0xc3];
    machine.memory.write32(0x8000, 0x9123);
    assert.equal(machine.runRegion(regionOf(bytes, 0), 10_000), jumps + 1);
    assert.equal(machine.state.eip, 0x9123);
  });

  it('blocks that were joined by hand give the same', () => {
    const machine = machineAt(start);
    const programs = [0x40, 0x40, 0x41].map(byte => programIn([byte, 0xc3], start));
    const known = programs.filter(program => program !== undefined);
    const graph = joinBlock(known, start);
    const block = { eip: start, isEntry: true, graph, starts: [start, start + 1, start + 2], endEip: start + 3 };
    assert.equal(machine.runRegion([block], 3), 3);
    assert.deepEqual([machine.state.gpr(0), machine.state.gpr(1), machine.state.eip], [2, 1, start + 3]);
  });
});
