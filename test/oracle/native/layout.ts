// The address space in which native cases run, here and on the emulated processor: regions of memory at linear
// addresses, and segments of a local descriptor table beside Linux's flat ones.

import { encodeDescriptor, type RawDescriptor } from '../../../src/isa/descriptors';
import { Attribute } from '../../../src/isa/descriptors';

export interface Region {
  readonly address: number;
  readonly length: number;
  readonly writable: boolean;
}

export const codeRegion: Region = { address: 0x20000000, length: 0x1000, writable: true };
export const dataBase = 0x20010000;
export const readOnlyRegion: Region = { address: dataBase + 0x4000, length: 0x1000, writable: false };

/** Nothing else is mapped. The last region lies on both sides of 64 KiB above `dataBase`. */
export const regions: readonly Region[] = [
  codeRegion,
  { address: dataBase, length: 0x2000, writable: true },
  readOnlyRegion,
  { address: dataBase + 0xf000, length: 0x2000, writable: true },
];

/** A descriptor as Linux's modify_ldt takes it. */
export interface LocalSegment {
  readonly base: number;
  /** in bytes */
  readonly limit: number;
  readonly kind: 'data' | 'expandDown' | 'code';
  readonly is32Bit?: true;
  /** data that cannot be written, code that cannot be read */
  readonly restricted?: true;
  readonly absent?: true;
}

const segment = (kind: LocalSegment['kind'], base: number, limit: number, rest: Partial<LocalSegment> = {}) => ({
  kind,
  base,
  limit,
  ...rest,
});

export const localSegments = {
  code16: segment('code', codeRegion.address, 0x7fff),
  data16: segment('data', dataBase, 0xffff),
  small32: segment('data', dataBase, 0x11ff, { is32Bit: true }),
  down32: segment('expandDown', dataBase, 0x7ff, { is32Bit: true }),
  down16: segment('expandDown', dataBase, 0x7ff),
  readOnly: segment('data', dataBase, 0x1fff, { is32Bit: true, restricted: true }),
  executeOnly: segment('code', codeRegion.address, 0xfff, { is32Bit: true, restricted: true }),
  absent: segment('data', dataBase, 0xffff, { is32Bit: true, absent: true }),
  wrapping: segment('data', 0xf0000000, 0xffffffff, { is32Bit: true }),
} as const satisfies Record<string, LocalSegment>;
export type LocalSegmentName = keyof typeof localSegments;
export const localSegmentNames = Object.keys(localSegments) as readonly LocalSegmentName[];

/** In the LDT, requested at ring 3. */
export const selectorOf = (name: LocalSegmentName): number => localSegmentNames.indexOf(name) * 8 + 7;

/** Linux's flat segments for 32-bit programs, in the GDT. */
export const flatCodeSelector = 0x23;
export const flatDataSelector = 0x2b;
/** whatever RPL Linux loads it with, returning to ring 3 makes it 0 */
export const nullSelector = 0;

const typeBits = { data: 0, expandDown: Attribute.expandDownOrConforming, code: Attribute.code } as const;

/** What Linux makes of it: ring 3, and always marked as accessed. */
export function localDescriptor({ kind, base, limit, is32Bit, restricted, absent }: LocalSegment): RawDescriptor {
  const attributes =
    typeBits[kind] |
    Attribute.accessed |
    (restricted ? 0 : Attribute.writableOrReadable) |
    Attribute.notSystem |
    Attribute.dplMask |
    (absent ? 0 : Attribute.present) |
    (is32Bit ? Attribute.big : 0) |
    (limit > 0xfffff ? Attribute.granularity : 0);
  return encodeDescriptor(base, limit, attributes);
}
