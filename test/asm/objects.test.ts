// Objects against nasm -f elf32: contents, symbols and relocations are the same; and what only objects refuse.
import assert from 'node:assert/strict';
import { assemble, assembleObject } from '../../src/asm/assemble';
import type { ObjectFile, ObjectSymbol } from '../../src/link/object';
import { readObject } from '../../src/link/readObject';
import { relocationRule } from '../../src/link/relocations';
import { writeObject } from '../../src/link/writeElf';
import { bareText, inPseudoLocale } from '../bareText';
import { nasmObject } from '../link/tools';
import { hasNasm } from './nasm';

const name = 'part0';
const filesOf = (text: string) => ({
  text: (file: string) => (file === name ? text : undefined),
  bytes: () => undefined,
});

const placeOf = ({ place }: ObjectSymbol): string => {
  switch (place.kind) {
    case 'section':
      return `${place.section.name}+${place.offset}`;
    case 'absolute':
      return `=${place.value}`;
    case 'common':
      return `common ${place.align}`;
    case 'undefined':
      return 'undefined';
  }
};

/**
 * An object as text: its sections with what stands in them, then its symbols; in an order of their own, without the file's name
 * and the labels of macros, which NASM numbers in its own way.
 */
function shown({ sections, symbols }: ObjectFile): string {
  const used = sections.filter(({ name: section, sizeBytes }) => section !== '.text' || sizeBytes > 0);
  const ofSections = used.map(({ name: section, type, flags, align, sizeBytes, bytes, relocations }) => {
    const fields = relocations.map(
      ({ offset, type: kind, symbol }) => `  ${offset} ${relocationRule(kind)?.name} ${symbol.name}`,
    );
    const head = `${section} type ${type} flags ${flags} align ${align} size ${sizeBytes}`;
    return [head, Buffer.from(bytes).toString('hex'), ...fields].join('\n');
  });
  const ofSymbols = symbols
    .filter(({ name: symbol, kind }) => kind !== 'file' && !symbol.startsWith('..@'))
    .filter(({ name: symbol }) => used.length === sections.length || symbol !== '.text')
    .map(symbol => {
      const { kind, binding, visibility, sizeBytes } = symbol;
      return `${symbol.name} ${kind} ${binding} ${visibility} ${sizeBytes} ${placeOf(symbol)}`;
    });
  return [...ofSections.sort(), ...ofSymbols.sort()].join('\n');
}

function object(text: string): ObjectFile {
  const { object: found, diagnostics } = assembleObject(name, filesOf(text));
  assert.ok(found, diagnostics.map(({ message, position }) => `${position.line}: ${message}`).join('\n'));
  return found.object;
}

const accepted: [what: string, source: string][] = [
  ['an empty source', ''],
  [
    'references to external symbols in every field',
    `extern e
    mov eax,[e]
    mov [e],eax
    mov al,[e]
    mov eax,[ebx+e+4]
    mov eax,[ebx*4+e-8]
    mov dword [e],e
    mov byte [e],5
    mov dword [ebx+e],0x12345678
    cmp dword [e],byte 3
    add dword [e],e+2
    imul eax,[e],e
    lea esi,[e+eax*8+16]
    push e
    push dword e
    push word e
    push byte e
    mov al,e
    mov ax,e
    mov eax,e
    mov eax,-4+e
    call e
    call [e]
    jmp e
    jmp short e
    jmp near e
    jz e
    loop e
    jecxz e
    jmp 8:e
    jmp word 8:e
    call far [e]
    lock inc dword [fs:e]
    rep movsb
    test byte [e],1
    shld [e],eax,3`,
  ],
  [
    'branches within the section, to another, to nowhere',
    `global there
    here: jmp there
    call other
    jz other.sub
    jmp 0x1000
    call here
    times 200 nop
    there: jmp here
    jmp $
    jz there
    section .text2 exec
    nop
    other: ret
    .sub: jmp here`,
  ],
  [
    '16-bit code',
    `bits 16
    extern e
    jmp e
    call e
    jmp short e
    jz e
    mov ax,[e]
    mov ax,e
    mov eax,[dword e]
    push e
    jmp 8:e
    jmp dword 8:e
    call dword e
    mov word [bx+e+2],1
    mov si,here
    here: lgdt [table]
    section .data
    table: dw 23, e
    dd here`,
  ],
  [
    'data',
    `extern e
    section .data
    start: db e, 1
    dw e+1, start
    dd e, e-4, start, other, 5
    dd e-$, e-start, $-start, other-$, e-$$
    dq e, start, 7
    dt 1.5
    times 3 dd e
    times 2 db 1, start, 2
    dd 4 dup (e)
    dw 2 dup (1, start, 3 dup (e, ?))
    section .rodata
    other: dd start, $, $$`,
  ],
  [
    'symbols',
    `extern unused, used, weak_one:weak
    required wanted
    global main:function (main.end-main), table:data (8), here, value, hidden_one:function hidden, weak_here:weak, sized:object hidden (2*3), inside:data internal
    static own:function (own_end-own)
    common space 100:16, small 1
    value equ 42
    other equ value*2
    alias equ table+4
    main: call used
    .local: jmp .local
    .end:
    own: ret
    own_end:
    hidden_one: nop
    weak_here:
    sized:
    inside:
    here: call weak_one
    mov eax,[space]
    section .data
    table: dd space, small+1
    absolute 0x500
    bios: resb 4
    struc point
    .x resd 1
    .y resd 1
    endstruc`,
  ],
  ['what is declared external and defined all the same', 'extern f\ncall f\nf: ret\nextern g\ng: jmp g\nextern g'],
  [
    'sections and their attributes',
    `section .text align=64
    nop
    section .data align=1
    db 1
    align 8
    db 2
    section .bss
    resb 3
    alignb 32
    resd 1
    section .rodata
    dd 1
    section .mine
    db 1
    section .code exec
    nop
    section .both exec write align=8
    nop
    section .space nobits write
    resb 9
    section .info noalloc
    dd main
    section .multiboot
    dd 1
    section .data.more write
    align 4
    dd 1
    section .init_array
    dd main
    section .strings merge strings noexec
    db 'text',0
    section .text
    align 16
    main: ret
    section .data
    dd main`,
  ],
  ['alignment of code', 'nop\nalign 4\nmain: nop\nalign 32\nnop\nalign 16, int3\nret'],
  [
    'structures, macros and the name of the format',
    `%ifidn __OUTPUT_FORMAT__,elf32
    extern elf
    call elf
    %endif
    %macro twice 1
    %%again: call %1
    jmp %%again
    call %1
    %endmacro
    struc s
    .a resd 1
    .b resd 1
    endstruc
    section .data
    one: istruc s
    at s.a, dd one
    at s.b, dd elf
    iend
    section .text
    twice elf
    twice one`,
  ],
  [
    'long code in which branches grow',
    `extern e
    a: jz b
    times 40 call e
    b: jnz a
    times 30 mov dword [e],a
    c: jmp a
    jmp d
    times 10 db 0
    d: loop c.x
    c.x: ret`
      .replace('c.x: ret', 'ret')
      .replace('loop c.x', 'ret'),
  ],
  ['64-bit words with a warning', 'bits 32\nextern e\nsection .data\nx: dq x, e+8'],
];

describe('objects, against nasm -f elf32', () => {
  before(function () {
    if (!hasNasm()) this.skip();
  });

  for (const [what, source] of accepted)
    it(what, () => assert.equal(shown(object(source)), shown(readObject(name, nasmObject(source)))));

  it('are the same when they have been written and read', () => {
    for (const [, source] of accepted) {
      const made = object(source);
      assert.equal(shown(readObject(name, writeObject(made))), shown(made));
    }
  });
});

const refused: [source: string, line: number, message: RegExp][] = [
  ['org 0x7c00\nnop', 1, /has no `org`/],
  ['extern a, b\nmov eax, a+b', 2, /no linker can make this value/],
  ['extern a\ndd -a', 2, /no linker can make this value/],
  ['extern a\njmp a:0', 2, /no linker can make this value/],
  ['extern a\ntimes a nop', 2, /needs a number that is known/],
  ['call nowhere', 1, /`nowhere` is not defined/],
  ['global f:fast\nf: ret', 1, /`fast` is no attribute of a symbol/],
  ['global', 1, /needs a symbol/],
  ['common a', 1, /line ends|end of the line/],
  ['extern a\nsection .data\ndd 150000 dup (a)\ndd 150000 dup (a)', 4, /more than 200000 addresses/],
];

describe('objects', () => {
  for (const [source, line, message] of refused)
    it(`refuses ${source.replaceAll('\n', ' | ')}`, () => {
      const { object: made, diagnostics } = assembleObject(name, filesOf(source));
      assert.equal(made, undefined);
      const [first] = diagnostics.filter(({ severity }) => severity === 'error');
      assert.match(first.message, message);
      assert.equal(first.position.line, line);
    });

  it('are refused in words that can be translated', () => {
    for (const [source] of refused) {
      const said = inPseudoLocale(() => assembleObject(name, filesOf(source)).diagnostics);
      for (const { message } of said) assert.deepEqual(bareText(message, source.match(/\w+/g) ?? []), [], message);
    }
  });

  it('have lines that count from their sections', () => {
    const { object: made } = assembleObject(
      name,
      filesOf('nop\nsection .data\ndd 1\nsection .text\nret\nsection .bss\nresb 2'),
    );
    const lines = [...(made?.lines ?? [])].flatMap(([section, entries]) =>
      entries.map(({ address, length, position }) => `${section.name}+${address} ${length} line ${position.line}`),
    );
    assert.deepEqual(lines, ['.text+0 1 line 1', '.text+1 1 line 5', '.data+0 4 line 3', '.bss+0 2 line 7']);
  });
});

describe('external symbols in a flat image', () => {
  it('do no harm until they are used', () => {
    const { image, diagnostics } = assemble(name, filesOf('extern a, b\nglobal c:function\nc: ret'));
    assert.deepEqual(diagnostics, []);
    assert.equal(image?.bytes.length, 1);
  });

  it('are refused where they are used, which shows that the source is a part of a program', () => {
    const files = filesOf('extern a\nmain: call a\nmov eax, [esp+4]\njmp gone');
    const errors = (found: ReturnType<typeof assemble>) =>
      found.diagnostics.map(({ message, position }) => `${position.line} ${message.slice(0, 25)}`);
    const flat = assemble(name, files);
    assert.deepEqual(errors(flat), ['2 `a` stands elsewhere, and', '4 `gone` is not defined']);
    assert.equal(flat.usesExternals, true);
    assert.deepEqual(errors(assembleObject(name, files)), ['4 `gone` is not defined']);
  });
});
