// Where the bytes of a pass go: the current section or absolute space, how full each section is, and, in the last pass,
// the bytes themselves and the table of lines.
import { AssemblyError, type Extent, FatalError } from './diagnostics';
import type { Bits } from './opcodeFacts';
import type { Fixup } from './fixups';
import type { LineEntry } from './image';
import { limits } from './limits';
import { messages } from './messages';
import { anyProcessor } from './processors';
import { Section } from './sections';
import type { Statement } from './statement';
import { add, type Base, relativeTo, scalar, type Value } from './value';

/** Where the assembler stands: in a section, or in ABSOLUTE space, where nothing is stored. */
export type Location =
  | { readonly kind: 'section'; readonly section: Section }
  | { readonly kind: 'absolute'; readonly start: Value; offset: bigint };

export type Warn = (message: string, extent: Extent, statement: Statement) => void;

export class Output {
  readonly sections = new Map<string, Section>();
  bits: Bits;
  /** Of the processors that the source is for. */
  generation = anyProcessor;
  location: Location;
  /** Where `endstruc` goes back to. */
  resumeLocation: Location;
  /** The last pass: addresses are known, and bytes are kept. */
  final = false;
  lines: LineEntry[] = [];
  /** How many there are in all sections. */
  private relocations = 0;
  private lastSection: Section | undefined;

  constructor(
    private readonly warn: Warn,
    /** A linker places the sections. */
    private readonly relocatable: boolean,
  ) {
    this.bits = this.startingBits;
    this.location = { kind: 'section', section: this.section('.text') };
    this.resumeLocation = this.location;
  }

  beginPass() {
    for (const section of this.sections.values()) section.offset = 0;
    this.lines = [];
    this.bits = this.startingBits;
    this.generation = anyProcessor;
    this.goTo({ kind: 'section', section: this.section('.text') });
  }

  /** Takes over the lengths of the pass; whether one is another than in the pass before. */
  endPass(): boolean {
    let changed = false;
    for (const section of this.sections.values()) {
      changed ||= section.length !== section.offset;
      section.length = section.offset;
    }
    return changed;
  }

  section(name: string): Section {
    const known = this.sections.get(name);
    if (known) return known;
    const section = new Section(name, this.lastSection);
    this.sections.set(name, section);
    this.lastSection = section;
    if (this.relocatable) section.placement.align = section.attributes.align;
    return section;
  }

  /** NASM's flat images start in 16-bit mode, its 32-bit objects in 32-bit mode. */
  private get startingBits(): Bits {
    return this.relocatable ? 32 : 16;
  }

  goTo(location: Location) {
    this.location = location;
    this.resumeLocation = location;
  }

  get here(): Value {
    const { location } = this;
    if (location.kind === 'absolute') return add(location.start, scalar(location.offset));
    return relativeTo(location.section, BigInt(location.section.offset));
  }

  get sectionStart(): Value {
    return this.location.kind === 'absolute' ? scalar(0n) : relativeTo(this.location.section, 0n);
  }

  /** The section that bytes go to now. Throws AssemblyError in absolute space. */
  storing(extent: Extent): Section {
    if (this.location.kind === 'absolute') throw new AssemblyError(messages.codeInAbsolute(), extent);
    return this.location.section;
  }

  /** Notes the fixups of the bytes that come next, which are there `times` times. */
  relocate(fixups: readonly Fixup[], bytes: number, times: number, extent: Extent) {
    if (fixups.length === 0) return;
    const section = this.storing(extent);
    if (section.isUninitialized) return;
    this.relocations += fixups.length * times;
    if (this.relocations > limits.relocations) {
      throw new FatalError(messages.tooManyRelocations(), extent);
    }
    for (let index = 0; index < times; index++) {
      const start = section.offset + index * bytes;
      for (const { offset, bytes: width, base, relative } of fixups) {
        section.relocations.push({ offset: start + offset, bytes: width, base, relative });
      }
    }
  }

  /** Counts bytes whose contents do not matter yet: before the last pass. */
  advance(length: number, extent: Extent) {
    const section = this.storing(extent);
    if (section.offset + length > limits.imageBytes) throw new FatalError(messages.imageTooLarge(), extent);
    section.offset += length;
  }

  /** `bytes`, `times` times. */
  emit(statement: Statement, bytes: Uint8Array, kind: 'code' | 'data', extent: Extent, times = 1) {
    const length = bytes.length * times;
    if (length > limits.imageBytes) throw new FatalError(messages.imageTooLarge(), extent);
    if (!this.final) return this.advance(length, extent);
    const place = this.take(statement, length, kind, extent);
    place.set(bytes.subarray(0, place.length));
    for (let filled = bytes.length; filled < place.length; filled *= 2) place.copyWithin(filled, 0, filled);
  }

  /** The next bytes of the image in the last pass, to be written to; none where only space is reserved. */
  private take(statement: Statement, length: number, kind: 'code' | 'data', extent: Extent): Uint8Array {
    const section = this.storing(extent);
    if (section.offset + length > limits.imageBytes) throw new FatalError(messages.imageTooLarge(), extent);
    if (length > 0 && section.isUninitialized) {
      this.warn(messages.dataInUninitialized(section.name), extent, statement);
    } else this.placeLine(statement, section, length, kind);
    return section.take(length);
  }

  reserve(statement: Statement, count: bigint, extent: Extent) {
    const { location } = this;
    if (count > BigInt(limits.reservedBytes)) throw new FatalError(messages.reserveTooLarge(count), extent);
    if (location.kind === 'absolute') location.offset += count;
    else if (location.section.isUninitialized) this.reserveIn(location.section, statement, Number(count), extent);
    else {
      this.warn(messages.zeroing(location.section.name), extent, statement);
      this.fill(statement, count, extent);
    }
  }

  private reserveIn(section: Section, statement: Statement, count: number, extent: Extent) {
    this.placeLine(statement, section, count, 'data');
    section.offset += count;
    if (section.offset > limits.reservedBytes) throw new FatalError(messages.reserveTooLarge(BigInt(count)), extent);
  }

  fill(statement: Statement, zeroBytes: bigint, extent: Extent) {
    if (zeroBytes > BigInt(limits.imageBytes)) throw new FatalError(messages.imageTooLarge(), extent);
    if (!this.final) this.advance(Number(zeroBytes), extent);
    else if (zeroBytes > 0n) this.take(statement, Number(zeroBytes), 'data', extent);
  }

  private placeLine({ position, expandedFrom }: Statement, section: Section, length: number, kind: 'code' | 'data') {
    if (!this.final || length === 0) return;
    const address = Number(section.virtualStart) + section.offset;
    const imageOffset = section.isUninitialized ? undefined : section.contents.byteOffset + section.offset;
    const { name } = section;
    this.lines.push({ section: name, address, length, imageOffset, position, expandedFrom, kind, bits: this.bits });
  }

  /** `section.text.start` and `section.text.vstart`: where the image puts a section, and where its labels see it. */
  sectionSymbol(name: string): Base | undefined {
    const found = name.startsWith('section.') && !this.relocatable ? /^section\.(.+)\.(v?start)$/.exec(name) : null;
    const section = found ? this.sections.get(found[1]) : undefined;
    return found?.[2] === 'start' ? section?.storedStart : section;
  }
}
