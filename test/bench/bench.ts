// The benchmark's entry: measures what the command line asks for, prints tables, and writes the figures.
import { type Arguments, CommandLineError, parseCommandLine, usage } from './commandLine';
import { type Baseline, Comparison, failuresOf, measureBaselines, type Row } from './comparison';
import { countInstructions } from './count';
import { measureDebugger } from './debugger/measureDebugger';
import { aboutThisRun, type Figures, releaseFile, rowFigures, startFigures, writeFigures } from './figures';
import { FailedRun } from './guestRun';
import type { Guest } from './guests';
import { monitorPeers } from './monitors';
import type { Peer } from './peers/peer';
import { ratiosTable, startUpTable, valuesTable } from './report';
import { figure, table } from './table';
import { warmUpGuests } from './warmUp';

async function main(): Promise<void> {
  const given = parseCommandLine(process.argv.slice(2));
  if (given === undefined) console.log(usage);
  else if (given.count) await countInstructions(given.guests);
  else await new Benchmark(given).run();
}

class Benchmark {
  private readonly peers: readonly Peer[];
  private figures: Figures;

  constructor(private readonly given: Arguments) {
    for (const peer of given.peers) if (peer.missing()) console.log(`${peer.title} is left out: ${peer.missing()}`);
    this.peers = given.peers.filter(peer => peer.missing() === undefined);
    this.figures = aboutThisRun(this.peers, given.runs);
  }

  async run(): Promise<void> {
    for (const section of this.given.sections) await this[section]();
    if (this.given.json !== undefined) writeFigures(this.given.json, this.figures);
    if (this.given.record) writeFigures(releaseFile(), this.figures);
  }

  async guests(): Promise<void> {
    const baselines = await this.baselines(this.peers);
    const rows = await this.compare(this.given.guests, this.peers, baselines);
    if (this.given.targetSeconds === 0) return;
    print('start and end', startUpTable(this.peers, baselines));
    this.printBoth('guests', this.peers, rows);
    this.add({ startAndEnd: startFigures(baselines), guests: rowFigures(this.peers, rows) });
  }

  async warmUp(): Promise<void> {
    const chosen = warmUpGuests.filter(({ name }) => this.given.guests.some(guest => guest.name === name));
    const rows = await this.compare(chosen, this.peers, await this.baselines(this.peers));
    this.printBoth('the first 50 million instructions', this.peers, rows);
    this.add({ warmUp: rowFigures(this.peers, rows) });
  }

  async monitors(): Promise<void> {
    const chosen = this.given.guests.filter(({ integer }) => integer);
    const rows = await this.compare(chosen, monitorPeers, await this.baselines(monitorPeers), { alike: true });
    this.printBoth('programs in ring 3 under each technique', monitorPeers, rows, 'slowdown under');
    this.add({ monitors: rowFigures(monitorPeers, rows) });
  }

  async debugger(): Promise<void> {
    const measured = await measureDebugger(this.given.runs, this.given.targetSeconds);
    const lines = measured.map(({ name, value, unit, reason }) => [
      name,
      figure(value ?? undefined),
      unit,
      reason ?? '',
    ]);
    print('debugger', table(['', '', '', ''], lines));
    this.add({ debugger: measured });
  }

  private baselines(peers: readonly Peer[]): Promise<ReadonlyMap<string, Baseline>> {
    return measureBaselines(peers, this.given.runs);
  }

  private async compare(
    chosen: readonly Guest[],
    peers: readonly Peer[],
    baselines: ReadonlyMap<string, Baseline>,
    { alike } = { alike: false },
  ): Promise<Row[]> {
    const rows: Row[] = [];
    for (const guest of chosen) {
      const row = await new Comparison(guest, peers, baselines, { ...this.given, alike }).measure();
      console.log(`${guest.name}: ${row.result ?? 'no result'}`);
      for (const failure of failuresOf(row)) this.complain(failure);
      rows.push(row);
    }
    return rows;
  }

  private printBoth(title: string, peers: readonly Peer[], rows: readonly Row[], ratios?: string): void {
    if (rows.length === 0) return;
    print(title, valuesTable({ peers, rows }));
    if (peers.length > 1) print('', ratiosTable({ peers, rows }, ratios));
  }

  private add(more: Partial<Figures>): void {
    this.figures = { ...this.figures, ...more };
  }

  private complain(failure: string): void {
    console.error(`FAILED ${failure}`);
    process.exitCode = 1;
  }
}

const print = (title: string, text: string): void => console.log(`\n${title}\n${text}`);

main().catch((error: unknown) => {
  const isUsage = error instanceof CommandLineError;
  if (isUsage) console.error(`${error.message}\n\n${usage}`);
  else console.error(error instanceof FailedRun ? `FAILED ${error.message}` : error);
  process.exitCode = isUsage ? 2 : 1;
});
