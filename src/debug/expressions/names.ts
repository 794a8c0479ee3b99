// The names that an expression asks for.

import { unreachable } from '../../base/exhaustive';
import type { Expression } from './parse';

/** Knows what names mean. */
export interface NameJudge {
  /** @throws UserError if the name means nothing in a condition that may ask its event for `facts` */
  judgeName(name: string, facts: readonly string[]): void;
}

export function namesIn(expression: Expression): string[] {
  const found: string[] = [];
  // operators lean to the left as deep as an expression is long: no recursion
  for (const waiting = [expression]; waiting.length > 0;) {
    const next = waiting.pop();
    if (next?.kind === 'name') found.push(next.name);
    else if (next) waiting.push(...partsOf(next));
  }
  return found.reverse();
}

function partsOf(expression: Exclude<Expression, { kind: 'name' }>): readonly Expression[] {
  switch (expression.kind) {
    case 'number':
      return [];
    case 'memory':
      return [expression.address];
    case 'unary':
      return [expression.operand];
    case 'binary':
      return [expression.left, expression.right];
    case 'far':
      return [expression.segment, expression.offset];
    case 'in':
      return [expression.value, ...expression.list];
    case 'assignment':
      return [expression.target, expression.value];
    default:
      return unreachable(expression);
  }
}
