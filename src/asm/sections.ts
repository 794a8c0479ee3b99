// Sections of a flat image and where they go (NASM manual §8.1, the bin format): code and data in the order in which
// they were opened, each after the one before and aligned; every section of uninitialized space directly behind them
// all (two of them share their addresses, as in NASM); unless the source says otherwise with start, follows, vstart,
// vfollows, align and valign.
import { limits } from './limits';
import type { Base } from './value';

export interface SectionPlacement {
  kind?: 'progbits' | 'nobits';
  align?: bigint;
  start?: bigint;
  follows?: string;
  virtualAlign?: bigint;
  virtualStart?: bigint;
  virtualFollows?: string;
}

export class Section implements Base {
  virtualStart = 0n;
  start = 0n;
  /** Offset of the next byte in this pass. */
  offset = 0;
  /** Length in the pass before, by which the sections are laid out. */
  length = 0;
  readonly placement: SectionPlacement = {};
  /** ALIGN raises the alignment of the section that it stands in. */
  raisedAlign = 1n;
  private contents = new Uint8Array(1024);

  constructor(readonly name: string) {}

  get isUninitialized(): boolean {
    return (this.placement.kind ?? (this.name === '.bss' ? 'nobits' : 'progbits')) === 'nobits';
  }

  get align(): bigint {
    const own = this.placement.align ?? 4n;
    return own > this.raisedAlign ? own : this.raisedAlign;
  }

  get virtualAlign(): bigint {
    return this.placement.virtualAlign ?? 1n;
  }

  write(bytes: Uint8Array) {
    const end = this.offset + bytes.length;
    if (end > this.contents.length) {
      const grown = new Uint8Array(Math.max(end, this.contents.length * 2));
      grown.set(this.contents);
      this.contents = grown;
    }
    this.contents.set(bytes, this.offset);
    this.offset = end;
  }

  get bytes(): Uint8Array {
    return this.contents.subarray(0, Math.min(this.length, this.contents.length));
  }
}

const alignUp = (address: bigint, align: bigint) => ((address + align - 1n) / align) * align;

/** The order of placement: as opened, but a section with `follows` directly after the one that it names. */
function ordered(sections: readonly Section[]): Section[] {
  const order = sections.filter(section => section.placement.follows === undefined);
  for (const section of sections.filter(s => s.placement.follows !== undefined)) {
    const before = order.findIndex(other => other.name === section.placement.follows);
    order.splice(before < 0 ? order.length : before + 1, 0, section);
  }
  return order;
}

export interface Layout {
  /** Initialized sections by address. */
  readonly initialized: readonly Section[];
  readonly uninitialized: readonly Section[];
  readonly origin: bigint;
  /** The first contradiction, in words. */
  readonly problem?: string;
}

/** Gives every section its addresses. `origin` is what ORG says. */
export function layOut(sections: readonly Section[], origin: bigint): Layout {
  const initialized = ordered(sections.filter(section => !section.isUninitialized));
  const uninitialized = ordered(sections.filter(section => section.isUninitialized));
  const explicit = initialized.filter(section => section.placement.start !== undefined);
  let next = origin;
  let first = true;
  for (const section of initialized) {
    section.start = section.placement.start ?? (first ? origin : alignUp(next, section.align));
    next = section.start + BigInt(section.length);
    first = false;
  }
  const end = initialized.reduce(
    (most, { start, length }) => (start + BigInt(length) > most ? start + BigInt(length) : most),
    origin,
  );
  for (const section of uninitialized) {
    const after = sections.find(other => other.name === section.placement.follows);
    const free = after ? after.start + BigInt(after.length) : end;
    section.start = section.placement.start ?? alignUp(free, section.align);
  }
  for (const section of [...initialized, ...uninitialized]) placeVirtually(section, sections);
  const byAddress = [...initialized].sort((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0));
  const problem = missing(sections) ?? overlap(byAddress) ?? tooLarge(byAddress, origin, explicit);
  return { initialized: byAddress, uninitialized, origin, ...(problem ? { problem } : {}) };
}

function placeVirtually(section: Section, sections: readonly Section[]) {
  const { virtualStart, virtualFollows } = section.placement;
  const before = sections.find(other => other.name === virtualFollows);
  if (virtualStart !== undefined) section.virtualStart = virtualStart;
  else if (before) section.virtualStart = alignUp(before.virtualStart + BigInt(before.length), section.virtualAlign);
  else section.virtualStart = section.start;
}

function missing(sections: readonly Section[]): string | undefined {
  for (const { name, placement } of sections) {
    const wanted = [placement.follows, placement.virtualFollows].find(
      other => other !== undefined && !sections.some(s => s.name === other),
    );
    if (wanted !== undefined) return `section ${name} is to follow ${wanted}, which does not exist: check the name`;
  }
  return undefined;
}

function overlap(byAddress: readonly Section[]): string | undefined {
  const filled = byAddress.filter(section => section.length > 0);
  const index = filled.findIndex(
    (section, i) => i > 0 && filled[i - 1].start + BigInt(filled[i - 1].length) > section.start,
  );
  if (index < 0) return undefined;
  return `section ${filled[index].name} overlaps section ${filled[index - 1].name}: move its start, or drop the start`;
}

function tooLarge(byAddress: readonly Section[], origin: bigint, explicit: readonly Section[]): string | undefined {
  const below = explicit.find(section => section.start < origin);
  if (below) return `section ${below.name} starts below the origin: raise its start or lower org`;
  const last = byAddress.reduce(
    (end, { start, length }) => (start + BigInt(length) > end ? start + BigInt(length) : end),
    origin,
  );
  const bytes = last - origin;
  return bytes > BigInt(limits.imageBytes)
    ? `the image would be ${bytes} bytes long; at most ${limits.imageBytes} are allowed`
    : undefined;
}
