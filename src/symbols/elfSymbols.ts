// The symbols and source lines of a linked program in ELF, from its symbol table and its debug information (DWARF).

import {
  ElfError,
  type ElfSection,
  type ElfSymbol,
  isElf,
  readSections,
  readSymbols,
  SectionFlag,
  SectionIndex,
  SymbolBinding,
  SymbolType,
} from '../link/elf';
import { CallFrames } from './dwarf/callFrames';
import { readDebugInformation } from './dwarf/debugInformation';
import type { DwarfFunction } from './dwarf/compileUnits';
import type { DebugSections } from './dwarf/sections';
import { lineRows } from './dwarf/lineRows';
import type { FunctionRange } from './functions';
import type { CodeBytes } from './laterCode';
import { type Label, noSymbols, type SymbolSource } from './symbolPart';

/** of section flags: the bytes are packed, and read by nobody here */
const compressed = 0x800;

export interface ElfInformation {
  readonly symbols: SymbolSource;
  readonly code: readonly CodeBytes[];
}

/**
 * Of a file's bytes; nothing of one that is no ELF, or is damaged: it still may run. `address` is where its first byte of
 * memory stands, if not where it was linked for.
 */
export function readElfSymbols(bytes: Uint8Array, address?: number): ElfInformation {
  try {
    const sections = isElf(bytes) ? readSections(bytes) : [];
    const displacement = address === undefined ? 0 : address - startOf(sections);
    const symbols = elfSymbols(sections, readSymbols(sections), displacement);
    return { symbols, code: codeOf(sections, displacement) };
  } catch (error) {
    if (!(error instanceof ElfError)) throw error;
    return { symbols: noSymbols, code: [] };
  }
}

/** `displacement` is what to add to the addresses that the program was linked for. */
export function elfSymbols(
  sections: readonly ElfSection[],
  symbols: readonly ElfSymbol[],
  displacement = 0,
): SymbolSource {
  const debug = readDebugInformation(debugSections(sections));
  const placed = symbols.filter(isPlaced).sort((a, b) => rank(a) - rank(b));
  const functions = [...debug.functions.flatMap(rangesOf), ...placed.flatMap(functionRange)];
  const isExecutable = executable(sections);
  const named = new Set(placed.map(({ value }) => value));
  const unnamed = debug.functions.flatMap(({ name, ranges: [range] }) =>
    named.has(range.first) || !isExecutable(range.first) ? [] : { name, address: range.first },
  );
  const labels = [...unnamed, ...placed.map(({ name, value }): Label => ({ name, address: value }))];
  const move = <Place extends { address: number }>(place: Place): Place => ({
    ...place,
    address: place.address + displacement,
  });
  return {
    labels: labels.map(move),
    constants: new Map(symbols.filter(isConstant).map(({ name, value }) => [name, value])),
    lines: debug.tables.flatMap(table => lineRows(table, isExecutable)).map(move),
    functions: functions
      .filter(({ address }) => isExecutable(address))
      .map(range => ({ ...move(range), end: range.end + displacement })),
    frames: callFrames(sections, displacement),
    end: endOf(sections) + displacement,
  };
}

const debugSections = (sections: readonly ElfSection[]): DebugSections =>
  new Map(
    sections
      .filter(({ name, flags }) => name.startsWith('.debug_') && !(flags & compressed))
      .map(({ name, bytes }) => [name, bytes]),
  );

function callFrames(sections: readonly ElfSection[], displacement: number): CallFrames {
  const named = (wanted: string): ElfSection | undefined =>
    sections.find(({ name, flags }) => name === wanted && !(flags & compressed));
  return new CallFrames(named('.eh_frame'), named('.debug_frame'), displacement);
}

const isAllocated = ({ flags, sizeBytes }: ElfSection): boolean =>
  (flags & SectionFlag.allocate) !== 0 && sizeBytes > 0;

const endOf = (sections: readonly ElfSection[]): number =>
  sections.filter(isAllocated).reduce((most, { address, sizeBytes }) => Math.max(most, address + sizeBytes), 0);

const startOf = (sections: readonly ElfSection[]): number =>
  sections.filter(isAllocated).reduce((least, { address }) => Math.min(least, address), Infinity);

const isCode = (section: ElfSection): boolean => isAllocated(section) && (section.flags & SectionFlag.execute) !== 0;

const codeOf = (sections: readonly ElfSection[], displacement: number): CodeBytes[] =>
  sections.filter(isCode).map(({ address, bytes }) => ({ address: address + displacement, bytes }));

/** Lines of functions that the linker has thrown away stand at address 0, or at 1. */
function executable(sections: readonly ElfSection[]): (address: number) => boolean {
  const code = sections.filter(isCode);
  return at => code.some(({ address, sizeBytes }) => at >= address && at < address + sizeBytes);
}

const placedTypes: readonly number[] = [SymbolType.none, SymbolType.object, SymbolType.function];

function isPlaced({ name, type, section }: ElfSymbol): boolean {
  const isDefined = section !== SectionIndex.undefined && section < SectionIndex.reserved;
  return name !== '' && isDefined && placedTypes.includes(type);
}

const isConstant = ({ name, type, section }: ElfSymbol): boolean =>
  name !== '' && section === SectionIndex.absolute && placedTypes.includes(type);

/** Of several names of one address the last is shown: what has a size says more, and a global one more than a local one. */
const rank = ({ sizeBytes, binding }: ElfSymbol): number =>
  (sizeBytes > 0 ? 2 : 0) + (binding === SymbolBinding.local ? 0 : 1);

function functionRange({ name, type, value, sizeBytes }: ElfSymbol): FunctionRange | [] {
  return type === SymbolType.function && sizeBytes > 0 ? { name, address: value, end: value + sizeBytes } : [];
}

const rangesOf = ({ name, ranges }: DwarfFunction): FunctionRange[] =>
  ranges.map(({ first, end }) => ({ name, address: first, end }));
