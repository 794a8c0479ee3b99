// Where a region looks whether its budget goes on: at loops, at entries, after repeated instructions (which take what they
// get), and often enough in between. What it looks for covers every way to the next look.

import type { BlockGraph } from '../blockGraph';
import type { FlowGraph } from '../flowGraph';

/** Most budget between two looks. What is left of a budget is done by slower means: it should not be much. */
const mostBudget = 96;

/** By block: the budget to look for where it begins. `costs`: what a block takes of it. */
export function budgetNeeds(
  flow: FlowGraph,
  successors: readonly (readonly number[])[],
  graphs: readonly BlockGraph[],
  costs: readonly number[],
): ReadonlyMap<number, number> {
  const entries = new Set(flow.entries);
  const needs = new Map<number, number>();
  const lookers = new Set(flow.order.filter(block => entries.has(block) || flow.headsLoop(block)));
  graphs.forEach(({ end }, block) => {
    if (end.kind === 'repeat') successors[block].forEach(next => lookers.add(next));
  });
  for (const block of [...flow.order].reverse()) {
    const following = successors[block].filter(next => !lookers.has(next));
    const most = Math.max(0, ...following.map(next => needs.get(next) ?? 0));
    const tooMany = costs[block] + most > mostBudget;
    if (tooMany) following.forEach(next => lookers.add(next));
    needs.set(block, costs[block] + (tooMany ? 0 : most));
  }
  return new Map([...needs].filter(([block]) => lookers.has(block)));
}
