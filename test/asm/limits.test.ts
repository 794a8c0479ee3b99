// Sources that ask for more than there is: each ends with a diagnostic that says which limit was met, or is assembled
// in linear time. That none takes too much memory, whatever it is given, is what `npm run fuzz -- asm` looks for.
import assert from 'node:assert/strict';
import { Assembler } from '../../src/asm/assembler';
import { limits } from '../../src/asm/limits';
import { bareText, inPseudoLocale } from '../bareText';

const lines = (count: number, make: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => make(i)).join('\n');
const nested = (open: string, count: number, inner: string, close: string) =>
  open.repeat(count) + inner + close.repeat(count);
const chain = (inner: string) =>
  `${lines(24, i => `%macro m${i + 1} 1+\nm${i} ${inner}\n%endmacro`)}\n%macro m0 1+\ndb %1\n%endmacro\nm24 1`;

const tooLong = /add more than 20000 tokens/;
const doubles = /the string would be longer than 65536/;
const steps = new RegExp(`takes more than ${limits.steps} steps`);
const linesMade = new RegExp(`make more than ${limits.expandedLines} lines`);
const tooBig = new RegExp(`may have ${limits.sourceLines} lines and ${limits.sourceCharacters} characters`);
const longName = /a name may have 4095 characters/;
const deep = /too long or nested too deep/;

/** What a program of so many lines looks like: comments and blank lines, functions, branches, data. */
const ordinary = (count: number) => {
  const block = (index: number) => `; what it does

f${index}:  push ebp            ; a frame
        mov ebp, esp
        mov eax, [ebp+8]
        mov ecx, [table+eax*4]
        cmp eax, 0x20
        jae .done
        call f${Math.max(index - 7, 0)}
.done:  mov [value], eax
        leave
        ret
text${index}: db "number ${index}", 13, 10, 0
        dd f0, 0x1234

size${index} equ $ - f${index}`;
  return `bits 32\norg 0x100000\n${lines(count / 16, block)}\ntable: dd 0\nvalue: dd 0`;
};

const bombs: readonly (readonly [what: string, source: string, message: RegExp | 'assembles'])[] = [
  // macros
  ['arguments that double', chain('%1,%1'), tooLong],
  ['ranges of arguments that double', chain('%{1:-1},%{1:-1}'), tooLong],
  ['arguments in %[] that double', chain('%[%1 %1]'), tooLong],
  ['texts in %[] that double', chain('%[%1%1]').replace(/m24 1$/, 'm24 ab'), doubles],
  ['macros that double', `${lines(30, i => `%macro m${i + 1} 0\nm${i}\nm${i}\n%endmacro`)}\n%macro m0 0\nnop\n%endmacro\nm30`, steps],
  ['a macro that calls itself through another', '%macro a 0\nb\n%endmacro\n%macro b 0\na\n%endmacro\na', 'assembles'],
  ['defines that double', `%define d0 1\n${lines(40, i => `%define d${i + 1} d${i}+d${i}`)}\ndd d40`, tooLong],
  ['xdefines that double', `%define d 1\n${'%xdefine d d+d\n'.repeat(40)}dd d`, tooLong],
  ['an argument put in very often', `%define f(x) ${'x '.repeat(5000)}\ndb f(${'1 '.repeat(5000)})`, tooLong],
  ['a parameter put in very often', `%macro m 1+\ndb ${'%1 '.repeat(5000)}\n%endmacro\nm ${'1 '.repeat(5000)}`, tooLong],
  ['calls in calls', `%define f(x) x\ndb ${nested('f(', 10_000, '1', ')')}`, tooLong],
  ['evaluated arguments in calls in calls', `${lines(300, i => `%define f${i}(=x) x`)}\ndb ${lines(300, i => `f${i}(`).replace(/\n/g, '')}1${')'.repeat(300)}`, /nested too deep/],
  ['quoted arguments that double', `%define d0(&x) x x\n${lines(40, i => `%define d${i + 1}(&x) d${i}(x x)`)}\ndb d40(1)`, /string would be longer|add more than|steps/],
  ['evaluated arguments that double', `%define d0(=x) x\n${lines(40, i => `%define d${i + 1}(=x) d${i}(x)+d${i}(x)`)}\ndb d40(1)`, tooLong],
  ['evaluated arguments of long lines', `%define f(=x) x\n%rep 90000\ndb f(1${'+1'.repeat(900)})\n%endrep`, steps],
  ['macros that keep copies', `%define x0 ${'1 '.repeat(9000)}\n${lines(2000, i => `%xdefine x${i + 1} x0`)}`, /texts of all macros are longer/],
  ['forms of a macro', `${lines(300, i => `%macro m ${i}\n%endmacro`)}`, /defined in more than 200 forms/],
  ['forms of a define', lines(300, i => `%define m(${lines(i + 1, k => `a${k}`).replace(/\n/g, ',')}) 1`), /defined in more than 200 forms/],
  ['the same macro again and again', `${'%macro m 0\nnop\n%endmacro\n'.repeat(20_000)}m`, 'assembles'],
  ['many arguments, rotated', `%macro m 1-*\n%rep 100000\n%rotate 1\n%endrep\n%endmacro\nm ${'1,'.repeat(20_000)}1`, 'assembles'],
  // texts
  ['strings that double', `%define x 'aaaaaaaaaa'\n${'%strcat x x,x\n'.repeat(60)}db x`, doubles],
  ['texts that double', `%define x 'aaaaaaaaaa'\n${'%defstr x x x\n'.repeat(60)}db x`, doubles],
  ['names that double', `%define x aaaaaaaaaa\n${'%xdefine x x%+x\n'.repeat(60)}x:`, longName],
  ['numbers that double', `%define x 1111111111\n${'%xdefine x x%+x\n'.repeat(60)}dd x`, longName],
  ['a long line', `db ${'1,'.repeat(1_000_000)}1`, /a line may have 200000/],
  ['a long line in parts', `db ${'1,\\\n'.repeat(150_000)}1`, /a line may have 200000/],
  ['a long name', `${'a'.repeat(200_000)}: jmp ${'a'.repeat(199_999)}b`, /a name may have 4095/],
  ['long local names', `${'a'.repeat(4000)}:\n${lines(5000, i => `.l${i}:`)}`, /names of all symbols are longer/],
  ['a long number', `dd ${'9'.repeat(100_000)}`, /9…` is not a number/],
  ['a long string with escapes', `db \`${'a'.repeat(300_000)}\\n\``, 'assembles'],
  ['an open string', `db "${'a'.repeat(100_000)}`, /unterminated string/],
  ['many open braces', `dd ${'%{'.repeat(90_000)}`, /unexpected|no directive|nested/],
  // repetitions
  ['one long %rep', '%rep 1000000\n%assign i 1\n%endrep', /%rep 1000000 is too much/],
  ['nested %rep', nested('%rep 1000\n', 5, 'nop', '\n%endrep'), linesMade],
  ['a %rep of broken lines', '%rep 190000\nmov eax,, 1\n%endrep', steps],
  ['a %rep of misspelt instructions', '%rep 190000\nmovv eax, 1\n%endrep', steps],
  ['a %rep of undefined names', '%rep 190000\njmp nowhere\n%endrep', linesMade],
  ['large times', 'times 0x7fffffff db 0', /times 2147483647 is too much/],
  ['times of instructions', 'times 190000 nop\n'.repeat(5), /more than 400000 instructions/],
  ['times of prefixes', 'times 60000000 rep', 'assembles'],
  ['a large dup', `db ${nested('9999 dup (', 10, '1', ')')}`, /larger than 64 MiB/],
  ['dups of nothing', `db 9000000000000000000 dup (''), 9000000000000000000 dup ()`, 'assembles'],
  ['dups that are never laid out', 'db 60000000 dup (1)\n'.repeat(2), /larger than 64 MiB/],
  ['functions inside each other', `dd ${nested('%eval(', 1000, '1', ')')}`, /nested/],
  ['functions that double', `%xdefine s 'aaaaaaaaaa'\n${"%xdefine s %strcat(s,s)\n".repeat(60)}db s`, doubles],
  ['functions that multiply', `${lines(40, i => `%define d${i + 1} %str(d${i} d${i})`)}\n%define d0 1\ndb d40`, doubles],
  // expressions
  ['deep parentheses', `dd ${nested('(', 90_000, '1', ')')}`, deep],
  ['deep signs', `dd ${'-'.repeat(100_000)}1`, deep],
  ['a long sum', `dd 1${'+1'.repeat(90_000)}`, deep],
  ['deep dup', `db ${nested('2 dup (', 1000, '1', ')')}`, deep],
  ['a sum over many sections', `${lines(50, i => `section s${i}\nl${i}:`)}\ndd ${lines(50, i => `l${i}`).replace(/\n/g, '+')}`, /a sum may hold 16/],
  ['many long floats', 'dt 1e-4900\n'.repeat(30_000), steps],
  // conditions, sections, space
  ['99,000 %if', `${'%if 1\n'.repeat(99_000)}nop\n${'%endif\n'.repeat(99_000)}`, 'assembles'],
  ['open %if', '%if 1\n'.repeat(150_000), /`%if` is not closed/],
  ['100,000 %push', '%push x\n'.repeat(100_000), 'assembles'],
  ['20,000 sections', lines(20_000, i => `section s${i}\nnop`), 'assembles'],
  ['20,000 sections after each other', `${lines(20_000, i => `section s${i} vfollows=s${i + 1}\nnop`)}\nsection s20000\nnop`, 'assembles'],
  ['20,000 sections in a row', `${lines(20_000, i => `section s${i} follows=s${i + 1}\nnop`)}\nsection s20000\nnop`, 'assembles'],
  ['a large gap', 'section .a start=0\nnop\nsection .b start=0x7fffffffffff\nnop', /the image would be/],
  ['a large align', 'nop\nalign 0x40000000', /is too much/],
  ['a large reservation', 'resq 0x7fffffffffffffff', /uninitialized space are too many/],
  // errors and copies, again and again
  ['lines that copy much before an error', 'db 60000000 dup (1), eax\n'.repeat(3000), steps],
  ['long lines that end in an error', `%rep 90000\ndb ${'1,'.repeat(2000)} %[\n%endrep`, steps],
  ['errors that are put off', 'dd eax\n'.repeat(90_000), steps],
  ['ranges of empty arguments', `%macro m 1-*\n%rep 90000\ndb %{1:-1}\n%endrep\n%endmacro\nm ${','.repeat(40_000)}`, tooLong],
  ['long texts in %[] many times', `%macro m 1\ndb ${'%[%1] '.repeat(20_000)}\n%endmacro\nm "${'a'.repeat(60_000)}"`, doubles],
  ['words of very many parts', `%macro m 1\n%rep 900\ndb ${`${'%1'.repeat(4000)} `.repeat(4)}\n%endrep\n%endmacro\nm 1`, steps],
  ['lines that are looked at for another syntax', `${`a${' '.repeat(190)},\n`.repeat(40_000)}`, /a label needs a colon/],
  // the source as a whole
  ['50,000 ordinary lines', ordinary(50_000), 'assembles'],
  ['a source of many lines', '\n'.repeat(1_000_000), tooBig],
  ['a source of many characters', `;${'x'.repeat(20_000_000)}`, tooBig],
  ['includes itself', '%include "main.asm"', /included too deep/],
  ['labels that push each other', lines(300, i => `l${i}: jmp l${299 - i}\ntimes ${i % 50} nop`), 'assembles'],
  ['never settles', 'a equ b\nb equ a + 1', /still changes after 200 passes/],
  ['never settles, and is long', `a equ b\nb equ a + 1\n${'nop\n'.repeat(20_000)}`, steps],
  ['many undefined names', lines(3000, i => `n${i}: jmp m${i}`), /`m0` is not defined/],
  ['many warnings, then an error', `${lines(1000, i => `db ${i + 256}`)}\nmov eax,`, /`mov` takes 2 operand/],
]; // prettier-ignore

describe('the bounds of the assembler', () => {
  it('steps may be more, for who has the time', () => {
    const files = { text: () => '%rep 400\nnop\n%endrep', bytes: () => undefined };
    const spentWith = (most: number): readonly string[] =>
      new Assembler('main.asm', files, { steps: most }).run().diagnostics.map(({ message }) => message);
    assert.match(spentWith(100)[0], /takes more than 100 steps/);
    assert.deepEqual(spentWith(100_000), []);
  });

  for (const [what, source, message] of bombs) {
    it(what, () => {
      const files = { text: (name: string) => (name === 'main.asm' ? source : undefined), bytes: () => undefined };
      const assembler = new Assembler('main.asm', files);
      // under the pseudo-locale, so that what stands outside its brackets is seen too
      const { image, diagnostics } = inPseudoLocale(() => assembler.run());
      const errors = diagnostics.filter(({ severity }) => severity === 'error').map(error => error.message);
      assert.equal(image === undefined, errors.length > 0, 'an image, or an error');
      assert.ok(assembler.budget.spent <= limits.steps, `${assembler.budget.spent} steps`);
      if (message === 'assembles') assert.deepEqual(errors, []);
      else
        assert.ok(
          errors.some(error => message.test(error.replace(/[⟦⟧]/g, ''))),
          `${errors.slice(0, 3).join('\n')}`,
        );
      for (const error of errors.slice(0, 3)) assert.deepEqual(bareText(error), [], error);
    });
  }
});

describe('names that are JavaScript’s own', () => {
  const image = (source: string) => {
    const files = { text: (name: string) => (name === 'main.asm' ? source : undefined), bytes: () => undefined };
    const { image: made, diagnostics } = new Assembler('main.asm', files).run();
    assert.deepEqual(diagnostics.filter(({ severity }) => severity === 'error'), []);
    return Buffer.from(made?.bytes ?? []).toString('hex');
  }; // prettier-ignore

  for (const name of ['constructor', '__proto__', 'toString', 'hasOwnProperty', 'valueOf']) {
    const uses: readonly [what: string, source: string, bytes: string][] = [
      ['a label', `${name}: dw ${name}`, '0000'],
      ['a constant', `${name} equ 5\ndb ${name}`, '05'],
      ['a local label', `x: nop\n.${name}: dw .${name}`, '900100'],
      ['a define', `%define ${name} 7\ndb ${name}`, '07'],
      ['a macro', `%macro ${name} 1\ndb %1\n%endmacro\n${name} 3`, '03'],
      ['a section', `section ${name}\nnop\nsection x follows=${name}\nhlt`, '90000000f4'],
      ['a structure', `struc ${name}\n.x: resb 3\nendstruc\ndb ${name}_size, ${name}.x`, '0300'],
      ['a context', `%push ${name}\n%ifctx ${name}\ndb 1\n%endif`, '01'],
    ];
    for (const [what, source, bytes] of uses) it(`${name} as ${what}`, () => assert.equal(image(source), bytes));
  }
});
