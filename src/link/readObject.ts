// A relocatable ELF file to an object. The file is untrusted: every index and offset is checked before it is followed.
import { t } from '../base/localization';
import {
  ElfError,
  type ElfSection,
  type ElfSymbol,
  ElfType,
  readElf,
  readSections,
  readSymbols,
  relocationBytes,
  SectionFlag,
  SectionIndex,
  SectionType,
  SymbolBinding,
  SymbolType,
} from './elf';
import {
  type ObjectFile,
  type ObjectGroup,
  type ObjectSection,
  type ObjectSymbol,
  type Relocation,
  type SymbolPlace,
  visibilities,
} from './object';
import { relocationRule } from './relocations';

const comdat = 1;
const mostAlign = 0x100000;

/** A section while its relocations are still to come. */
type OpenSection = ObjectSection & { relocations: Relocation[] };

/** Throws `ElfError` where the file is damaged or no relocatable object for 32-bit x86. */
export function readObject(name: string, bytes: Uint8Array): ObjectFile {
  if (readElf(bytes).type !== ElfType.relocatable) throw new ElfError(t`it is no relocatable object`);
  return new ObjectReader(name, readSections(bytes)).read();
}

class ObjectReader {
  private readonly sections: readonly (OpenSection | undefined)[];
  private readonly elfSymbols: readonly ElfSymbol[];
  private readonly symbols: readonly ObjectSymbol[];

  constructor(
    private readonly name: string,
    private readonly elfSections: readonly ElfSection[],
  ) {
    this.sections = elfSections.map(contentOf);
    this.elfSymbols = readSymbols(elfSections);
    this.symbols = this.elfSymbols.map(symbol => this.symbol(symbol));
  }

  read(): ObjectFile {
    for (const section of this.elfSections) {
      if (section.type === SectionType.relocations) this.relocate(section);
      else if (section.type === SectionType.relocationsWithAddend)
        throw new ElfError(t`its relocations have addends, which x86-32 has not`);
    }
    const sections = this.sections.filter(section => section !== undefined);
    return { name: this.name, sections, symbols: this.symbols.slice(1), groups: this.groups() };
  }

  private symbol(symbol: ElfSymbol): ObjectSymbol {
    const place = this.place(symbol);
    const { sizeBytes, binding } = symbol;
    const isSection = symbol.type === SymbolType.section && place.kind === 'section';
    return {
      name: isSection ? place.section.name : symbol.name,
      kind: kinds[symbol.type] ?? 'none',
      binding: binding === SymbolBinding.local ? 'local' : binding === SymbolBinding.weak ? 'weak' : 'global',
      visibility: visibilities[symbol.visibility] ?? 'default',
      place,
      sizeBytes,
    };
  }

  private place({ name, section: index, value }: ElfSymbol): SymbolPlace {
    if (index === SectionIndex.undefined) return { kind: 'undefined' };
    if (index === SectionIndex.absolute) return { kind: 'absolute', value };
    if (index === SectionIndex.common) return { kind: 'common', align: alignOf(value) };
    if (index >= SectionIndex.reserved)
      throw new ElfError(t`its symbol ${name} stands in a section of an unknown kind`);
    if (this.elfSections[index] === undefined)
      throw new ElfError(t`its symbol ${name} stands in section ${index}, which does not exist`);
    const section = this.sections[index];
    return section === undefined ? { kind: 'absolute', value } : { kind: 'section', section, offset: value };
  }

  private relocate({ name, bytes, info }: ElfSection) {
    if (info >= this.elfSections.length) throw new ElfError(t`${name} is about section ${info}, which does not exist`);
    const section = this.sections[info];
    if (section === undefined) return;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    for (let at = 0; at + relocationBytes <= bytes.length; at += relocationBytes) {
      const offset = view.getUint32(at, true);
      const word = view.getUint32(at + 4, true);
      section.relocations.push(this.relocation(section, offset, word & 0xff, word >>> 8));
    }
  }

  private relocation(section: ObjectSection, offset: number, type: number, index: number): Relocation {
    const symbol = this.symbols[index];
    if (symbol === undefined)
      throw new ElfError(t`a relocation of ${section.name} is about symbol ${index}, which does not exist`);
    const rule = relocationRule(type);
    if (rule === undefined) {
      throw new ElfError(
        t`it has a relocation of type ${type} in ${section.name}, for thread-local data or dynamic linking`,
      );
    }
    if (offset + rule.bytes > section.bytes.length)
      throw new ElfError(t`a relocation lies beyond the end of ${section.name}`);
    return { offset, type, symbol };
  }

  private groups(): ObjectGroup[] {
    return this.elfSections.flatMap(({ type, bytes, info }) => {
      if (type !== SectionType.group || bytes.length < 4) return [];
      const words = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
      if (words.getUint32(0, true) !== comdat) return [];
      const members = Array.from({ length: (bytes.length >> 2) - 1 }, (_, index) =>
        words.getUint32(4 + index * 4, true),
      );
      const sections = members.flatMap(member => this.sections[member] ?? []);
      return [{ signature: this.symbols[info]?.name ?? '', sections }];
    });
  }
}

const kinds: Readonly<Record<number, ObjectSymbol['kind']>> = {
  [SymbolType.object]: 'object',
  [SymbolType.function]: 'function',
  [SymbolType.section]: 'section',
  [SymbolType.file]: 'file',
  [SymbolType.common]: 'object',
  [SymbolType.threadLocal]: 'threadLocal',
};

/** Tables of the file's own (symbols, strings, relocations, groups) are nothing to link. */
function contentOf(section: ElfSection): OpenSection | undefined {
  const { name, type, flags, sizeBytes, bytes, align } = section;
  const isTable = tables.has(type);
  if (isTable && (flags & SectionFlag.allocate) === 0) return undefined;
  return { name, type, flags, align: Math.max(1, alignOf(align)), sizeBytes, bytes, relocations: [] };
}

const tables: ReadonlySet<number> = new Set([
  SectionType.nothing,
  SectionType.symbols,
  SectionType.strings,
  SectionType.relocations,
  SectionType.relocationsWithAddend,
  SectionType.group,
  SectionType.symbolSectionIndexes,
]);

function alignOf(align: number): number {
  if (align > mostAlign || (align & (align - 1)) !== 0) throw new ElfError(t`it has an alignment of ${align}`);
  return align;
}
