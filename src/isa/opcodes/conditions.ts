// Jcc, SETcc and CMOVcc: sixteen rows each, the condition in the opcode's low four bits (SDM Vol. 2D §B.1.4.7).

import { conditions } from '../mnemonics';
import type { OpcodeRow } from '../opcodeRow';
import { hexByte, row, type OperandList } from './row';

/** Flags that a condition looks at; a condition and its negation stand side by side. */
const flagsOfPair = ['o', 'c', 'z', 'zc', 's', 'p', 'os', 'osz'];

export const conditionRows = (
  prefix: '' | '0f ',
  firstByte: number,
  mnemonic: 'jcc' | 'setcc' | 'cmovcc',
  operands: OperandList,
): readonly OpcodeRow[] =>
  conditions.map((condition, i) =>
    row(`${prefix}${hexByte(firstByte + i)}`, mnemonic, operands, { condition, flagsRead: flagsOfPair[i >> 1] ?? '' }),
  );
