// Addresses to lines and labels, and back, on a made-up program with a macro, TIMES, and data.
import assert from 'node:assert/strict';
import type { LineRow } from '../../src/symbols/lineTable';
import { SymbolPart } from '../../src/symbols/symbolPart';
import { ProgramSymbols } from '../../src/symbols/programSymbols';

const at = (line: number, file = 'main.asm') => ({ file, line, column: 1 });
const row = (address: number, length: number, line: number, more: Partial<LineRow> = {}): LineRow => ({
  address,
  length,
  position: at(line),
  expandedFrom: undefined,
  isCode: true,
  ...more,
});

const part = new SymbolPart(
  {
    labels: [
      { name: 'start', address: 0x100 },
      { name: 'start.loop', address: 0x105 },
      { name: 'twice', address: 0x110 },
      { name: 'data', address: 0x120 },
    ],
    constants: new Map([['FIVE', 5]]),
    lines: [
      row(0x100, 2, 10),
      // line 11 calls a macro of lines 2 and 3
      row(0x102, 1, 2, { expandedFrom: at(11) }),
      row(0x103, 2, 3, { expandedFrom: at(11) }),
      // line 12: TIMES 3 NOP
      ...[0x105, 0x106, 0x107].map(address => row(address, 1, 12)),
      row(0x108, 2, 13),
      // the same macro, called from line 14
      row(0x10a, 1, 2, { expandedFrom: at(14) }),
      row(0x10b, 2, 3, { expandedFrom: at(14) }),
      row(0x110, 3, 20, { position: at(20, 'more.inc') }),
      row(0x120, 8, 30, { isCode: false }),
    ],
  },
  () => true,
);
const symbols = new ProgramSymbols([part]);

describe('symbols', () => {
  const names: [address: number, name: string | undefined, inFunction: string | undefined][] = [
    [0x100, 'start', 'start'],
    [0x103, 'start+0x3', 'start'],
    [0x105, 'start.loop', 'start'],
    [0x107, 'start.loop+0x2', 'start'],
    [0x112, 'twice+0x2', 'twice'],
    [0xff, undefined, undefined],
    [0x128, undefined, undefined],
  ];
  for (const [address, name, inFunction] of names) {
    it(`names 0x${address.toString(16)}`, () => {
      assert.equal(symbols.describe(address), name);
      assert.equal(symbols.functionAt(address), inFunction);
    });
  }

  it('finds values of labels and constants', () => {
    assert.equal(symbols.valueOf('start.loop'), 0x105);
    assert.equal(symbols.valueOf('FIVE'), 5);
    assert.equal(symbols.valueOf('five'), undefined);
    assert.deepEqual([symbols.isLabel('twice'), symbols.isLabel('FIVE')], [true, false]);
  });

  const positions: [address: number, file: string, line: number][] = [
    [0x100, 'main.asm', 10],
    [0x101, 'main.asm', 10],
    // where a macro begins, its call is shown; inside, its own lines
    [0x102, 'main.asm', 11],
    [0x103, 'main.asm', 3],
    [0x10a, 'main.asm', 14],
    [0x112, 'more.inc', 20],
  ];
  for (const [address, file, line] of positions) {
    it(`shows 0x${address.toString(16)} at ${file}:${line}`, () =>
      assert.deepEqual(symbols.lines.positionOf(address), at(line, file)));
  }

  const addresses: [file: string, line: number, found: number[]][] = [
    ['main.asm', 10, [0x100]],
    ['main.asm', 12, [0x105]],
    ['main.asm', 2, [0x102, 0x10a]],
    ['main.asm', 3, [0x103, 0x10b]],
    ['main.asm', 11, [0x102]],
    ['main.asm', 14, [0x10a]],
    ['main.asm', 30, []],
    ['more.inc', 20, [0x110]],
    ['other.asm', 10, []],
  ];
  for (const [file, line, found] of addresses) {
    it(`finds ${file}:${line}`, () => assert.deepEqual(part.lines.addressesOf(file, line), found));
  }

  it('knows what one line made', () => {
    assert.deepEqual(symbols.lines.statementAt(0x106), { first: 0x105, end: 0x108 });
    assert.deepEqual(symbols.lines.statementAt(0x103), { first: 0x103, end: 0x105 });
    assert.deepEqual(symbols.lines.lineAt(0x102), { first: 0x102, end: 0x105 });
    assert.deepEqual(symbols.lines.lineAt(0x103), { first: 0x103, end: 0x105 });
    assert.equal(symbols.lines.statementAt(0x10e), undefined);
  });

  it('lists the lines with code, and where instructions begin', () => {
    const lines = symbols.lines.linesWithCode(['main.asm'], 1, Infinity).map(({ line }) => line);
    assert.deepEqual(lines, [2, 3, 10, 11, 12, 13, 14]);
    assert.deepEqual(symbols.lines.instructionStarts(0x103, 0x108), [0x103, 0x105, 0x106, 0x107]);
    assert.deepEqual([part.lines.isInstructionStart(0x103), part.lines.isInstructionStart(0x104)], [true, false]);
    assert.equal(part.lines.isInstructionStart(0x120), false);
  });
});
