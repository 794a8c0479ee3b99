// Sources that nobody would write: the assembler never throws, gives an image or an error, and keeps to its bounds.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { Assembler } from '../../src/asm/assembler';
import { limits } from '../../src/asm/limits';
import { randomFrom, randomSource } from '../asm/randomSource';

type Random = (below: number) => number;

const pick = <T>(random: Random, choices: readonly T[]): T => choices[random(choices.length)];
const times = (count: number, make: (index: number) => string, separator = '\n') =>
  Array.from({ length: count }, (_, index) => make(index)).join(separator);

const fragments = (
  'mov add jmp jz call push lgdt vmread fadd movaps lea shl rep lock o16 a32 es db dw dd dq dt resb times equ align section .text .bss org bits 16 32 64 ' +
  'struc endstruc istruc at iend incbin absolute global extern default rel abs byte word dword qword tword strict short near far cpu 8086 386 ' +
  'eax ebx esp ax bx al cr0 ds st0 xmm0 rax r9 zmm1 k1 , , , : [ ] ( ) { } + - * / // % %% << >> <<< ? | & ^ ~ ! = == < > <=> && || $ $$ ; \\ ' +
  '0 1 -1 5 0x7fffffff 0xffffffffffffffff 99999999999999999999999 1.5 1e9999 0x 0b2 1h \'a\' "string" `\\x` " label label: .local ..@x $eax ' +
  '%define %xdefine %assign %undef %macro %imacro %unmacro %endmacro %rep %endrep %exitrep %if %ifdef %ifidn %ifnum %elif %else %endif %include %error ' +
  '%push %pop %repl %rotate %strlen %substr %strcat %defstr %deftok %use %line %1 %0 %00 %%x %$y %+ %[ %[x] %{1:2} %{1:-1} %-1 %? %?? m m 0 1-* 2+ ' +
  'dup __?LINE?__ __SECT__ __DATE__ __utf16__ seg wrt constructor __proto__ hasOwnProperty "main.asm" nop hlt'
).split(' ');

const words = (random: Random) =>
  times(1 + random(30), () => times(random(9), () => pick(random, fragments), random(4) ? ' ' : ''));

const characters = (random: Random) =>
  times(random(2000), () => String.fromCharCode(random(8) ? 32 + random(96) : random(0x10000)), '');

const corpus = path.join(process.cwd(), 'test/asm/corpus');
const sources = fs
  .readdirSync(corpus, { recursive: true, encoding: 'utf8' })
  .filter(name => name.endsWith('.asm'))
  .map(name => fs.readFileSync(path.join(corpus, name), 'utf8'));

/** A source of the corpus, with lines and characters exchanged. */
function mutated(random: Random): string {
  const lines = pick(random, sources).split('\n');
  for (let change = 1 + random(8); change > 0; change--) {
    const at = random(lines.length);
    const column = random(lines[at].length + 1);
    const others = pick(random, sources).split('\n');
    lines[at] = pick(random, [
      () => pick(random, others),
      () => lines[random(lines.length)],
      () => `${lines[at].slice(0, column)}${pick(random, fragments)}${lines[at].slice(column + random(3))}`,
      () => lines[at].slice(0, column),
      () => `${lines[at]} ${lines[random(lines.length)]}`,
      () => `%rep ${random(300_000)}\n${lines[at]}\n%endrep`,
    ])();
  }
  return lines.join('\n');
}

/** Sources that grow: each piece doubles, repeats or nests what stands before it. */
function growing(random: Random): string {
  const many = () => 2 ** random(18);
  const pieces: ((index: number) => string)[] = [
    () => times(1 + random(40), i => `%macro m${i + 1} 1+\nm${i} %1,%1\n%endmacro`),
    () => times(1 + random(40), i => `%macro m${i + 1} 1-*\nm${i} %{1:-1},%{-1:1} %[%1 %1]\n%endmacro`),
    () => times(1 + random(40), i => `%define d${i + 1} d${i} + d${i}\ndd d${i}`),
    () => times(1 + random(60), () => pick(random, ['%strcat s s,s', '%defstr s s s', '%xdefine s s%+s', '%deftok s s', '%xdefine s s s'])),
    () => `%rep ${many()}`,
    () => '%endrep',
    () => `times ${many()} ${pick(random, ['db', 'nop', 'jmp $', 'incbin "x"', 'resb 9', 'rep', 'dd l', 'align 4096', 'db 3 dup (1)'])}`,
    () => `db ${many()} dup (${many()} dup (1, 2))`,
    () => `db ${times(many() >> 3, () => pick(random, ['1', 'l', '(', "'a'", '1.5']), pick(random, [',', '+', ' ', '*', '']))}`,
    () => times(many() >> 4, i => pick(random, ['%if 1', '%push x', `section s${i}`, `l${i}: jz l${i + 99}`, `e${i} equ e${i + 1}`, `%define x${i} s s`, 'struc s'])),
    () => times(many() >> 4, i => pick(random, ['%endif', '%pop', `section s${i} follows=s${i + 1}`, `global l${i}`, `%warning ${i}`, 'endstruc'])),
    () => `${'a'.repeat(many())}${pick(random, [':', ' equ 5', '.b:', ' 1', '(', "'"])}`,
    () => `m${random(40)} ${pick(random, ['1', 's', 'a,b', '{a,b}', '(1'])}`,
    () => 'm0 s',
    () => '%macro m0 1-*\ndb %1\n%rotate 1\n%endmacro\n%define s "abc"\n%define d0 1',
    index => `l${index}: %assign i ${index}`,
  ]; // prettier-ignore
  return times(1 + random(12), index => pick(random, pieces)(index));
}

export function fuzz(seed: number) {
  const random = randomFrom(seed);
  const source = pick(random, [
    words,
    characters,
    mutated,
    mutated,
    growing,
    growing,
    (below: Random) => randomSource(below(2 ** 31), 40),
  ])(random);
  const assembler = new Assembler('main.asm', {
    text: name => (name === 'main.asm' ? source : undefined),
    bytes: () => new Uint8Array(10),
  });
  try {
    const { image, diagnostics } = assembler.run();
    const failed = diagnostics.some(({ severity }) => severity === 'error');
    assert.equal(image === undefined, failed, 'an image, or an error');
    assert.ok(diagnostics.length <= 2 * limits.diagnostics, 'diagnostics');
    assert.ok(assembler.budget.spent <= limits.steps, `${assembler.budget.spent} steps`);
  } catch (error) {
    const stack = error instanceof Error ? error.stack : String(error);
    throw new Error(`seed ${seed}: ${stack}\n${source.slice(0, 3000)}`);
  }
}
