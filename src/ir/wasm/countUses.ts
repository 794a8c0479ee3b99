// How often each value of a block is needed on its main path: what is needed once is computed where it is used.

import type { BlockEffect, BlockEnd, BlockGraph, StateSnapshot } from '../blockGraph';
import type { BlockValue } from '../blockValue';

/** Counts into `BlockValue.uses`. `live` is the part of the state that the block leaves behind. */
export function countUses(graph: Pick<BlockGraph, 'effects' | 'end'>, live: StateSnapshot): void {
  const use = (value: BlockValue): void => {
    value.uses++;
    if (value.uses === 1) value.operands.forEach(use);
  };
  for (const effect of graph.effects) usedByEffect(effect).forEach(use);
  usedByEnd(graph.end).forEach(use);
  for (const value of live.values()) use(value);
}

/** All values that a block computes with, each once. */
export function valuesOf(
  graph: Pick<BlockGraph, 'effects' | 'end'>,
  ...live: readonly StateSnapshot[]
): readonly BlockValue[] {
  const found = new Set<BlockValue>();
  const visit = (value: BlockValue): void => {
    if (found.has(value)) return;
    found.add(value);
    value.operands.forEach(visit);
  };
  graph.effects.forEach(effect => usedByEffect(effect).forEach(visit));
  usedByEnd(graph.end).forEach(visit);
  for (const state of live) for (const value of state.values()) visit(value);
  return [...found];
}

function usedByEffect(effect: BlockEffect): readonly BlockValue[] {
  switch (effect.kind) {
    case 'load':
    case 'reserve':
      return [effect.offset];
    case 'store':
      return [effect.offset, effect.value];
    case 'storeReserved':
      return [effect.value];
    case 'guard':
      return [effect.condition];
    case 'checkBranch':
      return effect.taken ? [effect.target, effect.taken] : [effect.target];
    case 'loadReserved':
      return [];
    case 'call':
      return effect.parameters;
  }
}

function usedByEnd(end: BlockEnd): readonly BlockValue[] {
  switch (end.kind) {
    case 'branch':
      return [end.condition];
    case 'jump':
      return [end.target];
    case 'repeat':
      return [end.done, end.again];
    case 'next':
      return [];
  }
}
