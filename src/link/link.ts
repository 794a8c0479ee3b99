// The linker: objects to a program at an address. It resolves names, lays out the sections, and fills in the addresses that
// relocations ask for. Leaves out archives, scripts, and everything of dynamic linking and thread-local storage.
import { SectionFlag, SectionType } from './elf';
import { GlobalOffsetTable, isWithoutBase } from './globalOffsetTable';
import { layOutProgram, type OutputSection, type ProgramLayout } from './layout';
import { linkMessages, type LinkProblem } from './linkProblems';
import type { ObjectFile, ObjectSection, ObjectSymbol, Relocation } from './object';
import { providedAddress } from './provided';
import { readField, type RelocationRule, relocationRule, writeField } from './relocations';
import { type Resolution, resolveSymbols } from './resolution';
import type { PlacedSection, PlacedSymbol, ProgramToWrite } from './writeElf';

export interface LinkOptions {
  /** of the first byte */
  readonly address: number;
}

export interface LinkedProgram extends ProgramToWrite {
  /** where the sections of the objects have come to lie */
  readonly places: ReadonlyMap<ObjectSection, number>;
  /** no label says where the program begins, so that it begins at its first code */
  readonly lacksEntry: boolean;
}

export type LinkResult =
  | { readonly program: LinkedProgram; readonly problems?: undefined }
  | { readonly problems: readonly LinkProblem[]; readonly program?: undefined };

/** Labels that a program begins at, best first. */
export const entryNames = ['_start', 'start'];
const mostImageBytes = 64 * 1024 * 1024;
const mostProblems = 200;
const addressSpace = 2 ** 32;
const nop = 0x90;

/** Links `objects`, in this order within each kind of section. */
export function link(objects: readonly ObjectFile[], options: LinkOptions): LinkResult {
  return new Linker(objects, options).link();
}

class Linker {
  private readonly resolution: Resolution;
  private readonly problems: LinkProblem[];
  private readonly sections: readonly ObjectSection[];
  /** common space by name, as sections of .bss */
  private readonly commons: ReadonlyMap<string, ObjectSection>;
  private readonly got: GlobalOffsetTable;
  private readonly layout: ProgramLayout;

  constructor(
    private readonly objects: readonly ObjectFile[],
    { address }: LinkOptions,
  ) {
    this.resolution = resolveSymbols(objects);
    this.problems = [...this.resolution.problems];
    this.sections = objects.flatMap(({ sections }) => sections.filter(part => !this.resolution.discarded.has(part)));
    this.commons = this.reserveCommons();
    const relocations = this.sections.flatMap(section => section.relocations);
    this.got = new GlobalOffsetTable(relocations, symbol => this.meant(symbol));
    const all = [...this.sections, ...(this.got.section ? [this.got.section] : []), ...this.commons.values()];
    this.layout = layOutProgram(all, address);
  }

  link(): LinkResult {
    const tooLarge = this.tooLarge();
    if (tooLarge !== undefined) return { problems: [{ message: tooLarge, object: this.objects[0], place: undefined }] };
    const contents = new Map(this.layout.outputs.map(output => [output, contentsOf(output)]));
    const targets = targetsOf(contents);
    for (const object of this.objects) this.relocateObject(object, targets);
    if (this.problems.length > 0) return { problems: this.problems.slice(0, mostProblems) };
    const table = this.got.section && targets.get(this.got.section);
    if (table) this.got.fill(table.bytes, symbol => this.addressOf(symbol));
    return { program: this.program(contents) };
  }

  private tooLarge(): string | undefined {
    const { address, storedEnd, end, outputs } = this.layout;
    if (end > addressSpace) return linkMessages.beyondMemory(address);
    const unloaded = outputs.filter(({ rank }) => rank === 'unloaded');
    const bytes = unloaded.reduce((sum, { sizeBytes }) => sum + sizeBytes, storedEnd - address);
    return bytes > mostImageBytes ? linkMessages.tooLarge(bytes, mostImageBytes) : undefined;
  }

  // --- common space -----------------------------------------------------------------------------------------

  private reserveCommons(): Map<string, ObjectSection> {
    const commons = new Map<string, ObjectSection>();
    for (const [name, { symbol }] of this.resolution.definitions) {
      if (symbol.place.kind !== 'common') continue;
      const { align } = symbol.place;
      commons.set(name, commonSpace(Math.max(1, align), symbol.sizeBytes));
    }
    return commons;
  }

  // --- symbols --------------------------------------------------------------------------------------------------

  /** The symbol that `symbol` stands for in the whole program. */
  private meant(symbol: ObjectSymbol): ObjectSymbol {
    return symbol.binding === 'local' ? symbol : (this.resolution.definitions.get(symbol.name)?.symbol ?? symbol);
  }

  /** undefined if it is defined nowhere. What is discarded, and what is weak and defined nowhere, has the address 0. */
  private addressOf(symbol: ObjectSymbol): number | undefined {
    const { place, name, binding } = this.meant(symbol);
    switch (place.kind) {
      case 'absolute':
        return place.value;
      case 'section': {
        const start = this.layout.places.get(place.section);
        return start === undefined ? 0 : start + place.offset;
      }
      case 'common': {
        const section = this.commons.get(name);
        return section && this.layout.places.get(section);
      }
      case 'undefined':
        return providedAddress(name, this.layout) ?? (binding === 'weak' || name === '' ? 0 : undefined);
    }
  }

  // --- relocation -----------------------------------------------------------------------------------------------

  private relocateObject(object: ObjectFile, targets: ReadonlyMap<ObjectSection, Target>) {
    const said = new Set<string>();
    for (const section of object.sections) {
      const target = targets.get(section);
      if (target === undefined) continue;
      for (const relocation of section.relocations) {
        const message = this.relocate(relocation, section, target);
        if (message === undefined || said.has(message)) continue;
        said.add(message);
        this.problems.push({ message, object, place: { section, offset: relocation.offset } });
      }
    }
  }

  /** What is wrong with it, if anything. */
  private relocate(relocation: Relocation, { bytes: original }: ObjectSection, target: Target): string | undefined {
    const { offset, type, symbol } = relocation;
    const rule = relocationRule(type);
    if (rule === undefined || rule.bytes === 0) return undefined;
    const address = this.addressOf(symbol);
    if (address === undefined) return linkMessages.undefinedSymbol(symbol.name);
    const addend = readField(original, offset, rule.bytes);
    const base = isWithoutBase(relocation, original) ? this.gotAddress : 0;
    const value = base + this.compute(rule, address, addend, target.address + offset, symbol);
    const fits = writeField(target.bytes, offset, rule.bytes, value);
    return fits ? undefined : linkMessages.doesNotFit(symbol.name, value, rule.bytes);
  }

  private compute(rule: RelocationRule, address: number, addend: number, place: number, symbol: ObjectSymbol): number {
    switch (rule.computes) {
      case 'S + A':
        return address + addend;
      case 'S + A - P':
        return address + addend - place;
      case 'G + A - GOT':
        return this.got.offsetOf(symbol) + addend;
      case 'S + A - GOT':
        return address + addend - this.gotAddress;
      case 'GOT + A - P':
        return this.gotAddress + addend - place;
      case 'size + A':
        return this.meant(symbol).sizeBytes + addend;
      case 'nothing':
        return 0;
    }
  }

  private get gotAddress(): number {
    return (this.got.section && this.layout.places.get(this.got.section)) ?? 0;
  }

  // --- the program ----------------------------------------------------------------------------------------------

  private program(contents: ReadonlyMap<OutputSection, Uint8Array>): LinkedProgram {
    const { address, storedEnd, end, places } = this.layout;
    const bytes = new Uint8Array(storedEnd - address);
    const placed = new Map<OutputSection, PlacedSection>();
    for (const [output, content] of contents) {
      placed.set(output, placedSection(output, content));
      if (isStored(output)) bytes.set(content, output.address - address);
    }
    const symbols = this.symbols(placed);
    const segment = { address, bytes, sizeBytes: end - address };
    const label = this.entryLabel();
    const entry = label ?? this.firstCode();
    return { entry, lacksEntry: label === undefined, segment, sections: [...placed.values()], symbols, places };
  }

  private entryLabel(): number | undefined {
    const ofObjects = (wanted: string): ObjectSymbol | undefined =>
      this.resolution.definitions.get(wanted)?.symbol ??
      this.objects[0]?.symbols.find(({ name, place }) => name === wanted && place.kind === 'section');
    const symbol = entryNames.map(ofObjects).find(found => found !== undefined);
    return symbol && this.addressOf(symbol);
  }

  private firstCode(): number {
    return this.layout.outputs.find(({ rank }) => rank === 'code')?.address ?? this.layout.address;
  }

  /** Of each object its own; of what is global the one that is meant. */
  private symbols(placed: ReadonlyMap<OutputSection, PlacedSection>): PlacedSymbol[] {
    const sectionOf = new Map<ObjectSection, PlacedSection>();
    for (const [output, section] of placed) for (const input of output.inputs) sectionOf.set(input.section, section);
    const commons = new Set<string>();
    const all = this.objects.flatMap(({ symbols }) => symbols).filter(symbol => this.isShown(symbol, commons));
    return all.map(symbol => {
      const { name, kind, binding, place } = symbol;
      const { sizeBytes } = this.meant(symbol);
      const ownSection = place.kind === 'section' ? place.section : this.commons.get(name);
      const section = ownSection && sectionOf.get(ownSection);
      return { name, address: this.addressOf(symbol) ?? 0, sizeBytes, kind, binding, section };
    });
  }

  /** `commons` receives the names of common space: several objects ask for one piece of it. */
  private isShown(symbol: ObjectSymbol, commons: Set<string>): boolean {
    const { kind, place, binding, name } = symbol;
    if (kind === 'section' || name === '' || place.kind === 'undefined') return false;
    if (place.kind === 'section' && !this.layout.places.has(place.section)) return false;
    if (binding === 'local') return true;
    if (place.kind !== 'common') return this.meant(symbol) === symbol;
    const isFirst = this.commons.has(name) && !commons.has(name);
    commons.add(name);
    return isFirst;
  }
}

/** Where a section's bytes are, and what address they have. */
interface Target {
  readonly address: number;
  readonly bytes: Uint8Array;
}

const commonSpace = (align: number, sizeBytes: number): ObjectSection => ({
  name: '.bss',
  type: SectionType.uninitialized,
  flags: SectionFlag.allocate | SectionFlag.write,
  align,
  sizeBytes,
  bytes: new Uint8Array(),
  relocations: [],
});

/** Of each section that is linked. */
function targetsOf(contents: ReadonlyMap<OutputSection, Uint8Array>): Map<ObjectSection, Target> {
  const targets = new Map<ObjectSection, Target>();
  for (const [{ address, inputs }, bytes] of contents) {
    for (const { section, offset } of inputs) {
      targets.set(section, { address: address + offset, bytes: bytes.subarray(offset, offset + section.sizeBytes) });
    }
  }
  return targets;
}

const isStored = ({ rank }: OutputSection): boolean => rank !== 'unloaded' && rank !== 'uninitialized';

/** The bytes of a section that the image stores; none of uninitialized space. */
function contentsOf({ rank, sizeBytes, inputs }: OutputSection): Uint8Array {
  if (rank === 'uninitialized') return new Uint8Array();
  const bytes = new Uint8Array(sizeBytes).fill(rank === 'code' ? nop : 0);
  for (const { section, offset } of inputs) {
    bytes.fill(0, offset, offset + section.sizeBytes);
    bytes.set(section.bytes, offset);
  }
  return bytes;
}

function placedSection(
  { name, rank, address, align, sizeBytes, inputs }: OutputSection,
  bytes: Uint8Array,
): PlacedSection {
  const { merge, strings, group } = SectionFlag;
  const flags = inputs.reduce((all, { section }) => all | section.flags, 0) & ~(merge | strings | group);
  const type = rank === 'uninitialized' ? SectionType.uninitialized : (inputs[0]?.section.type ?? SectionType.program);
  return {
    name,
    type: type === SectionType.uninitialized && bytes.length > 0 ? SectionType.program : type,
    flags,
    address,
    align,
    sizeBytes,
    bytes,
  };
}
