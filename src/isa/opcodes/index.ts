// All rows of the opcode tables, and the reading of their `opcode` column.

import type { Mnemonic } from '../mnemonics';
import type { OpcodeRow } from '../opcodeRow';
import { groupRows } from './groups';
import { oneByteRows } from './oneByte';
import { twoByteRows } from './twoByte';

export const opcodeRows: readonly OpcodeRow[] = [...oneByteRows, ...twoByteRows, ...groupRows];

export const rowsOf = (mnemonic: Mnemonic): readonly OpcodeRow[] => opcodeRows.filter(row => row.mnemonic === mnemonic);

/** An `opcode` column taken apart. */
export interface Encoding {
  readonly map: 'oneByte' | 'twoByte';
  /** the first of eight opcodes if `addsRegister` */
  readonly byte: number;
  readonly addsRegister: boolean;
  /** bits 5:3 of the ModRM byte, where they choose the instruction */
  readonly digit: number | undefined;
  /** the only form of the ModRM byte that the row is for */
  readonly form: 'memory' | 'register' | undefined;
  /** a ModRM byte follows the opcode */
  readonly hasModrm: boolean;
}

const opcodePattern = /^(0f )?([0-9a-f]{2})(\+r)?(?: \/([0-7]))?(?: ([mr]))?$/;
const usesModrm = /^([EGMRSCD][a-z]|M)$/;

/** @throws Error if the column is not written as `OpcodeRow.opcode` says */
export function encodingOf({ opcode, operands }: OpcodeRow): Encoding {
  const match = opcodePattern.exec(opcode);
  if (match === null) throw new Error(`opcode column not understood: ${opcode}`);
  const [, escape, byte = '', plus, digit, form] = match;
  return {
    map: escape === undefined ? 'oneByte' : 'twoByte',
    byte: parseInt(byte, 16),
    addsRegister: plus !== undefined,
    digit: digit === undefined ? undefined : Number(digit),
    form: form === undefined ? undefined : form === 'm' ? 'memory' : 'register',
    hasModrm: digit !== undefined || form !== undefined || operands.some(code => usesModrm.test(code)),
  };
}
