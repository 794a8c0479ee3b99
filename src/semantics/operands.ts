// How meanings reach their operands where `read` and `write` are not enough: places that are read, changed and written
// back, words of memory beside each other, and what the instruction's columns say.

import type { Instruction, MemoryOperand, Operand } from '../isa/instruction';
import type { Condition } from '../isa/mnemonics';
import type { Builder, Value } from './builder';
import { addConstant, resize } from './values';

export type MemoryWidth = 8 | 16 | 32 | 64;

/**
 * Reads a register or a place in memory, and writes back what `change` makes of it. Memory is checked for writing before
 * it is read, as hardware does, so `change` may set flags and other registers.
 */
export function modify(b: Builder, destination: Operand, change: (old: Value) => Value): void {
  if (destination.kind === 'memory') modifyAt(b, destination, b.effectiveAddress(destination), change);
  else b.write(destination, change(b.read(destination)));
}

/** The same for memory at an offset that is not, or not only, the operand's own. */
export function modifyAt(b: Builder, memory: MemoryOperand, offset: Value, change: (old: Value) => Value): void {
  const place = b.reserve(memory.segment, offset, memoryWidth(memory));
  b.storeReserved(place, change(b.loadReserved(place)));
}

export function memoryWidth({ width }: MemoryOperand): MemoryWidth {
  if (width === 0 || width === 48) throw new Error(`a memory operand of ${width} bits is no single datum`);
  return width;
}

export function memoryOperand(operand: Operand): MemoryOperand {
  if (operand.kind !== 'memory') throw new Error(`a memory operand is needed here, not one of kind ${operand.kind}`);
  return operand;
}

/** Loads the datum that lies `byteOffset` bytes into a memory operand. */
export const loadAt = (b: Builder, { operand, byteOffset, width }: PartOfMemory): Value =>
  b.load(operand.segment, addConstant(b, b.effectiveAddress(operand), byteOffset), width);

export interface PartOfMemory {
  readonly operand: MemoryOperand;
  readonly byteOffset: number;
  readonly width: MemoryWidth;
}

/** Reads 16 bits of a register, or of memory whatever the operand size: selectors and the machine status word. */
export function readWord(b: Builder, operand: Operand): Value {
  if (operand.kind === 'memory') return b.load(operand.segment, b.effectiveAddress(operand), 16);
  return resize(b, b.read(operand), 16);
}

/** Writes a selector or status word: 16 bits to memory whatever the operand size, the full width to a register. */
export function writeWord(b: Builder, operand: Operand, value: Value): void {
  if (operand.kind === 'memory') {
    b.store(operand.segment, b.effectiveAddress(operand), resize(b, value, 16));
  } else if (operand.kind === 'register') {
    b.write(operand, resize(b, value, operand.width));
  } else {
    throw new Error(`a word cannot be written to an operand of kind ${operand.kind}`);
  }
}

export interface FarPointer {
  /** 16 bits */
  readonly selector: Value;
  readonly offset: Value;
}

/** A far pointer in memory (m16:16 or m16:32): the offset, at the operand size, then the selector. */
export function loadFarPointer(b: Builder, source: Operand, operandSize: 16 | 32): FarPointer {
  const operand = memoryOperand(source);
  const offset = loadAt(b, { operand, byteOffset: 0, width: operandSize });
  const selector = loadAt(b, { operand, byteOffset: operandSize / 8, width: 16 });
  return { selector, offset };
}

/** The condition of Jcc, SETcc and CMOVcc, as a value of width 1. */
export function conditionHolds(b: Builder, { row }: Instruction): Value {
  return b.condition(conditionOf(row));
}

function conditionOf(row: { readonly opcode: string; readonly condition?: Condition }): Condition {
  if (row.condition === undefined) throw new Error(`opcode row ${row.opcode} lacks its condition`);
  return row.condition;
}
