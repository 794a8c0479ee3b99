// Counts the instructions of each guest with the evaluator: of a run with one iteration, and of each further one. Two
// further ones are run, to see that they are alike.
import fs from 'node:fs';
import path from 'node:path';
import { runGuest } from './guestRun';
import { type Guest, guests, type InstructionCount } from './guests';
import recorded from './instructions.json';
import { ringsideEvaluating } from './peers/ringside';

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
  const [first, second, third] = [
    await instructionsIn(guest, 1),
    await instructionsIn(guest, 2),
    await instructionsIn(guest, 3),
  ];
  if (third - second !== second - first)
    throw new Error(`${guest.name}: ${first}, ${second}, ${third} instructions: its iterations are not alike`);
  return { first, each: second - first };
}

async function instructionsIn(guest: Guest, iterations: number): Promise<number> {
  const { instructions } = await runGuest(ringsideEvaluating, guest, iterations, { checksCount: false });
  if (instructions === undefined) throw new Error(`${guest.name}: no count of instructions`);
  return instructions;
}
