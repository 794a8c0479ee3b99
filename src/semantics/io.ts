// Ports (SDM Vol. 2: IN, OUT; their strings are in string.ts). Permission is already checked.

import type { Operand } from '../isa/instruction';
import type { Semantic, SemanticTable } from './semantic';
import { resize } from './values';

/** IN and OUT move AL, or AX or EAX by operand size. */
function accumulatorWidth(operand: Operand): 8 | 16 | 32 {
  if (operand.kind !== 'register') throw new Error(`the accumulator is needed here, not a ${operand.kind}`);
  return operand.width;
}

const input: Semantic = (b, { operands: [destination, port] }) => {
  const width = accumulatorWidth(destination);
  b.write(destination, resize(b, b.call('readPort', b.read(port), b.constant(32, width)), width));
};

const output: Semantic = (b, { operands: [port, source] }) => {
  b.call('writePort', b.read(port), b.read(source), b.constant(32, accumulatorWidth(source)));
};

export const io = { in: input, out: output } satisfies SemanticTable;
