// What may be asked for on the command line of `npm run bench --`.
import { parseArgs } from 'node:util';
import { type Guest, guests } from './guests';
import { otherPeers, peers } from './peers';
import type { Peer } from './peers/peer';

export const sections = ['guests', 'warmUp', 'monitors', 'debugger'] as const;
export type Section = (typeof sections)[number];

export interface Arguments {
  readonly sections: readonly Section[];
  readonly guests: readonly Guest[];
  readonly peers: readonly Peer[];
  /** how often each measurement is made; the median counts */
  readonly runs: number;
  /** how long a run should take beyond starting up; 0: one iteration */
  readonly targetSeconds: number;
  /** where the figures are written */
  readonly json: string | undefined;
  /** they are this release's figures */
  readonly record: boolean;
  /** only count each guest's instructions */
  readonly count: boolean;
}

export class CommandLineError extends Error {}

export const usage = `npm run bench -- [options]
  --only SECTION,…   of ${sections.join(', ')}; all by default
  --guest NAME,…     of ${guests.map(({ name }) => name).join(', ')}
  --peer NAME,…      of ${[...peers, ...otherPeers].map(({ name }) => name).join(', ')}
  --runs N           measure N times and take the median; 5 by default
  --quick            measure once, and for a shorter time
  --check            one iteration of each guest: only whether all peers print the same
  --json FILE        write the figures to FILE
  --record           write them to test/bench/figures/VERSION.json, as this release's
  --count            count each guest's instructions with the evaluator, for test/bench/instructions.json`;

const options = {
  only: { type: 'string' },
  guest: { type: 'string' },
  peer: { type: 'string' },
  runs: { type: 'string' },
  quick: { type: 'boolean' },
  check: { type: 'boolean' },
  json: { type: 'string' },
  record: { type: 'boolean' },
  count: { type: 'boolean' },
  help: { type: 'boolean' },
} as const;

/** @throws CommandLineError; undefined if help is asked for */
export function parseCommandLine(given: readonly string[]): Arguments | undefined {
  const { values } = parsed(given);
  if (values.help) return undefined;
  const short = values.quick === true || values.check === true;
  return {
    sections: named('--only', values.only, sections, section => section) ?? (values.check ? ['guests'] : sections),
    guests: named('--guest', values.guest, guests, ({ name }) => name) ?? guests,
    peers: named('--peer', values.peer, [...peers, ...otherPeers], ({ name }) => name) ?? peers,
    runs: values.runs === undefined ? (short ? 1 : 5) : positive('--runs', values.runs),
    targetSeconds: values.check ? 0 : values.quick ? 0.3 : 1,
    json: values.json,
    record: values.record ?? false,
    count: values.count ?? false,
  };
}

function parsed(given: readonly string[]) {
  try {
    return parseArgs({ args: [...given], options });
  } catch (error) {
    throw new CommandLineError(error instanceof Error ? error.message : String(error));
  }
}

function named<Item>(
  option: string,
  given: string | undefined,
  items: readonly Item[],
  nameOf: (item: Item) => string,
): readonly Item[] | undefined {
  return given?.split(',').map(name => {
    const item = items.find(candidate => nameOf(candidate) === name);
    if (item === undefined)
      throw new CommandLineError(`${option} ${name}: there is no such name; use ${items.map(nameOf).join(', ')}`);
    return item;
  });
}

function positive(option: string, given: string): number {
  const number = Number(given);
  if (Number.isInteger(number) && number > 0) return number;
  throw new CommandLineError(`${option} ${given}: give a whole number of at least 1`);
}
