// String instructions (SDM Vol. 2: CMPS, INS, LODS, MOVS, OUTS, SCAS, STOS, and REP). One run of a meaning is one
// iteration: faults and interrupts fall between iterations, with the registers advanced as far as the work is done.

import type { Instruction } from '../isa/instruction';
import { Gpr, Segment } from '../isa/registers';
import { readAccumulator } from './accumulator';
import { subtract } from './arithmetic';
import type { Builder, Value } from './builder';
import type { Semantic, SemanticTable } from './semantic';
import { addConstant, isNonZero, isZero, resize } from './values';

/** CX or ECX counts, by address size; none left at the start means that nothing is done. */
const repeatable =
  (iterate: Semantic): Semantic =>
  (b, instruction) => {
    if (instruction.repeat === 'none') return iterate(b, instruction);
    const count = b.readRegister(Gpr.ecx, instruction.addressSize);
    b.exitIf(isZero(b, count));
    iterate(b, instruction);
    const left = addConstant(b, count, -1);
    b.writeRegister(Gpr.ecx, left);
    b.repeatIf(goesOn(b, instruction, isNonZero(b, left)));
  };

/** REPE goes on while elements are equal, REPNE while they differ; the other instructions heed the counter only. */
function goesOn(b: Builder, { row, repeat }: Instruction, counting: Value): Value {
  if (row.repeatable !== 'repe') return counting;
  return b.and(counting, b.condition(repeat === 'rep' ? 'z' : 'nz'));
}

/** Width of one element: a byte, or the operand size. */
const elementWidth = ({ row, operandSize }: Instruction): 8 | 16 | 32 =>
  row.operands.some(code => code === 'Xb' || code === 'Yb') ? 8 : operandSize;

const sourceOffset = (b: Builder, { addressSize }: Instruction): Value => b.readRegister(Gpr.esi, addressSize);
const destinationOffset = (b: Builder, { addressSize }: Instruction): Value => b.readRegister(Gpr.edi, addressSize);

/** The source's segment may be overridden, the destination's is always ES. */
const loadSource = (b: Builder, instruction: Instruction): Value =>
  b.load(instruction.segmentOverride ?? Segment.ds, sourceOffset(b, instruction), elementWidth(instruction));

const loadDestination = (b: Builder, instruction: Instruction): Value =>
  b.load(Segment.es, destinationOffset(b, instruction), elementWidth(instruction));

const storeDestination = (b: Builder, instruction: Instruction, value: Value): void =>
  b.store(Segment.es, destinationOffset(b, instruction), value);

/** Moves SI or DI (ESI, EDI) on by one element, in the direction that DF gives. */
function advance(b: Builder, instruction: Instruction, ...registers: readonly number[]): void {
  const { addressSize } = instruction;
  const bytes = elementWidth(instruction) / 8;
  const step = b.select(b.readFlag('df'), b.constant(addressSize, -bytes), b.constant(addressSize, bytes));
  for (const index of registers) b.writeRegister(index, b.add(b.readRegister(index, addressSize), step));
}

const movs: Semantic = (b, instruction) => {
  storeDestination(b, instruction, loadSource(b, instruction));
  advance(b, instruction, Gpr.esi, Gpr.edi);
};

const cmps: Semantic = (b, instruction) => {
  const source = loadSource(b, instruction);
  subtract(b, source, loadDestination(b, instruction));
  advance(b, instruction, Gpr.esi, Gpr.edi);
};

const scas: Semantic = (b, instruction) => {
  subtract(b, readAccumulator(b, elementWidth(instruction)), loadDestination(b, instruction));
  advance(b, instruction, Gpr.edi);
};

const lods: Semantic = (b, instruction) => {
  b.writeRegister(Gpr.eax, loadSource(b, instruction));
  advance(b, instruction, Gpr.esi);
};

const stos: Semantic = (b, instruction) => {
  storeDestination(b, instruction, readAccumulator(b, elementWidth(instruction)));
  advance(b, instruction, Gpr.edi);
};

/** The place is checked before the device is read: a read may have effects that cannot be taken back. */
const ins: Semantic = (b, instruction) => {
  const width = elementWidth(instruction);
  const place = b.reserve(Segment.es, destinationOffset(b, instruction), width);
  const input = b.call('readPort', b.readRegister(Gpr.edx, 16), b.constant(32, width));
  b.storeReserved(place, resize(b, input, width));
  advance(b, instruction, Gpr.edi);
};

const outs: Semantic = (b, instruction) => {
  const output = resize(b, loadSource(b, instruction), 32);
  b.call('writePort', b.readRegister(Gpr.edx, 16), output, b.constant(32, elementWidth(instruction)));
  advance(b, instruction, Gpr.esi);
};

export const string = {
  movs: repeatable(movs),
  cmps: repeatable(cmps),
  scas: repeatable(scas),
  lods: repeatable(lods),
  stos: repeatable(stos),
  ins: repeatable(ins),
  outs: repeatable(outs),
} satisfies SemanticTable;
