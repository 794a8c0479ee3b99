// Traces: guest-physical pages whose contents the monitor has made something of (page tables, descriptor tables). They
// are write-protected in the shadow page tables, so that every direct write faults and is carried out by the monitor;
// whoever writes, the page's generation tells that what was derived from it is stale.

import type { PhysicalMemory } from '../../cpu/memory/physicalMemory';

type Stale = (frame: number) => void;

interface Watched {
  generation: number;
  readonly stale: Set<Stale>;
}

export class WatchedFrames {
  private readonly frames = new Map<number, Watched>();
  /** Called when a frame becomes watched: it must lose its writable mappings. */
  onWatch: ((frame: number) => void) | undefined;

  /** some watched page has been written to since the last `sync` */
  private anyWritten = false;

  constructor(private readonly memory: PhysicalMemory) {
    memory.onChange(() => {
      this.anyWritten = true;
    });
  }

  has(frame: number): boolean {
    return this.frames.has(frame);
  }

  /** From now on `stale` is called by `sync` after any write to the page numbered `frame`. */
  watch(frame: number, stale: Stale): void {
    const known = this.frames.get(frame);
    if (known) {
      known.stale.add(stale);
      return;
    }
    this.memory.watchWrites(frame);
    this.frames.set(frame, { generation: this.memory.writeGeneration(frame), stale: new Set([stale]) });
    this.onWatch?.(frame);
  }

  unwatch(frame: number, stale: Stale): void {
    const known = this.frames.get(frame);
    if (!known) return;
    known.stale.delete(stale);
    if (known.stale.size === 0) this.frames.delete(frame);
  }

  /** Brings everything up to date that was derived from pages written to since. True if there was any. */
  sync(): boolean {
    if (!this.anyWritten) return false;
    this.anyWritten = false;
    let any = false;
    for (const [frame, watched] of [...this.frames]) {
      const generation = this.memory.writeGeneration(frame);
      if (generation === watched.generation) continue;
      watched.generation = generation;
      this.memory.watchWrites(frame);
      any = true;
      for (const stale of [...watched.stale]) stale(frame);
    }
    return any;
  }

  clear(): void {
    this.frames.clear();
  }
}
