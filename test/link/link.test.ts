// The linker: programs of C and assembly run as they do when GNU ld links them; what cannot be linked is said; damaged objects
// do no harm.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { ElfError, readSections } from '../../src/link/elf';
import { link, type LinkedProgram } from '../../src/link/link';
import type { ObjectFile } from '../../src/link/object';
import { readObject } from '../../src/link/readObject';
import { writeExecutable } from '../../src/link/writeElf';
import { imageFromFile } from '../../src/machine/guestImage';
import { bareText, inPseudoLocale } from '../bareText';
import { runGuest } from '../monitor/runGuest';
import { gccObject, hasTools, ldProgram, nasmObject, readelf } from './tools';

const mib = 0x100000;
const source = (name: string): string => fs.readFileSync(`test/link/guest/${name}`, 'utf8');

function linked(objects: readonly ObjectFile[], address = mib): LinkedProgram {
  const { program, problems } = link(objects, { address });
  assert.ok(program, problems?.map(({ message }) => message).join('\n'));
  return program;
}

const messagesOf = (objects: readonly ObjectFile[], address = mib): string[] =>
  (link(objects, { address }).problems ?? []).map(({ message, object, place }) => {
    const where = place ? `:${place.section.name}+${place.offset}` : '';
    return `${object.name}${where}: ${message.replace(/: .*/, '')}`;
  });

const read = (texts: Readonly<Record<string, string>>): ObjectFile[] =>
  Object.entries(texts).map(([name, text]) =>
    readObject(name, name.endsWith('.c') ? gccObject(text, '-fno-pic') : nasmObject(text)),
  );

const outcome = (file: Uint8Array, technique: 'none' | 'trapAndEmulate') => {
  const { ending, exitCode, serial } = runGuest(technique, imageFromFile(file));
  return { ending, exitCode, serial };
};

const expectedOutput = [
  ...['from boot.asm', 'zero', 'one', 'two'],
  'none single pair triple quartet quintet many 10 42 299 42 absent inside',
  '',
].join('\n');

describe('linked programs, against GNU ld', function () {
  this.slow(2000);
  before(function () {
    if (!hasTools()) this.skip();
  });

  const manners: readonly (readonly string[])[] = [
    ['-O0', '-fno-pic'],
    ['-O2', '-fno-pic', '-g'],
    ['-O0'],
    ['-O2', '-fPIC', '-g'],
    ['-Os', '-fpic', '-fcommon', '-ffunction-sections', '-fdata-sections'],
  ];
  for (const options of manners)
    it(`boot.asm, kernel.c (${options.join(' ')}) and lib.asm run alike, under both techniques`, () => {
      const files = [
        nasmObject(source('boot.asm')),
        gccObject(source('kernel.c'), ...options),
        nasmObject(source('lib.asm')),
      ];
      const ours = writeExecutable(linked(files.map((bytes, index) => readObject(`part ${index}`, bytes))));
      const theirs = ldProgram(files, '-Ttext', '0x100000');
      const expected = { ending: 'exit', exitCode: 43, serial: expectedOutput };
      for (const technique of ['none', 'trapAndEmulate'] as const) {
        assert.deepEqual(outcome(ours, technique), expected);
        assert.deepEqual(outcome(theirs, technique), expected);
      }
    });

  it('readelf finds nothing to complain about, and the same functions as in the objects', () => {
    const files = [nasmObject(source('boot.asm')), gccObject(source('kernel.c'), '-g'), nasmObject(source('lib.asm'))];
    const program = writeExecutable(linked(files.map((bytes, index) => readObject(`part ${index}`, bytes))));
    const text = readelf(program, '-lSs', '--debug-dump=decodedline');
    assert.doesNotMatch(text, /warning|error/i);
    for (const name of ['_start', 'kmain', 'print_number', 'replaced', 'shared_space'])
      assert.match(text, new RegExp(`\\b${name}$`, 'm'));
    assert.match(text, /kernel\.c|part0/);
    assert.ok(readSections(program).some(({ name }) => name === '.debug_info'));
  });
});

describe('the linker', () => {
  before(function () {
    if (!hasTools()) this.skip();
  });

  it('keeps sections in the order code, constants, data, space; a Multiboot header first', () => {
    const parts = read({
      'a.asm': 'section .bss\nresb 4\nsection .data\ndd 1\nsection .rodata\ndd 2\nsection .text\nnop\n',
      'b.asm':
        'section .text\nret\nsection .multiboot align=16\ndd 3\nsection .mine write align=64\ndd 4\nsection .bss\nresb 9\n',
    });
    const { sections, segment } = linked(parts);
    const shown = sections.map(({ name, address, sizeBytes }) => `${name} ${address.toString(16)}+${sizeBytes}`);
    assert.deepEqual(shown, [
      '.multiboot 100000+4',
      '.text 100010+17',
      '.rodata 100024+4',
      '.data 100028+4',
      '.mine 100040+4',
      '.bss 100044+13',
    ]);
    assert.equal(segment.bytes.length, 0x44);
    assert.equal(segment.sizeBytes, 0x51);
  });

  it('enters at _start, or start, or the first code', () => {
    const entryOf = (text: string): number => linked(read({ 'a.asm': text })).entry - mib;
    assert.equal(entryOf('nop\nstart: nop\n_start: ret\nglobal start, _start'), 2);
    assert.equal(entryOf('nop\nstart: ret\nglobal start'), 1);
    assert.equal(entryOf('nop\nstart: ret'), 1);
    assert.equal(entryOf('nop\nmain: ret'), 0);
  });

  const refused: [what: string, parts: Record<string, string>, expected: string[]][] = [
    [
      'names that nobody defines, once for each object',
      { 'a.asm': 'extern gone\ncall gone\ncall gone', 'b.asm': 'extern gone\nsection .data\nnop\ndd gone' },
      [
        'a.asm:.text+1: `gone` is defined in no part of the program',
        'b.asm:.data+1: `gone` is defined in no part of the program',
      ],
    ],
    [
      'names that two define',
      { 'a.asm': 'global twin\ntwin: ret', 'b.asm': 'global twin\nnop\ntwin: ret' },
      ['b.asm:.text+1: `twin` is also defined in a.asm'],
    ],
    [
      'addresses too wide for their fields',
      {
        'a.asm': 'extern far_one\nmov ax, [word far_one]\njmp short far_one',
        'b.asm': 'global far_one\nalign 512\nnop\nresb 600\nfar_one: ret',
      },
      [
        'a.asm:.text+3: `far_one` comes to 0x100459 here, which does not fit in 16 bits',
        'a.asm:.text+6: `far_one` comes to 0x452 here, which does not fit in 8 bits',
      ],
    ],
    [
      'a name that is local elsewhere',
      { 'a.asm': 'extern own\ndd own', 'b.asm': 'own: ret' },
      ['a.asm:.text+0: `own` is defined in no part of the program'],
    ],
  ];
  for (const [what, parts, expected] of refused)
    it(`refuses ${what}`, () => assert.deepEqual(messagesOf(read(parts)), expected));

  it('refuses in words that can be translated', () => {
    for (const [, parts] of refused) {
      const objects = read(parts);
      const { problems = [] } = inPseudoLocale(() => link(objects, { address: mib }));
      for (const { message: text } of problems)
        assert.deepEqual(bareText(text, ['gone', 'twin', 'far_one', 'own']), [], text);
    }
  });

  it('takes strong before common before weak, and the largest common', () => {
    const texts = {
      'weak.c':
        '__attribute__((weak)) int a = 1, b = 1; int c __attribute__((common)); int d[2] __attribute__((common));',
      'strong.c': 'int a = 2; int b __attribute__((common)); int c = 2; int d[9] __attribute__((common));',
    };
    const { symbols } = linked(read(texts));
    const shown = symbols
      .filter(({ binding }) => binding !== 'local')
      .map(({ name, sizeBytes, section }) => `${name} ${sizeBytes} ${section?.name}`);
    assert.deepEqual(shown.sort(), ['a 4 .data', 'b 4 .bss', 'c 4 .data', 'd 36 .bss']);
  });

  it('refuses what would not end below 4 GiB, and images of more than 64 MiB', () => {
    assert.match(
      messagesOf(read({ 'a.asm': 'section .bss\nresb 0x10000' }), 0xffff8000)[0],
      /does not end below 4 GiB/,
    );
    const large = 'section .data\nresb 0x3000000';
    assert.match(messagesOf(read({ 'a.asm': large, 'b.asm': large }))[0], /would be 100663296 bytes long/);
  });
});

describe('damaged objects', () => {
  before(function () {
    if (!hasTools()) this.skip();
  });

  it('are refused in words or linked, and never more', () => {
    const seed = Date.now() & 0xffff;
    let state = seed;
    const random = (below: number): number => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    const original = gccObject(source('kernel.c'), '-O2', '-fPIC', '-g');
    let refusals = 0;
    for (let round = 0; round < 2000; round++) {
      const bytes = original.slice(0, random(4) === 0 ? random(original.length) : original.length);
      // the headers and tables stand at both ends; what is between them is mostly contents
      for (let change = random(6); change >= 0 && bytes.length > 0; change--) {
        const at =
          random(2) === 0
            ? random(Math.min(64, bytes.length))
            : bytes.length - 1 - random(Math.min(4000, bytes.length));
        bytes[at] = random(256);
      }
      try {
        link([readObject('damaged.o', bytes)], { address: mib });
      } catch (error) {
        assert.ok(error instanceof ElfError, `seed ${seed}, round ${round}: ${String(error)}`);
        refusals++;
      }
    }
    assert.ok(refusals > 100 && refusals < 2000, `seed ${seed}: ${refusals} refused`);
  });
});
