// Sections of a flat image and where they go (NASM manual §8.1, the bin format): code and data in the order in which
// they were opened, each after the one before and aligned; uninitialized space behind them, or behind the section that
// was opened before; unless the source says otherwise with start, follows, vstart, vfollows, align and valign.
import type { Fixup } from './fixups';
import { limits } from './limits';
import { messages } from './messages';
import { defaultAttributes, type ObjectAttributes } from './objectSections';
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

const noBytes = new Uint8Array();

export class Section implements Base {
  virtualStart = 0n;
  start = 0n;
  /** Offset of the next byte in this pass. */
  offset = 0;
  /** Length in the pass before, by which the sections are laid out. */
  length = 0;
  readonly placement: SectionPlacement = {};
  /** of a section of an object */
  readonly attributes: ObjectAttributes;
  /** In the last pass of an object: what the linker fills in; offsets count from the section's beginning. */
  readonly relocations: Fixup[] = [];
  /** A directive has named it. */
  isOpened = false;
  /** The place in the image, as something that an expression may be relative to. */
  readonly storedStart: Base = { name: '', virtualStart: 0n };
  /** Where its bytes go in the last pass: its part of the image. */
  contents = noBytes;

  /** `previous` is the section that was opened before it. */
  constructor(
    readonly name: string,
    readonly previous?: Section,
  ) {
    this.attributes = defaultAttributes(name);
  }

  get isUninitialized(): boolean {
    return (this.placement.kind ?? (this.name === '.bss' ? 'nobits' : 'progbits')) === 'nobits';
  }

  /** ALIGN in a section raises the section's own alignment. */
  raiseAlign(align: bigint) {
    if (align > (this.placement.align ?? 0n)) this.placement.align = align;
  }

  /**
   * The next `length` bytes of the section, to be written to; the section goes on behind them. None if they are not in
   * its part of the image: only after an error a section has another length in the last pass than in the one before.
   */
  take(length: number): Uint8Array {
    const start = this.offset;
    this.offset += length;
    return this.contents.subarray(start, this.offset);
  }
}

const defaultAlign = 4n;
const alignUp = (address: bigint, align: bigint) => ((address + align - 1n) / align) * align;
const endOf = ({ start, length }: Section) => start + BigInt(length);

/** A section with `start` or `follows`, and those behind it that have neither: they move together. */
function groups(sections: readonly Section[]): Section[][] {
  const result: Section[][] = [];
  for (const section of sections) {
    const { start, follows } = section.placement;
    if (result.length === 0 || start !== undefined || follows !== undefined) result.push([section]);
    else result[result.length - 1].push(section);
  }
  return result;
}

/** In the order of the image: groups with `follows` directly after the section that they name, then by `start`. */
function ordered(sections: readonly Section[]): Section[] {
  const all = groups(sections);
  const followers = followersByName(all);
  const order = new Set<Section>();
  const pending = all
    .filter(([leader]) => leader.placement.follows === undefined)
    .flat()
    .reverse();
  for (let section = pending.pop(); section; section = pending.pop()) {
    if (order.has(section)) continue;
    order.add(section);
    for (const follower of [...(followers.get(section.name) ?? [])].reverse()) pending.push(follower);
  }
  return byStart([...order, ...sections.filter(section => !order.has(section))]);
}

/** The group that follows a section: there may be but one. */
function followersByName(all: readonly Section[][]): ReadonlyMap<string, readonly Section[]> {
  const followers = new Map<string, readonly Section[]>();
  for (const group of all) {
    const { follows } = group[0].placement;
    if (follows !== undefined) followers.set(follows, group);
  }
  return followers;
}

function byStart(sections: readonly Section[]): Section[] {
  const starting: Section[][] = [];
  for (const section of sections) {
    if (starting.length === 0 || section.placement.start !== undefined) starting.push([section]);
    else starting[starting.length - 1].push(section);
  }
  const startOf = ([leader]: readonly Section[]) => leader.placement.start ?? 0n;
  starting.sort((a, b) => (startOf(a) < startOf(b) ? -1 : startOf(a) > startOf(b) ? 1 : 0));
  return starting.flat();
}

export interface Layout {
  /** Initialized sections by address. */
  readonly initialized: readonly Section[];
  readonly uninitialized: readonly Section[];
  readonly origin: bigint;
  /** The first contradiction, in words. */
  readonly problem?: string;
}

/** Gives every section its addresses. `org` is what ORG says, if it was used. */
export function layOut(sections: readonly Section[], org: bigint | undefined): Layout {
  const initialized = ordered(sections.filter(section => !section.isUninitialized));
  const uninitialized = sections.filter(section => section.isUninitialized);
  const origin = org ?? initialized[0]?.placement.start ?? 0n;
  const placed = new Set<Section>();
  placeInitialized(initialized, origin, placed);
  placeVirtually([...initialized, ...uninitialized], initialized[initialized.length - 1], placed);
  for (const section of sections) section.storedStart.virtualStart = section.start;
  const problem =
    missing(sections, placed) ??
    followedTwice(initialized) ??
    overlap(initialized, origin) ??
    tooLarge(initialized, origin);
  return { initialized, uninitialized, origin, ...(problem ? { problem } : {}) };
}

/** `placed` receives the sections whose virtual start is known. */
function placeInitialized(sections: readonly Section[], origin: bigint, placed: Set<Section>) {
  let end = origin;
  for (const [index, section] of sections.entries()) {
    const { start, align, virtualStart, virtualFollows, virtualAlign } = section.placement;
    section.start = start ?? alignUp(end, align ?? (index === 0 ? 1n : defaultAlign));
    const virtual = virtualStart ?? (virtualAlign === undefined ? section.start : alignUp(end, virtualAlign));
    if (virtualStart !== undefined || virtualFollows === undefined) place(section, virtual, placed);
    if (section.start >= end) end = endOf(section);
  }
}

function place(section: Section, virtualStart: bigint, placed: Set<Section>) {
  section.virtualStart = virtualStart;
  if (section.isUninitialized) section.start = virtualStart;
  placed.add(section);
}

/** The rest: after the section they name, or that was opened before them; .bss after the last initialized one. */
function placeVirtually(sections: readonly Section[], last: Section | undefined, placed: Set<Section>) {
  const byName = new Map(sections.map(section => [section.name, section]));
  const before = (section: Section): Section | undefined => {
    const name = section.placement.virtualFollows ?? section.placement.follows;
    if (name !== undefined) return byName.get(name);
    return section.name === '.bss' ? last : section.previous;
  };
  for (const section of sections) {
    // Those that this one waits for, back to one that has its place; in a circle there is none.
    const chain = new Set<Section>();
    let next: Section | undefined = section;
    while (next && !placed.has(next) && !chain.has(next)) {
      chain.add(next);
      next = fixedStart(next) === undefined ? before(next) : undefined;
    }
    for (const waiting of [...chain].reverse()) placeAfter(waiting, before(waiting), placed);
  }
}

const fixedStart = ({ placement: { start, virtualStart }, isUninitialized }: Section): bigint | undefined =>
  virtualStart ?? (isUninitialized ? start : undefined);

function placeAfter(section: Section, before: Section | undefined, placed: Set<Section>) {
  const fixed = fixedStart(section);
  if (fixed === undefined && (!before || !placed.has(before))) return;
  const { align, virtualAlign } = section.placement;
  const end = before ? before.virtualStart + BigInt(before.length) : 0n;
  const aligned = alignUp(end, virtualAlign ?? (section.isUninitialized ? align : undefined) ?? defaultAlign);
  place(section, fixed ?? aligned, placed);
}

function missing(sections: readonly Section[], placed: ReadonlySet<Section>): string | undefined {
  const names = new Set(sections.map(section => section.name));
  for (const { name, placement } of sections) {
    const wanted = [placement.follows, placement.virtualFollows].find(
      other => other !== undefined && !names.has(other),
    );
    if (wanted !== undefined) return messages.followsNothing(name, wanted);
  }
  const circular = sections.find(section => !placed.has(section));
  return circular && messages.followsItself(circular.name);
}

function followedTwice(initialized: readonly Section[]): string | undefined {
  const followers = new Map<string, Section>();
  for (const section of initialized) {
    const { follows } = section.placement;
    if (follows === undefined) continue;
    const other = followers.get(follows);
    if (other) return messages.followedTwice(section.name, other.name, follows);
    followers.set(follows, section);
  }
  return undefined;
}

function overlap(initialized: readonly Section[], origin: bigint): string | undefined {
  const filled = initialized.filter(section => section.length > 0);
  const below = filled.find(section => section.start < origin);
  if (below) return messages.belowOrigin(below.name);
  const index = filled.findIndex((section, i) => i > 0 && endOf(filled[i - 1]) > section.start);
  return index < 0 ? undefined : messages.sectionsOverlap(filled[index].name, filled[index - 1].name);
}

function tooLarge(initialized: readonly Section[], origin: bigint): string | undefined {
  const bytes = initialized.reduce((most, section) => (endOf(section) > most ? endOf(section) : most), origin) - origin;
  return bytes > BigInt(limits.imageBytes) ? messages.imageOfSize(bytes) : undefined;
}
