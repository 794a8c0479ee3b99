// Precision and protection over many random tables: whatever the descriptors say, an operation either completes with
// a consistent processor or faults and leaves state and memory alone (`attempt` compares them).

import assert from 'node:assert/strict';
import { farReturn } from '../../src/cpu/privileged/transfers/farReturn';
import { farCall, farJump } from '../../src/cpu/privileged/transfers/farTransfers';
import { interruptReturn } from '../../src/cpu/privileged/transfers/interruptReturn';
import { softwareInterrupt } from '../../src/cpu/privileged/transfers/interrupts';
import { loadSegment } from '../../src/cpu/privileged/segmentation';
import { attributeDpl } from '../../src/isa/descriptors';
import { Segment } from '../../src/isa/registers';
import type { TestCore } from './privileged/protectedCore';
import { address, attempt, enablePaging, gdt, protectedCore, unmap } from './privileged/protectedCore';

/** Numbers that look random and are the same in every run (a linear congruential generator). */
function randomNumbers(seed: number): (below: number) => number {
  let word = seed;
  return below => {
    word = (Math.imul(word, 1664525) + 1013904223) >>> 0;
    return Math.floor((word / 2 ** 32) * below);
  };
}

const rounds = 600;
const slots = (gdt.beyond >> 3) - 1;

/** Tasks have tests of their own: a fault in the new task comes after the switch. */
const taskTypes = [1, 3, 5, 9, 11];

/** Every descriptor but the null one: code, data, gates, system segments, of any DPL, often with something wrong. */
function scramble(core: TestCore, random: (below: number) => number): void {
  for (let slot = 1; slot <= slots; slot++) {
    const isCodeOrData = random(4) !== 0;
    const drawn = random(16);
    const type = !isCodeOrData && taskTypes.includes(drawn) ? 0 : drawn;
    const access = type | (isCodeOrData ? 0x10 : 0) | (random(4) << 5) | (random(8) === 0 ? 0 : 0x80);
    const gate = !isCodeOrData && type >= 4;
    const low = gate ? (randomSelector(random) << 16) | random(0x8000) : random(8) === 0 ? 0xfff : 0xffff;
    const size = gate ? 0 : random(4) === 0 ? 0x4 : 0xc;
    const parameters = gate ? random(6) : 0;
    core.setDescriptor(slot * 8, { low, high: (size << 20) | (gate ? 0 : 0xf << 16) | (access << 8) | parameters });
  }
}

const randomSelector = (random: (below: number) => number): number => random(slots + 3) * 8 + random(4);

type Operation = (core: TestCore, random: (below: number) => number) => void;

const size = (random: (below: number) => number): number => (random(3) === 0 ? 16 : 32);

const operations: Readonly<Record<string, Operation>> = {
  'far JMP': (core, random) => farJump(core, randomSelector(random), random(0x2000), size(random), 0x6007),
  'far CALL': (core, random) => farCall(core, randomSelector(random), random(0x2000), size(random), 0x6007),
  'far RET': (core, random) => farReturn(core, random(3) * 4, size(random)),
  IRET: (core, random) => interruptReturn(core, size(random), 0x6001),
  INT: (core, random) => softwareInterrupt(core, random(32), random(4), 0x6002),
  'MOV Sreg': (core, random) => loadSegment(core, [0, 2, 3, 4, 5][random(5)], randomSelector(random)),
};

function scrambledCore(random: (below: number) => number): TestCore {
  const core = protectedCore().enterRing(random(4));
  if (random(2)) enablePaging(core);
  core.state.stackPointer -= 0x40;
  for (let index = 0; index < 12; index++) {
    const value = index === 0 ? random(0x2000) : randomSelector(random) | (random(4) << 12);
    core.write(core.state.stackPointer + index * 4, 4, value);
  }
  scramble(core, random);
  for (let vector = 0; vector < 32; vector++) {
    const type = [6, 7, 14, 15][random(4)];
    core.setGate(vector, {
      low: (randomSelector(random) << 16) | random(0x2000),
      high: 0x8000 | (random(4) << 13) | (type << 8),
    });
  }
  for (const dpl of [0, 1, 2]) core.write(address.tss32 + 8 + dpl * 8, 4, (randomSelector(random) & ~3) | dpl);
  if (core.state.paging && random(3) === 0) unmap(core, address.stacks[random(4)] - 0x1000);
  return core;
}

function checkConsistent({ state }: TestCore): void {
  if (state.virtual8086) return assert.equal(state.cpl, 3);
  assert.equal(state.selector(Segment.cs) & 3, state.cpl, 'CPL is the RPL of CS');
  assert.equal(state.selector(Segment.ss) & 3, state.cpl, 'CPL is the RPL of SS');
  assert.equal(attributeDpl(state.attributes(Segment.ss)), state.cpl, 'CPL is the DPL of SS');
  assert.ok(state.eip <= state.limit(Segment.cs), 'EIP lies within CS');
}

describe('precision', () => {
  for (const [name, operate] of Object.entries(operations)) {
    it(`${name} completes or leaves no trace`, () => {
      const random = randomNumbers(name.length * 7919);
      const outcomes = new Set<string>();
      for (let round = 0; round < rounds; round++) {
        const core = scrambledCore(random);
        const cplBefore = core.state.cpl;
        const outcome = attempt(core, () => operate(core, random));
        outcomes.add(outcome.replace(/\(.*/, ''));
        if (outcome === 'ok') checkConsistent(core);
        const inward = name === 'far CALL' || name === 'INT';
        if (!inward) assert.ok(core.state.cpl >= cplBefore, 'only gates lead to an inner ring');
        else assert.ok(core.state.cpl <= cplBefore, 'gates do not lead to an outer ring');
      }
      assert.ok(outcomes.has('ok') && outcomes.size >= 3, `too little happened: ${[...outcomes].join(' ')}`);
    });
  }
});
