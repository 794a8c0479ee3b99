// Which status flags must be in their locals where a block begins. Elsewhere they may be a recipe (`deferredFlags.ts`).

import { stateOffset } from '../../isa/state';
import { type BlockGraph, type StateSnapshot, statusFlags } from '../blockGraph';
import type { BlockValue } from '../blockValue';
import { MicroOpCode } from '../microOp';
import { valuesOf } from './countUses';

/** A set of status flags: bit n is `statusFlags[n]`. */
export type FlagSet = number;

export const allStatusFlags: FlagSet = (1 << statusFlags.length) - 1;
export const carry: FlagSet = 1 << statusFlags.indexOf(stateOffset.cf);
const bitOf = new Map(statusFlags.map((word, index) => [word, 1 << index]));

export const flagsIn = (state: StateSnapshot): FlagSet =>
  statusFlags.reduce((set, word, index) => (state.has(word) ? set | (1 << index) : set), 0);

export const wordsOf = (flags: FlagSet): readonly number[] => statusFlags.filter((_, index) => flags & (1 << index));

/**
 * A block needs flags where it begins if it uses them, if it leads on to one that does, or if it writes others: what
 * it leaves behind is about the flags that it wrote, and the rest is in locals.
 */
export function findFlagNeeds(
  graphs: readonly BlockGraph[],
  successors: (block: number) => readonly number[],
): readonly FlagSet[] {
  const needs = graphs.map(graph => flagsRead(graph) | notWritten(graph));
  for (let changed = true; changed;) {
    changed = false;
    for (let block = graphs.length - 1; block >= 0; block--) {
      if (!passesFlags(graphs[block])) continue;
      const after = successors(block).reduce((all, successor) => all | needs[successor], needs[block]);
      if (after === needs[block]) continue;
      needs[block] = after;
      changed = true;
    }
  }
  return needs;
}

function notWritten({ state }: BlockGraph): FlagSet {
  const written = flagsIn(state);
  return written === 0 ? 0 : allStatusFlags & ~written;
}

/** A repeated instruction may find that there is nothing to do. */
const passesFlags = ({ state, end }: BlockGraph): boolean => end.kind === 'repeat' || flagsIn(state) === 0;

function flagsRead(graph: BlockGraph): FlagSet {
  const states = graph.effects.flatMap(effect => ('exit' in effect ? [effect.exit.state] : []));
  const isFlag = ({ code, immediate }: BlockValue): boolean => code === MicroOpCode.readState && bitOf.has(immediate);
  return valuesOf(graph, graph.state, ...new Set(states))
    .filter(isFlag)
    .reduce((set, { immediate }) => set | (bitOf.get(immediate) ?? 0), 0);
}
