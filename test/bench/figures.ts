// A run's figures in a file: those of a release are kept in figures/, one file for each version.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Baseline, Row } from './comparison';
import type { Peer } from './peers/peer';
import { meanOf, measurementOf, unitOf, valueOf } from './speed';

export interface Figures {
  /** day of the run, by the machine's clock */
  readonly date: string;
  readonly machine: { readonly processor: string; readonly threads: number; readonly system: string };
  /** of each peer that was measured */
  readonly versions: { readonly [peer in string]: string };
  readonly runs: number;
  /** milliseconds to start and end, with a guest that does nothing */
  readonly startAndEnd?: { readonly [peer in string]: { readonly elapsed: number; readonly processor: number } };
  readonly guests?: readonly RowFigures[];
  /** of the first 50 million instructions of each */
  readonly warmUp?: readonly RowFigures[];
  /** programs in ring 3 under each technique */
  readonly monitors?: readonly RowFigures[];
  readonly debugger?: readonly DebuggerFigure[];
}

export interface RowFigures {
  readonly guest: string;
  readonly unit: string;
  /** by peer or technique, three digits; null where there is none */
  readonly values: { readonly [peer in string]: number | null };
}

export interface DebuggerFigure {
  readonly name: string;
  readonly unit: string;
  /** null: could not be measured, for the reason given */
  readonly value: number | null;
  readonly reason?: string;
}

export function aboutThisRun(peers: readonly Peer[], runs: number): Figures {
  const [cpu] = os.cpus();
  return {
    date: new Date().toISOString().slice(0, 10),
    machine: {
      processor: cpu?.model ?? 'unknown',
      threads: os.cpus().length,
      system: `${os.type()} ${os.release()} ${os.arch()}`,
    },
    versions: Object.fromEntries(peers.map(peer => [peer.name, peer.version()])),
    runs,
  };
}

export function rowFigures(peers: readonly Peer[], rows: readonly Row[]): RowFigures[] {
  const values = (row: Row): (number | undefined)[] =>
    peers.map(({ name }) => {
      const found = measurementOf(row, name);
      return found && valueOf(row.guest, found);
    });
  const figuresOf = (guest: string, unit: string, found: (number | undefined)[]): RowFigures => ({
    guest,
    unit,
    values: Object.fromEntries(peers.map(({ name }, index) => [name, threeDigits(found[index])])),
  });
  const integer = rows.filter(({ guest }) => guest.integer);
  const means = peers.map((_, index) => meanOf(integer.map(row => values(row)[index])));
  const meanRow = integer.length > 1 ? [figuresOf('geometric mean of the integer programs', 'MIPS', means)] : [];
  return [...rows.map(row => figuresOf(row.guest.name, unitOf(row.guest), values(row))), ...meanRow];
}

export const startFigures = (baselines: ReadonlyMap<string, Baseline>): Figures['startAndEnd'] =>
  Object.fromEntries(
    [...baselines].map(([name, { wallSeconds, processorSeconds }]) => [
      name,
      { elapsed: Math.round(wallSeconds * 1000), processor: Math.round(processorSeconds * 1000) },
    ]),
  );

const threeDigits = (value: number | undefined): number | null =>
  value === undefined ? null : Number(value.toPrecision(3));

export function releaseFile(): string {
  const { version } = JSON.parse(fs.readFileSync('package.json', 'utf8')) as { version: string };
  return path.resolve('test/bench/figures', `${version}.json`);
}

export function writeFigures(file: string, figures: Figures): void {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, `${JSON.stringify(figures, undefined, 2)}\n`);
}
