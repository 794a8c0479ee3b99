// The translation lookaside buffer (SDM Vol. 3A §4.10): direct-mapped tables, one for each kind of access, so that a hit
// means that the access is allowed and, for writes, that the dirty bit is already set. Fetches have tables of their own:
// what data does never drops the translation of the page that runs, so compiled code, which does not fetch, leaves the
// same translations behind as the evaluator.
//
// The entries lie in the processor's shared buffer, where compiled code looks them up by itself: a tag, which is the page's
// linear address, and what to add to a linear address to get a place in the buffer. An entry whose tag says `slow` is
// for TypeScript only: behind it is no RAM, or a page whose writes must be noticed.

import { pageMask } from '../base/address';

export const tlbEntries = 1024;
export const tlbEntryBytes = 8;
export const tlbTableBytes = tlbEntries * tlbEntryBytes;
export const accessKinds = 6;
export const tlbBytes = accessKinds * tlbTableBytes;

/** An entry has two words. */
const indexMask = (tlbEntries - 1) * 2;

/** Low bits of a tag, which a page's address leaves free. */
const invalid = 1;
const slow = 2;

/** Access kinds: supervisor read, supervisor write, user read, user write, supervisor fetch, user fetch. */
export const accessKind = (user: boolean, write: boolean): number => (user ? 2 : 0) | (write ? 1 : 0);
export const fetchKind = (user: boolean): number => (user ? 5 : 4);

export const isWriteKind = (kind: number): boolean => kind === 1 || kind === 3;
export const accessOfKind = (kind: number): { readonly write: boolean; readonly user: boolean } => ({
  write: isWriteKind(kind),
  user: kind === 2 || kind === 3 || kind === 5,
});

/** A translation to keep. */
export interface TlbEntry {
  readonly physical: number;
  readonly isGlobal: boolean;
  /** a 4 KiB piece of a 4 MiB page */
  readonly large: boolean;
  readonly slow: boolean;
}

export class Tlb {
  /** tag and addend by turns */
  private readonly entries: Int32Array;
  private readonly isGlobal = new Uint8Array(accessKinds * tlbEntries);
  private readonly large = new Uint8Array(accessKinds * tlbEntries);
  private holdsLarge = false;

  /** Entries in `buffer` at `byteOffset`; physical address 0 is at `ramOffset` there. */
  constructor(
    buffer: ArrayBufferLike,
    byteOffset: number,
    private readonly ramOffset: number,
  ) {
    this.entries = new Int32Array(buffer, byteOffset, tlbBytes / 4);
    this.flush();
  }

  /** Physical address, or -1 on a miss. */
  lookup(linear: number, kind: number): number {
    const index = this.indexOf(linear, kind);
    if ((this.entries[index] & ~slow) !== (linear & pageMask)) return -1;
    return (linear + this.entries[index + 1] - this.ramOffset) >>> 0;
  }

  /** Where in the buffer a byte lies whose access needs nobody's attention, as compiled code finds it; else -1. */
  place(linear: number, kind: number): number {
    const index = this.indexOf(linear, kind);
    return this.entries[index] === (linear & pageMask) ? (linear + this.entries[index + 1]) >>> 0 : -1;
  }

  /** Can compiled code make this access by itself? */
  isFast(linear: number, kind: number): boolean {
    return this.entries[this.indexOf(linear, kind)] === (linear & pageMask);
  }

  /** Says anew whether an entry that is there is for TypeScript only. */
  setSlow(linear: number, kind: number, isSlow: boolean): void {
    this.entries[this.indexOf(linear, kind)] = (linear & pageMask) | (isSlow ? slow : 0);
  }

  fill(linear: number, kind: number, entry: TlbEntry): void {
    const index = this.indexOf(linear, kind);
    this.entries[index] = (linear & pageMask) | (entry.slow ? slow : 0);
    this.entries[index + 1] = this.ramOffset + (entry.physical & pageMask) - (linear & pageMask);
    this.isGlobal[index >> 1] = entry.isGlobal ? 1 : 0;
    this.large[index >> 1] = entry.large ? 1 : 0;
    this.holdsLarge ||= entry.large;
  }

  /** MOV to CR3 spares global pages; changes of CR0 and CR4 do not. */
  flush(keepGlobal = false): void {
    for (let slot = 0; slot < this.isGlobal.length; slot++) {
      if (!keepGlobal || this.isGlobal[slot] === 0) this.entries[slot * 2] = invalid;
    }
    if (!keepGlobal) this.holdsLarge = false;
  }

  /** INVLPG: the page at `linear`; of a 4 MiB page all pieces (§4.10.4.1). */
  flushPage(linear: number): void {
    for (let kind = 0; kind < accessKinds; kind++) {
      const index = this.indexOf(linear, kind);
      if ((this.entries[index] & ~slow) === (linear & pageMask)) this.entries[index] = invalid;
    }
    if (this.holdsLarge) this.flushLargePage(linear >>> 22);
  }

  /** Writes to the page at this address of the buffer must be noticed from now on. */
  slowDownWrites(address: number): void {
    for (const kind of [accessKind(false, true), accessKind(true, true)]) {
      for (let index = kind * tlbEntries * 2; index < (kind + 1) * tlbEntries * 2; index += 2) {
        const page = this.entries[index] & pageMask;
        if (((page + this.entries[index + 1]) | 0) === address) this.entries[index] |= slow;
      }
    }
  }

  private indexOf(linear: number, kind: number): number {
    return (kind * tlbEntries * 2) | ((linear >>> 11) & indexMask);
  }

  private flushLargePage(largePage: number): void {
    for (let slot = 0; slot < this.large.length; slot++) {
      if (this.large[slot] !== 0 && this.entries[slot * 2] >>> 22 === largePage) this.entries[slot * 2] = invalid;
    }
  }
}
