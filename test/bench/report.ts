// What is printed of the comparison between peers.
import type { Baseline, Row } from './comparison';
import type { Peer } from './peers/peer';
import { meanOf, measurementOf, timesAsFast, unitOf, valueOf } from './speed';
import { figure, table } from './table';

export interface Tables {
  readonly peers: readonly Peer[];
  readonly rows: readonly Row[];
}

const meanTitle = 'geometric mean of the integer programs';

/** Each guest on each peer, in the guest's unit. */
export function valuesTable({ peers, rows }: Tables): string {
  const valueOn = (row: Row, peer: Peer): number | undefined => {
    const found = measurementOf(row, peer.name);
    return found && valueOf(row.guest, found);
  };
  const lines = rows.map(row => [row.guest.title, ...peers.map(peer => figure(valueOn(row, peer))), unitOf(row.guest)]);
  const integer = rows.filter(({ guest }) => guest.integer);
  if (integer.length > 1) {
    const means = peers.map(peer => figure(meanOf(integer.map(row => valueOn(row, peer)))));
    lines.splice(rows.lastIndexOf(integer[integer.length - 1]) + 1, 0, [meanTitle, ...means, 'MIPS']);
  }
  return table(['', ...peers.map(({ title }) => title), ''], lines);
}

/** How many times as fast as each other peer the first one is. */
export function ratiosTable({ peers: [first, ...others], rows }: Tables, title = `${first.title} against`): string {
  const ratios = (of: readonly Row[]) =>
    others.map(({ name }) => meanOf(of.map(row => timesAsFast(row, first.name, name))));
  const line = (title: string, of: readonly Row[]) => [title, ...ratios(of).map(ratio => times(ratio))];
  const integer = rows.filter(({ guest }) => guest.integer);
  const lines = rows.map(row => line(row.guest.title, [row]));
  if (integer.length > 1) lines.splice(rows.lastIndexOf(integer[integer.length - 1]) + 1, 0, line(meanTitle, integer));
  return table([title, ...others.map(({ title }) => title)], lines);
}

const times = (ratio: number | undefined): string | undefined => {
  const text = figure(ratio);
  return text && `× ${text}`;
};

export function startUpTable(peers: readonly Peer[], baselines: ReadonlyMap<string, Baseline>): string {
  const inMs = (seconds: number | undefined) => (seconds === undefined ? undefined : (seconds * 1000).toFixed(0));
  return table(
    ['start and end, ms', ...peers.map(({ title }) => title)],
    [
      ['elapsed', ...peers.map(({ name }) => inMs(baselines.get(name)?.wallSeconds))],
      ['processor', ...peers.map(({ name }) => inMs(baselines.get(name)?.processorSeconds))],
    ],
  );
}
