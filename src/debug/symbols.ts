// What the assembler knows of a program's addresses: labels, constants, and which source line each instruction came
// from. Addresses are linear, as assembled; where the guest maps its code elsewhere, its lines are found only there.

export interface SourcePosition {
  /** as the assembler names it: the main source's name, or what %include says */
  readonly file: string;
  /** from 1 */
  readonly line: number;
  readonly column: number;
}

export interface LineRow {
  readonly address: number;
  readonly length: number;
  readonly position: SourcePosition;
  /** where the macro was called, if the line lies in one */
  readonly expandedFrom: SourcePosition | undefined;
  readonly isCode: boolean;
}

export interface Label {
  readonly name: string;
  readonly address: number;
}

export interface SymbolSource {
  readonly labels: readonly Label[];
  /** names without an address, such as those of EQU */
  readonly constants: ReadonlyMap<string, number>;
  readonly lines: readonly LineRow[];
}

/** A label more than this far back says nothing about an address. */
const furthestOffset = 0x10000;

export class SymbolTable {
  static readonly empty = new SymbolTable({ labels: [], constants: new Map(), lines: [] });

  private readonly labels: readonly Label[];
  private readonly lines: readonly LineRow[];
  private readonly values: ReadonlyMap<string, number>;
  private readonly labelNames: ReadonlySet<string>;
  private readonly end: number;

  constructor({ labels, constants, lines }: SymbolSource) {
    const byAddress = (a: { address: number }, b: { address: number }): number => a.address - b.address;
    this.labels = [...labels].sort(byAddress);
    this.lines = lines.filter(({ length }) => length > 0).sort(byAddress);
    this.values = new Map([...constants, ...labels.map(({ name, address }) => [name, address] as const)]);
    this.labelNames = new Set(labels.map(({ name }) => name));
    const last = this.lines[this.lines.length - 1];
    this.end = last === undefined ? Infinity : last.address + last.length;
  }

  get isEmpty(): boolean {
    return this.values.size === 0 && this.lines.length === 0;
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
    if (label === undefined || address >= this.end || address - label.address > furthestOffset) return undefined;
    const offset = address - label.address;
    return offset === 0 ? label.name : `${label.name}+0x${offset.toString(16)}`;
  }

  /** The label that code at `address` belongs to: the last one that is not local to another. */
  functionAt(address: number): string | undefined {
    for (let index = lastNotAfter(this.labels, address); index >= 0; index--) {
      const { name, address: start } = this.labels[index];
      if (address >= this.end || address - start > furthestOffset) return undefined;
      if (!name.includes('.', 1) && !name.startsWith('.')) return name;
    }
    return undefined;
  }

  /** The line whose bytes hold `address`. */
  rowAt(address: number): LineRow | undefined {
    const row = this.lines[lastNotAfter(this.lines, address)];
    return row !== undefined && address < row.address + row.length ? row : undefined;
  }

  isInstructionStart(address: number): boolean {
    const row = this.rowAt(address);
    return row?.address === address && row.isCode;
  }

  /** Is `address` among those that the program's source accounts for? */
  covers(address: number): boolean {
    return this.rowAt(address) !== undefined;
  }

  /** Where the instructions begin that lie in [from, to). */
  instructionStarts(from: number, to: number): number[] {
    const starts: number[] = [];
    for (let index = Math.max(0, lastNotAfter(this.lines, from)); index < this.lines.length; index++) {
      const { address, isCode } = this.lines[index];
      if (address >= to) break;
      if (isCode && address >= from) starts.push(address);
    }
    return starts;
  }

  /** The run of instructions around `address` that one source line made: [first, end). */
  statementAt(address: number): { readonly first: number; readonly end: number } | undefined {
    const index = lastNotAfter(this.lines, address);
    const row = this.rowAt(address);
    if (row === undefined) return undefined;
    let first = index;
    while (continues(this.lines[first - 1], this.lines[first])) first--;
    let last = index;
    while (continues(this.lines[last], this.lines[last + 1])) last++;
    return { first: this.lines[first].address, end: this.lines[last].address + this.lines[last].length };
  }

  /** As `statementAt`, but at the beginning of a macro's expansion all of it. */
  lineAt(address: number): { readonly first: number; readonly end: number } | undefined {
    const index = this.expansionStartingAt(address);
    if (index === undefined) return this.statementAt(address);
    let last = index;
    while (sameExpansion(this.lines[last], this.lines[last + 1])) last++;
    return { first: address, end: this.lines[last].address + this.lines[last].length };
  }

  /** Where a reader looks for the code at `address`: at the macro's call if a macro begins there, else at its own line. */
  positionOf(address: number): SourcePosition | undefined {
    const row = this.rowAt(address);
    if (row === undefined) return undefined;
    return this.expansionStartingAt(row.address) === undefined ? row.position : row.expandedFrom;
  }

  /** The line that a reader wrote for the code at `address`: the macro's call, if a macro made it. */
  callSiteOf(address: number): SourcePosition | undefined {
    const row = this.rowAt(address);
    return row?.expandedFrom ?? row?.position;
  }

  /** Index of the row at `address`, if it is the first of a macro's expansion. */
  private expansionStartingAt(address: number): number | undefined {
    const index = lastNotAfter(this.lines, address);
    const row = this.lines[index];
    if (row?.address !== address || row.expandedFrom === undefined) return undefined;
    return sameExpansion(this.lines[index - 1], row) ? undefined : index;
  }

  /** Where each statement of that line begins. More than one if it stands in a macro, or is a macro call. */
  addressesOf(file: string, line: number): number[] {
    const inside = this.statementStarts(({ position }) => position.file === file && position.line === line);
    if (inside.length > 0) return inside;
    return this.statementStarts(
      row => row.expandedFrom?.file === file && row.expandedFrom.line === line,
      sameExpansion,
    );
  }

  /** The first line from `line` to `last` that made code, with the columns where it does. */
  linesWithCode(file: string, line: number, last: number): { readonly line: number; readonly column: number }[] {
    const found = new Map<string, { line: number; column: number }>();
    for (const { position, expandedFrom, isCode } of this.lines) {
      if (!isCode) continue;
      for (const at of expandedFrom === undefined ? [position] : [position, expandedFrom]) {
        if (at.file === file && at.line >= line && at.line <= last) {
          found.set(`${at.line}:${at.column}`, { line: at.line, column: at.column });
        }
      }
    }
    return [...found.values()].sort((a, b) => a.line - b.line || a.column - b.column);
  }

  /** Files that made code or data. */
  get files(): ReadonlySet<string> {
    return new Set(
      this.lines.flatMap(({ position, expandedFrom }) =>
        expandedFrom === undefined ? [position.file] : [position.file, expandedFrom.file],
      ),
    );
  }

  private statementStarts(wanted: (row: LineRow) => boolean, joins = continues): number[] {
    return this.lines
      .filter((row, index) => row.isCode && wanted(row) && !joins(this.lines[index - 1], row))
      .map(({ address }) => address);
  }
}

/** Did one line make both rows, which follow on each other (as TIMES does)? */
function continues(row: LineRow | undefined, next: LineRow | undefined): boolean {
  if (row === undefined || next === undefined || row.address + row.length !== next.address) return false;
  return row.isCode === next.isCode && same(row.position, next.position) && same(row.expandedFrom, next.expandedFrom);
}

/** Did one macro call make both rows, which follow on each other? */
function sameExpansion(row: LineRow | undefined, next: LineRow | undefined): boolean {
  if (row === undefined || next === undefined || row.address + row.length !== next.address) return false;
  return row.expandedFrom !== undefined && same(row.expandedFrom, next.expandedFrom);
}

const same = (a: SourcePosition | undefined, b: SourcePosition | undefined): boolean =>
  a?.file === b?.file && a?.line === b?.line && a?.column === b?.column;

/** Index of the last of the rows, sorted by address, that does not begin after `address`; -1 if there is none. */
function lastNotAfter(rows: readonly { readonly address: number }[], address: number): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rows[middle].address <= address) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
