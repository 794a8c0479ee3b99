// Hit conditions: when, counting its hits, a breakpoint stops. `5` the fifth time, `>= 5` from then on, `% 5` every fifth.

import { parseNumber } from './expressions/tokens';
import { errors } from './userError';

export type HitCondition = (hits: number) => boolean;

const comparisons: { readonly [operator in string]?: (hits: number, wanted: number) => boolean } = {
  '==': (hits, wanted) => hits === wanted,
  '=': (hits, wanted) => hits === wanted,
  '>=': (hits, wanted) => hits >= wanted,
  '>': (hits, wanted) => hits > wanted,
  '<=': (hits, wanted) => hits <= wanted,
  '<': (hits, wanted) => hits < wanted,
  '%': (hits, wanted) => wanted > 0 && hits % wanted === 0,
};

/** @throws UserError */
export function parseHitCondition(text: string): HitCondition {
  const [, operator = '==', digits = ''] = /^\s*(==|=|>=|>|<=|<|%)?\s*(\S+)\s*$/.exec(text) ?? [];
  const compare = comparisons[operator];
  const wanted = parseNumber(digits);
  if (compare === undefined || wanted === undefined) throw errors.hitCondition(text);
  return hits => compare(hits, wanted);
}
