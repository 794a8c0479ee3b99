// What is known of a program's addresses: labels, constants, functions, and which source line each instruction came from.
// A program may have several parts, such as a boot sector and the kernel that it loads. Addresses are linear, as linked;
// where the guest maps its code elsewhere, its lines are found only there.

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
  /** where the part ends; without it, where its last line does */
  readonly end?: number;
}

export const noSymbols: SymbolSource = { labels: [], constants: new Map(), lines: [] };

/** A label more than this far back says nothing about an address. */
const furthestOffset = 0x10000;

interface PlacedLabel extends Label {
  /** of the part that it belongs to */
  readonly end: number;
}

export class SymbolTable {
  static readonly empty = new SymbolTable();

  readonly lines: LineTable;
  private readonly functions: FunctionTable;
  private readonly labels: readonly PlacedLabel[];
  private readonly values: ReadonlyMap<string, number>;
  private readonly labelNames: ReadonlySet<string>;

  /** Of names that several parts have, the first part's counts. */
  constructor(...parts: readonly SymbolSource[]) {
    this.functions = new FunctionTable(parts.flatMap(({ functions = [] }) => functions));
    this.lines = new LineTable(
      parts.flatMap(({ lines }) => lines),
      this.functions,
    );
    this.labels = parts.flatMap(placedLabels).sort(byAddress);
    this.values = valuesOf(parts);
    this.labelNames = new Set(this.labels.map(({ name }) => name));
  }

  get isEmpty(): boolean {
    return this.values.size === 0 && this.lines.isEmpty;
  }

  get names(): Iterable<string> {
    return this.values.keys();
  }

  /** Value of a label or constant. */
  valueOf(name: string): number | undefined {
    return this.values.get(name);
  }

  isLabel(name: string): boolean {
    return this.labelNames.has(name);
  }

  /** Names that stand for exactly this address; the assembler's own order decides which comes first. */
  nameAt(address: number): string | undefined {
    const label = this.labels[lastNotAfter(this.labels, address)];
    return label?.address === address ? label.name : undefined;
  }

  /** `label` or `label+0x12` for an address within the program. */
  describe(address: number): string | undefined {
    const label = this.labels[lastNotAfter(this.labels, address)];
    if (label === undefined || address >= label.end || address - label.address > furthestOffset) return undefined;
    const offset = address - label.address;
    return offset === 0 ? label.name : `${label.name}+0x${offset.toString(16)}`;
  }

  /** The function that code at `address` belongs to; in assembly, the last label that is not local to another. */
  functionAt(address: number): string | undefined {
    const compiled = this.functions.at(address);
    if (compiled) return compiled.name;
    for (let index = lastNotAfter(this.labels, address); index >= 0; index--) {
      const { name, address: start, end } = this.labels[index];
      if (address >= end || address - start > furthestOffset) return undefined;
      if (!name.includes('.', 1) && !name.startsWith('.')) return name;
    }
    return undefined;
  }
}

function valuesOf(parts: readonly SymbolSource[]): ReadonlyMap<string, number> {
  const values = new Map<string, number>();
  for (const { constants, labels } of parts) {
    const ofPart = new Map([...constants, ...labels.map(({ name, address }) => [name, address] as const)]);
    for (const [name, value] of ofPart) if (!values.has(name)) values.set(name, value);
  }
  return values;
}

function placedLabels({ labels, lines, end: given }: SymbolSource): PlacedLabel[] {
  const ends = lines.filter(({ length }) => length > 0).map(({ address, length }) => address + length);
  const end = given ?? ends.reduce((most, each) => Math.max(most, each), ends.length === 0 ? Infinity : 0);
  return labels.map(({ name, address }) => ({ name, address, end }));
}
