// Data movement without change of flags (SDM Vol. 2: BSWAP is in bit.ts; here CMOVcc, LEA, MOV, MOVSX, MOVZX, SETcc, XLAT,
// NOP). MOV of segment, control and debug registers is in segment.ts and system.ts.

import { Gpr, Segment } from '../isa/registers';
import { conditionHolds, memoryOperand } from './operands';
import type { Semantic, SemanticTable } from './semantic';
import { resize, resizeSigned } from './values';

const mov: Semantic = (b, { operands: [destination, source] }) => b.write(destination, b.read(source));

const movzx: Semantic = (b, { operands: [destination, source], operandSize }) =>
  b.write(destination, resize(b, b.read(source), operandSize));

const movsx: Semantic = (b, { operands: [destination, source], operandSize }) =>
  b.write(destination, resizeSigned(b, b.read(source), operandSize));

/** The source is loaded, and may fault, whether the condition holds or not. */
const cmovcc: Semantic = (b, instruction) => {
  const [destination, source] = instruction.operands;
  const moved = b.read(source);
  b.write(destination, b.select(conditionHolds(b, instruction), moved, b.read(destination)));
};

const setcc: Semantic = (b, instruction) =>
  b.write(instruction.operands[0], b.zeroExtend(conditionHolds(b, instruction), 8));

const lea: Semantic = (b, { operands: [destination, source], operandSize }) =>
  b.write(destination, resize(b, b.effectiveAddress(memoryOperand(source)), operandSize));

const xlat: Semantic = (b, { addressSize, segmentOverride }) => {
  const index = b.zeroExtend(b.readRegister(Gpr.eax, 8), addressSize);
  const offset = b.add(b.readRegister(Gpr.ebx, addressSize), index);
  b.writeRegister(Gpr.eax, b.load(segmentOverride ?? Segment.ds, offset, 8));
};

export const data = {
  mov,
  movzx,
  movsx,
  cmovcc,
  setcc,
  lea,
  xlat,
  /** also PAUSE, and the long NOP, which does not touch its memory operand */
  nop: () => undefined,
} satisfies SemanticTable;
