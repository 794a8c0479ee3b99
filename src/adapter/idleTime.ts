// A guest that waits in HLT for its timer waits as long as it would on a real machine: its clock jumps, and then stands still
// until the host's has come as far. What it does costs none of this time: the processor here is faster than the guest's.
import { ticksPerSecond } from '../devices/virtualTime';

/** Timers of hosts are no finer than this; what is shorter adds up. */
const shortestWaitMs = 4;
/** … and wait no longer. */
const longestWaitMs = 0x7fffffff;

export class IdleTime {
  /** by which the guest's clock is ahead */
  private aheadMs = 0;
  private lastMs: number;

  /** `clock` gives milliseconds. */
  constructor(private readonly clock: () => number) {
    this.lastMs = clock();
  }

  /** So many ticks have passed for the guest; resolves when they have here. */
  async pass(ticks: number): Promise<void> {
    const now = this.clock();
    this.aheadMs = Math.max(0, this.aheadMs - (now - this.lastMs)) + (ticks * 1000) / ticksPerSecond;
    this.lastMs = now;
    const { aheadMs } = this;
    if (aheadMs >= shortestWaitMs) await new Promise(resolve => setTimeout(resolve, Math.min(aheadMs, longestWaitMs)));
  }
}
