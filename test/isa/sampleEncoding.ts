// Bytes that encode a row of the opcode tables.

import { encodingOf } from '../../src/isa/opcodes';
import type { OpcodeRow } from '../../src/isa/opcodeRow';

/** Bits 5:3 of the ModRM byte where the row leaves them free: EBX, DS, CR3. */
const freeRegister = 3;
/** Immediates, displacements: 02 02 … is no special case of a shift count. */
const tail = new Array<number>(8).fill(2);

/** 16 bytes that begin with an encoding of `row` for 32-bit code, with a register or memory as its ModRM operand. */
export function sampleEncoding(row: OpcodeRow, form: 'register' | 'memory'): readonly number[] {
  const { map, byte, digit, hasModrm, form: only } = encodingOf(row);
  const modrm = ((only ?? form) === 'register' ? 0xc0 : 0) | ((digit ?? freeRegister) << 3);
  return [...(map === 'twoByte' ? [0x0f] : []), byte, ...(hasModrm ? [modrm] : []), ...tail];
}

/** One or two samples: both forms of the ModRM byte if the row allows both. */
export function sampleEncodings(row: OpcodeRow): readonly (readonly number[])[] {
  const { hasModrm, form } = encodingOf(row);
  if (!hasModrm || form) return [sampleEncoding(row, form ?? 'register')];
  return [sampleEncoding(row, 'register'), sampleEncoding(row, 'memory')];
}
