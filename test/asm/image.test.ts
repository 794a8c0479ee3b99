// The image's tables: addresses to lines, symbols, sections, the mode.
import assert from 'node:assert/strict';
import { assemble, type AssembledImage } from '../../src/asm/assemble';
import { Assembler } from '../../src/asm/assembler';

function imageOf(source: string, others: Record<string, string> = {}): AssembledImage {
  const all: Record<string, string> = { 'main.asm': source, ...others };
  const { image, diagnostics } = assemble(
    'main.asm',
    { text: name => all[name], bytes: () => undefined },
    { longMode: true },
  );
  assert.ok(image, diagnostics.map(({ message }) => message).join('\n'));
  return image;
}

const source = `%include "lib.inc"
        bits 32
        org 0x1000
KEY     equ 0x42
start:  nop
        twice start
.loop:  jmp .loop
        times 2 inc eax
        times 3 db 1
        section .data vstart=0x8000
value:  dd start
        section .bss
room:   resd 4
        global start
`;
const library = `%macro once 1
        push %1
%endmacro
%macro twice 1
        once %1
        once %1
%endmacro
`;

describe('assembled image', () => {
  const image = imageOf(source, { 'lib.inc': library });

  it('has the bytes from the origin, without uninitialized space', () => {
    assert.equal(image.origin, 0x1000);
    assert.equal(image.bits, 32);
    assert.equal(image.bytes.length, 0x18);
    assert.equal(image.bssLength, 16 + (0x8004 - 0x1018), 'bss follows the section that is seen at 0x8000');
  });

  it('maps addresses to lines, through macros, one entry for each repeated instruction', () => {
    const shown = image.lines.map(
      ({ address, length, position, expandedFrom, kind }) =>
        `${address.toString(16)}+${length} ${kind} ${[position, ...expandedFrom].map(p => `${p.file}:${p.line}`).join(' < ')}`,
    );
    assert.deepEqual(shown, [
      '1000+1 code main.asm:5',
      '1001+5 code lib.inc:2 < lib.inc:5 < main.asm:6',
      '1006+5 code lib.inc:2 < lib.inc:6 < main.asm:6',
      '100b+2 code main.asm:7',
      '100d+1 code main.asm:8',
      '100e+1 code main.asm:8',
      '100f+3 data main.asm:9',
      '8000+4 data main.asm:11',
      '8004+16 data main.asm:13',
    ]);
  });

  it('has symbols with values, kinds, sections and places', () => {
    const { position, ...start } = image.symbols.get('start') ?? assert.fail();
    assert.deepEqual(start, { name: 'start', value: 0x1000, kind: 'label', global: true, section: '.text' });
    assert.deepEqual(position, { file: 'main.asm', line: 5, column: 1 });
    const values = [...image.symbols.values()].map(({ name, value, kind }) => [name, value, kind]);
    assert.deepEqual(values, [
      ['KEY', 0x42, 'constant'],
      ['start', 0x1000, 'label'],
      ['start.loop', 0x100b, 'label'],
      ['value', 0x8000, 'label'],
      ['room', 0x8004, 'label'],
    ]);
  });

  it('lists sections and files', () => {
    assert.deepEqual(image.sections, [
      { name: '.text', address: 0x1000, length: 0x12 },
      { name: '.data', address: 0x8000, length: 4 },
      { name: '.bss', address: 0x8004, length: 16 },
    ]);
    assert.deepEqual(image.files, ['main.asm', 'lib.inc']);
  });

  it('has the mode of the first instruction, and of every line', () => {
    const mixed = imageOf('db 1\nbits 64\nnop\nbits 16\nnop');
    assert.equal(mixed.bits, 64);
    assert.deepEqual(
      mixed.lines.map(({ bits }) => bits),
      [16, 64, 16],
    );
  });

  it('is empty for an empty source', () => {
    const empty = imageOf('; nothing\n');
    assert.deepEqual([empty.bytes.length, empty.bits, empty.lines.length, empty.bssLength], [0, 16, 0, 0]);
  });

  it('takes no more steps for a kernel of 500 lines than its tokens and passes account for', () => {
    const functions = Array.from(
      { length: 100 },
      (_, i) =>
        `f${i}: push ebp\nmov eax, [table + ebx*4 + ${i}]\nadd eax, f${(i * 7) % 100}\njz f${(i + 3) % 100}\nret`,
    );
    const text = `bits 32\norg 0x100000\n${functions.join('\n')}\ntable: dd f0\n`;
    const assembler = new Assembler('main.asm', { text: () => text, bytes: () => undefined });
    assert.deepEqual(assembler.run().diagnostics, []);
    const { budget, pass } = assembler;
    assert.ok(pass <= 4, `${pass} passes`);
    assert.ok(budget.spent / pass < 500 * 20, `${budget.spent} steps`);
  });
});
