// Jcc, SETcc and CMOVcc: sixteen rows each, the condition in the opcode's low four bits (SDM Vol. 2D §B.1.4.7).

import { conditions } from '../mnemonics';
import type { OpcodeRow } from '../opcodeRow';
import { hexByte, row, type OperandList } from './row';

export const conditionRows = (
  prefix: '' | '0f ',
  firstByte: number,
  mnemonic: 'jcc' | 'setcc' | 'cmovcc',
  operands: OperandList,
): readonly OpcodeRow[] =>
  conditions.map((condition, i) => row(`${prefix}${hexByte(firstByte + i)}`, mnemonic, operands, { condition }));
