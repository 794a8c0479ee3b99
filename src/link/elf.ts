// ELF files for 32-bit x86 (System V ABI, "Object Files" ch. 4 and "Program Loading" ch. 5): header, program headers,
// sections and symbols, as they stand in the file. Every number in it is untrusted, so each is checked against the file's
// length before it is used. Leaves out: other classes and byte orders, extended section numbering, versions, dynamic linking.
import { t } from '../base/localization';

export const ElfType = { relocatable: 1, executable: 2, shared: 3 } as const;
export const ElfMachine = { i386: 3 } as const;
export const ProgramType = { load: 1, interpreter: 3 } as const;
export const SectionType = {
  nothing: 0,
  program: 1,
  symbols: 2,
  strings: 3,
  relocationsWithAddend: 4,
  note: 7,
  uninitialized: 8,
  relocations: 9,
  initArray: 14,
  finiArray: 15,
  preinitArray: 16,
  group: 17,
  symbolSectionIndexes: 18,
} as const;
export const SectionFlag = {
  write: 1,
  allocate: 2,
  execute: 4,
  merge: 16,
  strings: 32,
  group: 512,
  threadLocal: 1024,
} as const;
export const SectionIndex = {
  undefined: 0,
  reserved: 0xff00,
  absolute: 0xfff1,
  common: 0xfff2,
  extended: 0xffff,
} as const;
export const SymbolBinding = { local: 0, global: 1, weak: 2 } as const;
export const SymbolType = { none: 0, object: 1, function: 2, section: 3, file: 4, common: 5, threadLocal: 6 } as const;

export const headerBytes = 52;
export const programHeaderBytes = 32;
export const sectionHeaderBytes = 40;
export const symbolBytes = 16;
export const relocationBytes = 8;

const magic = 0x7f454c46;
const elfClass32 = 1;
const littleEndian = 1;

/** The file is damaged or of another kind; the message is the end of a sentence: "it is a 64-bit file". */
export class ElfError extends Error {
  override readonly name = 'ElfError';
}

export interface ProgramHeader {
  readonly type: number;
  readonly offset: number;
  readonly virtual: number;
  readonly physical: number;
  readonly fileBytes: number;
  readonly memoryBytes: number;
}

export interface ElfSection {
  readonly name: string;
  readonly type: number;
  readonly flags: number;
  readonly address: number;
  /** in memory; the file holds as many unless the section is uninitialized */
  readonly sizeBytes: number;
  readonly link: number;
  readonly info: number;
  readonly align: number;
  readonly entryBytes: number;
  /** none of an uninitialized section */
  readonly bytes: Uint8Array;
}

export interface ElfSymbol {
  readonly name: string;
  readonly value: number;
  readonly sizeBytes: number;
  /** of `SymbolBinding` */
  readonly binding: number;
  /** of `SymbolType` */
  readonly type: number;
  readonly visibility: number;
  /** index of a section, or of `SectionIndex` */
  readonly section: number;
}

export interface ElfFile {
  /** of `ElfType` */
  readonly type: number;
  readonly entry: number;
  readonly programHeaders: readonly ProgramHeader[];
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);

export const isElf = (bytes: Uint8Array): boolean => bytes.length >= 4 && viewOf(bytes).getUint32(0) === magic;

/** The type that the header gives; undefined if the file is no ELF. */
export const elfTypeOf = (bytes: Uint8Array): number | undefined =>
  isElf(bytes) && bytes.length >= headerBytes ? viewOf(bytes).getUint16(16, true) : undefined;

/** Header and program headers. Throws `ElfError`. */
export function readElf(bytes: Uint8Array): ElfFile {
  checkHeader(bytes);
  const view = viewOf(bytes);
  const count = view.getUint16(44, true);
  const table = tableOf(
    bytes,
    28,
    42,
    count,
    programHeaderBytes,
    () => t`its program header table lies outside the file`,
  );
  return {
    type: view.getUint16(16, true),
    entry: view.getUint32(24, true),
    programHeaders: table.map(at => programHeader(view, at)),
  };
}

function checkHeader(bytes: Uint8Array): void {
  if (!isElf(bytes)) throw new ElfError(t`it is no ELF file`);
  if (bytes.length < headerBytes) throw new ElfError(t`it is cut off within its header`);
  if (bytes[4] !== elfClass32) throw new ElfError(t`it is a 64-bit file`);
  if (bytes[5] !== littleEndian) throw new ElfError(t`it is big-endian`);
  if (viewOf(bytes).getUint16(18, true) !== ElfMachine.i386) throw new ElfError(t`it is for another processor`);
}

/** Where each entry of a header table lies; the fields at `offsetAt` and `sizeAt` say where the table is and how wide. */
function tableOf(
  bytes: Uint8Array,
  offsetAt: number,
  sizeAt: number,
  count: number,
  leastBytes: number,
  problem: () => string,
): number[] {
  const view = viewOf(bytes);
  const table = view.getUint32(offsetAt, true);
  const entryBytes = view.getUint16(sizeAt, true);
  if (count > 0 && (entryBytes < leastBytes || table + count * entryBytes > bytes.length))
    throw new ElfError(problem());
  return Array.from({ length: count }, (_, index) => table + index * entryBytes);
}

const programHeader = (view: DataView, at: number): ProgramHeader => ({
  type: view.getUint32(at, true),
  offset: view.getUint32(at + 4, true),
  virtual: view.getUint32(at + 8, true),
  physical: view.getUint32(at + 12, true),
  fileBytes: view.getUint32(at + 16, true),
  memoryBytes: view.getUint32(at + 20, true),
});

/** All sections by index, the empty one at 0 among them; none in a file that was stripped of them. Throws `ElfError`. */
export function readSections(bytes: Uint8Array): readonly ElfSection[] {
  checkHeader(bytes);
  const view = viewOf(bytes);
  const table = tableOf(
    bytes,
    32,
    46,
    view.getUint16(48, true),
    sectionHeaderBytes,
    () => t`its section header table lies outside the file`,
  );
  const unnamed = table.map((at, index) => sectionAt(bytes, at, index));
  const names = unnamed[view.getUint16(50, true)];
  return unnamed.map((section, index) => ({
    ...section,
    name: names === undefined ? '' : stringAt(names.bytes, view.getUint32(table[index], true)),
  }));
}

function sectionAt(bytes: Uint8Array, at: number, index: number): ElfSection {
  const view = viewOf(bytes);
  const field = (number: number): number => view.getUint32(at + number * 4, true);
  const [type, offset, sizeBytes] = [field(1), field(4), field(5)];
  const isStored = type !== SectionType.uninitialized && type !== SectionType.nothing;
  if (isStored && offset + sizeBytes > bytes.length)
    throw new ElfError(t`it is cut off: section ${index} lies beyond the end of the file`);
  return {
    name: '',
    type,
    flags: field(2),
    address: field(3),
    sizeBytes,
    link: field(6),
    info: field(7),
    align: field(8),
    entryBytes: field(9),
    bytes: isStored ? bytes.subarray(offset, offset + sizeBytes) : new Uint8Array(),
  };
}

/** Longer names are cut off, so that many of them in one place cost no more than they are worth. */
const mostNameBytes = 1024;

/** The text up to the next zero byte. */
export function stringAt(strings: Uint8Array, offset: number): string {
  const name = strings.subarray(offset, offset + mostNameBytes);
  const end = name.indexOf(0);
  return decoder.decode(end < 0 ? name : name.subarray(0, end));
}

const decoder = new TextDecoder();

/** The file's symbols by index, the empty one at 0 among them. Throws `ElfError`. */
export function readSymbols(sections: readonly ElfSection[]): readonly ElfSymbol[] {
  const table = sections.find(({ type }) => type === SectionType.symbols);
  if (table === undefined) return [];
  const strings = sections[table.link]?.bytes ?? new Uint8Array();
  const view = viewOf(table.bytes);
  return Array.from({ length: Math.floor(table.bytes.length / symbolBytes) }, (_, index) => {
    const at = index * symbolBytes;
    return {
      name: stringAt(strings, view.getUint32(at, true)),
      value: view.getUint32(at + 4, true),
      sizeBytes: view.getUint32(at + 8, true),
      binding: view.getUint8(at + 12) >> 4,
      type: view.getUint8(at + 12) & 15,
      visibility: view.getUint8(at + 13) & 3,
      section: view.getUint16(at + 14, true),
    };
  });
}
