// The translation lookaside buffer (SDM Vol. 3A §4.10): direct-mapped tables, one for each kind of access, so that a hit
// means that the access is allowed and, for writes, that the dirty bit is already set. Fetches have tables of their own:
// what data does never drops the translation of the page that runs, so compiled code, which does not fetch, leaves the
// same translations behind as the evaluator.
//
// The entries lie in the processor's shared buffer, where compiled code looks them up by itself: a tag, which is the page's
// linear address, and what to add to a linear address to get a place in the buffer. An entry whose tag says `slow` is
// for TypeScript only: behind it is no RAM, or a page whose writes must be noticed, or one with a data breakpoint.
//
// MOV to CR3 makes entries lapse: they are no translations any more, but the entries of the page tables are kept that each was
// made from, as they stood after its walk. Where these still stand where the next walk would read them, it would come to the
// same and change nothing; so routines renew the entry by themselves (`ir/wasm/renewalEmitter.ts`). What decides otherwise
// how a walk ends, in CR0 and CR4, flushes all.

import { type Linear, pageMask, pageSizeBytes } from '../../base/address';
import { tlbEntryBytes } from '../../ir/wasm/memoryAccess';
import { lapsedTag, walkBytes, walkWord } from '../../ir/wasm/threadedLayout';
import type { PageAccess, PageWalk } from './paging';

export const tlbEntries = 4096;
export const tlbTableBytes = tlbEntries * tlbEntryBytes;
export const accessKinds = 6;
/** The tables; after them the walks that their entries came from. */
export const tlbBytes = accessKinds * tlbTableBytes;
export const tlbAreaBytes = tlbBytes + accessKinds * tlbEntries * walkBytes;

const walkWords = walkBytes / 4;
/** An entry has two words. */
const indexMask = (tlbEntries - 1) * 2;

/** Low bits of a tag, which a page's address leaves free. */
const invalid = 1;
const slow = 2;

/** Access kinds: supervisor read, supervisor write, user read, user write, supervisor fetch, user fetch. */
export const accessKind = (user: boolean, write: boolean): number => (user ? 2 : 0) | (write ? 1 : 0);
export const fetchKind = (user: boolean): number => (user ? 5 : 4);

export const isWriteKind = (kind: number): boolean => kind === 1 || kind === 3;
export const isFetchKind = (kind: number): boolean => kind > 3;
const kindOf = (slot: number): number => Math.floor(slot / tlbEntries);
/** The access that each kind stands for. */
export const accessOfKind: readonly PageAccess[] = Array.from({ length: accessKinds }, (_, kind) => ({
  write: isWriteKind(kind),
  user: kind === 2 || kind === 3 || kind === 5,
}));

/** What an entry is made of. */
export type WalkResult = Pick<PageWalk, 'physical' | 'isGlobal' | 'large' | 'directoryEntry' | 'leafAddress' | 'leaf'>;

/** What is remembered of a slot besides its entry. */
const SlotFlag = {
  global: 1,
  /** a 4 KiB piece of a 4 MiB page */
  large: 2,
  /** it is among those in use: filled since the last flush, whatever became of it */
  inUse: 4,
  /** its walk is kept: it may lapse */
  mayLapse: 8,
} as const;

/** In place of the slot with a page's one fast entry for writes: there may be several. */
const several = 0xffff;

export class Tlb {
  /** tag and addend by turns */
  private readonly entries: Int32Array;
  /** a row for each slot, see `walkWord` */
  private readonly walks: Int32Array;
  private readonly flags = new Uint8Array(accessKinds * tlbEntries);
  /** the slots in use, so that a flush costs no more than what was filled */
  private readonly slots = new Uint16Array(accessKinds * tlbEntries);
  private slotCount = 0;
  private holdsLarge = false;
  /** for each page of the buffer from `ramOffset` on: 1 + the slot of its fast entry for writes, 0 if it has none, or `several` */
  private readonly fastWrites: Uint16Array;

  /** Entries in `buffer` at `byteOffset`; physical address 0 is at `ramOffset` there. */
  constructor(
    buffer: ArrayBufferLike,
    byteOffset: number,
    private readonly ramOffset: number,
  ) {
    this.entries = new Int32Array(buffer, byteOffset, tlbBytes / 4);
    this.walks = new Int32Array(buffer, byteOffset + tlbBytes, (tlbAreaBytes - tlbBytes) / 4);
    this.fastWrites = new Uint16Array((buffer.byteLength - ramOffset) / pageSizeBytes);
    for (let index = 0; index < this.entries.length; index += 2) this.entries[index] = invalid;
  }

  /** Physical address, or -1 on a miss. */
  lookup(linear: Linear, kind: number): number {
    const index = this.indexOf(linear, kind);
    if ((this.entries[index] & ~slow) !== (linear & pageMask)) return -1;
    return (linear + this.entries[index + 1] - this.ramOffset) >>> 0;
  }

  /** Where in the buffer a byte lies whose access needs nobody's attention, as compiled code finds it; else -1. */
  place(linear: Linear, kind: number): number {
    const index = this.indexOf(linear, kind);
    return this.entries[index] === (linear & pageMask) ? (linear + this.entries[index + 1]) >>> 0 : -1;
  }

  /** Can compiled code make this access by itself? */
  isFast(linear: Linear, kind: number): boolean {
    return this.entries[this.indexOf(linear, kind)] === (linear & pageMask);
  }

  /** Says anew whether an entry that is there is for TypeScript only. */
  setSlow(linear: Linear, kind: number, isSlow: boolean): void {
    const index = this.indexOf(linear, kind);
    this.entries[index] = (linear & pageMask) | (isSlow ? slow : 0);
    if (!isSlow) this.noteFast(index, kind);
  }

  /** Keeps the translation that a walk has come to, for TypeScript only or not. */
  fill(linear: Linear, kind: number, walk: WalkResult, isSlow: boolean): void {
    const index = this.indexOf(linear, kind);
    this.entries[index] = (linear & pageMask) | (isSlow ? slow : 0);
    this.entries[index + 1] = this.ramOffset + (walk.physical & pageMask) - (linear & pageMask);
    const slot = index >> 1;
    this.noteUse(slot);
    if (!isSlow) this.noteFast(index, kind);
    const keepsWalk = walk.directoryEntry !== 0;
    this.flags[slot] =
      SlotFlag.inUse |
      (walk.isGlobal ? SlotFlag.global : 0) |
      (walk.large ? SlotFlag.large : 0) |
      (keepsWalk ? SlotFlag.mayLapse : 0);
    if (walk.large) this.holdsLarge = true;
    if (keepsWalk) this.keepWalk(slot, walk);
  }

  private keepWalk(slot: number, walk: WalkResult): void {
    const row = slot * walkWords;
    this.walks[row + walkWord.directoryEntry] = walk.directoryEntry;
    this.walks[row + walkWord.leafPlace] = this.ramOffset + walk.leafAddress;
    this.walks[row + walkWord.leaf] = walk.leaf;
  }

  /** Forgets all, what has lapsed too: for whatever else changes what a walk comes to. */
  flush(): void {
    const { slots, flags, slotCount } = this;
    for (let position = 0; position < slotCount; position++) {
      const slot = slots[position];
      this.entries[slot * 2] = invalid;
      flags[slot] = 0;
    }
    this.slotCount = 0;
    this.holdsLarge = false;
  }

  /**
   * MOV to CR3 spares global pages. What has lapsed the last time, and has not been renewed, is dropped: else the list would grow,
   * and with it what this costs. Nobody renews slow entries; a table beyond RAM, which reads as ones, makes no others.
   */
  lapse(): void {
    const { entries, slots, flags, slotCount } = this;
    let kept = 0;
    for (let position = 0; position < slotCount; position++) {
      const slot = slots[position];
      const tag = entries[slot * 2];
      const mayLapse = (flags[slot] & SlotFlag.mayLapse) !== 0 && (tag & (invalid | slow | lapsedTag)) === 0;
      if (flags[slot] & SlotFlag.global) slots[kept++] = slot;
      else if (mayLapse) {
        entries[slot * 2] = tag | lapsedTag;
        slots[kept++] = slot;
      } else {
        entries[slot * 2] = invalid;
        flags[slot] = 0;
      }
    }
    this.slotCount = kept;
  }

  /** INVLPG: the page at `linear`; of a 4 MiB page all pieces (§4.10.4.1). What has lapsed is no translation anyway. */
  flushPage(linear: Linear): void {
    for (let kind = 0; kind < accessKinds; kind++) {
      const index = this.indexOf(linear, kind);
      if ((this.entries[index] & ~slow) === (linear & pageMask)) this.entries[index] = invalid;
    }
    if (this.holdsLarge) this.flushLargePage(linear >>> 22);
  }

  /** Writes to the page at this address of the buffer must be noticed from now on. */
  slowDownWrites(address: number): void {
    const page = (address - this.ramOffset) / pageSizeBytes;
    const known = this.fastWrites[page];
    this.fastWrites[page] = 0;
    if (known === several)
      for (let position = 0; position < this.slotCount; position++) this.slowDown(this.slots[position], address);
    else if (known !== 0) this.slowDown(known - 1, address);
  }

  /** If the slot has an entry for writes to the page at this address of the buffer. */
  private slowDown(slot: number, address: number): void {
    if (!isWriteKind(kindOf(slot))) return;
    const page = this.entries[slot * 2] & pageMask;
    if (((page + this.entries[slot * 2 + 1]) | 0) === address) this.entries[slot * 2] |= slow;
  }

  /** The entry at this index does not say `slow`. */
  private noteFast(index: number, kind: number): void {
    if (!isWriteKind(kind)) return;
    const address = (this.entries[index] & pageMask) + this.entries[index + 1];
    const page = ((address - this.ramOffset) | 0) / pageSizeBytes;
    const slot = index >> 1;
    const known = this.fastWrites[page];
    this.fastWrites[page] = known === 0 || known === slot + 1 ? slot + 1 : several;
  }

  /** Asks of each entry anew whether it is for TypeScript only. */
  reconsider(isSlow: (linear: Linear, kind: number, physicalPage: number) => boolean): void {
    for (let position = 0; position < this.slotCount; position++) {
      const slot = this.slots[position];
      const tag = this.entries[slot * 2];
      if (tag & (invalid | lapsedTag)) {
        this.entries[slot * 2] = invalid;
        continue;
      }
      const page = tag & pageMask;
      const physical = (page + this.entries[slot * 2 + 1] - this.ramOffset) >>> 0;
      const kind = kindOf(slot);
      const isSlowNow = isSlow(page >>> 0, kind, physical >>> 12);
      this.entries[slot * 2] = page | (isSlowNow ? slow : 0);
      if (!isSlowNow) this.noteFast(slot * 2, kind);
    }
  }

  private indexOf(linear: Linear, kind: number): number {
    return (kind * tlbEntries * 2) | ((linear >>> 11) & indexMask);
  }

  private noteUse(slot: number): void {
    if (this.flags[slot] & SlotFlag.inUse) return;
    this.slots[this.slotCount++] = slot;
  }

  private flushLargePage(largePage: number): void {
    for (let position = 0; position < this.slotCount; position++) {
      const slot = this.slots[position];
      if (this.flags[slot] & SlotFlag.large && this.entries[slot * 2] >>> 22 === largePage)
        this.entries[slot * 2] = invalid;
    }
  }
}
