// Sources that nobody would write: the assembler neither throws nor hangs, whatever it is given.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { assemble } from '../../src/asm/assemble';
import { randomFrom } from './randomSource';

const seed = Number(process.env.FUZZ_SEED ?? 20240517);
const fragments = (
  'mov add jmp jz call push lgdt vmread fadd movaps rep lock o16 a32 es db dw dd dq dt resb times equ align section .text .bss org bits 16 32 64 ' +
  'struc endstruc istruc at iend incbin absolute global extern default rel abs byte word dword qword tword strict short near far ' +
  'eax ebx esp ax bx al cr0 ds st0 xmm0 rax r9 zmm1 k1 , , , : [ ] ( ) + - * / // % %% << >> <<< ? | & ^ ~ ! = == < > <=> && || $ $$ ; \\ ' +
  '0 1 -1 5 0x7fffffff 0xffffffffffffffff 99999999999999999999999 1.5 1e9999 0x 0b2 1h \'a\' "string" `\\x` " label label: .local ..@x $eax ' +
  '%define %xdefine %assign %macro %endmacro %rep %endrep %exitrep %if %ifdef %ifidn %elif %else %endif %include %error %push %pop %rotate %strlen %substr ' +
  '%1 %0 %%x %$y %+ %[ %[x] %{1:2} %-1 %? m m 0 1-* 2+ { } dup __?LINE?__ __SECT__ "main.asm" nop hlt'
).split(' ');

const limitMs = 4000;

function mustSurvive(source: string, what: string) {
  const begin = performance.now();
  try {
    const { image, diagnostics } = assemble('main.asm', {
      text: name => (name === 'main.asm' ? source : undefined),
      bytes: () => new Uint8Array(10),
    });
    const failed = diagnostics.some(({ severity }) => severity === 'error');
    assert.equal(image === undefined, failed, 'an image, or an error');
  } catch (error) {
    assert.fail(`${what}: ${error instanceof Error ? error.stack : String(error)}\n${source.slice(0, 2000)}`);
  }
  const took = performance.now() - begin;
  assert.ok(took < limitMs, `${what} took ${took} ms\n${source.slice(0, 2000)}`);
}

describe('assembler, given anything', () => {
  before(() => console.log(`      FUZZ_SEED=${seed}`));

  it('random words', () => {
    const random = randomFrom(seed);
    for (let run = 0; run < 400; run++) {
      const lines = Array.from({ length: 1 + random(30) }, () =>
        Array.from({ length: random(9) }, () => fragments[random(fragments.length)]).join(random(4) ? ' ' : ''),
      );
      mustSurvive(lines.join('\n'), `words, run ${run}`);
    }
  });

  it('random characters', () => {
    const random = randomFrom(seed + 1);
    for (let run = 0; run < 300; run++) {
      const text = Array.from({ length: random(400) }, () =>
        String.fromCharCode(random(8) ? 32 + random(96) : random(0x10000)),
      );
      mustSurvive(text.join(''), `characters, run ${run}`);
    }
  });

  it('the corpus with lines and characters exchanged', () => {
    const folder = path.join(process.cwd(), 'test/asm/corpus');
    const random = randomFrom(seed + 2);
    for (const name of fs.readdirSync(folder).filter(file => file.endsWith('.asm'))) {
      const original = fs.readFileSync(path.join(folder, name), 'utf8');
      for (let run = 0; run < 6; run++) {
        const lines = original.split('\n');
        for (let change = 0; change < 8; change++) {
          const at = random(lines.length);
          const column = random(lines[at].length + 1);
          if (random(3) === 0) lines[at] = lines[random(lines.length)];
          else
            lines[at] =
              lines[at].slice(0, column) + fragments[random(fragments.length)] + lines[at].slice(column + random(3));
        }
        mustSurvive(lines.join('\n'), `${name}, run ${run}`);
      }
    }
  });

  const nested = (open: string, count: number, inner: string, close: string) =>
    open.repeat(count) + inner + close.repeat(count);
  const bombs: Record<string, string> = {
    'deep parentheses': `dd ${nested('(', 100_000, '1', ')')}`,
    'deep signs': `dd ${'-'.repeat(100_000)}1`,
    'long sum': `dd 1${'+1'.repeat(100_000)}`,
    'deep dup': `db ${nested('2 dup (', 1000, '1', ')')}`,
    'large dup': `db ${nested('9999 dup (', 10, '1', ')')}`,
    'many data': `db ${'1,'.repeat(200_000)}1`,
    'macro that calls itself through another': '%macro a 0\nb\n%endmacro\n%macro b 0\na\n%endmacro\na',
    'macros that double':
      Array.from({ length: 30 }, (_, i) => `%macro m${i + 1} 0\nm${i}\nm${i}\n%endmacro`).join('\n') +
      '\n%macro m0 0\nnop\n%endmacro\nm30',
    'defines that double': `%define d0 1\n${Array.from({ length: 40 }, (_, i) => `%define d${i + 1} d${i}+d${i}`).join('\n')}\ndd d40`,
    'xdefines that double': `%define d 1\n${'%xdefine d d+d\n'.repeat(40)}dd d`,
    'nested %rep': `${nested('%rep 1000\n', 5, 'nop', '\n%endrep')}`,
    'one long %rep': '%rep 1000000\n%assign i 1\n%endrep',
    'macro in %rep': '%macro m 0\nnop\nnop\n%endmacro\n%rep 1000000\nm\n%endrep',
    'large times': 'times 0x7fffffff db 0',
    'times of instructions':
      'times 1000000 jmp $\ntimes 1000000 jmp $\ntimes 1000000 jmp $\ntimes 1000000 jmp $\ntimes 1000000 jmp $',
    'large align': 'nop\nalign 0x40000000',
    'large gap': 'section .a start=0\nnop\nsection .b start=0x7fffffffffff\nnop',
    'large reservation': 'resq 0x7fffffffffffffff',
    'includes itself': '%include "main.asm"',
    'labels that push each other': Array.from(
      { length: 300 },
      (_, i) => `l${i}: jmp l${299 - i}\ntimes ${i % 50} nop`,
    ).join('\n'),
    'never settles': 'x: times (y-x+1)&1 nop\ny:\nz equ w+1\nw equ z',
    'flips for ever': 'jmp x\ntimes 126 + ((x-$$) & 1) nop\nx:',
    'huge number': `dd ${'9'.repeat(100_000)}`,
    'huge float': `dq 1e999999999, ${'9'.repeat(5000)}.5`,
    'open string': `db "${'a'.repeat(100_000)}`,
    'continuation only': '\\\n'.repeat(10_000),
    'deep %if': '%if 1\n'.repeat(20_000),
    'deep %push': '%push x\n'.repeat(100_000),
    'long name': `${'a'.repeat(200_000)}: jmp ${'a'.repeat(199_999)}b`,
    'many undefined names': Array.from({ length: 3000 }, (_, i) => `n${i}: jmp m${i}`).join('\n'),
    proto:
      '__proto__: dd __proto__, constructor\nconstructor equ 1\n%define toString hasOwnProperty\ndb toString\nhasOwnProperty: valueOf',
    'prototype words':
      'constructor eax\ntoString: constructor toString\nmov valueOf, 1\nsection __proto__ constructor=1\n[valueOf]',
  };
  for (const [what, source] of Object.entries(bombs)) it(what, () => mustSurvive(source, what));
});
