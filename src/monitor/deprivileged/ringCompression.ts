// Ring compression: what becomes of the guest's segments when its kernel is pushed from ring 0 into ring 1. The real
// GDT and LDT hold a compressed copy of the guest's, which the hardware uses for every segment load the guest makes.
//
//  - DPL 0 becomes 1, so that the kernel can use its own segments from ring 1.
//  - Segments end below the monitor: that, not paging, is what keeps ring 1 out of it.
//  - While the kernel runs, code segments of ring 3 are marked not present: so a return to user code traps (#NP), and
//    the monitor learns that the guest changes rings. IRET would otherwise do it silently and lose the virtual IF.
//  - So are segments that the guest's table does not mark as accessed yet: the first load traps, and the virtual CPU sets
//    the flag in the guest's table, as a processor does.
//  - Everything else (gates, TSS, LDT, rings 1 and 2, expand-down segments) is not present either: its use traps, and
//    the monitor carries the instruction out on the virtual CPU.

import {
  Attribute,
  attributeDpl,
  descriptorAttributes,
  encodeDescriptor,
  type RawDescriptor,
  type SegmentCache,
  segmentCache,
  selectorRpl,
} from '../../isa/descriptors';
import { isCode, isConforming, isExpandDown, isReadable, isWritableData } from '../../isa/descriptorTypes';
import { Segment } from '../../isa/registers';
import { dpl, monitorBase } from './monitorMemory';

/** Whose segments are to be usable: the kernel's world or the user program's. */
export type RingView = 'kernel' | 'user';

/** The compressed descriptor that the hardware shall see, for a descriptor of the guest. */
export function compress(raw: RawDescriptor, view: RingView): RawDescriptor {
  const attributes = descriptorAttributes(raw);
  if (!(attributes & Attribute.present)) return raw;
  if (!isRepresentable(raw, view)) return { low: raw.low, high: raw.high & ~(Attribute.present << 8) };
  const level = compressed(attributeDpl(attributes));
  const kept = (attributes & ~Attribute.dplMask) | dpl(level);
  const segment = segmentCache(0, raw);
  const limit = truncatedLimit(segment);
  const granular = limit > 0xfffff ? kept | Attribute.granularity : kept & ~Attribute.granularity;
  return encodeDescriptor(segment.base, limit, granular);
}

/** The ring that the hardware has in place of the guest's; there is nobody in rings 1 and 2. */
export const compressed = (ring: number): number => (ring === 0 ? 1 : 3);

/** The guest's ring where the hardware has this one, which may be the monitor's. */
export const believedRing = (ring: number): number | undefined => (ring === 0 ? undefined : ring === 1 ? 0 : ring);

/**
 * Does the hardware accept a segment of the guest in `register`, for a guest that believes to be in ring `cpl` (SDM Vol. 2,
 * MOV and IRET)? IRET to ring 3 also empties segments of inner rings: a guest that got there with one by SYSEXIT keeps it.
 */
export function passesChecks(register: number, { selector, attributes }: SegmentCache, cpl: number): boolean {
  const [level, ring] = [compressed(attributeDpl(attributes)), compressed(cpl)];
  const rpl = selectorRpl(selector);
  switch (register) {
    case Segment.cs:
      return rpl === cpl && isCode(attributes) && (isConforming(attributes) ? level <= ring : level === ring);
    case Segment.ss:
      return rpl === cpl && isWritableData(attributes) && level === ring;
    default:
      return isReadable(attributes) && (isConforming(attributes) || level >= Math.max(ring, rpl));
  }
}

/** May a segment with this descriptor be used by a guest that runs directly? */
export function isRepresentable(raw: RawDescriptor, view: RingView): boolean {
  const attributes = descriptorAttributes(raw);
  const needed = Attribute.present | Attribute.notSystem | Attribute.accessed;
  if ((attributes & needed) !== needed) return false;
  const level = attributeDpl(attributes);
  if (level === 1 || level === 2) return false;
  if (view === 'kernel' && level === 3 && attributes & Attribute.code) return false;
  const { base, limit } = segmentCache(0, raw);
  return !isExpandDown(attributes) && base < monitorBase && endsOnWholePage(base, limit);
}

/** A limit above 1 MiB counts in pages: a segment cut at the monitor's base must begin on a page. */
const endsOnWholePage = (base: number, limit: number): boolean => base + limit < monitorBase || (base & 0xfff) === 0;

/** Where the hardware's copy of a segment ends: below the monitor. */
export const truncatedLimit = ({ base, limit }: SegmentCache): number => Math.min(limit, monitorBase - 1 - base);
