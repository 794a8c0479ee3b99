// What an assembly yields: the flat image, its symbols, and the table between addresses and source lines.
import type { SourcePosition } from './diagnostics';
import type { Bits } from './opcodeFacts';
import type { Layout, Section } from './sections';
import type { SymbolTable } from './symbols';
import { resolve } from './value';

/** Bytes that one statement made; of repeated instructions, each on its own. */
export interface LineEntry {
  /** As the program sees it: with org and vstart. */
  address: number;
  length: number;
  /** Where its bytes are in the image; absent for space that is only reserved. */
  imageOffset?: number;
  /** The line itself; in a macro, the line of its body. */
  position: SourcePosition;
  /** Macro calls that led to it, innermost first. */
  expandedFrom: readonly SourcePosition[];
  kind: 'code' | 'data';
  bits: Bits;
  /** the section's name */
  section: string;
}

export interface AsmSymbol {
  name: string;
  value: number;
  kind: 'label' | 'constant';
  global: boolean;
  position: SourcePosition;
  section?: string;
}

export interface AssembledImage {
  /** Address of the first byte, as org says. */
  origin: number;
  bytes: Uint8Array;
  /** Uninitialized bytes that the program expects behind the image. */
  bssLength: number;
  /** The mode of the first instruction. */
  bits: Bits;
  symbols: ReadonlyMap<string, AsmSymbol>;
  /** By address. */
  lines: readonly LineEntry[];
  sections: readonly { name: string; address: number; length: number }[];
  /** Every source that was read, the program's own first. */
  files: readonly string[];
}

const endInImage = (section: Section) => section.start + BigInt(section.length);

/** Room for the whole image, of which every section is given its part. */
export function allocateImage({ initialized, origin }: Layout): Uint8Array {
  const filled = initialized.filter(({ length }) => length > 0);
  const end = filled.reduce((most, section) => (endInImage(section) > most ? endInImage(section) : most), origin);
  const bytes = new Uint8Array(Number(end - origin));
  for (const section of filled) {
    const start = Number(section.start - origin);
    section.contents = bytes.subarray(start, start + section.length);
  }
  return bytes;
}

function symbolMap(table: SymbolTable): Map<string, AsmSymbol> {
  const symbols = new Map<string, AsmSymbol>();
  for (const { name, value, kind, token, section } of table.entries.values()) {
    if (name.startsWith('..@')) continue; // labels of macro calls, unique but of no name to a user
    const position = { ...token.position };
    const global = table.globals.has(name);
    symbols.set(name, { name, value: Number(resolve(value)), kind, global, position, ...(section ? { section } : {}) });
  }
  return symbols;
}

export function buildImage(
  layout: Layout,
  bytes: Uint8Array,
  table: SymbolTable,
  written: readonly LineEntry[],
  files: readonly string[],
): AssembledImage {
  const end = layout.origin + BigInt(bytes.length);
  const top = layout.uninitialized.reduce(
    (most, section) => (endInImage(section) > most ? endInImage(section) : most),
    end,
  );
  const lines = [...written].sort((a, b) => a.address - b.address);
  const used = [...layout.initialized, ...layout.uninitialized].filter(section => section.length > 0);
  return {
    origin: Number(layout.origin),
    bytes,
    bssLength: Number(top - end),
    bits: written.find(line => line.kind === 'code')?.bits ?? 16,
    symbols: symbolMap(table),
    lines,
    sections: used.map(({ name, virtualStart, length }) => ({ name, address: Number(virtualStart), length })),
    files,
  };
}
