// The guest's page tables: what they map, in ranges, and the walk of one address, from guest-virtual by guest-physical to
// host-physical, with each entry that it reads (SDM Vol. 3A §4.3). Only looked at: no flag is set, no device is read.

import { guestPhysical, type Linear, pageSizeBytes } from '../../base/address';
import { hex } from '../../base/hex';
import { listed, t } from '../../base/localization';
import { Pte } from '../../cpu/memory/paging';
import { Cr4 } from '../../isa/controlRegisters';
import type { Level } from '../../monitor/level';

const largePageBytes = 0x400000;
const entries = 1024;

/** Neighbouring pages that lie side by side in guest-physical memory too, with the same rights. */
export interface MappedRange {
  readonly first: Linear;
  readonly bytes: number;
  readonly physical: number;
  readonly rights: number;
}

const shownRights = Pte.writable | Pte.user;
/** Looking for more ends: a guest can map a million pages, none beside the next. */
const mostRanges = 10_000;

export interface MappedRanges {
  readonly ranges: readonly MappedRange[];
  /** there are no more */
  readonly isAll: boolean;
}

/** What is mapped; all of memory at its own addresses, without paging. */
export function mappedRanges(level: Level): MappedRanges {
  const state = level.believed();
  if (!state.paging) return { ranges: [{ first: 0, bytes: 2 ** 32, physical: 0, rights: shownRights }], isAll: true };
  const found: { first: number; bytes: number; physical: number; rights: number }[] = [];
  const add = (first: number, bytes: number, physical: number, rights: number): void => {
    const last = found.at(-1);
    const isNext = last?.rights === rights && last.first + last.bytes === first;
    if (last && isNext && last.physical + last.bytes === physical) last.bytes += bytes;
    else found.push({ first, bytes, physical, rights });
  };
  for (let index = 0; index < entries && found.length <= mostRanges; index++) {
    const entry = entryAt(level, (state.cr3 & 0xfffff000) + index * 4);
    if (!(entry & Pte.present)) continue;
    const first = index * largePageBytes;
    if (isLarge(level, entry)) add(first, largePageBytes, (entry & 0xffc00000) >>> 0, entry & shownRights);
    else addTable(level, entry, first, add);
  }
  return { ranges: found.slice(0, mostRanges), isAll: found.length <= mostRanges };
}

function addTable(
  level: Level,
  directoryEntry: number,
  first: Linear,
  add: (first: number, bytes: number, physical: number, rights: number) => void,
): void {
  for (let index = 0; index < entries; index++) {
    const entry = entryAt(level, (directoryEntry & 0xfffff000) + index * 4);
    if (!(entry & Pte.present)) continue;
    const rights = entry & directoryEntry & shownRights;
    add(first + index * pageSizeBytes, pageSizeBytes, (entry & 0xfffff000) >>> 0, rights);
  }
}

/** An entry; not present where there is no RAM or ROM that it could lie in. */
function entryAt({ memory }: Level, address: number): number {
  const at = address >>> 0;
  return memory.isReadable(Math.floor(at / pageSizeBytes)) ? memory.read32(at) : 0;
}

const isLarge = (level: Level, entry: number): boolean =>
  (entry & Pte.large) !== 0 && (level.believed().cr4 & Cr4.pse) !== 0;

/** `user, writable` */
export const rightsText = (rights: number): string =>
  listed([rights & Pte.user ? t`user` : t`supervisor`, rights & Pte.writable ? t`writable` : t`read-only`]);

export const rangeText = ({ physical, rights }: MappedRange): string =>
  t`guest-physical ${hex(physical, 8)}, ${rightsText(rights)}`;

export const rangeName = ({ first, bytes }: MappedRange): string => `${hex(first, 8)}–${hex(first + bytes - 1, 8)}`;

/** An entry that a walk has read. */
export interface WalkStep {
  /** `PDE` or `PTE` */
  readonly name: string;
  /** guest-physical */
  readonly address: number;
  readonly entry: number;
}

export interface AddressWalk {
  readonly linear: Linear;
  readonly steps: readonly WalkStep[];
  /** undefined if nothing is mapped there */
  readonly guestPhysical: number | undefined;
  readonly hostPhysical: number | undefined;
}

export function walkAddress(linear: Linear, level: Level): AddressWalk {
  const state = level.believed();
  if (!state.paging) return ended(linear, [], linear >>> 0, level);
  const directory = step(level, 'PDE', (state.cr3 & 0xfffff000) + (linear >>> 22) * 4);
  if (!(directory.entry & Pte.present)) return ended(linear, [directory], undefined, level);
  if (isLarge(level, directory.entry)) {
    const physical = ((directory.entry & 0xffc00000) | (linear & 0x3fffff)) >>> 0;
    return ended(linear, [directory], physical, level);
  }
  const leaf = step(level, 'PTE', (directory.entry & 0xfffff000) + ((linear >>> 12) & 0x3ff) * 4);
  const physical = leaf.entry & Pte.present ? ((leaf.entry & 0xfffff000) | (linear & 0xfff)) >>> 0 : undefined;
  return ended(linear, [directory, leaf], physical, level);
}

function step(level: Level, name: string, address: number): WalkStep {
  return { name, address: address >>> 0, entry: entryAt(level, address) };
}

function ended(linear: Linear, steps: readonly WalkStep[], physical: number | undefined, level: Level): AddressWalk {
  const isThere = physical !== undefined && level.memory.contains(physical);
  const host = isThere ? level.hostPhysical(guestPhysical(physical)) : undefined;
  return { linear: linear >>> 0, steps, guestPhysical: physical, hostPhysical: host };
}

/** `0x00201007: present, writable, user, accessed` */
export function entryText({ entry, name }: WalkStep): string {
  const value = hex(entry >>> 0, 8);
  if (!(entry & Pte.present)) return t`${value}: not present`;
  const isLargePage = name === 'PDE' && (entry & Pte.large) !== 0;
  const parts = [
    t`present`,
    rightsText(entry),
    ...(entry & Pte.accessed ? [t`accessed`] : []),
    ...(entry & Pte.dirty && (name === 'PTE' || isLargePage) ? [t`dirty`] : []),
    ...(isLargePage ? [t`4 MiB page`] : []),
    ...(entry & Pte.global ? [t`global`] : []),
  ];
  return t`${value}: ${listed(parts)}`;
}
