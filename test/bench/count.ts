// Counts the instructions of each guest: of a run with one iteration, by the evaluator, and of each further one, by compiled
// code, which must count alike. Two further ones are run, to see that they are the same.
import fs from 'node:fs';
import path from 'node:path';
import { runGuest } from './guestRun';
import { type Guest, guests, type InstructionCount } from './guests';
import recorded from './instructions.json';
import type { Peer } from './peers/peer';
import { ringsideCompiling, ringsideEvaluating } from './peers/ringside';

const file = path.resolve('test/bench/instructions.json');

export async function countInstructions(chosen: readonly Guest[]): Promise<void> {
  const counts: Record<string, InstructionCount> = { ...recorded };
  for (const guest of chosen) {
    counts[guest.name] = await countOf(guest);
    console.log(`${guest.name}: ${JSON.stringify(counts[guest.name])}`);
  }
  const ordered = guests.filter(({ name }) => name in counts).map(({ name }) => [name, counts[name]] as const);
  fs.writeFileSync(file, `${JSON.stringify(Object.fromEntries(ordered), undefined, 2)}\n`);
}

async function countOf(guest: Guest): Promise<InstructionCount> {
  const evaluated = await instructionsIn(ringsideEvaluating, guest, 1);
  const [first, second, third] = [
    await instructionsIn(ringsideCompiling, guest, 1),
    await instructionsIn(ringsideCompiling, guest, 2),
    await instructionsIn(ringsideCompiling, guest, 3),
  ];
  if (first !== evaluated) throw new Error(`${guest.name}: ${first} instructions compiled, ${evaluated} evaluated`);
  if (third - second !== second - first)
    throw new Error(`${guest.name}: ${first}, ${second}, ${third} instructions: its iterations are not alike`);
  return { first, each: second - first };
}

async function instructionsIn(peer: Peer, guest: Guest, iterations: number): Promise<number> {
  const { instructions } = await runGuest(peer, guest, iterations, { checksCount: false });
  if (instructions === undefined) throw new Error(`${guest.name}: no count of instructions`);
  return instructions;
}
