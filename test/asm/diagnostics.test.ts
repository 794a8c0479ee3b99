// What the user is told, and where: position, wording that says what to do, and that the rest is still checked.
import assert from 'node:assert/strict';
import { assemble, type Diagnostic } from '../../src/asm/assemble';
import { bareText, inPseudoLocale } from '../bareText';
import type { AssemblyTime } from '../../src/asm/preprocess/predefined';

function diagnose(source: string, others: Record<string, string> = {}): readonly Diagnostic[] {
  const all: Record<string, string> = { 'main.asm': source, ...others };
  return assemble('main.asm', { text: name => all[name], bytes: () => undefined }, { longMode: true }).diagnostics;
}

type Row = readonly [source: string, line: number, columns: string, message: RegExp];

const errors: readonly Row[] = [
  // names
  ['mov eax, undefinde\nundefined: nop', 1, '10-19', /`undefinde` is not defined; did you mean `undefined`\?/],
  ['main: call .lop\n.loop: ret', 1, '12-16', /`\.lop` is not defined; did you mean `\.loop`\?/],
  ['movv eax, 1', 1, '1-5', /`movv` is no instruction or macro; did you mean `mov`/],
  ['x: nop\nx: nop', 2, '1-2', /`x` is already defined at main\.asm:1: rename/],
  ['eax: nop', 1, '1-4', /`eax` is a register .* write `\$eax:`/],
  ['equ 5', 1, '1-4', /`equ` needs a name in front/],
  ['a equ b\nb equ a + 1', 2, '1-2', /must not depend on itself/],
  // operands
  ['mov eax', 1, '1-4', /`mov` takes 2 operand\(s\), not 1/],
  ['mov eax, cl', 1, '1-4', /eax has 32 bits and cl 8; use registers of one size/],
  ['lea eax, ebx', 1, '1-4', /`lea` does not take these operands/],
  ['mov [eax], 5', 1, '5-10', /write `byte` or `word` or `dword` before the bracket/],
  ['bits 64\nmov eax, [ax]', 2, '10-14', /cannot be combined in an address in 64-bit mode/],
  ['mov ax, [bx*2]', 1, '9-15', /16-bit addresses have bx or bp as base/],
  ['bits 32\nmov eax, [eax+ebx+ecx]', 2, '10-23', /at most one base and one index register/],
  ['bits 32\nmov eax, [esp*2]', 2, '10-17', /never the stack pointer/],
  ['mov eax, [ebx', 1, '10-11', /add `\]`/],
  ['mov dword ptr [eax], 5', 1, '11-14', /NASM has no `ptr`: write `dword \[address\]`/],
  ['mov eax, offset x\nx:', 1, '10-16', /without brackets is its address/],
  ['jmp short x\ntimes 200 nop\nx:', 1, '5-12', /the target is 200 bytes away.*use a near jump/],
  ['jmp far x\nx:', 1, '1-4', /write `jmp selector:offset`/],
  ['bits 64\npusha', 2, '1-6', /does not exist in 64-bit mode, only with bits 16 or 32/],
  ['rep lock rep movsb', 1, '10-13', /two prefixes of a kind contradict each other/],
  ['dd eax', 1, '4-7', /a register cannot stand in a value/],
  // expressions and numbers
  ['db 1/0', 1, '5-6', /division by zero/],
  ['db (1+2', 1, '8-undefined', /expected `\)`/],
  ['db 1 +', 1, '7-undefined', /the line ends where something is missing/],
  ['mov eax, 09f', 1, '10-13', /`09f` is not a number: use forms like/],
  ['dd x >> 4\nx:', 1, '6-8', /a label's address is only known at the end/],
  ['db "abc', 1, '4-8', /unterminated string: add the closing "/],
  ['call 1.5', 1, '6-9', /floating-point number 1\.5 cannot stand in an expression/],
  // data, space, sections
  ['times -1 nop', 1, '1-6', /what stands before is 1 byte\(s\) too long/],
  ['times 513-($-$$) db 0\ntimes 512-($-$$) db 0', 2, '1-6', /times -1 is negative/],
  ['times x nop\nx equ 3', 1, '1-6', /known here/],
  ['times 100000000 nop', 1, '1-6', /is too much: at most 200000 instructions/],
  ['align 3', 1, '7-8', /3 is not a power of two/],
  ['bits 20', 1, '6-8', /use 16, 32 or 64/],
  ['org 1\norg 2', 2, '1-4', /the origin is already 0x1/],
  ['absolute 5\nnop', 2, '1-4', /nothing can be stored in absolute space/],
  ['struc s\n.a: resb 1', 1, '7-8', /`struc` is not closed/],
  ['section .a start=0\ntimes 8 nop\nsection .b start=4\nnop', 1, '1-undefined', /section \.b overlaps section \.a/],
  [
    'section .a\nnop\nsection .b follows=.a\nnop\nsection .c follows=.a\nnop',
    1,
    '1-undefined',
    /sections \.b and \.c cannot both follow section \.a/,
  ],
  ['incbin "none"', 1, '8-14', /cannot read `none`/],
  // what is left out is named
  ['extern printf\ncall printf', 2, '6-12', /`printf` stands elsewhere, .* %include/],
  ['common room 4', 1, '1-7', /`common` asks a linker for space/],
  ['mov eax, seg x\nx:', 1, '10-13', /`seg` is not supported/],
  ['mov eax, x wrt y\nx:\ny:', 1, '12-15', /`wrt` is not supported/],
  // processors
  ['cpu 8086\nshl ax, 4', 2, '1-4', /`shl` with these operands needs a later processor than `cpu` names/],
  ['cpu 80866', 1, '5-10', /`80866` is no processor: use 8086/],
  ['vaddps zmm0, zmm1, zmm2', 1, '1-7', /`vaddps` is not supported: .*AVX-512/],
  ['mov eax, ebx {k1}', 1, '14-15', /decorators.* AVX-512/],
  // preprocessor
  ['%if 1\nnop', 1, '1-4', /`%if` is not closed/],
  ['%endif', 1, '1-7', /`%endif` has no %if before it/],
  ['%macro m 2\n nop\n%endmacro\n m 1', 4, '2-3', /the macro `m` takes 2 argument\(s\)/],
  ['%macro m 0\n nop', 1, '1-7', /`%macro` is not closed/],
  ['%foo', 1, '1-5', /`%foo` is no directive/],
  ['%include "none.inc"', 1, '1-9', /cannot read `none\.inc`/],
  ['%define f(a) a\n db f(1', 2, '5-6', /parentheses after `f` are not closed/],
  ['%error it does not fit', 1, '1-23', /^it does not fit$/],
  ['%use nothing', 1, '1-5', /there is no package `nothing`: use fp, ifunc, /],
  ['%if x\n%endif', 1, '5-6', /`x` must be defined above this line/],
  ['%rep 1000000000\n%endrep', 1, '1-5', /%rep 1000000000 is too much/],
  ['mov eax, %1', 1, '10-12', /`%1` only has a meaning inside %macro/],
];

const warnings: readonly Row[] = [
  ['db 300', 1, '4-7', /0x12c does not fit in 8 bits/],
  ['halt\nhlt', 1, '1-5', /`halt` alone on a line is taken as a label/],
  ['section .bss\ndb 5', 2, '1-5', /holds no data/],
  ['resb 5', 1, '1-5', /filled with zeros/],
  ['section .a foo=1', 1, '12-15', /no attribute of a section and changes nothing: use progbits/],
  ['%if 1\n%else\n%else\n%endif', 3, '1-6', /`%else` comes after %else, so its lines are left out/],
  ['%warning careful', 1, '1-17', /^careful$/],
];

const foreign: readonly (readonly [source: string, line: number, columns: string])[] = [
  ['# hello\n.globl _start\n_start:\n  movl $1, %eax\n', 2, '1-7'],
  ['start:\n  mov %eax, %ebx\n  ret\n', 2, '7-11'],
  ['  movw $5, %ax\n', 1, '8-15'],
  ['.intel_syntax noprefix\nmov eax, 5\nmovl: bogus 1\n', 1, '1-14'],
  ['msg: .asciz "hi"\n', 1, '6-12'],
];

describe('assembler diagnostics', () => {
  for (const [source, line, columns, message] of errors) {
    it(JSON.stringify(source).slice(0, 60), () => {
      const [first, ...others] = diagnose(source).filter(({ severity }) => severity === 'error');
      assert.ok(first, 'no error');
      assert.match(first.message, message);
      assert.equal(`${first.position.line}:${first.position.column}-${first.endColumn}`, `${line}:${columns}`);
      assert.deepEqual(others, [], 'one mistake, one error');
    });
  }

  for (const [source, line, columns, message] of warnings) {
    it(`warns: ${JSON.stringify(source)}`, () => {
      const [first] = diagnose(source);
      assert.equal(first.severity, 'warning');
      assert.match(first.message, message);
      assert.equal(first.position.line, line);
      if (source !== 'section .bss\ndb 5') assert.equal(`${first.position.column}-${first.endColumn}`, columns);
    });
  }

  it('goes on after an error and reports all of them in order', () => {
    const source = ['movv eax, 1', 'good: nop', 'bad: jmpp good', 'call nowhere', 'call bad', 'db "'].join('\n');
    const found = diagnose(source).map(({ position, message }) => `${position.line} ${message.split(/[;:]/)[0]}`);
    assert.deepEqual(found, [
      '1 `movv` is no instruction or macro',
      '3 `jmpp` is no instruction or macro',
      '4 `nowhere` is not defined',
      '6 unterminated string',
    ]);
  });

  it('names the macro calls, innermost first', () => {
    const source =
      '%macro inner 1\n mov eax, %1\n nope\n%endmacro\n%macro outer 1\n inner %1\n%endmacro\n\n outer missing';
    const [argument] = diagnose(source).filter(({ severity }) => severity === 'error');
    assert.deepEqual(
      [argument.position.line, argument.position.column],
      [9, 8],
      'an argument is shown where it is written',
    );
    assert.deepEqual(
      argument.expandedFrom?.map(({ line }) => line),
      [6, 9],
    );
  });

  it('shows an error in the macros of a package where the package is used, and the call', () => {
    const [error] = diagnose('nop\n%use smartalign\nnop\n alignmode i486').filter(d => d.severity === 'error');
    assert.equal(error.message, 'there is no align mode i486: use generic, nop, p6, k7, k8');
    assert.equal(error.position.line, 2);
    assert.deepEqual(
      error.expandedFrom?.map(({ line }) => line),
      [4],
    );
  });

  it('gives the file of an error in an included source, by its resolved name', () => {
    const files: Record<string, string> = {
      'a/main.asm': '%include "sub/x.inc"\nnop',
      'a/sub/x.inc': 'nop\n%include "y.inc"',
      'a/sub/y.inc': 'bogus 1',
    };
    const { diagnostics } = assemble('a/main.asm', { text: name => files[name], bytes: () => undefined });
    assert.deepEqual(
      diagnostics.map(({ position }) => [position.file, position.line]),
      [['a/sub/y.inc', 1]],
    );
  });

  it('has no false warnings for the checksum of a Multiboot header', () => {
    assert.deepEqual(diagnose('dd 0xE85250D6, 0, 24, -(0xE85250D6 + 0 + 24), 0x100000000 - 0xE85250D6'), []);
  });

  for (const [source, line, columns] of foreign) {
    it(`recognises GNU as: ${JSON.stringify(source).slice(0, 40)}`, () => {
      const [first, ...others] = diagnose(source);
      assert.match(first.message, /is the syntax of GNU as, and Ringside assembles NASM's/);
      assert.equal(`${first.position.line}:${first.position.column}-${first.endColumn}`, `${line}:${columns}`);
      assert.deepEqual(others, []);
    });
  }

  it('does not take for GNU as what is not', () => {
    const [first] = diagnose('.text: nop\n.data equ 5\n%define x %eax\nmovv eax, 5 ; mov %eax, %ebx\n.byte: db 1\n');
    assert.match(first.message, /`movv` is no instruction/);
  });

  it('refuses 64-bit code in one message, unless the caller knows what to do with it', () => {
    const files = { text: () => 'bits 64\nmov rax, 5\npush r8\n', bytes: () => undefined };
    const [first, ...others] = assemble('main.asm', files).diagnostics;
    assert.match(first.message, /the machine has no long mode yet/);
    assert.deepEqual(others, []);
    assert.ok(assemble('main.asm', files, { longMode: true }).image);
  });

  it('tells the time that it is told', () => {
    const files = { text: () => 'db __DATE__, __TIME__\ndd __POSIX_TIME__', bytes: () => undefined };
    const text = (time?: AssemblyTime) =>
      Buffer.from(assemble('main.asm', files, time ? { time } : {}).image?.bytes ?? []);
    assert.equal(text().toString('latin1'), '1970-01-0100:00:00\0\0\0\0');
    const moment = { date: '2024-02-29', clock: '12:34:56', posixSeconds: 1709210096 };
    assert.equal(text(moment).subarray(0, 18).toString(), '2024-02-2912:34:56');
    assert.equal(text(moment).readUInt32LE(18), moment.posixSeconds);
  });

  it('says that the source itself is missing', () => {
    const { diagnostics } = assemble('none.asm', { text: () => undefined, bytes: () => undefined });
    assert.match(diagnostics[0].message, /cannot read `none\.asm`/);
  });
});

describe('assembler diagnostics under the pseudo-locale', () => {
  const packages = ['fp', 'ifunc', 'altreg', 'masm', 'smartalign'];

  for (const [source] of [...errors, ...warnings, ...foreign])
    it(JSON.stringify(source).slice(0, 60), () => {
      const said = inPseudoLocale(() => diagnose(source));
      const own = [...packages, ...(source.match(/[\w.$%]+/g) ?? [])];
      for (const { message } of said) assert.deepEqual(bareText(message, own), [], message);
    });
});
