// The names and lines of one part of a program: the program itself, or code that comes into memory while the guest runs.

import type { CallFrames } from './dwarf/callFrames';
import { byAddress, lastNotAfter } from './addressOrder';
import { type FunctionRange, FunctionTable } from './functions';
import { type LineRow, LineTable } from './lineTable';

export interface Label {
  readonly name: string;
  readonly address: number;
}

export interface SymbolSource {
  readonly labels: readonly Label[];
  /** names without an address, such as those of EQU */
  readonly constants: ReadonlyMap<string, number>;
  readonly lines: readonly LineRow[];
  /** of compiled code */
  readonly functions?: readonly FunctionRange[];
  readonly frames?: CallFrames;
  /** where the part ends; without it, where its last line does */
  readonly end?: number;
}

export const noSymbols: SymbolSource = { labels: [], constants: new Map(), lines: [] };

/** A label more than this far back says nothing about an address. */
const furthestOffset = 0x10000;

export class SymbolPart {
  readonly lines: LineTable;
  readonly values: ReadonlyMap<string, number>;
  private readonly functions: FunctionTable;
  private readonly labels: readonly Label[];
  private readonly labelNames: ReadonlySet<string>;
  private readonly end: number;
  readonly frames: CallFrames | undefined;

  /** `isThere` says whether the part is in memory, around an address. */
  constructor(
    { labels, constants, lines, functions = [], frames, end }: SymbolSource,
    readonly isThere: (address: number) => boolean,
  ) {
    this.frames = frames;
    this.functions = new FunctionTable(functions);
    this.lines = new LineTable(lines, this.functions);
    this.labels = [...labels].sort(byAddress);
    this.values = new Map([...constants, ...labels.map(({ name, address }) => [name, address] as const)]);
    this.labelNames = new Set(labels.map(({ name }) => name));
    this.end = end ?? this.lines.end ?? Infinity;
  }

  isLabel(name: string): boolean {
    return this.labelNames.has(name);
  }

  nameAt(address: number): string | undefined {
    const label = this.labels[lastNotAfter(this.labels, address)];
    return label?.address === address ? label.name : undefined;
  }

  describe(address: number): string | undefined {
    const label = this.labels[lastNotAfter(this.labels, address)];
    if (label === undefined || !this.reaches(label, address)) return undefined;
    const offset = address - label.address;
    return offset === 0 ? label.name : `${label.name}+0x${offset.toString(16)}`;
  }

  functionAt(address: number): string | undefined {
    const compiled = this.functions.at(address);
    if (compiled) return compiled.name;
    for (let index = lastNotAfter(this.labels, address); index >= 0; index--) {
      const label = this.labels[index];
      if (!this.reaches(label, address)) return undefined;
      if (!label.name.includes('.', 1) && !label.name.startsWith('.')) return label.name;
    }
    return undefined;
  }

  private reaches({ address: start }: Label, address: number): boolean {
    return address < this.end && address - start <= furthestOffset;
  }
}
