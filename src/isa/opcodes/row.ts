// Makes a row of the opcode tables from its encoding and the facts that all encodings of the mnemonic share.

import type { Mnemonic } from '../mnemonics';
import type { OpcodeRow, OperandCode } from '../opcodeRow';
import { factsByMnemonic, lockableMnemonics, type Facts } from './facts';
import { sensitiveReasons } from './sensitive';

type Third = 'CL' | 'Ib' | 'Iz' | 'sIb';
/** Operand codes with a space between them: '', 'Ev', 'Ev Gv', 'Gv Ev Iz'. */
export type OperandList = '' | OperandCode | `${OperandCode} ${OperandCode}` | `${'Ev Gv' | 'Gv Ev'} ${Third}`;

const operandCodes = (list: OperandList): readonly OperandCode[] =>
  list === '' ? [] : (list.split(' ') as OperandCode[]);

/** LOCK needs a destination that can be memory: `ADD Ev,Gv`, not `ADD Gv,Ev`. */
const isLockable = (mnemonic: Mnemonic, [first]: readonly OperandCode[]): boolean =>
  lockableMnemonics.has(mnemonic) && first !== undefined && 'EM'.includes(first.charAt(0));

/** `opcode` as `OpcodeRow.opcode` defines it; `facts` adds to, or replaces, those of the mnemonic. */
export function row(opcode: string, mnemonic: Mnemonic, list: OperandList = '', facts: Facts = {}): OpcodeRow {
  const operands = operandCodes(list);
  const sensitive = sensitiveReasons[mnemonic];
  return {
    opcode,
    mnemonic,
    operands,
    ...(sensitive === undefined ? {} : { sensitive }),
    ...(isLockable(mnemonic, operands) ? { lockable: true } : {}),
    ...factsByMnemonic[mnemonic],
    ...facts,
  };
}

/** Two hexadecimal digits. */
export const hexByte = (byte: number): string => byte.toString(16).padStart(2, '0');
