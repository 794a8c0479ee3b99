// Opcodes whose instruction is chosen by bits 5:3 of the ModRM byte (SDM Vol. 2D table A-6), with the aliases that
// processors have but the manual leaves out: 82 for 80, shift /6 for /4, F6/1 and F7/1 for /0.

import type { OpcodeRow } from '../opcodeRow';
import { aluMnemonics } from './oneByte';
import { row } from './row';

const immediateForms = [
  ['80', 'Eb Ib'],
  ['81', 'Ev Iz'],
  ['82', 'Eb Ib'],
  ['83', 'Ev sIb'],
] as const;

const group1 = immediateForms.flatMap(([opcode, operands]) =>
  aluMnemonics.map((mnemonic, digit) => row(`${opcode} /${digit}`, mnemonic, operands)),
);

const shiftMnemonics = ['rol', 'ror', 'rcl', 'rcr', 'shl', 'shr', 'shl', 'sar'] as const;
const shiftForms = [
  ['c0', 'Eb Ib'],
  ['c1', 'Ev Ib'],
  ['d0', 'Eb 1'],
  ['d1', 'Ev 1'],
  ['d2', 'Eb CL'],
  ['d3', 'Ev CL'],
] as const;

const group2 = shiftForms.flatMap(([opcode, operands]) =>
  shiftMnemonics.map((mnemonic, digit) => row(`${opcode} /${digit}`, mnemonic, operands)),
);

export const groupRows: readonly OpcodeRow[] = [
  ...group1,
  row('8f /0', 'pop', 'Ev'),
  ...group2,
  row('c6 /0', 'mov', 'Eb Ib'),
  row('c7 /0', 'mov', 'Ev Iz'),
  row('f6 /0', 'test', 'Eb Ib'),
  row('f6 /1', 'test', 'Eb Ib'),
  row('f6 /2', 'not', 'Eb'),
  row('f6 /3', 'neg', 'Eb'),
  row('f6 /4', 'mul', 'Eb'),
  row('f6 /5', 'imul1', 'Eb'),
  row('f6 /6', 'div', 'Eb'),
  row('f6 /7', 'idiv', 'Eb'),
  row('f7 /0', 'test', 'Ev Iz'),
  row('f7 /1', 'test', 'Ev Iz'),
  row('f7 /2', 'not', 'Ev'),
  row('f7 /3', 'neg', 'Ev'),
  row('f7 /4', 'mul', 'Ev'),
  row('f7 /5', 'imul1', 'Ev'),
  row('f7 /6', 'div', 'Ev'),
  row('f7 /7', 'idiv', 'Ev'),
  row('fe /0', 'inc', 'Eb'),
  row('fe /1', 'dec', 'Eb'),
  row('ff /0', 'inc', 'Ev'),
  row('ff /1', 'dec', 'Ev'),
  row('ff /2', 'callNear', 'Ev'),
  row('ff /3 m', 'callFar', 'Mp'),
  row('ff /4', 'jmpNear', 'Ev'),
  row('ff /5 m', 'jmpFar', 'Mp'),
  row('ff /6', 'push', 'Ev'),

  row('0f 00 /0 m', 'sldt', 'Mw'),
  row('0f 00 /0 r', 'sldt', 'Ev'),
  row('0f 00 /1 m', 'str', 'Mw'),
  row('0f 00 /1 r', 'str', 'Ev'),
  row('0f 00 /2', 'lldt', 'Ew'),
  row('0f 00 /3', 'ltr', 'Ew'),
  row('0f 00 /4', 'verr', 'Ew'),
  row('0f 00 /5', 'verw', 'Ew'),
  row('0f 01 /0 m', 'sgdt', 'Ms'),
  row('0f 01 /1 m', 'sidt', 'Ms'),
  row('0f 01 /2 m', 'lgdt', 'Ms'),
  row('0f 01 /3 m', 'lidt', 'Ms'),
  row('0f 01 /4 m', 'smsw', 'Mw'),
  row('0f 01 /4 r', 'smsw', 'Ev'),
  row('0f 01 /6', 'lmsw', 'Ew'),
  row('0f 01 /7 m', 'invlpg', 'M'),
  row('0f ba /4', 'bt', 'Ev Ib'),
  row('0f ba /5', 'bts', 'Ev Ib'),
  row('0f ba /6', 'btr', 'Ev Ib'),
  row('0f ba /7', 'btc', 'Ev Ib'),
  row('0f c7 /1 m', 'cmpxchg8b', 'Mq'),
];
