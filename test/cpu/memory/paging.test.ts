// The walk: SDM Vol. 3A §4.3, figures 4-2 to 4-4 and table 4-6; §4.6 rights; §4.7 error codes; §4.8 accessed and dirty flags.

import assert from 'node:assert/strict';
import { PageWalk, physicalOf, Pte, walk } from '../../../src/cpu/memory/paging';
import { PhysicalMemory } from '../../../src/cpu/memory/physicalMemory';
import { Cr0, Cr4 } from '../../../src/isa/controlRegisters';

const directory = 0x1000;
const table = 0x2000;
const linear = 0x00403123; // entry 1 of the directory, entry 3 of its table
const rights = Pte.present | Pte.writable | Pte.user;
const paged = Cr0.pg | Cr0.pe;

interface Walk {
  readonly pde: number;
  readonly pte?: number;
  readonly write?: true;
  readonly user?: true;
  readonly cr0?: number;
  readonly cr4?: number;
}

/** `physical`, with the entries as they are afterwards; or the error code. */
function outcome({ pde, pte = 0, write, user, cr0 = paged, cr4 = 0 }: Walk): string {
  const memory = PhysicalMemory.ofSize(0x10000);
  memory.write32(directory + 4, pde);
  memory.write32(table + 3 * 4, pte);
  const access = { write: write === true, user: user === true };
  const found = walk(memory, { cr0, cr3: directory, cr4 }, linear, access, true);
  const hex = (value: number): string => (value >>> 0).toString(16);
  const entries = `${hex(memory.read32(directory + 4))} ${hex(memory.read32(table + 3 * 4))}`;
  return found.ok ? `${hex(found.physical)}: ${entries}${found.global ? ' global' : ''}` : `#PF(${found.errorCode})`;
}

const small = table | rights;
const large = 0x00800000 | rights | Pte.large;
const rows: readonly (readonly [what: string, walk: Walk, outcome: string])[] = [
  ['a read sets the accessed flags', { pde: small, pte: 0x5007 }, '5123: 2027 5027'],
  ['a write sets the dirty flag too', { pde: small, pte: 0x5007, write: true }, '5123: 2027 5067'],
  ['no directory entry', { pde: small & ~1, pte: 0x5007 }, '#PF(0)'],
  ['no directory entry, write by a user', { pde: 0, write: true, user: true }, '#PF(6)'],
  ['no table entry', { pde: small, pte: 0x5006 }, '#PF(0)'],
  ['no table entry, write', { pde: small, pte: 0, write: true }, '#PF(2)'],
  ['a user’s read', { pde: small, pte: 0x5007, user: true }, '5123: 2027 5027'],
  ['a user’s read of a supervisor’s page', { pde: small, pte: 0x5003, user: true }, '#PF(5)'],
  ['a user’s read by a supervisor’s table', { pde: small & ~Pte.user, pte: 0x5007, user: true }, '#PF(5)'],
  ['a user’s write of a read-only page', { pde: small, pte: 0x5005, user: true, write: true }, '#PF(7)'],
  ['a supervisor’s write of a read-only page', { pde: small, pte: 0x5005, write: true }, '5123: 2027 5065'],
  ['the same with WP', { pde: small, pte: 0x5005, write: true, cr0: paged | Cr0.wp }, '#PF(3)'],
  ['a supervisor’s read of it with WP', { pde: small, pte: 0x5005, cr0: paged | Cr0.wp }, '5123: 2027 5025'],
  ['a large page', { pde: large, cr4: Cr4.pse }, '803123: 8000a7 0'],
  ['a large page, written', { pde: large, cr4: Cr4.pse, write: true }, '803123: 8000e7 0'],
  [
    'a large page, a user’s write of a read-only one',
    { pde: large & ~2, cr4: Cr4.pse, user: true, write: true },
    '#PF(7)',
  ],
  ['a large page with a reserved bit', { pde: large | 0x2000, cr4: Cr4.pse }, '#PF(9)'],
  ['PS without CR4.PSE is no large page', { pde: small | Pte.large, pte: 0x5007 }, '5123: 20a7 5027'],
  ['a table with CR4.PSE', { pde: small, pte: 0x5007, cr4: Cr4.pse }, '5123: 2027 5027'],
  ['a global page', { pde: small, pte: 0x5107, cr4: Cr4.pge }, '5123: 2027 5127 global'],
  ['a global page without CR4.PGE', { pde: small, pte: 0x5107 }, '5123: 2027 5127'],
  ['a page that is not global', { pde: small, pte: 0x5007, cr4: Cr4.pge }, '5123: 2027 5027'],
];

describe('the page walk', () => {
  for (const [what, walked, expected] of rows)
    it(`${what}: ${expected}`, () => assert.equal(outcome(walked), expected));

  it('of who only looks changes nothing, and asks for no rights', () => {
    const memory = PhysicalMemory.ofSize(0x10000);
    memory.write32(directory + 4, table | Pte.present);
    memory.write32(table + 3 * 4, 0x5000 | Pte.present);
    assert.equal(physicalOf(memory, { cr0: paged, cr3: directory, cr4: 0 }, linear), 0x5123);
    assert.equal(memory.read32(directory + 4), table | Pte.present);
    assert.equal(physicalOf(memory, { cr0: paged, cr3: directory, cr4: 0 }, 0x00801000), undefined);
    assert.equal(physicalOf(memory, { cr0: Cr0.pe, cr3: directory, cr4: 0 }, linear), linear);
  });

  const kept = small | Pte.accessed;
  const places: readonly (readonly [what: string, kind: 'ram' | 'rom' | 'device', entry: number, kept: number])[] = [
    ['tables in RAM', 'ram', directory, kept],
    ['a directory in ROM', 'rom', directory, kept],
    ['a table in ROM', 'rom', table, kept],
    ['a directory in a device', 'device', directory, 0],
    ['a table in a device', 'device', table, 0],
  ];
  for (const [what, kind, page, expected] of places)
    it(`of ${what} ${expected ? 'keeps' : 'does not keep'} its entry of the directory`, () => {
      const memory = PhysicalMemory.ofSize(0x10000);
      memory.write32(directory + 4, small);
      memory.write32(table + 3 * 4, 0x5007);
      const area = { first: page, sizeBytes: 0x1000 };
      const device = { read: () => (page === directory ? small : 0x5007), write: () => undefined };
      if (kind === 'rom') memory.map({ kind, ...area });
      if (kind === 'device') memory.map({ kind, ...area, device });
      const found = new PageWalk(memory, { cr0: paged, cr3: directory, cr4: 0 });
      assert.ok(found.walk(linear, { write: false, user: false }, true));
      assert.deepEqual([found.physical, found.directoryEntry], [0x5123, expected]);
    });
});
