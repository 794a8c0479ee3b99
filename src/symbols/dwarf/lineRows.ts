// Rows of debug information as the debugger's line table has them. A row of DWARF says where code of a line begins; it ends
// where the next one begins. Of several rows at one address the last that is a statement shows, as in other debuggers, and
// the others are places where their lines begin.

import type { LineRow, SourcePosition } from '../lineTable';
import type { SourceTable } from './debugInformation';
import type { DwarfRow } from './lineProgram';

/** `isCode` says of an address whether the program has code there. */
export function lineRows({ paths, rows, isAssembly }: SourceTable, isCode: (address: number) => boolean): LineRow[] {
  const lines: LineRow[] = [];
  for (const sequence of sequences(rows)) {
    if (!isCode(sequence[0].address)) continue;
    for (const { shown, others, length } of places(sequence)) {
      const row = (of: DwarfRow, bytes: number): LineRow => ({
        address: of.address,
        length: bytes,
        position: positionOf(of, paths),
        expandedFrom: undefined,
        isCode: true,
        ...(isAssembly ? {} : { compiled: { isStatement: of.isStatement } }),
      });
      lines.push(row(shown, length), ...others.map(other => row(other, 0)));
    }
  }
  return lines;
}

const positionOf = ({ file, line, column }: DwarfRow, paths: ReadonlyMap<number, string>): SourcePosition => ({
  file: paths.get(file) ?? '?',
  line,
  column: Math.max(1, column),
});

/** The rows of each sequence, with the one that ends it. */
function sequences(rows: readonly DwarfRow[]): DwarfRow[][] {
  const found: DwarfRow[][] = [];
  let current: DwarfRow[] = [];
  for (const row of rows) {
    current.push(row);
    if (!row.endsSequence) continue;
    if (current.length > 1) found.push(current.sort((a, b) => a.address - b.address));
    current = [];
  }
  return found;
}

interface Place {
  readonly shown: DwarfRow;
  /** other lines that begin here */
  readonly others: readonly DwarfRow[];
  readonly length: number;
}

/** By address. Code of no line belongs to the line before it. */
function places(sequence: readonly DwarfRow[]): Place[] {
  const found: Place[] = [];
  const { address: end } = sequence[sequence.length - 1];
  for (let last = sequence.length - 1, next = end; last >= 0;) {
    const { address } = sequence[last];
    let first = last;
    while (first > 0 && sequence[first - 1].address === address) first--;
    const here = sequence.slice(first, last + 1).filter(row => !row.endsSequence && row.line > 0);
    last = first - 1;
    if (here.length === 0) continue;
    const shown = here.findLast(({ isStatement }) => isStatement) ?? here[here.length - 1];
    const others = here.filter(row => row.isStatement && row.line !== shown.line);
    if (next > address || others.length > 0) found.push({ shown, others, length: next - address });
    next = address;
  }
  return found;
}
