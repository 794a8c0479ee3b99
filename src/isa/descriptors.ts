// Segment and gate descriptors (SDM Vol. 3A §3.4.5, §3.5, §5.8, §6.11, §7.2), and the attribute word in which the
// processor state caches a segment: the VMCS's access-rights format (SDM Vol. 3C §24.4.1).

import type { Linear } from '../base/address';

/** Bits of a cached segment's attribute word. */
export const Attribute = {
  typeMask: 0xf,
  accessed: 1 << 0,
  /** data: writable; code: readable */
  writableOrReadable: 1 << 1,
  /** data: expand-down; code: conforming */
  expandDownOrConforming: 1 << 2,
  code: 1 << 3,
  /** S: code or data, not a system segment */
  notSystem: 1 << 4,
  dplMask: 3 << 5,
  present: 1 << 7,
  available: 1 << 12,
  longMode: 1 << 13,
  /** D/B: 32-bit */
  big: 1 << 14,
  granularity: 1 << 15,
  /** loaded with a null selector */
  unusable: 1 << 16,
} as const;

/** Of the usual segment over the whole linear address space: 32-bit data, or code if that is added; at DPL 0. */
export const flatAttributes =
  Attribute.accessed |
  Attribute.writableOrReadable |
  Attribute.notSystem |
  Attribute.present |
  Attribute.big |
  Attribute.granularity;
export const flatLimit = 0xffffffff;

export const dplShift = 5;
export const attributeDpl = (attributes: number): number => (attributes >> dplShift) & 3;

/** Types of system descriptors (SDM Vol. 3A table 3-2). */
export const SystemType = {
  tss16Available: 1,
  ldt: 2,
  tss16Busy: 3,
  callGate16: 4,
  taskGate: 5,
  interruptGate16: 6,
  trapGate16: 7,
  tss32Available: 9,
  tss32Busy: 11,
  callGate32: 12,
  interruptGate32: 14,
  trapGate32: 15,
} as const;

/** A descriptor's two doublewords. */
export interface RawDescriptor {
  readonly low: number;
  readonly high: number;
}

/** A segment as the processor caches it: byte-granular limit, attributes as in `Attribute`. */
export interface SegmentCache {
  readonly selector: number;
  readonly base: Linear;
  readonly limit: number;
  readonly attributes: number;
}

export const descriptorBase = ({ low, high }: RawDescriptor): Linear =>
  ((low >>> 16) | ((high & 0xff) << 16) | (high & 0xff000000)) >>> 0;

/** Attribute word of a descriptor: access byte, then AVL, L, D/B, G. */
export const descriptorAttributes = ({ high }: RawDescriptor): number =>
  ((high >>> 8) & 0xff) | ((high >>> 8) & 0xf000);

/** Limit in bytes, after granularity. */
export function descriptorLimit(descriptor: RawDescriptor): number {
  const limit = (descriptor.low & 0xffff) | (descriptor.high & 0xf0000);
  return descriptorAttributes(descriptor) & Attribute.granularity ? ((limit << 12) | 0xfff) >>> 0 : limit;
}

export const segmentCache = (selector: number, descriptor: RawDescriptor): SegmentCache => ({
  selector,
  base: descriptorBase(descriptor),
  limit: descriptorLimit(descriptor),
  attributes: descriptorAttributes(descriptor),
});

/** The two doublewords of a segment descriptor. `limit` is in bytes; it must be expressible with the granularity in `attributes`. */
export function encodeDescriptor(base: number, limit: number, attributes: number): RawDescriptor {
  const field = attributes & Attribute.granularity ? limit >>> 12 : limit;
  return {
    low: (((base & 0xffff) << 16) | (field & 0xffff)) >>> 0,
    high: ((base & 0xff000000) | ((base >>> 16) & 0xff) | ((attributes & 0xf0ff) << 8) | (field & 0xf0000)) >>> 0,
  };
}

/** The two doublewords of a call, interrupt or trap gate. */
export const encodeGate = (
  selector: number,
  offset: number,
  type: number,
  dpl: number,
  parameters = 0,
): RawDescriptor => ({
  low: ((selector << 16) | (offset & 0xffff)) >>> 0,
  high: ((offset & 0xffff0000) | 0x8000 | (dpl << 13) | (type << 8) | parameters) >>> 0,
});

export const gateSelector = ({ low }: RawDescriptor): number => low >>> 16;
export const gateOffset = ({ low, high }: RawDescriptor): number => ((low & 0xffff) | (high & 0xffff0000)) >>> 0;
export const gateParameters = ({ high }: RawDescriptor): number => high & 0x1f;

/** Selector fields (SDM Vol. 3A §3.4.2). */
export const selectorRpl = (selector: number): number => selector & 3;
export const selectorIsLocal = (selector: number): boolean => (selector & 4) !== 0;
export const selectorOffset = (selector: number): number => selector & 0xfff8;
export const selectorIsNull = (selector: number): boolean => (selector & 0xfffc) === 0;
