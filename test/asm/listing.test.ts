// The listing: each line of every source, with the addresses and bytes that came of it.
import assert from 'node:assert/strict';
import { assemble } from '../../src/asm/assemble';
import { listing } from '../../src/asm/listing';

const files: Record<string, string> = {
  'main.asm': [
    '%include "macros.inc"',
    'bits 32',
    'org 0x1000',
    'start: cli ; masks',
    ' twice 0x41',
    ' db "0123456789"',
    ' times 100 db 0',
    'section .far vstart=0x8000',
    ' mov eax, there',
    'there:',
    'section .bss',
    'room: resd 4',
  ].join('\n'),
  'macros.inc': '%macro twice 1\n mov al, %1\n mov ah, %1\n%endmacro\n',
};

describe('listing', () => {
  const sources = { text: (name: string) => files[name], bytes: () => undefined };
  const { image, diagnostics } = assemble('main.asm', sources);
  const rows = image ? listing(image, sources).split('\n') : [];
  const row = (text: string) => rows.find(line => line.includes(text)) ?? '';

  it('has every line of every file', () => {
    assert.deepEqual(diagnostics, []);
    assert.equal(rows[0], '; main.asm');
    assert.ok(rows.includes('; macros.inc'));
    for (const text of Object.values(files).join('\n').split('\n')) assert.ok(row(text), text);
  });

  const expected: [what: string, line: string, pattern: RegExp][] = [
    ['an instruction', 'start: cli', /^ {4}4 00001000 fa {23} start: cli ; masks$/],
    ['a macro, by the line that calls it', 'twice 0x41', /^ {4}5 00001001 b0 41 /],
    ['data in rows of eight', '0123456789', /^ {4}6 00001005 30 31 32 33 34 35 36 37 /],
    ['repeated bytes', 'times 100', /^ {4}7 0000100f 00 × 100 /],
    ['a section that runs elsewhere than it lies', 'mov eax', /^ {4}9 00008000 b8 05 80 00 00 /],
    ['room without bytes', 'room:', /^ {3}12 [0-9a-f]{8} <16 reserved> /],
    ['nothing for a line without code', 'bits 32', /^ {4}2 {36}bits 32$/],
  ];
  for (const [what, line, pattern] of expected) it(`shows ${what}`, () => assert.match(row(line), pattern));

  it('shows the beginning of a large file, and how much there is', () => {
    const bytes = Uint8Array.from({ length: 1_000_000 }, (_, index) => index);
    const large = { text: () => 'incbin "large.bin"\nnop', bytes: () => bytes };
    const made = assemble('main.asm', large).image;
    const listed = made ? listing(made, large).split('\n') : [];
    assert.match(listed[1], /^ {4}1 00000000 00 01 02 03 04 05 06 07 {3}incbin "large.bin"$/);
    assert.match(listed[32], /^ {6}000000f8 f8 f9 fa fb fc fd fe ff$/);
    assert.match(listed[33], /^ {6}00000100 <999744 more>$/);
    assert.match(listed[34], /^ {4}2 000f4240 90 {24}nop$/);
  });

  it('goes on below a line that has more bytes', () => {
    assert.match(rows[rows.indexOf(row('0123456789')) + 1], /^ {6}0000100d 38 39$/);
    assert.match(rows[rows.indexOf(row('twice 0x41')) + 1], /^ {6}00001003 b4 41$/);
  });
});
