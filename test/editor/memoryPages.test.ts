// What the memory view knows of a guest's memory from stop to stop.
import assert from 'node:assert/strict';
import { memoryBytes, MemoryPages, type MemoryPlace, pageBytes } from '../../src/editor/memoryPages';

const pageOf = (...first: number[]): Uint8Array => {
  const page = new Uint8Array(pageBytes);
  page.set(first);
  return page;
};

const guestVirtual = (address: number): MemoryPlace => ({ space: 'gva', address });

describe('the pages that a memory view knows', () => {
  const missing: [title: string, first: number, end: number, pages: number[]][] = [
    ['a row in the first page', 0x10, 0x20, [0, 0x1000]],
    ['a row in the middle', 0x7c00, 0x7c10, [0x6000, 0x7000, 0x8000]],
    ['over a border', 0x7ff0, 0x8010, [0x6000, 0x7000, 0x8000, 0x9000]],
    ['up to a border', 0x7ff0, 0x8000, [0x6000, 0x7000, 0x8000]],
    ['the last row', memoryBytes - 16, memoryBytes, [memoryBytes - 0x2000, memoryBytes - 0x1000]],
  ];
  for (const [title, first, end, pages] of missing)
    it(`are read with their neighbours: ${title}`, () => {
      const found = new MemoryPages().missing(guestVirtual(first), end - first);
      assert.deepEqual(found, pages.map(guestVirtual));
    });

  const start = guestVirtual(0);
  const readAll = (pages: MemoryPages): number => {
    const found = pages.missing(start, 16);
    for (const page of found) pages.put(page, pageOf());
    return found.length;
  };

  it('are read once at each stop, and again after an edit', () => {
    const pages = new MemoryPages();
    assert.deepEqual([readAll(pages), readAll(pages)], [2, 0]);
    pages.lookAgain();
    assert.deepEqual([readAll(pages), readAll(pages)], [2, 0]);
    pages.nextStop();
    assert.deepEqual([readAll(pages), readAll(pages)], [2, 0]);
  });

  it('are compared with the stop before, also after an edit, and with nothing older', () => {
    const pages = new MemoryPages();
    pages.put(start, pageOf(1, 2));
    assert.deepEqual(pages.row(start, 2), { address: 0, bytes: [1, 2] });
    pages.nextStop();
    pages.put(start, pageOf(1, 3));
    assert.deepEqual(pages.row(start, 2), { address: 0, bytes: [1, 3], before: [1, 2] });
    pages.lookAgain();
    pages.put(start, pageOf(4, 3));
    assert.deepEqual(pages.row(start, 2), { address: 0, bytes: [4, 3], before: [1, 2] });
    pages.nextStop();
    pages.nextStop();
    pages.put(start, pageOf(1, 2));
    assert.deepEqual(pages.row(start, 2), { address: 0, bytes: [1, 2] });
  });

  it('have holes, with which nothing is compared', () => {
    const pages = new MemoryPages();
    pages.put(start, undefined);
    assert.deepEqual(pages.row(start, 2), { address: 0 });
    pages.nextStop();
    pages.put(start, pageOf(1));
    assert.deepEqual(pages.row(start, 1), { address: 0, bytes: [1] });
    pages.nextStop();
    pages.put(start, undefined);
    assert.deepEqual(pages.row(start, 1), { address: 0 });
  });

  it('of one address space are none of another', () => {
    const pages = new MemoryPages();
    pages.put(start, pageOf(1));
    assert.deepEqual(pages.row({ space: 'gpa', address: 0 }, 1), { address: 0 });
    assert.equal(pages.missing({ space: 'gpa', address: 0 }, 16).length, 2);
  });
});
