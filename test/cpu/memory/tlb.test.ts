// The TLB: what flushes take, and what they leave; and the faults that fills for compiled code are refused for.

import assert from 'node:assert/strict';
import { physical } from '../../../src/base/address';
import { Pte } from '../../../src/cpu/memory/paging';
import { accessKind, isWriteKind, Tlb, tlbAreaBytes, type WalkResult } from '../../../src/cpu/memory/tlb';
import { randomFrom } from '../../semantics/random';
import { enablePaging, protectedCore, unmap } from '../privileged/protectedCore';

const read = accessKind(false, false);
const write = accessKind(false, true);

const newTlb = (): Tlb => new Tlb(new ArrayBuffer(tlbAreaBytes), 0, 0);
const walkTo = (address: number, more: Partial<WalkResult> = {}): WalkResult => {
  const entries = { directoryEntry: 1, leafAddress: 0, leaf: 0 };
  return { physical: physical(address), isGlobal: false, large: false, ...entries, ...more };
};

describe('flushing the TLB', () => {
  const fill = (tlb: Tlb, linear: number, kind = read, isGlobal = false, large = false): void =>
    tlb.fill(linear, kind, walkTo(linear, { isGlobal, large }), false);

  it('spares global pages when CR3 is loaded, and nothing otherwise', () => {
    const tlb = newTlb();
    fill(tlb, 0x1000);
    fill(tlb, 0x2000, write, true);
    tlb.lapse();
    assert.deepEqual([tlb.lookup(0x1234, read), tlb.lookup(0x2234, write)], [-1, 0x2234]);
    tlb.flush();
    assert.equal(tlb.lookup(0x2234, write), -1);
  });

  it('takes what has been filled since, however often and whatever came before', () => {
    const tlb = newTlb();
    for (let round = 0; round < 3; round++) {
      for (let linear = 0; linear < 0x1000000; linear += 0x1000) fill(tlb, linear, round);
      tlb.flushPage(0x5000);
      fill(tlb, 0x5000, round, round === 1);
      tlb.lapse();
      for (let linear = 0; linear < 0x1000000; linear += 0x1000) {
        assert.equal(tlb.lookup(linear, round), linear === 0x5000 && round === 1 ? 0x5000 : -1);
      }
    }
  });

  it('forgets that a page was global when another takes its slot', () => {
    const tlb = newTlb();
    fill(tlb, 0x3000, read, true);
    fill(tlb, 0x403000);
    tlb.lapse();
    assert.equal(tlb.lookup(0x403000, read), -1);
  });

  it('of one address takes all pieces of its large page', () => {
    const tlb = newTlb();
    fill(tlb, 0x400000, read, false, true);
    fill(tlb, 0x7ff000, write, true, true);
    fill(tlb, 0x801000, read, false, true);
    tlb.flushPage(0x500000);
    assert.deepEqual([tlb.lookup(0x400000, read), tlb.lookup(0x7ff000, write)], [-1, -1]);
    assert.equal(tlb.lookup(0x801000, read), 0x801000);
  });
});

describe('slowing writes to a page down', () => {
  const pages = 8;
  const ramPages = 4;
  const operations = 400;
  const [userRead, userWrite] = [accessKind(true, false), accessKind(true, true)];
  const kinds = [read, write, userRead, userWrite];

  it('slows all translations to it, however they came about, and no others', () => {
    for (let seed = 1; seed <= 50; seed++) {
      const random = randomFrom(seed);
      const tlb = newTlb();
      /** linear addresses that share slots, to few physical pages */
      const linear = (): number => random.below(pages) * 0x1000 + random.below(2) * 0x1000000;
      const act: readonly (() => void)[] = [
        () =>
          tlb.fill(
            linear(),
            random.pick(kinds),
            walkTo(random.below(ramPages) * 0x1000, { isGlobal: random.chance(30), directoryEntry: random.below(2) }),
            random.chance(30),
          ),
        () => {
          const [at, kind] = [linear(), random.pick(kinds)];
          if (tlb.lookup(at, kind) >= 0) tlb.setSlow(at, kind, random.chance(30));
        },
        () => tlb.flushPage(linear()),
        () => (random.chance(50) ? tlb.flush() : tlb.lapse()),
        () => tlb.reconsider(() => random.chance(30)),
        () => slowDown(tlb, random.below(ramPages) * 0x1000, `seed ${seed}`),
      ];
      for (let operation = 0; operation < operations; operation++) random.pick(act)();
    }
  });

  function slowDown(tlb: Tlb, physical: number, when: string): void {
    const entries = kinds.flatMap(kind =>
      [0, 0x1000000].flatMap(high =>
        Array.from({ length: pages }, (_, page) => ({ linear: high + page * 0x1000, kind })),
      ),
    );
    const fastBefore = entries.map(({ linear, kind }) => tlb.isFast(linear, kind));
    tlb.slowDownWrites(physical);
    entries.forEach(({ linear, kind }, index) => {
      const isSlowed = isWriteKind(kind) && tlb.lookup(linear, kind) === physical;
      assert.equal(tlb.isFast(linear, kind), fastBefore[index] && !isSlowed, when);
    });
  }
});

describe('a fill that is refused', () => {
  it('tells the page fault that the instruction would raise, and raises it when it is taken', () => {
    const core = protectedCore();
    enablePaging(core);
    unmap(core, 0x40000);
    const { memory, state } = core;
    assert.equal(memory.fillForCompiledCode(0x40010, write, 4), false);
    assert.equal(state.cr2, 0, 'it has not been raised yet');
    assert.equal(memory.takeRefusedFault(), 2);
    assert.equal(state.cr2, 0x40010);
    assert.equal(memory.takeRefusedFault(), -1);
  });

  it('tells of none where there is another reason', () => {
    const core = protectedCore();
    enablePaging(core);
    core.memory.physical.write32(0x20000 + 0x41 * 4, 0x41000 | Pte.present);
    unmap(core, 0x42000);
    const { memory } = core;
    assert.equal(memory.fillForCompiledCode(0x42000, read, 4), false);
    assert.equal(memory.fillForCompiledCode(0x40ffe, write, 4), false);
    assert.equal(memory.takeRefusedFault(), -1, 'the access crosses a page');
    assert.equal(memory.fillForCompiledCode(0x41000, write, 4), false);
    assert.equal(memory.takeRefusedFault(), 3);
  });
});
