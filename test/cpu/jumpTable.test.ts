// The table of blocks by EIP: two places for each, and nothing found that was removed.

import assert from 'node:assert/strict';
import type { CodePlace } from '../../src/cpu/codePlace';
import { JumpTable } from '../../src/cpu/jumpTable';
import { PhysicalMemory } from '../../src/cpu/physicalMemory';
import { jumpSlot, otherJumpSlot } from '../../src/ir/wasm/threadedLayout';

const placeAt = (eip: number, physical = eip): CodePlace => ({ eip, physical, modeKey: 3, flat: 7 });
const findIn = (jumps: JumpTable, { eip, physical }: CodePlace, mode: number): number =>
  jumps.find(eip, physical, mode);
const table = (): JumpTable => new JumpTable(PhysicalMemory.ofSize(0x10000));

/** EIPs whose entries share a pair of places. */
function rivals(count: number): number[] {
  const found: number[] = [];
  const pair = Math.min(jumpSlot(0x1000), otherJumpSlot(jumpSlot(0x1000)));
  for (let eip = 0x1000; found.length < count; eip++) {
    const slot = jumpSlot(eip);
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
    const slot = jumps.add(placeAt(0x1000), 1, 0x5000);
    jumps.remove(slot);
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

  it('forgets both places of a slot, and everything', () => {
    const [first, second] = rivals(2);
    const jumps = table();
    const slot = jumps.add(placeAt(first), 1, 0x100);
    jumps.add(placeAt(second), 1, 0x200);
    jumps.remove(slot);
    assert.deepEqual([findIn(jumps, placeAt(first), 1), findIn(jumps, placeAt(second), 1)], [0, 0]);
    jumps.add(placeAt(first), 1, 0x100);
    jumps.clear();
    assert.equal(findIn(jumps, placeAt(first), 1), 0);
  });
});
