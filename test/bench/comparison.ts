// Guests on peers: every peer's median, runs taken in turn so that a busy moment of the machine meets all alike, and the
// check that all came to the same result.
import { emptyGuest, type Guest } from './guests';
import { FailedRun, type GuestRun, runGuest } from './guestRun';
import type { Peer } from './peers/peer';
import { median } from './statistics';

export interface Plan {
  readonly runs: number;
  /** how long a run should take beyond starting up; 0: one iteration */
  readonly targetSeconds: number;
  /**
   * For differences of a few percent between programs: all get as many iterations as the first peer, and what a run of one
   * iteration takes does not count, in which the guest starts, touches its memory for the first time, and is compiled.
   */
  readonly alike?: boolean;
}

export interface Baseline {
  /** processor time of the empty guest */
  readonly processorSeconds: number;
  readonly wallSeconds: number;
}

export interface Measurement {
  readonly iterations: number;
  /** processor time beyond the empty guest's, or beyond the first iteration's, median */
  readonly seconds: number;
}

export interface Row {
  readonly guest: Guest;
  readonly result: string | undefined;
  /** by peer's name; of a peer that failed, why */
  readonly measured: ReadonlyMap<string, Measurement | FailedRun>;
}

/** Less than this cannot be told from nothing. */
const leastSeconds = 0.001;
const mostAttempts = 6;
/** A machine whose iterations still get faster than this, from one attempt to the next, is warming up. */
const settledPace = 0.9;

export async function measureBaselines(peers: readonly Peer[], runs: number): Promise<Map<string, Baseline>> {
  const baselines = new Map<string, Baseline>();
  for (const peer of peers) {
    const taken: GuestRun[] = [];
    for (let run = 0; run < runs; run++) taken.push(await runGuest(peer, emptyGuest, 1));
    baselines.set(peer.name, {
      processorSeconds: median(taken.map(({ processorSeconds }) => processorSeconds)),
      wallSeconds: median(taken.map(({ wallSeconds }) => wallSeconds)),
    });
  }
  return baselines;
}

/** One guest on each peer. */
export class Comparison {
  private readonly results = new Map<string, Set<string>>();
  private readonly seconds = new Map<string, number[]>();
  private readonly iterations = new Map<string, number>();
  /** what one iteration takes, where that does not count */
  private readonly firstIteration = new Map<string, number>();
  private readonly failures = new Map<string, FailedRun>();

  constructor(
    private readonly guest: Guest,
    private readonly peers: readonly Peer[],
    private readonly baselines: ReadonlyMap<string, Baseline>,
    private readonly plan: Plan,
  ) {}

  async measure(): Promise<Row> {
    const calibrated = this.plan.alike ? this.peers.slice(0, 1) : this.peers;
    for (const peer of calibrated) await this.attempt(peer, () => this.calibrate(peer));
    if (this.plan.alike) for (const peer of this.peers) await this.attempt(peer, () => this.takeFirst(peer));
    for (let run = 0; run < this.plan.runs; run++)
      for (const peer of this.peers) await this.attempt(peer, () => this.takeOne(peer));
    const results = new Set([...this.results.values()].flatMap(found => [...found]));
    if (results.size > 1) this.blameDifference();
    const measured = this.peers.map(({ name }) => [name, this.measurementOf(name)] as const);
    return { guest: this.guest, result: results.size === 1 ? [...results][0] : undefined, measured: new Map(measured) };
  }

  private async attempt(peer: Peer, work: () => Promise<void>): Promise<void> {
    if (this.failures.has(peer.name)) return;
    try {
      await work();
    } catch (error) {
      if (!(error instanceof FailedRun)) throw error;
      this.failures.set(peer.name, error);
    }
  }

  /** Finds how many iterations take long enough on this peer, and let it get into its stride. */
  private async calibrate(peer: Peer): Promise<void> {
    const { fixed, waits, iterations } = this.guest;
    const { targetSeconds } = this.plan;
    const isFixed = fixed || (waits && peer.hasHostClock);
    let chosen = targetSeconds === 0 ? 1 : iterations;
    let paceBefore = Infinity;
    for (let attempts = 0; targetSeconds > 0 && !isFixed && attempts < mostAttempts; attempts++) {
      const taken = await this.busySeconds(peer, chosen);
      const settled = taken / chosen > paceBefore * settledPace || taken > targetSeconds * 2;
      if (settled && taken > targetSeconds / 2) break;
      paceBefore = taken / chosen;
      chosen *= Math.ceil(Math.min(Math.max(targetSeconds / Math.max(taken, leastSeconds), 2), 32));
    }
    this.iterations.set(peer.name, chosen);
  }

  private async takeFirst(peer: Peer): Promise<void> {
    const taken: number[] = [];
    for (let run = 0; run < this.plan.runs; run++) taken.push(await this.busySeconds(peer, 1));
    this.firstIteration.set(peer.name, median(taken));
  }

  private async takeOne(peer: Peer): Promise<void> {
    const taken = await this.busySeconds(peer, this.iterationsOf(peer.name));
    const counting = Math.max(taken - (this.firstIteration.get(peer.name) ?? 0), leastSeconds);
    const all = this.seconds.get(peer.name) ?? [];
    this.seconds.set(peer.name, [...all, counting]);
  }

  private async busySeconds(peer: Peer, iterations: number): Promise<number> {
    const { result, processorSeconds } = await runGuest(peer, this.guest, iterations);
    this.results.set(peer.name, (this.results.get(peer.name) ?? new Set()).add(result));
    const baseline = this.baselines.get(peer.name)?.processorSeconds ?? 0;
    return Math.max(processorSeconds - baseline, leastSeconds);
  }

  private iterationsOf(name: string): number {
    return this.iterations.get(this.plan.alike ? this.peers[0].name : name) ?? 1;
  }

  private measurementOf(name: string): Measurement | FailedRun {
    const failure = this.failures.get(name);
    if (failure) return failure;
    const iterations = this.iterationsOf(name) - (this.firstIteration.has(name) ? 1 : 0);
    return { iterations, seconds: median(this.seconds.get(name) ?? []) };
  }

  /** Nobody knows who is right, so nobody's figure counts. */
  private blameDifference(): void {
    const said = [...this.results].map(([name, found]) => `${name} ${[...found].join(' and ')}`).join(', ');
    const failure = new FailedRun(`${this.guest.name}: results differ: ${said}`);
    for (const { name } of this.peers) this.failures.set(name, failure);
  }
}

export const failuresOf = ({ measured }: Row): string[] => [
  ...new Set([...measured.values()].filter(found => found instanceof FailedRun).map(({ message }) => message)),
];
