// Accesses to memory that somebody wants to know of: a debugger's data breakpoints. The ranges are linear addresses; pages
// with a watched byte have slow TLB entries (`tlb.ts`), so nothing else costs anything.
//
// Noted is what instructions read and write, and what the processor reads and writes for them: stacks, descriptor tables,
// task states. Not noted: fetches, the page walk's own reads and accessed flags, and what devices do to memory.

import type { Linear } from '../../base/address';

/** Bytes from `first` to `last`, both included. */
export interface WatchedRange {
  readonly first: Linear;
  readonly last: Linear;
  readonly reads: boolean;
  readonly writes: boolean;
}

export interface Access {
  readonly linear: Linear;
  readonly bytes: number;
  readonly write: boolean;
  /** linear address of the instruction under way */
  readonly by: Linear;
  /** what was there, byte by byte */
  readonly before: Uint8Array;
  /** what is there now */
  readonly now: () => Uint8Array;
}

/** More than one instruction makes; what comes beyond is lost. */
const mostAccesses = 256;

export class AccessWatch {
  private watched: readonly WatchedRange[] = [];
  private noted: Access[] = [];
  private readonly changeListeners = new Set<() => void>();

  get ranges(): readonly WatchedRange[] {
    return this.watched;
  }

  set ranges(ranges: readonly WatchedRange[]) {
    this.watched = ranges;
    for (const listener of this.changeListeners) listener();
  }

  /** `listener` is told that the ranges have changed. Gives what ends that. */
  onChange(listener: () => void): () => void {
    this.changeListeners.add(listener);
    return () => void this.changeListeners.delete(listener);
  }

  note(access: Access): void {
    if (this.noted.length < mostAccesses) this.noted.push(access);
  }

  /** Has anything been noted that nobody has taken? */
  get hasNoted(): boolean {
    return this.noted.length > 0;
  }

  /** What has been noted since the last call. */
  take(): readonly Access[] {
    const { noted } = this;
    this.noted = [];
    return noted;
  }

  /** The instruction under way has come to nothing: it has raised an exception. */
  forget(): void {
    if (this.noted.length > 0) this.noted = [];
  }
}

/** Does an access touch any of the ranges that want to know of its kind? */
export function touches(ranges: readonly WatchedRange[], linear: Linear, bytes: number, write: boolean): boolean {
  for (const { first, last, reads, writes } of ranges)
    if ((write ? writes : reads) && linear <= last && first < linear + bytes) return true;
  return false;
}
