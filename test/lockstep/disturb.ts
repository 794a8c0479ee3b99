// What comes from outside while a guest runs: a key, a debugger that writes memory, changes a register or sets its stops and its
// data breakpoints. Both machines get the same; stops are for compiled code alone.

import type { WatchedRange } from '../../src/cpu/memory/accessWatch';
import type { Random } from '../semantics/random';
import { address, page, secondView } from './layout';
import type { LockstepPair } from './pair';
import type { Program } from './program';

type Disturbance = (pair: LockstepPair, random: Random, program: Program) => void;

const key: Disturbance = (pair, random) => {
  const code = random.below(0x58);
  for (const { system } of pair.both) system.running.door.accept({ kind: 'keys', codes: [code] });
};

const dataByte: Disturbance = (pair, random) => {
  const at = random.pick(page.plain) + random.below(0x1000);
  const value = random.below(256);
  for (const { system } of pair.both) system.running.memory.write8(at, value);
};

/** The same byte again: what was compiled from the page is out of date all the same. */
const codeByte: Disturbance = (pair, random) => {
  const at =
    random.pick([address.code, address.code + 0x1000, address.farCode, address.lowCode]) + random.below(0x1000);
  for (const { system } of pair.both) system.running.memory.write8(at, system.running.memory.read8(at));
};

const registerEdit: Disturbance = (pair, random) => {
  const index = random.pick([0, 1, 2, 3, 5, 6, 7]);
  const value = random.chance(50) ? random.word() : random.pick(page.plain) + random.below(0x1000);
  for (const { system } of pair.both) system.running.edit(state => state.setGpr(index, value));
};

const stops: Disturbance = (pair, random, { chunks }) => {
  const chosen = random.chance(40) ? [] : chunks.filter(() => random.chance(30));
  pair.setStops(chosen.map(({ start, end }) => start + random.below(end - start)));
};

/** Accesses to be noted: the two machines must note the same. */
const watches: Disturbance = (pair, random) => {
  const range = (): WatchedRange => {
    const first = random.pick([...page.plain, page.plain[0] + secondView, address.kernelData]) + random.below(0x1000);
    const kind = random.below(3);
    return { first, last: first + random.pick([0, 1, 3, 0x200]), reads: kind !== 0, writes: kind !== 1 };
  };
  const ranges = Array.from({ length: random.below(4) }, range);
  for (const { system } of pair.both) system.running.accesses.ranges = ranges;
};

const disturbances: readonly Disturbance[] = [key, dataByte, codeByte, registerEdit, stops, watches];

/** Before most advances nothing happens. */
export function disturb(pair: LockstepPair, random: Random, program: Program): void {
  if (random.below(1000) < 8) random.pick(disturbances)(pair, random, program);
}
