// What is decoded once and kept: how much of it.
import assert from 'node:assert/strict';
import { PhysicalMemory } from '../../../src/cpu/memory/physicalMemory';
import { ProgramCache } from '../../../src/cpu/tiers/programCache';
import { memoryInUse } from '../../memoryInUse';

const pages = 0xfffff;

describe('decoded programs', () => {
  it('are not kept for addresses where no memory is', () => {
    const memory = PhysicalMemory.ofSize(1024 * 1024);
    const cache = new ProgramCache(memory);
    const before = memoryInUse();
    for (let page = 0x100; page <= pages; page++) cache.fetch(page * 4096, 0, () => 0);
    const grown = memoryInUse() - before;
    // with an entry for each page this is above 100 MB
    assert.ok(grown < 16e6, `${Math.round(grown / 1e6)} MB`);
    assert.ok(cache.fetch(0, 0, () => 0) === cache.fetch(0, 0, () => 0), 'and are kept where there is');
  });
});
