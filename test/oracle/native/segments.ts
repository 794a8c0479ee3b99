// Which segments a case runs with, and where in them its addresses should fall.

import { Segment } from '../../../src/isa/registers';
import type { Random } from '../../semantics/random';
import {
  codeRegion,
  dataBase,
  flatCodeSelector,
  flatDataSelector,
  localSegmentNames,
  localSegments,
  nullSelector,
  readOnlyRegion,
  selectorOf,
  type LocalSegment,
  type LocalSegmentName,
} from './layout';

export interface Segments {
  /** selectors of ES, CS, SS, DS, FS, GS */
  readonly selectors: readonly number[];
  readonly codeSize: 16 | 32;
  readonly stackSize: 16 | 32;
}

const flatSegment: LocalSegment = { kind: 'data', base: 0, limit: 0xffffffff, is32Bit: true };

const describe = (selector: number): LocalSegment =>
  selector & 4 ? localSegments[localSegmentNames[selector >> 3]] : flatSegment;

export const segmentBase = (selector: number): number => describe(selector).base;

const stacks: readonly LocalSegmentName[] = ['data16', 'data16', 'small32', 'down32', 'down16', 'wrapping'];
const dataSegments: readonly LocalSegmentName[] = [...stacks, 'readOnly', 'code16'];

/** Mostly what suits the address size; 16-bit offsets in a flat segment reach no memory. */
export function chooseSegments(random: Random, codeSize: 16 | 32, addressSize: 16 | 32): Segments {
  const plain = addressSize === 32 && random.chance(75);
  const local = (names: readonly LocalSegmentName[]): number => selectorOf(random.pick(names));
  const data = (): number => {
    if (plain) return flatDataSelector;
    if (random.chance(4)) return nullSelector;
    return random.chance(60) ? selectorOf('data16') : random.chance(25) ? flatDataSelector : local(dataSegments);
  };
  const code =
    codeSize === 16 ? selectorOf('code16') : random.chance(92) ? flatCodeSelector : selectorOf('executeOnly');
  const stack = plain && codeSize === 32 ? flatDataSelector : random.chance(20) ? flatDataSelector : local(stacks);
  return {
    selectors: [data(), code, stack, data(), random.chance(50) ? data() : nullSelector, data()],
    codeSize,
    stackSize: describe(stack).is32Bit ? 32 : 16,
  };
}

/** Offset of the code region's byte in the case's code segment. */
export const codeOffset = (segments: Segments, address: number): number =>
  (address - (segments.selectors[Segment.cs] === flatCodeSelector ? 0 : codeRegion.address)) >>> 0;

/** Selectors that are the same for Linux and for us: known descriptors at any requested privilege, null, and outside the LDT. */
export function someSelector(random: Random): number {
  if (random.chance(60)) return selectorOf(random.pick(localSegmentNames));
  const others = [flatDataSelector, flatCodeSelector, 0x28, 0x20, 0, 1, 2, 3, 0x04, 0x0e, 0x4f, 0x57, 0x7fff, 0xffff];
  return random.pick(others);
}

/** A selector that far transfers at ring 3 can mostly go to. */
export const someCodeSelector = (random: Random): number =>
  random.chance(70)
    ? random.pick([flatCodeSelector, selectorOf('code16'), selectorOf('executeOnly')])
    : someSelector(random);

/** An offset in a segment, mostly at memory that is mapped, often at an edge of a page, a region or the segment. */
export function someOffset(random: Random, selector: number, calm: boolean): number {
  const { base, limit } = describe(selector);
  return (someAddress(random, base + limit, calm) - base) >>> 0;
}

function someAddress(random: Random, segmentEnd: number, calm: boolean): number {
  const near = (address: number): number => address - 9 + random.below(14);
  const kind = calm ? 0 : random.below(100);
  if (kind < 65) return dataBase + 0x900 + random.below(0x600) + (random.chance(50) ? 0 : 0x800 + random.below(0x180));
  if (kind < 75) return near(dataBase + 0x1000);
  if (kind < 82) return near(dataBase + 0x2000);
  if (kind < 86) return near(dataBase + 4);
  if (kind < 92) return near(dataBase + 0x10000);
  if (kind < 96) return readOnlyRegion.address + random.below(readOnlyRegion.length);
  return near(segmentEnd);
}
