// The one-byte opcode map of 16 and 32-bit code (SDM Vol. 2D table A-2), without the groups (`groups.ts`).

import type { OpcodeRow } from '../opcodeRow';
import { conditionRows } from './conditions';
import { hexByte, row } from './row';

/** The eight operations of the quarter 00–3F and of group 1, in encoding order. */
export const aluMnemonics = ['add', 'or', 'adc', 'sbb', 'and', 'sub', 'xor', 'cmp'] as const;

const aluForms = ['Eb Gb', 'Ev Gv', 'Gb Eb', 'Gv Ev', 'AL Ib', 'eAX Iz'] as const;

const aluRows = aluMnemonics.flatMap((mnemonic, operation) =>
  aluForms.map((operands, form) => row(hexByte(operation * 8 + form), mnemonic, operands)),
);

/** 90 alone is NOP. */
const exchangeRows = [1, 2, 3, 4, 5, 6, 7].map(register => row(hexByte(0x90 + register), 'xchg', 'Zv eAX'));

/** FNSTCW, FNSTSW m16, FNSTSW AX, and the group of FNINIT. */
const x87Probes: ReadonlySet<string> = new Set(['d9 /7 m', 'dd /7 m', 'df /4 r', 'db /4 r']);

/** x87 instructions: decoded as far as their length, because this processor has no floating-point unit. */
const escapeRows = [0xd8, 0xd9, 0xda, 0xdb, 0xdc, 0xdd, 0xde, 0xdf].flatMap(byte =>
  [0, 1, 2, 3, 4, 5, 6, 7].flatMap(digit =>
    (['m', 'r'] as const).map(form => {
      const opcode = `${hexByte(byte)} /${digit} ${form}`;
      return row(opcode, x87Probes.has(opcode) ? 'x87Probe' : 'esc', form === 'm' ? 'M' : '');
    }),
  ),
);

export const oneByteRows: readonly OpcodeRow[] = [
  ...aluRows,
  row('06', 'pushSegment', 'ES'),
  row('07', 'popSegment', 'ES'),
  row('0e', 'pushSegment', 'CS'),
  row('16', 'pushSegment', 'SS'),
  row('17', 'popSegment', 'SS', { endsBlock: true }),
  row('1e', 'pushSegment', 'DS'),
  row('1f', 'popSegment', 'DS'),
  row('27', 'daa'),
  row('2f', 'das'),
  row('37', 'aaa'),
  row('3f', 'aas'),

  row('40+r', 'inc', 'Zv'),
  row('48+r', 'dec', 'Zv'),
  row('50+r', 'push', 'Zv'),
  row('58+r', 'pop', 'Zv'),
  row('60', 'pusha'),
  row('61', 'popa'),
  row('62 m', 'bound', 'Gv Ma'),
  row('63', 'arpl', 'Ew Gw'),
  row('68', 'push', 'Iz'),
  row('69', 'imul3', 'Gv Ev Iz'),
  row('6a', 'push', 'sIb'),
  row('6b', 'imul3', 'Gv Ev sIb'),
  row('6c', 'ins', 'Yb DX'),
  row('6d', 'ins', 'Yv DX'),
  row('6e', 'outs', 'DX Xb'),
  row('6f', 'outs', 'DX Xv'),
  ...conditionRows('', 0x70, 'jcc', 'Jb'),

  row('84', 'test', 'Eb Gb'),
  row('85', 'test', 'Ev Gv'),
  row('86', 'xchg', 'Eb Gb'),
  row('87', 'xchg', 'Ev Gv'),
  row('88', 'mov', 'Eb Gb'),
  row('89', 'mov', 'Ev Gv'),
  row('8a', 'mov', 'Gb Eb'),
  row('8b', 'mov', 'Gv Ev'),
  row('8c m', 'movFromSegment', 'Mw Sw'),
  row('8c r', 'movFromSegment', 'Ev Sw'),
  row('8d m', 'lea', 'Gv M'),
  row('8e', 'movToSegment', 'Sw Ew'),

  row('90', 'nop'),
  ...exchangeRows,
  row('98', 'cbw'),
  row('99', 'cdq'),
  row('9a', 'callFar', 'Ap'),
  row('9b', 'wait'),
  row('9c', 'pushf'),
  row('9d', 'popf'),
  row('9e', 'sahf'),
  row('9f', 'lahf'),
  row('a0', 'mov', 'AL Ob'),
  row('a1', 'mov', 'eAX Ov'),
  row('a2', 'mov', 'Ob AL'),
  row('a3', 'mov', 'Ov eAX'),
  row('a4', 'movs', 'Yb Xb'),
  row('a5', 'movs', 'Yv Xv'),
  row('a6', 'cmps', 'Xb Yb'),
  row('a7', 'cmps', 'Xv Yv'),
  row('a8', 'test', 'AL Ib'),
  row('a9', 'test', 'eAX Iz'),
  row('aa', 'stos', 'Yb AL'),
  row('ab', 'stos', 'Yv eAX'),
  row('ac', 'lods', 'AL Xb'),
  row('ad', 'lods', 'eAX Xv'),
  row('ae', 'scas', 'AL Yb'),
  row('af', 'scas', 'eAX Yv'),
  row('b0+r', 'mov', 'Zb Ib'),
  row('b8+r', 'mov', 'Zv Iz'),

  row('c2', 'retNear', 'Iw'),
  row('c3', 'retNear'),
  row('c4 m', 'les', 'Gv Mp'),
  row('c5 m', 'lds', 'Gv Mp'),
  row('c8', 'enter', 'Iw Ib'),
  row('c9', 'leave'),
  row('ca', 'retFar', 'Iw'),
  row('cb', 'retFar'),
  row('cc', 'int3'),
  row('cd', 'int', 'Ib'),
  row('ce', 'into'),
  row('cf', 'iret'),
  row('d4', 'aam', 'Ib'),
  row('d5', 'aad', 'Ib'),
  row('d6', 'salc'),
  row('d7', 'xlat'),
  ...escapeRows,

  row('e0', 'loopne', 'Jb'),
  row('e1', 'loope', 'Jb'),
  row('e2', 'loop', 'Jb'),
  row('e3', 'jcxz', 'Jb'),
  row('e4', 'in', 'AL Ib'),
  row('e5', 'in', 'eAX Ib'),
  row('e6', 'out', 'Ib AL'),
  row('e7', 'out', 'Ib eAX'),
  row('e8', 'callNear', 'Jz'),
  row('e9', 'jmpNear', 'Jz'),
  row('ea', 'jmpFar', 'Ap'),
  row('eb', 'jmpNear', 'Jb'),
  row('ec', 'in', 'AL DX'),
  row('ed', 'in', 'eAX DX'),
  row('ee', 'out', 'DX AL'),
  row('ef', 'out', 'DX eAX'),
  row('f1', 'int1'),
  row('f4', 'hlt'),
  row('f5', 'cmc'),
  row('f8', 'clc'),
  row('f9', 'stc'),
  row('fa', 'cli'),
  row('fb', 'sti'),
  row('fc', 'cld'),
  row('fd', 'std'),
];
