// Descriptor-table registers (SDM Vol. 2: LGDT, LIDT, LLDT, LTR, SGDT, SIDT, SLDT, STR).

import { Segment, type SegmentIndex } from '../isa/registers';
import { loadAt, memoryOperand, readWord, writeWord } from './operands';
import type { Semantic, SemanticTable } from './semantic';
import { addConstant, resize } from './values';

/** A pseudo-descriptor: limit of 16 bits, base of 32; with 16-bit operand size only 24 of the base count. */
const loadingTable =
  (helper: 'loadGdtr' | 'loadIdtr'): Semantic =>
  (b, { operands: [source], operandSize }) => {
    const operand = memoryOperand(source);
    const limit = loadAt(b, { operand, byteOffset: 0, width: 16 });
    const base = loadAt(b, { operand, byteOffset: 2, width: 32 });
    const baseMask = operandSize === 16 ? 0x00ffffff : 0xffffffff;
    b.call(helper, limit, b.and(base, b.constant(32, baseMask)));
  };

/** All 32 bits of the base are stored, with either operand size, as on processors since the 386. */
const storingTable =
  (limitField: 'gdtrLimit' | 'idtrLimit', baseField: 'gdtrBase' | 'idtrBase'): Semantic =>
  (b, { operands: [destination] }) => {
    const operand = memoryOperand(destination);
    const offset = b.effectiveAddress(operand);
    const limitPlace = b.reserve(operand.segment, offset, 16);
    const basePlace = b.reserve(operand.segment, addConstant(b, offset, 2), 32);
    b.storeReserved(limitPlace, resize(b, b.readField(limitField), 16));
    b.storeReserved(basePlace, b.readField(baseField));
  };

const loadingSelector =
  (helper: 'loadLdtr' | 'loadTr'): Semantic =>
  (b, { operands: [source] }) => {
    b.call(helper, readWord(b, source));
  };

const storingSelector =
  (segment: SegmentIndex): Semantic =>
  (b, { operands: [destination] }) =>
    writeWord(b, destination, b.readSelector(segment));

export const descriptorTables = {
  lgdt: loadingTable('loadGdtr'),
  lidt: loadingTable('loadIdtr'),
  sgdt: storingTable('gdtrLimit', 'gdtrBase'),
  sidt: storingTable('idtrLimit', 'idtrBase'),
  lldt: loadingSelector('loadLdtr'),
  ltr: loadingSelector('loadTr'),
  sldt: storingSelector(Segment.ldtr),
  str: storingSelector(Segment.tr),
} satisfies SemanticTable;
