// Bitwise logic (SDM Vol. 2: AND, NOT, OR, TEST, XOR).

import type { Builder, Value } from './builder';
import { modify } from './operands';
import { setLogicFlags } from './resultFlags';
import type { Semantic, SemanticTable } from './semantic';

const logical =
  (operation: 'and' | 'or' | 'xor'): Semantic =>
  (b, { operands: [destination, source] }) =>
    modify(b, destination, x => withLogicFlags(b, b[operation](x, b.read(source))));

function withLogicFlags(b: Builder, result: Value): Value {
  setLogicFlags(b, result);
  return result;
}

export const logic = {
  and: logical('and'),
  or: logical('or'),
  xor: logical('xor'),
  /** NOT changes no flag. */
  not: (b, { operands: [destination] }) => modify(b, destination, x => b.not(x)),
  test: (b, { operands: [left, right] }) => setLogicFlags(b, b.and(b.read(left), b.read(right))),
} satisfies SemanticTable;
