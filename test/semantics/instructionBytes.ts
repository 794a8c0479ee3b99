// Writes the bytes of an instruction from its opcode row: the inverse of the decoder, for tests that must meet every row
// in every form. Displacements and immediates come from the caller.

import { encodingOf } from '../../src/isa/opcodes';
import type { OpcodeRow, OperandCode } from '../../src/isa/opcodeRow';

/** What a ModRM byte with its SIB byte and displacement says. */
export type Modrm =
  | { readonly kind: 'register'; readonly rm: number }
  | {
      readonly kind: 'memory';
      readonly mod: 0 | 1 | 2;
      readonly rm: number;
      /** given where 32-bit addressing has `rm` 4 */
      readonly sib?: number;
      readonly displacement: number;
    };

export interface Choices {
  readonly prefixes: readonly number[];
  readonly operandSize: 16 | 32;
  readonly addressSize: 16 | 32;
  readonly modrm: Modrm;
  /** bits 5:3 of ModRM where the row leaves them free, and the register of `+r` rows */
  readonly reg: number;
  /** for one immediate after another */
  readonly immediate: (code: OperandCode) => number;
}

export function instructionBytes(row: OpcodeRow, choices: Choices): number[] {
  const { map, byte, addsRegister, digit, hasModrm } = encodingOf(row);
  const bytes = [...choices.prefixes];
  if (map === 'twoByte') bytes.push(0x0f);
  bytes.push(byte + (addsRegister ? choices.reg : 0));
  if (hasModrm) bytes.push(...modrmBytes(choices, digit ?? choices.reg));
  for (const code of row.operands) {
    const size = immediateSize(code, choices);
    if (size > 0) bytes.push(...littleEndian(choices.immediate(code), size));
    if (code === 'Ap') bytes.push(...littleEndian(choices.immediate('Iw'), 2));
  }
  return bytes;
}

/** Bytes of displacement that a memory form has. */
export function displacementSize(modrm: Modrm, addressSize: 16 | 32): 0 | 1 | 2 | 4 {
  if (modrm.kind === 'register') return 0;
  const { mod, rm, sib } = modrm;
  if (mod === 1) return 1;
  if (mod === 2) return addressSize === 32 ? 4 : 2;
  if (addressSize === 16) return rm === 6 ? 2 : 0;
  return rm === 5 || (rm === 4 && sib !== undefined && (sib & 7) === 5) ? 4 : 0;
}

function modrmBytes({ modrm, addressSize }: Choices, reg: number): number[] {
  if (modrm.kind === 'register') return [0xc0 | (reg << 3) | modrm.rm];
  const { mod, rm, sib, displacement } = modrm;
  const bytes = [(mod << 6) | (reg << 3) | rm];
  if (addressSize === 32 && rm === 4) bytes.push(sib ?? 0x24);
  return [...bytes, ...littleEndian(displacement, displacementSize(modrm, addressSize))];
}

function immediateSize(code: OperandCode, { operandSize, addressSize }: Choices): number {
  switch (code) {
    case 'Ib':
    case 'sIb':
    case 'Jb':
      return 1;
    case 'Iw':
      return 2;
    case 'Iz':
    case 'Jz':
    case 'Ap':
      return operandSize / 8;
    case 'Ob':
    case 'Ov':
      return addressSize / 8;
    default:
      return 0;
  }
}

export const littleEndian = (value: number, size: number): number[] =>
  Array.from({ length: size }, (_, index) => (value >>> (8 * index)) & 0xff);
