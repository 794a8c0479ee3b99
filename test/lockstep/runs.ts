// Guests of our own, on the benchmarks' `guest.inc`, on two machines that run them in runs of any length.

import assert from 'node:assert/strict';
import path from 'node:path';
import { imageFromFile } from '../../src/machine/guestImage';
import { loadGuest } from '../../src/machine/loadGuest';
import type { TechniqueName } from '../../src/monitor/system';
import { assembleFile } from '../bench/image';
import type { Random } from '../semantics/random';
import { divisionOf, type GuestSource, LockstepPair } from './pair';

const folder = path.resolve('test/bench/guests');
/** instructions of a run */
const longestRun = 500;

/** What comes between runs. */
export type Disturbance = (pair: LockstepPair, random: Random) => void;

export function pairWith(technique: TechniqueName, text: string, seed: number): LockstepPair {
  const image = imageFromFile(assembleFile(folder, 'lockstep.asm', text));
  const source: GuestSource = { memoryBytes: 64 << 20, load: (memory, state) => loadGuest(image, memory, state) };
  return new LockstepPair(technique, source, divisionOf(seed));
}

/**
 * Runs for at least so many boundaries, unless the machines come to their end before; gives how many it was.
 */
export function go(pair: LockstepPair, least: number, random: Random, when: string, disturb?: Disturbance): number {
  let done = 0;
  while (done < least) {
    const { difference, boundaries } = pair.advance(1 + random.below(longestRun));
    if (difference) assert.fail(`${when}: ${JSON.stringify(difference)}`);
    if (boundaries === 0) break;
    done += boundaries;
    disturb?.(pair, random);
  }
  return done;
}
