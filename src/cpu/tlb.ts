// The translation lookaside buffer (SDM Vol. 3A §4.10): four direct-mapped tables, one for each kind of access, so that
// a hit means that the access is allowed and, for writes, that the dirty bit is already set.

import { pageMask } from '../base/address';

export const tlbEntries = 1024;
const invalid = -1;

/** Access kinds: supervisor read, supervisor write, user read, user write. */
export const accessKind = (user: boolean, write: boolean): number => (user ? 2 : 0) | (write ? 1 : 0);

export class Tlb {
  /** linear page number by kind * tlbEntries + slot */
  readonly tags = new Int32Array(4 * tlbEntries).fill(invalid);
  /** physical address of the page */
  readonly pages = new Int32Array(4 * tlbEntries);
  private readonly global = new Uint8Array(4 * tlbEntries);
  /** the entry is a 4 KiB piece of a 4 MiB page */
  private readonly large = new Uint8Array(4 * tlbEntries);
  private holdsLarge = false;

  /** Physical address, or -1 on a miss. */
  lookup(linear: number, kind: number): number {
    const page = linear >>> 12;
    const slot = kind * tlbEntries + (page & (tlbEntries - 1));
    return this.tags[slot] === page ? (this.pages[slot] >>> 0) + (linear & 0xfff) : -1;
  }

  fill(linear: number, kind: number, physical: number, isGlobal: boolean, large = false): void {
    const page = linear >>> 12;
    const slot = kind * tlbEntries + (page & (tlbEntries - 1));
    this.tags[slot] = page;
    this.pages[slot] = physical & pageMask;
    this.global[slot] = isGlobal ? 1 : 0;
    this.large[slot] = large ? 1 : 0;
    this.holdsLarge ||= large;
  }

  /** MOV to CR3 spares global pages; changes of CR0 and CR4 do not. */
  flush(keepGlobal = false): void {
    if (!keepGlobal) {
      this.tags.fill(invalid);
      this.holdsLarge = false;
      return;
    }
    for (let slot = 0; slot < this.tags.length; slot++) {
      if (this.global[slot] === 0) this.tags[slot] = invalid;
    }
  }

  /** INVLPG: the page at `linear`; of a 4 MiB page all pieces (§4.10.4.1). */
  flushPage(linear: number): void {
    const page = linear >>> 12;
    for (let kind = 0; kind < 4; kind++) {
      const slot = kind * tlbEntries + (page & (tlbEntries - 1));
      if (this.tags[slot] === page) this.tags[slot] = invalid;
    }
    if (this.holdsLarge) this.flushLargePage(linear >>> 22);
  }

  private flushLargePage(largePage: number): void {
    for (let slot = 0; slot < this.tags.length; slot++) {
      if (this.large[slot] !== 0 && this.tags[slot] >>> 10 === largePage) this.tags[slot] = invalid;
    }
  }
}
