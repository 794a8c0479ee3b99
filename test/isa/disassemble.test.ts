// The disassembler's notation, and names in place of addresses.

import assert from 'node:assert/strict';
import { Disassembler } from '../../src/isa/disassemble';

const symbols = new Map([
  [0x1005, 'next'],
  [0x8000, 'table'],
]);

const rows: readonly (readonly [codeSize: 16 | 32, bytes: string, text: string])[] = [
  [32, '8d 44 8b 10', 'lea eax, [ebx+ecx*4+0x10]'],
  [32, '83 c4 04', 'add esp, 0x4'],
  [32, 'f3 a4', 'rep movsb'],
  [32, 'cd 80', 'int 0x80'],
  [32, 'd6', 'salc'],
  [32, 'ea 00 80 00 00 08 00', 'jmp 0x8:0x8000'],
  [16, '64 8b 47 10', 'mov ax, [fs:bx+0x10]'],
  [32, 'e8 00 00 00 00', 'call next'],
  [32, '75 03', 'jne next'],
  [32, 'e2 fe', 'loop 0x1000'],
  [32, 'a1 00 80 00 00', 'mov eax, [table]'],
  [16, 'a1 00 80', 'mov ax, [table]'],
  [32, '8b 04 85 00 80 00 00', 'mov eax, [eax*4+table]'],
  [32, 'ff 25 00 80 00 00', 'jmp dword [table]'],
  [32, '64 a1 00 80 00 00', 'mov eax, [fs:0x8000]'],
];

describe('disassembler', () => {
  const disassembler = new Disassembler(address => symbols.get(address));
  after(() => disassembler.free());

  for (const [codeSize, hex, text] of rows) {
    it(`${hex} in ${codeSize}-bit code is ${text}`, () => {
      const bytes = Buffer.from(hex.replaceAll(' ', ''), 'hex');
      assert.deepEqual(disassembler.disassemble(bytes, 0x1000, codeSize), { text, length: bytes.length, valid: true });
    });
  }

  it('shows a byte that begins no instruction, or one cut short, as data', () => {
    for (const hex of ['0f04', '8dc0', 'b801']) {
      const bytes = Buffer.from(hex, 'hex');
      const text = `db 0x${hex.slice(0, 2)}`;
      assert.deepEqual(disassembler.disassemble(bytes, 0, 32), { text, length: 1, valid: false });
    }
  });
});
