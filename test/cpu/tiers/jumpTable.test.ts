// The table of blocks by EIP: two places for each, and nothing found that was removed.

import assert from 'node:assert/strict';
import type { CodePlace } from '../../../src/cpu/tiers/codePlace';
import { JumpTable } from '../../../src/cpu/tiers/jumpTable';
import { PhysicalMemory } from '../../../src/cpu/memory/physicalMemory';
import { jumpSlot, otherJumpSlot } from '../../../src/ir/wasm/threadedLayout';

const placeAt = (eip: number, physical = eip): CodePlace => ({ eip, physical, modeKey: 3, flat: 7 });
const findIn = (jumps: JumpTable, { eip, physical }: CodePlace, mode: number): number =>
  jumps.find(eip, physical, mode);
function table(): JumpTable {
  const memory = PhysicalMemory.ofSize(0x10000);
  return new JumpTable(memory, memory.takeArea());
}

/** EIPs whose entries share a pair of places. */
function rivals(count: number): number[] {
  const found: number[] = [];
  const pair = Math.min(jumpSlot(0x1000, 1), otherJumpSlot(jumpSlot(0x1000, 1)));
  for (let eip = 0x1000; found.length < count; eip++) {
    const slot = jumpSlot(eip, 1);
    if (Math.min(slot, otherJumpSlot(slot)) === pair) found.push(eip);
  }
  return found;
}

describe('the jump table', () => {
  it('finds a block by place and mode', () => {
    const jumps = table();
    jumps.add(placeAt(0x401234, 0x9234), 2, 0x5000);
    assert.equal(findIn(jumps, placeAt(0x401234, 0x9234), 2), 0x5000);
    assert.equal(findIn(jumps, placeAt(0x401234, 0x9234), 1), 0, 'another mode');
    assert.equal(findIn(jumps, placeAt(0x401234, 0xa234), 2), 0, 'mapped elsewhere');
    assert.equal(findIn(jumps, placeAt(0x401235, 0x9235), 2), 0, 'another EIP');
  });

  it('finds nothing for a mode that there is not', () => {
    const jumps = table();
    jumps.add(placeAt(0x1000), 1, 0x5000);
    jumps.remove(0x1000, 1);
    assert.equal(findIn(jumps, placeAt(0x1000), 0), 0);
  });

  it('keeps two rivals, and the two that came last of three', () => {
    const [first, second, third] = rivals(3);
    const jumps = table();
    jumps.add(placeAt(first), 1, 0x100);
    jumps.add(placeAt(second), 1, 0x200);
    assert.deepEqual([findIn(jumps, placeAt(first), 1), findIn(jumps, placeAt(second), 1)], [0x100, 0x200]);
    jumps.add(placeAt(third), 1, 0x300);
    assert.equal(findIn(jumps, placeAt(third), 1), 0x300);
  });

  it('keeps the same EIP in two modes', () => {
    const jumps = table();
    jumps.add(placeAt(0x1000), 1, 0x100);
    jumps.add(placeAt(0x1000), 2, 0x200);
    assert.deepEqual([findIn(jumps, placeAt(0x1000), 1), findIn(jumps, placeAt(0x1000), 2)], [0x100, 0x200]);
  });

  it('forgets a block wherever it is, and everything', () => {
    const [first, second] = rivals(2);
    for (const forgotten of [first, second]) {
      const jumps = table();
      jumps.add(placeAt(first), 1, 0x100);
      jumps.add(placeAt(second), 1, 0x200);
      jumps.remove(forgotten, 1);
      const found = [first, second].map(eip => findIn(jumps, placeAt(eip), 1) !== 0);
      assert.deepEqual(found, [first !== forgotten, second !== forgotten]);
      jumps.clear();
      assert.deepEqual([findIn(jumps, placeAt(first), 1), findIn(jumps, placeAt(second), 1)], [0, 0]);
    }
  });
});
