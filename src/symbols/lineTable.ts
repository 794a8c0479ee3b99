// Which source line each address comes from, and back. An assembler makes a row for each instruction. A compiler makes
// rows of several instructions, comes back to a line in several places, and says at which of them a debugger should stop.

import { byAddress, lastNotAfter } from './addressOrder';
import type { FunctionTable } from './functions';

export interface SourcePosition {
  /** as the assembler names it: the main source's name, or what %include says; a path, if debug information names it */
  readonly file: string;
  /** from 1 */
  readonly line: number;
  readonly column: number;
}

export interface LineRow {
  readonly address: number;
  /** none where several lines begin at one address, of which another one shows */
  readonly length: number;
  readonly position: SourcePosition;
  /** where the macro was called, if the line lies in one */
  readonly expandedFrom: SourcePosition | undefined;
  readonly isCode: boolean;
  /** of a compiler's row */
  readonly compiled?: { readonly isStatement: boolean };
}

export class LineTable {
  private readonly rows: readonly LineRow[];
  /** where compiled lines begin */
  private readonly statements: readonly LineRow[];
  /** those that made code or data */
  readonly files: ReadonlySet<string>;
  /** the first address after all lines; undefined if there are none */
  readonly end: number | undefined;

  constructor(
    rows: readonly LineRow[],
    private readonly functions: FunctionTable,
  ) {
    this.rows = rows.filter(({ length }) => length > 0).sort(byAddress);
    this.statements = rows.filter(({ compiled }) => compiled?.isStatement).sort(byAddress);
    const positions = rows.flatMap(({ position, expandedFrom }) => [position, expandedFrom ?? position]);
    this.files = new Set(positions.map(({ file }) => file));
    const last = this.rows[this.rows.length - 1];
    this.end = last === undefined ? undefined : last.address + last.length;
  }

  get isEmpty(): boolean {
    return this.rows.length === 0;
  }

  /** The line whose bytes hold `address`. */
  rowAt(address: number): LineRow | undefined {
    const row = this.rows[lastNotAfter(this.rows, address)];
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

  /** Where the instructions begin that lie in [from, to), as far as rows say. */
  instructionStarts(from: number, to: number): number[] {
    const starts: number[] = [];
    for (let index = Math.max(0, lastNotAfter(this.rows, from)); index < this.rows.length; index++) {
      const { address, isCode } = this.rows[index];
      if (address >= to) break;
      if (isCode && address >= from) starts.push(address);
    }
    return starts;
  }

  /** The run of instructions around `address` that one source line made: [first, end). */
  statementAt(address: number): { readonly first: number; readonly end: number } | undefined {
    const index = lastNotAfter(this.rows, address);
    const row = this.rowAt(address);
    if (row === undefined) return undefined;
    let first = index;
    while (continues(this.rows[first - 1], this.rows[first])) first--;
    let last = index;
    while (continues(this.rows[last], this.rows[last + 1])) last++;
    return { first: this.rows[first].address, end: this.rows[last].address + this.rows[last].length };
  }

  /** As `statementAt`, but at the beginning of a macro's expansion all of it. */
  lineAt(address: number): { readonly first: number; readonly end: number } | undefined {
    const index = this.expansionStartingAt(address);
    if (index === undefined) return this.statementAt(address);
    let last = index;
    while (sameExpansion(this.rows[last], this.rows[last + 1])) last++;
    return { first: address, end: this.rows[last].address + this.rows[last].length };
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
    const index = lastNotAfter(this.rows, address);
    const row = this.rows[index];
    if (row?.address !== address || row.expandedFrom === undefined) return undefined;
    return sameExpansion(this.rows[index - 1], row) ? undefined : index;
  }

  /** Where each statement of that line begins. More than one if it stands in a macro, is a macro call, or was inlined. */
  addressesOf(file: string, line: number): number[] {
    const inside = this.statementStarts(({ position }) => position.file === file && position.line === line);
    const found = [...inside, ...this.firstPlaces(file, line)];
    if (found.length > 0) return found;
    return this.statementStarts(
      row => row.expandedFrom?.file === file && row.expandedFrom.line === line,
      sameExpansion,
    );
  }

  /** Of a compiled line, the first place in each function: the head of a loop comes again at its end. */
  private firstPlaces(file: string, line: number): number[] {
    const places = new Map<unknown, number>();
    for (const { address, position } of this.statements) {
      if (position.file !== file || position.line !== line) continue;
      const inside = this.functions.at(address) ?? address;
      if (!places.has(inside)) places.set(inside, address);
    }
    return [...places.values()];
  }

  /** The first line from `line` to `last` that made code, with the columns where it does. */
  linesWithCode(file: string, line: number, last: number): { readonly line: number; readonly column: number }[] {
    const found = new Map<string, { line: number; column: number }>();
    for (const { position, expandedFrom, isCode, compiled } of [...this.rows, ...this.statements]) {
      if (!isCode || compiled?.isStatement === false) continue;
      for (const at of expandedFrom === undefined ? [position] : [position, expandedFrom]) {
        if (at.file === file && at.line >= line && at.line <= last) {
          found.set(`${at.line}:${at.column}`, { line: at.line, column: at.column });
        }
      }
    }
    return [...found.values()].sort((a, b) => a.line - b.line || a.column - b.column);
  }

  private statementStarts(wanted: (row: LineRow) => boolean, joins = continues): number[] {
    return this.rows
      .filter((row, index) => row.isCode && !row.compiled && wanted(row) && !joins(this.rows[index - 1], row))
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
