// Numbers that do not fit: the assembler warns of the same ones as nasm does.
import assert from 'node:assert/strict';
import { assemble } from '../../src/asm/assemble';
import { hasNasm, runNasm } from './nasm';

/** `V` stands for the number. */
const lines = [
  ...['mov al, V', 'mov cx, V', 'mov edx, V', 'mov byte [bx], V', 'mov word [bx], V', 'mov dword [ebx], V'],
  ...['add al, V', 'add bl, V', 'add bx, V', 'add ax, V', 'add ebx, V', 'add ebx, byte V', 'and word [bx], byte V'],
  ...['imul ax, bx, V', 'imul eax, ebx, byte V', 'test al, V', 'test ebx, V', 'push V', 'push byte V', 'push dword V'],
  ...['int V', 'shl ax, V', 'shl dword [bx], V', 'in al, V', 'out V, al', 'ret V', 'enter V, 1', 'enter 1, V'],
  ...['aam V', 'bt ax, V', 'shld ax, bx, V', 'shufps xmm0, xmm1, V', 'pinsrw mm0, eax, V'],
  ...[
    'jmp V:0',
    'jmp word 0:V',
    'call dword 0:V',
    'mov al, [V]',
    'lea bx, [V]',
    'mov cx, [word V]',
    'mov cx, [dword V]',
  ],
  ...[
    'mov al, [bx + 0x12345]',
    'mov al, [bx + 0x1234]',
    'mov al, [ebx - 1]',
    'loop $',
    'jmp $',
    'db V',
    'dw V',
    'dd V',
  ],
];
const edges = [7n, 8n, 15n, 16n, 31n, 32n].flatMap(bits => [1n << bits, (1n << bits) - 1n]);
const numbers = new Set([...edges, ...edges.flatMap(edge => [-edge, -edge - 1n]), 300n, 0xffffff90n]);

describe('numbers that do not fit', () => {
  before(function () {
    if (!hasNasm()) this.skip();
  });

  for (const bits of [16, 32]) {
    it(`are warned of as by nasm, in ${bits}-bit code`, () => {
      const source = [
        `bits ${bits}`,
        ...lines.flatMap(line => [...numbers].map(value => line.replace('V', `${value}`))),
      ];
      const { messages } = runNasm(source.join('\n'), undefined, ['-w+number-overflow']);
      const judged = new Set([...messages.matchAll(/:(\d+): warning: /g)].map(([, line]) => source[Number(line) - 1]));
      assert.ok(judged.size > 100, messages);
      assert.deepEqual(
        source.filter(line => isWarnedOf(line, bits) !== judged.has(line)),
        [],
      );
    });
  }
});

function isWarnedOf(line: string, bits: number): boolean {
  const { diagnostics } = assemble('main.asm', { text: () => `bits ${bits}\n${line}`, bytes: () => undefined });
  assert.deepEqual(
    diagnostics.filter(({ severity }) => severity === 'error'),
    [],
  );
  return diagnostics.length > 0;
}
