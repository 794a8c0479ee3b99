// Which flags must be in their locals where a block begins. Elsewhere they may be a recipe (`deferredFlags.ts`).

import type { BlockGraph, FlagOrigins } from '../blockGraph';

export interface FlagNeeds {
  /** OF, SF, ZF, AF, PF */
  readonly result: boolean;
  readonly carry: boolean;
}

/** A recipe is for all result flags, with or without CF: who changes only some of them needs the others in their locals. */
function ownNeeds({ effects, end, flags, readsResultFlags, readsCarry }: BlockGraph): FlagNeeds {
  const origins = [flags, ...effects.flatMap(effect => ('exit' in effect ? [effect.exit.flags] : []))];
  const repeats = end.kind === 'repeat' && flags.result !== 'start';
  return {
    result: readsResultFlags || repeats || origins.some(({ result }) => result === 'mixed'),
    carry: readsCarry || repeats || origins.some(origin => splitsCarry(origin)),
  };
}

const splitsCarry = ({ result, carry }: FlagOrigins): boolean => (result === 'start') !== (carry === 'start');

/** A block needs flags if it uses them, or if it leads on to one that does and leaves them alone. */
export function findFlagNeeds(
  graphs: readonly BlockGraph[],
  successors: (block: number) => readonly number[],
): readonly FlagNeeds[] {
  const needs = graphs.map(ownNeeds);
  for (let changed = true; changed;) {
    changed = false;
    for (let block = graphs.length - 1; block >= 0; block--) {
      const { flags } = graphs[block];
      if (flags.result !== 'start') continue;
      const after = needsOfAny(successors(block).map(successor => needs[successor]));
      const result = needs[block].result || after.result;
      const carry = needs[block].carry || (after.carry && flags.carry === 'start');
      if (result === needs[block].result && carry === needs[block].carry) continue;
      needs[block] = { result, carry };
      changed = true;
    }
  }
  return needs;
}

export const needsOfAny = (needs: readonly FlagNeeds[]): FlagNeeds => ({
  result: needs.some(({ result }) => result),
  carry: needs.some(({ carry }) => carry),
});
