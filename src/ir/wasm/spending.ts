// What instructions take off a region's budget, and what is counted besides, where they do not all weigh one
// (`cpu/tiers/weightCounters.ts`).

/** Addresses of the words that are counted up. */
export interface WeightLayout {
  readonly weightlessAddress: number;
  readonly heavinessAddress: number;
}

export interface Spending {
  readonly instructions: number;
  /** those that weigh nothing */
  readonly weightless: number;
  /** what others weigh beyond one each */
  readonly heaviness: number;
}

export const nothingSpent: Spending = { instructions: 0, weightless: 0, heaviness: 0 };

/** By the first `count` instructions of a block, which weigh one each unless it says otherwise. */
export function spentBy({ weights }: { readonly weights?: readonly number[] }, count: number): Spending {
  if (!weights) return { ...nothingSpent, instructions: count };
  const done = weights.slice(0, count);
  return {
    instructions: count,
    weightless: done.filter(weight => weight === 0).length,
    heaviness: done.reduce((sum, weight) => sum + Math.max(0, weight - 1), 0),
  };
}

export const spentTogether = (a: Spending, b: Spending): Spending => ({
  instructions: a.instructions + b.instructions,
  weightless: a.weightless + b.weightless,
  heaviness: a.heaviness + b.heaviness,
});

/** What that takes off the budget. */
export const budgetOf = ({ instructions, heaviness }: Spending): number => instructions + heaviness;
