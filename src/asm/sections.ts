// Sections of a flat image and where they go (NASM manual §8.1, the bin format): code and data in the order in which
// they were opened, each after the one before and aligned; uninitialized space behind them, or behind the section that
// was opened before; unless the source says otherwise with start, follows, vstart, vfollows, align and valign.
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
  /** The place in the image, as something that an expression may be relative to. */
  readonly storedStart: Base = { name: '', virtualStart: 0n };
  private contents = new Uint8Array(1024);

  /** `previous` is the section that was opened before it. */
  constructor(
    readonly name: string,
    readonly previous?: Section,
  ) {}

  get isUninitialized(): boolean {
    return (this.placement.kind ?? (this.name === '.bss' ? 'nobits' : 'progbits')) === 'nobits';
  }

  /** ALIGN in a section raises the section's own alignment. */
  raiseAlign(align: bigint) {
    if (align > (this.placement.align ?? 0n)) this.placement.align = align;
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
  const order = all.filter(([leader]) => leader.placement.follows === undefined).flat();
  let waiting = all.filter(([leader]) => leader.placement.follows !== undefined);
  for (let before = -1; waiting.length !== before;) {
    before = waiting.length;
    waiting = waiting.filter(group => {
      const index = order.findIndex(section => section.name === group[0].placement.follows);
      if (index >= 0) order.splice(index + 1, 0, ...group);
      return index < 0;
    });
  }
  return byStart([...order, ...waiting.flat()]);
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
  const problem = missing(sections, placed) ?? overlap(initialized, origin) ?? tooLarge(initialized, origin);
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
  for (let progress = true; progress;) {
    progress = false;
    for (const section of sections) {
      if (placed.has(section)) continue;
      const { start, align, follows, virtualStart, virtualFollows, virtualAlign } = section.placement;
      const name = virtualFollows ?? follows;
      const before =
        name !== undefined
          ? sections.find(other => other.name === name)
          : section.name === '.bss'
            ? last
            : section.previous;
      const fixed = virtualStart ?? (section.isUninitialized ? start : undefined);
      if (fixed === undefined && (!before || !placed.has(before))) continue;
      const end = before ? before.virtualStart + BigInt(before.length) : 0n;
      place(
        section,
        fixed ?? alignUp(end, virtualAlign ?? (section.isUninitialized ? align : undefined) ?? defaultAlign),
        placed,
      );
      progress = true;
    }
  }
}

function missing(sections: readonly Section[], placed: ReadonlySet<Section>): string | undefined {
  for (const { name, placement } of sections) {
    const wanted = [placement.follows, placement.virtualFollows].find(
      other => other !== undefined && !sections.some(s => s.name === other),
    );
    if (wanted !== undefined) return `section ${name} is to follow ${wanted}, which does not exist: check the name`;
  }
  const circular = sections.find(section => !placed.has(section));
  return circular && `section ${circular.name} follows itself in a circle: give one of them a start or vstart`;
}

function overlap(initialized: readonly Section[], origin: bigint): string | undefined {
  const filled = initialized.filter(section => section.length > 0);
  const below = filled.find(section => section.start < origin);
  if (below) return `section ${below.name} starts below the origin: raise its start or lower org`;
  const index = filled.findIndex((section, i) => i > 0 && endOf(filled[i - 1]) > section.start);
  if (index < 0) return undefined;
  return `section ${filled[index].name} overlaps section ${filled[index - 1].name}: move its start, or drop the start`;
}

function tooLarge(initialized: readonly Section[], origin: bigint): string | undefined {
  const bytes = initialized.reduce((most, section) => (endOf(section) > most ? endOf(section) : most), origin) - origin;
  return bytes > BigInt(limits.imageBytes)
    ? `the image would be ${bytes} bytes long; at most ${limits.imageBytes} are allowed`
    : undefined;
}
