// The runs of a session's guest, one at a time. A run that is given up, because the guest has been replaced or the client
// has gone, reports nothing any more.
import type { Debuggee } from '../debug/debuggee';
import type { Stop } from '../debug/stop';

export interface RunListener {
  stopped(debuggee: Debuggee, stop: Stop): void;
  /** an error of Ringside's own */
  failed(error: unknown): void;
}

export type Action = (debuggee: Debuggee) => Promise<Stop>;

export class Runs {
  private current: object | undefined;

  constructor(private readonly listener: RunListener) {}

  /** Is there one under way, or about to begin? */
  get running(): boolean {
    return this.current !== undefined;
  }

  /** Announces a run; `start` has to be called to begin it. */
  prepare(debuggee: Debuggee, action: Action): () => void {
    const run = {};
    this.current = run;
    return () => void this.follow(run, debuggee, action);
  }

  giveUp(): void {
    this.current = undefined;
  }

  private async follow(run: object, debuggee: Debuggee, action: Action): Promise<void> {
    try {
      const stop = await action(debuggee);
      if (this.ends(run)) this.listener.stopped(debuggee, stop);
    } catch (error) {
      if (this.ends(run)) this.listener.failed(error);
    }
  }

  /** True if it has not been given up before. */
  private ends(run: object): boolean {
    if (this.current !== run) return false;
    this.current = undefined;
    return true;
  }
}
