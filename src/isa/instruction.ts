// A decoded instruction: what the opcode tables and the bytes say, before any meaning.

import type { OpcodeRow } from './opcodeRow';
import type { SegmentIndex } from './registers';

export type OperandWidth = 8 | 16 | 32 | 48 | 64;

/** General register. At width 8, indices 4–7 are AH, CH, DH, BH. */
export interface RegisterOperand {
  readonly kind: 'register';
  readonly index: number;
  readonly width: 8 | 16 | 32;
}

/** [segment: base + index*scale + displacement], wrapped to `addressSize`. */
export interface MemoryOperand {
  readonly kind: 'memory';
  /** the default for the base register, or the override */
  readonly segment: SegmentIndex;
  readonly base: number | undefined;
  readonly index: number | undefined;
  readonly scale: 1 | 2 | 4 | 8;
  /** signed 32-bit */
  readonly displacement: number;
  readonly addressSize: 16 | 32;
  /** of the datum; 48 and 64 for far pointers, pseudo-descriptors, CMPXCHG8B; 0 where only the address counts (LEA, INVLPG) */
  readonly width: OperandWidth | 0;
}

/** `value` is sign-extended to 32 bits from `width`, or from a byte where the encoding has one: its low `width` bits count. */
export interface ImmediateOperand {
  readonly kind: 'immediate';
  readonly value: number;
  readonly width: 8 | 16 | 32;
}

/** A branch displacement relative to the next instruction, sign-extended. */
export interface RelativeOperand {
  readonly kind: 'relative';
  readonly displacement: number;
}

export interface FarPointerOperand {
  readonly kind: 'farPointer';
  readonly selector: number;
  readonly offset: number;
}

export interface SegmentOperand {
  readonly kind: 'segment';
  readonly index: SegmentIndex;
}

export interface ControlRegisterOperand {
  readonly kind: 'controlRegister';
  readonly index: number;
}

export interface DebugRegisterOperand {
  readonly kind: 'debugRegister';
  readonly index: number;
}

export type Operand =
  | RegisterOperand
  | MemoryOperand
  | ImmediateOperand
  | RelativeOperand
  | FarPointerOperand
  | SegmentOperand
  | ControlRegisterOperand
  | DebugRegisterOperand;

/** A displacement, immediate or branch offset in an instruction's bytes: little-endian, sign-extended. */
export interface EncodedField {
  /** from the instruction's first byte */
  readonly offset: number;
  readonly bytes: 1 | 2 | 4;
}

export interface Instruction {
  readonly row: OpcodeRow;
  /** 1–15 bytes */
  readonly length: number;
  readonly operandSize: 16 | 32;
  readonly addressSize: 16 | 32;
  readonly lock: boolean;
  /** F3 is `rep` (also REPE), F2 is `repne`; the last one given counts */
  readonly repeat: 'none' | 'rep' | 'repne';
  /** the override prefix, if any; memory operands already carry it, string and XLAT sources take it from here */
  readonly segmentOverride: SegmentIndex | undefined;
  readonly operands: readonly Operand[];
  /** in the order of the bytes, which is that of the operands; all that comes before them decides the operands' kinds */
  readonly fields: readonly EncodedField[];
}

/** IN, OUT, INS and OUTS: the port is DX, or an immediate byte; the width that of the datum. */
export function portAccess({ row, operands, operandSize }: Instruction): { operand: Operand; width: 8 | 16 | 32 } {
  const index = row.operands.findIndex(code => code === 'DX' || code === 'Ib');
  const datum = row.operands[1 - index];
  const isByte = datum === 'AL' || datum === 'Xb' || datum === 'Yb';
  return { operand: operands[index], width: isByte ? 8 : operandSize };
}

/** Does the instruction stay where it is until its count is used up? A repeat prefix has a meaning before string instructions only. */
export const isRepeated = (instruction: Instruction | undefined): boolean =>
  instruction?.row.repeatable !== undefined && instruction.repeat !== 'none';
