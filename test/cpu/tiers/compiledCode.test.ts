// When pages are compiled, found again, dropped and compiled anew. That compiled code does the same as the evaluator is
// for `test/lockstep`.

import assert from 'node:assert/strict';
import { bareMachine, codeAddress as code } from '../bareMachine';
import type { TierLimits } from '../../../src/cpu/tiers/tiers';
import { accessKind } from '../../../src/cpu/memory/tlb';
import type { BareMetal } from '../../../src/monitor/none';
import { Cr0 } from '../../../src/isa/controlRegisters';
import { Eflags } from '../../../src/isa/flags';
import { Segment } from '../../../src/isa/registers';
import type { ProcessorState } from '../../../src/cpu/registers/state';

const eager: TierLimits = { misses: 0, missesPerRoutine: 1, hotVisits: 2, maximumCompilations: 8 };

function machineWith(bytes: readonly number[], limits = eager, memoryBytes = 1 << 20): BareMetal {
  const machine = bareMachine(bytes, limits, memoryBytes);
  machine.setStops(new Set(), true);
  return machine;
}

interface Progress {
  readonly compiled: number;
  readonly stepped: number;
}

/** Until `instructions` have been retired. */
function advance(machine: BareMetal, instructions: number): Progress {
  const end = machine.running.now + instructions;
  let compiled = 0;
  let stepped = 0;
  while (machine.running.now < end) {
    const ran = machine.run(end - machine.running.now);
    compiled += ran;
    if (ran > 0) continue;
    machine.step();
    stepped++;
  }
  return { compiled, stepped };
}

/** inc eax; mov [0x8000], eax; jmp to the beginning */
const counting = [0x40, 0xa3, 0, 0x80, 0, 0, 0xeb, 0xf8];
const compilationsOf = ({ hardware }: BareMetal): number => hardware.tiers.compiled.compilations;

describe('compiled code', () => {
  it('is made when a page has become hot, and once', () => {
    const machine = machineWith(counting, { misses: 50, missesPerRoutine: 10, hotVisits: 40, maximumCompilations: 8 });
    assert.equal(advance(machine, 60).compiled, 0);
    assert.equal(compilationsOf(machine), 0);
    const { compiled, stepped } = advance(machine, 3000);
    assert.ok(compiled > 2000 && stepped < 200, `${compiled} compiled, ${stepped} stepped`);
    assert.equal(compilationsOf(machine), 1);
    assert.equal(machine.hardware.state.gpr(0), Math.ceil(3060 / 3));
  });

  it('goes no further than it may', () => {
    const machine = machineWith(counting);
    advance(machine, 30);
    assert.equal(machine.run(0), 0);
    assert.equal(machine.run(-5), 0);
    for (let budget = 1; budget < 20; budget++) {
      const before = machine.running.now;
      const ran = machine.run(budget);
      assert.ok(ran <= budget);
      assert.equal(machine.running.now, before + ran);
      machine.step();
    }
  });

  it('sees a change of its page, whoever makes it', () => {
    const machine = machineWith(counting);
    advance(machine, 300);
    const before = machine.hardware.state.gpr(0);
    machine.running.memory.write8(code, 0x48); // dec eax
    advance(machine, 300);
    assert.equal(machine.hardware.state.gpr(0), before - 100);
    assert.equal(compilationsOf(machine), 2);
  });

  it('sees a change that it makes itself, in the same block', () => {
    // xor byte [code + 7], 8; inc eax (or dec); inc ecx; jmp back: EAX goes down first, then up again
    const bytes = [0x80, 0x35, 7, 0, 1, 0, 8, 0x40, 0x41, 0xeb, 0xf5];
    const machine = machineWith(bytes);
    for (let round = 1; round <= 40; round++) {
      advance(machine, 4);
      assert.equal(machine.hardware.state.gpr(0), round % 2 ? -1 : 0, `round ${round}`);
      assert.equal(machine.hardware.state.gpr(1), round);
    }
  });

  it('is given up where code changes all the time', () => {
    const bytes = [0x80, 0x35, 7, 0, 1, 0, 8, 0x40, 0x41, 0xeb, 0xf5];
    const machine = machineWith(bytes);
    advance(machine, 4000);
    assert.ok(compilationsOf(machine) <= eager.maximumCompilations);
  });

  it('takes a new entry after a while', () => {
    // two loops that nothing leads from one to the other: EBX says where the first one ends
    const bytes = [0x40, 0xff, 0xe3, 0x41, 0xff, 0xe3];
    const machine = machineWith(bytes);
    machine.hardware.state.setGpr(3, code);
    assert.ok(advance(machine, 200).compiled > 150);
    machine.hardware.state.setGpr(3, code + 3);
    assert.ok(advance(machine, 2000).compiled > 1500);
  });

  it('stops where a debugger wants it to, and nowhere else', () => {
    const machine = machineWith(counting);
    advance(machine, 300);
    machine.hardware.tiers.setStops(new Set([code + 1]), true);
    for (let round = 0; round < 50; round++) {
      const ran = machine.run(1000);
      if (ran === 0) machine.step();
      else assert.equal(machine.hardware.state.eip, code + 1);
    }
    machine.hardware.tiers.setStops(new Set(), true);
    assert.ok(advance(machine, 3000).compiled > 2500);
  });

  const unfit: Readonly<Record<string, (state: ProcessorState) => void>> = {
    'single steps': state => (state.systemFlags |= Eflags.tf),
    'RF where there is a breakpoint': state => {
      state.systemFlags |= Eflags.rf;
      state.set('dr7', 0x401);
    },
    'the shadow of STI': state => (state.interruptShadow = 1),
    'debug traps that are due': state => state.set('pendingDebugTraps', 1),
    HLT: state => state.set('activity', 1),
  };
  for (const [what, make] of Object.entries(unfit)) it(`is not for ${what}`, () => assert.equal(ranAfter(make), 0));

  const fit: Readonly<Record<string, (state: ProcessorState) => void>> = {
    'RF where there is no breakpoint': state => (state.systemFlags |= Eflags.rf),
    'a breakpoint without RF': state => state.set('dr7', 0x401),
    'AC where CR0.AM is clear': state => (state.systemFlags |= Eflags.ac),
    'CR0.AM where AC is clear': state => (state.cr0 |= Cr0.am),
  };
  for (const [what, make] of Object.entries(fit)) it(`is for ${what}`, () => assert.notEqual(ranAfter(make), 0));

  /** Instructions once the state has been changed. */
  function ranAfter(make: (state: ProcessorState) => void): number {
    const machine = machineWith(counting);
    advance(machine, 300);
    assert.ok(machine.run(30) > 0);
    make(machine.hardware.state);
    return machine.run(30);
  }

  it('sees the change that a page walk makes to its page: a dirty flag among the instructions', () => {
    // The page of code is a page table too. Its entry for `data` is code as well: 27 is DAA, with the dirty flag it is 67,
    // a prefix of the PUSH EAX that follows.
    const directory = 0x7000;
    const data = 0x50000;
    const entryOf = (linear: number): number => code + (linear >>> 12) * 4;
    const begin = entryOf(data) - 6;
    const back = begin + 0x40;
    const machine = machineWith([], { ...eager, hotVisits: 1, maximumCompilations: 1000 });
    const {
      running: { memory },
      hardware,
    } = machine;
    const { state } = hardware;
    for (const linear of [0x8000, code]) memory.write32(entryOf(linear), linear | 0x67);
    memory.write32(directory, code | 0x67);
    const jumpTo = (from: number, to: number): number[] => [0xe9, ...[0, 8, 16, 24].map(shift => ((to - from - 5) >> shift) & 0xff)]; // prettier-ignore
    // inc edx; mov [data], al; then the entry: daa, push eax, add [eax], al (or push eax with a prefix); jmp back
    memory.load(begin, Uint8Array.from([0x42, 0xa2, data & 0xff, (data >> 8) & 0xff, (data >> 16) & 0xff, 0]));
    memory.write32(entryOf(data), 0x00005027);
    memory.load(entryOf(data) + 4, Uint8Array.from(jumpTo(entryOf(data) + 4, back)));
    // and byte [entry], ~0x40; invlpg [data]; inc ecx; jmp begin
    const end = [0x80, 0x25, ...[0, 8, 16, 24].map(shift => (entryOf(data) >> shift) & 0xff), 0xbf];
    const flush = [0x0f, 0x01, 0x3d, ...[0, 8, 16, 24].map(shift => (data >> shift) & 0xff), 0x41];
    memory.load(back, Uint8Array.from([...end, ...flush]));
    const last = back + end.length + flush.length;
    memory.load(last, Uint8Array.from(jumpTo(last, begin)));
    state.set('cr3', directory);
    state.set('cr0', state.get('cr0') | (0x80000000 | 0));
    state.setGpr(0, 0x800a);
    state.eip = begin;
    const { compiled } = advance(machine, 900);
    assert.equal(state.gpr(0), 0x800a, 'DAA was never carried out');
    assert.ok(compiled > 50, `${compiled} compiled`);
  });

  it('finds room for more pages than it has tables', () => {
    // a chain of pages, each a little loop that goes on to the next page: as many as would fill the room twice
    const pages = 2500;
    const first = 0x100000;
    const machine = machineWith([], eager, first + (pages + 1) * 0x1000);
    const jump = (from: number, to: number): number[] => [0xe9, ...[0, 8, 16, 24].map(shift => ((to - from - 5) >> shift) & 0xff)]; // prettier-ignore
    machine.running.memory.load(code, Uint8Array.from([...jump(code, first)]));
    for (let page = 0; page < pages; page++) {
      const at = first + page * 0x1000;
      // mov ecx, 6; again: inc eax; loop again; jmp next
      const loop = [0xb9, 6, 0, 0, 0, 0x40, 0xe2, 0xfd];
      machine.running.memory.load(at, Uint8Array.from([...loop, ...jump(at + loop.length, at + 0x1000)]));
    }
    machine.running.memory.load(first + pages * 0x1000, Uint8Array.from([0xeb, 0xfe]));
    advance(machine, 1 + pages * 14 + 10);
    assert.equal(machine.hardware.state.gpr(0), pages * 6);
    assert.ok(compilationsOf(machine) >= pages);
  });
});

describe('translations for compiled code', () => {
  const write = accessKind(false, true);

  it('keep what is known, and say anew who may use it', () => {
    const {
      hardware,
      running: { memory: guestMemory },
    } = machineWith(counting);
    const { memory } = hardware;
    assert.ok(memory.fillForCompiledCode(0x5000, write, 4));
    guestMemory.watchWrites(5);
    assert.equal(memory.tlb.isFast(0x5000, write), false);
    const generation = guestMemory.writeGeneration(5);
    assert.ok(memory.fillForCompiledCode(0x5000, accessKind(false, false), 4));
    assert.equal(guestMemory.writeGeneration(5), generation, 'reading is no write');
    assert.ok(memory.fillForCompiledCode(0x5000, write, 4), 'the write that follows ends the watch');
    assert.equal(guestMemory.writeGeneration(5), generation + 1, 'whoever watches has been told');
    guestMemory.watchWrites(5);
    assert.equal(memory.tlb.isFast(0x5000, write), false, 'and is told of the next one');
  });

  it('stay slow where a data breakpoint is', () => {
    const {
      hardware,
      running: { memory: guestMemory },
    } = machineWith(counting);
    const { memory } = hardware;
    memory.accesses.ranges = [{ first: 0x5000, last: 0x5003, reads: false, writes: true }];
    guestMemory.watchWrites(5);
    assert.equal(memory.fillForCompiledCode(0x5000, write, 4), false);
  });

  it('are refused across pages, above the ceiling and where no RAM is', () => {
    const { memory } = machineWith(counting).hardware;
    assert.equal(memory.fillForCompiledCode(0x5ffe, write, 4), false);
    assert.ok(memory.fillForCompiledCode(0x5ffe, write, 2));
    assert.equal(memory.fillForCompiledCode(0x800000, write, 4), false);
    memory.fastCeiling = 0x6fff;
    assert.ok(memory.fillForCompiledCode(0x6000, write, 4));
    assert.equal(memory.fillForCompiledCode(0x7000, write, 4), false);
    assert.equal(memory.tlb.lookup(0x7000, write), -1, 'nothing was looked up');
  });

  it('are made above the ceiling for fetches: code runs fast there, and its data do not', () => {
    const counter = [0x40, 0xeb, 0xfd]; // inc eax; jmp to it
    const machine = machineWith(counter);
    machine.hardware.memory.fastCeiling = code - 1;
    const { state } = machine.hardware;
    for (const segment of [Segment.es, Segment.ss, Segment.ds])
      state.setSegment(segment, { ...state.segment(segment), limit: code - 1 });
    assert.ok(advance(machine, 1000).compiled > 900);
    assert.equal(compilationsOf(machine), 1);

    const storing = [0xa3, 0, 0, 1, 0, 0xeb, 0xf9]; // mov [0x10000], eax; jmp to it
    machine.running.memory.load(code + 0x1000, Uint8Array.from(storing));
    state.eip = code + 0x1000;
    const before = machine.running.memory.read32(code);
    assert.equal(machine.run(10), 0, 'the store is beyond its segment');
    assert.equal(machine.running.memory.read32(code), before);
  });
});
