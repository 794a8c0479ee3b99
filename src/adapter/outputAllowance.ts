// How much of what a guest prints may go to the client now. A guest can print faster than any client shows, and a client may
// not read at all; what waits for it would grow without end.

/** As much as may come at once, and what comes back of that each second. */
const burst = 512 * 1024;
const perSecond = 128 * 1024;
/** Messages that wait for the client may come to this much. */
const mostUnsent = 1024 * 1024;

export class OutputAllowance {
  private left = burst;
  private last: number;

  constructor(
    /** milliseconds */
    private readonly clock: () => number,
    /** bytes that wait for the client */
    private readonly unsent: () => number,
  ) {
    this.last = clock();
  }

  /** May so many characters go now? Then they count as gone. */
  takes(characters: number): boolean {
    const now = this.clock();
    this.left = Math.min(burst, this.left + ((now - this.last) * perSecond) / 1000);
    this.last = now;
    if (characters > this.left || this.unsent() > mostUnsent) return false;
    this.left -= characters;
    return true;
  }
}
