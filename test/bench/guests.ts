// The benchmark guests, as a table: what one iteration of each is worth, and how many to begin with. Their sources are in
// guests/, and say what they do.
import recorded from './instructions.json';

/** What is counted. `perIteration` of instructions is not known here: the evaluator counts them. */
export type Unit =
  | { readonly kind: 'instructions' }
  | { readonly kind: 'events'; readonly perIteration: number; readonly event: string }
  | { readonly kind: 'bytes'; readonly perIteration: number };

export interface Guest {
  /** of the source in guests/ */
  readonly name: string;
  readonly title: string;
  readonly unit: Unit;
  /** how often to begin with: some 10 ms on the fastest peer */
  readonly iterations: number;
  /** every peer gets just these iterations, however fast it is */
  readonly fixed?: boolean;
  /** it waits for time to pass: the same holds for peers whose clock is the host's */
  readonly waits?: boolean;
  /** a program that stays in ring 3: one of those whose geometric mean is taken, and that monitors should not slow down */
  readonly integer?: boolean;
}

const instructions: Unit = { kind: 'instructions' };
const events = (perIteration: number, event: string): Unit => ({ kind: 'events', perIteration, event });
const pageFault = events(64 * 8, 'fault, repair and return');

export const guests: readonly Guest[] = [
  { name: 'integer', title: 'integer arithmetic and branches', unit: instructions, iterations: 16, integer: true },
  { name: 'sieve', title: 'sieve over 4 MiB', unit: instructions, iterations: 1, integer: true },
  { name: 'crc32', title: 'CRC-32 by bytes', unit: instructions, iterations: 32, integer: true },
  { name: 'sha256', title: 'SHA-256', unit: instructions, iterations: 16, integer: true },
  { name: 'calls', title: 'calls, records, strings', unit: instructions, iterations: 64, integer: true },
  { name: 'coldCode', title: 'cold, wide code', unit: instructions, iterations: 512, fixed: true },
  { name: 'repBig', title: 'rep movs/stos, 64 KiB', unit: { kind: 'bytes', perIteration: 64 << 17 }, iterations: 4 },
  { name: 'repSmall', title: 'rep movs/stos, 16–64 bytes', unit: events(256 * 4, 'rep'), iterations: 32 },
  { name: 'systemCall', title: 'system call', unit: events(1000, 'int 0x80 and iret'), iterations: 32 },
  { name: 'pageFaultCr3', title: 'page fault, CR3', unit: pageFault, iterations: 32 },
  { name: 'pageFaultInvlpg', title: 'page fault, INVLPG', unit: pageFault, iterations: 32 },
  { name: 'ports', title: 'port I/O', unit: events(1000, 'out 0x80 and in 0x61'), iterations: 64 },
  { name: 'selfModifying', title: 'self-modifying code', unit: events(1000, 'change and call'), iterations: 8 },
  { name: 'timer', title: 'timer interrupt', unit: events(10, 'interrupt'), iterations: 100, waits: true },
];

/** Does nothing: its time is what starting up costs. */
export const emptyGuest: Guest = { name: 'empty', title: 'empty', unit: instructions, iterations: 1, fixed: true };

export interface InstructionCount {
  /** of a run with one iteration, from the guest's first instruction until its result is printed */
  readonly first: number;
  /** of each further iteration */
  readonly each: number;
}

const counts: { readonly [guest in string]?: InstructionCount } = recorded;

/** Counted by the evaluator, and recorded with `npm run bench -- --count`. */
export function instructionsOf({ name }: Guest, iterations: number): number | undefined {
  const count = counts[name];
  return count && count.first + count.each * (iterations - 1);
}
