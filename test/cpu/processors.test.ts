// Several processors with compiled code: in one memory, and one machine after the other.

import assert from 'node:assert/strict';
import type { InterruptSource, PortSpace } from '../../src/cpu/core';
import { PhysicalMemory } from '../../src/cpu/memory/physicalMemory';
import { Processor } from '../../src/cpu/processor';
import { startInProtectedMode } from '../../src/machine/startState';
import { memoryInUse } from '../memoryInUse';

const memoryBytes = 1 << 20;
const ports: PortSpace = { read: () => 0, write: () => {} };
const interrupts: InterruptSource = { pending: false, acknowledge: () => 0 };
/** inc eax; mov [ebx], eax; jmp to the beginning */
const counting = [0x40, 0x89, 0x03, 0xeb, 0xfb];
const instructionsPerRound = 3;

/** Counts at `code`, with the count in memory at `cell`. */
function processorAt(memory: PhysicalMemory, code: number, cell: number): Processor {
  const processor = new Processor({ memory, ports, interrupts });
  memory.load(code, Uint8Array.from(counting));
  startInProtectedMode(processor.state, { entry: code, gdtBase: 0x500, stackPointer: 0x9000 });
  processor.state.setGpr(3, cell);
  return processor;
}

/** What a processor holds outside the buffer is some 200 KB: a thousand that are kept would be twice this. */
const mostLeftBytes = 100 << 20;

function runRounds(processor: Processor, rounds: number): void {
  processor.tiers.limits = { misses: 0, missesPerRoutine: 1, hotVisits: 2, maximumCompilations: 8 };
  for (let left = rounds * instructionsPerRound; left > 0;) left -= processor.run(left);
}

describe('processors in one memory', () => {
  it('run compiled code side by side, as many as the memory was made for', () => {
    const memory = PhysicalMemory.ofSize(memoryBytes, 5);
    const processors = [0, 1, 2, 3, 4].map(index => processorAt(memory, 0x10000 + index * 0x1000, 0x8000 + index * 4));
    for (let turn = 1; turn <= 20; turn++)
      processors.forEach((processor, index) => {
        runRounds(processor, 10 * (index + 1));
        assert.equal(memory.read32(0x8000 + index * 4), turn * 10 * (index + 1));
      });
    for (const { tiers } of processors) assert.equal(tiers.compiled.compilations, 1);
  });

  it('notice what another writes to their code', () => {
    const memory = PhysicalMemory.ofSize(memoryBytes, 2);
    const reader = processorAt(memory, 0x10000, 0x8000);
    runRounds(reader, 100);
    const writer = processorAt(memory, 0x20000, 0x10000);
    writer.state.setGpr(0, 0xeb038947 | 0); // after its INC: dec eax; mov [ebx], eax; the JMP's first byte
    runRounds(writer, 1);
    runRounds(reader, 50);
    assert.equal(reader.state.gpr(0), 50);
  });

  it('are refused beyond that number, and make room when they are given up', () => {
    const memory = PhysicalMemory.ofSize(memoryBytes, 1);
    const first = processorAt(memory, 0x10000, 0x8000);
    runRounds(first, 100);
    assert.throws(() => new Processor({ memory, ports, interrupts }), /made for 1 processors/);
    first.release();
    const second = processorAt(memory, 0x10000, 0x8004);
    runRounds(second, 100);
    assert.equal(memory.read32(0x8004), 100);
  });

  it('leave nothing behind, a thousand times', () => {
    const memory = PhysicalMemory.ofSize(memoryBytes, 2);
    const stays = processorAt(memory, 0x20000, 0x8000);
    const before = memoryInUse();
    for (let time = 0; time < 1000; time++) {
      const processor = processorAt(memory, 0x10000, 0x8004);
      // the fast tiers of a few: they are what takes time to make
      if (time % 10 === 0) runRounds(processor, 4);
      processor.release();
    }
    assert.ok(memoryInUse() - before < mostLeftBytes);
    runRounds(stays, 100);
    assert.equal(memory.read32(0x8000), 100);
  });
});

describe('machines', () => {
  it('are made and dropped a thousand times', () => {
    for (let time = 0; time < 1000; time++) {
      const memory = PhysicalMemory.ofSize(memoryBytes);
      const processor = processorAt(memory, 0x10000, 0x8000);
      if (time % 10 !== 0) continue;
      runRounds(processor, 4);
      assert.equal(memory.read32(0x8000), 4);
    }
  });
});
