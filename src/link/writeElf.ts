// ELF files for 32-bit x86, written: objects as `nasm -f elf32` makes them, and programs as `ld` does. What the fields mean is
// in elf.ts, which reads them.
import {
  ElfMachine,
  ElfType,
  headerBytes,
  programHeaderBytes,
  ProgramType,
  relocationBytes,
  sectionHeaderBytes,
  SectionFlag,
  SectionIndex,
  SectionType,
  SymbolBinding,
  symbolBytes,
  SymbolType,
} from './elf';
import { type ObjectFile, type ObjectSection, type ObjectSymbol, type Relocation, visibilities } from './object';

interface SectionToWrite {
  readonly name: string;
  readonly type: number;
  readonly flags: number;
  readonly address: number;
  readonly sizeBytes: number;
  readonly bytes: Uint8Array;
  readonly align: number;
  readonly link?: number;
  readonly info?: number;
  readonly entryBytes?: number;
}

interface SegmentToWrite {
  readonly address: number;
  readonly bytes: Uint8Array;
  readonly sizeBytes: number;
}

interface SymbolToWrite {
  readonly name: string;
  readonly value: number;
  readonly sizeBytes: number;
  readonly binding: number;
  readonly type: number;
  readonly visibility: number;
  readonly section: number;
}

/** What is loaded starts at a multiple of this in the file. */
const fileAlign = 16;
const version = 1;
const identification = [0x7f, 0x45, 0x4c, 0x46, 1, 1, version];
const loadFlags = 7;

const alignUp = (offset: number, align: number): number => Math.ceil(offset / align) * align;

/** Names in a string table, each once. */
class Strings {
  private readonly offsets = new Map([['', 0]]);
  private text = '\0';
  private length = 1;

  offsetOf(name: string): number {
    const known = this.offsets.get(name);
    if (known !== undefined) return known;
    const offset = this.length;
    this.offsets.set(name, offset);
    this.text += `${name}\0`;
    this.length += new TextEncoder().encode(name).length + 1;
    return offset;
  }

  get bytes(): Uint8Array {
    return new TextEncoder().encode(this.text);
  }
}

const table = (name: string, type: number, bytes: Uint8Array): SectionToWrite => ({
  name,
  type,
  flags: 0,
  address: 0,
  sizeBytes: bytes.length,
  bytes,
  align: 4,
});

/** `sections` without the empty one at 0; `symbols` without the empty one, local ones first. */
function tablesOf(
  symbols: readonly SymbolToWrite[],
  index: number,
): { readonly symbols: SectionToWrite; readonly strings: SectionToWrite } {
  const strings = new Strings();
  const bytes = new Uint8Array((symbols.length + 1) * symbolBytes);
  const view = new DataView(bytes.buffer);
  symbols.forEach(({ name, value, sizeBytes, binding, type, visibility, section }, position) => {
    const at = (position + 1) * symbolBytes;
    view.setUint32(at, strings.offsetOf(name), true);
    view.setUint32(at + 4, value, true);
    view.setUint32(at + 8, sizeBytes, true);
    view.setUint8(at + 12, (binding << 4) | type);
    view.setUint8(at + 13, visibility);
    view.setUint16(at + 14, section, true);
  });
  const locals = symbols.findIndex(({ binding }) => binding !== SymbolBinding.local);
  const info = (locals < 0 ? symbols.length : locals) + 1;
  return {
    symbols: { ...table('.symtab', SectionType.symbols, bytes), link: index + 1, info, entryBytes: symbolBytes },
    strings: { ...table('.strtab', SectionType.strings, strings.bytes), align: 1 },
  };
}

/** Header, the segment if there is one, sections (those that are loaded lie in the segment), and their headers. */
function writeFile(type: number, entry: number, sections: readonly SectionToWrite[], segment?: SegmentToWrite) {
  const names = new Strings();
  for (const { name } of sections) names.offsetOf(name);
  const nameTable = names.offsetOf('.shstrtab');
  const all = [...sections, { ...table('.shstrtab', SectionType.strings, names.bytes), align: 1 }];
  const segmentAt = alignUp(headerBytes + (segment ? programHeaderBytes : 0), fileAlign);
  let end = segmentAt + (segment?.bytes.length ?? 0);
  const offsets = all.map(({ address, flags, align, bytes }) => {
    if (segment && flags & SectionFlag.allocate) return segmentAt + (address - segment.address);
    const offset = alignUp(end, Math.min(align, fileAlign));
    end = offset + bytes.length;
    return offset;
  });
  const headersAt = alignUp(end, 4);
  const file = new Uint8Array(headersAt + (all.length + 1) * sectionHeaderBytes);
  const words = (at: number, ...values: number[]): void => {
    const view = new DataView(file.buffer);
    values.forEach((value, index) => view.setUint32(at + index * 4, value, true));
  };
  file.set(identification);
  words(16, (ElfMachine.i386 << 16) | type, version, entry, segment ? headerBytes : 0, headersAt, 0);
  words(40, (programHeaderBytes << 16) | headerBytes, (sectionHeaderBytes << 16) | (segment ? 1 : 0));
  words(48, (all.length << 16) | (all.length + 1));
  if (segment) {
    const { address, bytes, sizeBytes } = segment;
    words(headerBytes, ProgramType.load, segmentAt, address, address, bytes.length, sizeBytes, loadFlags, fileAlign);
    file.set(bytes, segmentAt);
  }
  all.forEach((section, index) => {
    const { name, flags, address, sizeBytes, bytes, align, link = 0, info = 0, entryBytes = 0 } = section;
    const at = headersAt + (index + 1) * sectionHeaderBytes;
    const nameAt = index === sections.length ? nameTable : names.offsetOf(name);
    words(at, nameAt, section.type, flags, address, offsets[index], sizeBytes, link, info, align, entryBytes);
    if (!segment || (flags & SectionFlag.allocate) === 0) file.set(bytes, offsets[index]);
  });
  return file;
}

const bindings = { local: SymbolBinding.local, global: SymbolBinding.global, weak: SymbolBinding.weak } as const;
const types = {
  none: SymbolType.none,
  object: SymbolType.object,
  function: SymbolType.function,
  section: SymbolType.section,
  file: SymbolType.file,
  threadLocal: SymbolType.threadLocal,
} as const;

function symbolToWrite(symbol: ObjectSymbol, indexOf: ReadonlyMap<ObjectSection, number>): SymbolToWrite {
  const { kind, place, binding, sizeBytes, visibility } = symbol;
  return {
    name: kind === 'section' ? '' : symbol.name,
    sizeBytes,
    binding: bindings[binding],
    type: types[kind],
    visibility: visibilities.indexOf(visibility),
    ...placeToWrite(place, indexOf),
  };
}

function placeToWrite(
  place: ObjectSymbol['place'],
  indexOf: ReadonlyMap<ObjectSection, number>,
): Pick<SymbolToWrite, 'value' | 'section'> {
  switch (place.kind) {
    case 'undefined':
      return { value: 0, section: SectionIndex.undefined };
    case 'absolute':
      return { value: place.value, section: SectionIndex.absolute };
    case 'section':
      return { value: place.offset, section: indexOf.get(place.section) ?? SectionIndex.undefined };
    case 'common':
      return { value: place.align, section: SectionIndex.common };
  }
}

/** The object as a relocatable file. Groups are not written: no assembler here makes any. */
export function writeObject({ sections, symbols }: ObjectFile): Uint8Array {
  const indexOf = new Map(sections.map((section, index) => [section, index + 1]));
  const isLocal = ({ binding }: ObjectSymbol): boolean => binding === 'local';
  const ordered = [...symbols.filter(isLocal), ...symbols.filter(symbol => !isLocal(symbol))];
  const symbolIndex = new Map(ordered.map((symbol, index) => [symbol, index + 1]));
  const relocated = sections.filter(({ relocations }) => relocations.length > 0);
  const tableIndex = sections.length + relocated.length + 1;
  const tables = tablesOf(
    ordered.map(symbol => symbolToWrite(symbol, indexOf)),
    tableIndex,
  );
  const relocations = relocated.map((section): SectionToWrite => {
    const bytes = relocationTable(section.relocations, symbolIndex);
    const info = indexOf.get(section) ?? 0;
    const written = table(`.rel${section.name}`, SectionType.relocations, bytes);
    return { ...written, link: tableIndex, info, entryBytes: relocationBytes };
  });
  const contents = sections.map(section => ({ ...section, address: 0 }));
  return writeFile(ElfType.relocatable, 0, [...contents, ...relocations, tables.symbols, tables.strings]);
}

function relocationTable(relocations: readonly Relocation[], symbolIndex: ReadonlyMap<ObjectSymbol, number>) {
  const bytes = new Uint8Array(relocations.length * relocationBytes);
  const view = new DataView(bytes.buffer);
  relocations.forEach(({ offset, type, symbol }, index) => {
    view.setUint32(index * relocationBytes, offset, true);
    view.setUint32(index * relocationBytes + 4, ((symbolIndex.get(symbol) ?? 0) << 8) | type, true);
  });
  return bytes;
}

/** A section of a program: its address is final, and nothing in it waits for one. */
export type PlacedSection = Omit<SectionToWrite, 'link' | 'info' | 'entryBytes'>;

export interface PlacedSymbol {
  readonly name: string;
  readonly address: number;
  readonly sizeBytes: number;
  readonly kind: ObjectSymbol['kind'];
  readonly binding: ObjectSymbol['binding'];
  /** undefined: a number that is no address of the program */
  readonly section: PlacedSection | undefined;
}

/** A program that is loaded where it is linked, in one piece. */
export interface ProgramToWrite {
  readonly entry: number;
  readonly segment: SegmentToWrite;
  readonly sections: readonly PlacedSection[];
  readonly symbols: readonly PlacedSymbol[];
}

/** The program as an executable file. */
export function writeExecutable({ entry, segment, sections, symbols }: ProgramToWrite): Uint8Array {
  const indexOf = new Map(sections.map((section, index) => [section, index + 1]));
  const written = symbols.map(({ name, address, sizeBytes, kind, binding, section }): SymbolToWrite => {
    const index = section === undefined ? undefined : indexOf.get(section);
    return {
      name,
      value: address,
      sizeBytes,
      binding: bindings[binding],
      type: types[kind],
      visibility: 0,
      section: index ?? SectionIndex.absolute,
    };
  });
  const isLocal = ({ binding }: SymbolToWrite): boolean => binding === SymbolBinding.local;
  const ordered = [...written.filter(isLocal), ...written.filter(symbol => !isLocal(symbol))];
  const tables = tablesOf(ordered, sections.length + 1);
  return writeFile(ElfType.executable, entry, [...sections, tables.symbols, tables.strings], segment);
}
