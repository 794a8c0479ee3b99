// The source lines of a program of several parts.

import type { LineRow, LineTable, SourcePosition } from './lineTable';
import type { SymbolPart } from './symbolPart';

/** What the last part has to say that is there. Whether it is there is asked last, since memory has to be read for it. */
export function inParts<Found>(
  parts: readonly SymbolPart[],
  address: number,
  find: (part: SymbolPart) => Found | undefined,
): Found | undefined {
  for (let index = parts.length - 1; index >= 0; index--) {
    const found = find(parts[index]);
    if (found !== undefined && parts[index].isThere(address)) return found;
  }
  return undefined;
}

/** Where a line's code begins, in one of the parts. */
export interface CodePlace {
  readonly address: number;
  readonly isThere: (address: number) => boolean;
}

type Range = ReturnType<LineTable['statementAt']>;

/** The lines of all parts. */
export class PartedLines {
  constructor(private readonly parts: readonly SymbolPart[]) {}

  rowAt(address: number): LineRow | undefined {
    return inParts(this.parts, address, ({ lines }) => lines.rowAt(address));
  }

  covers(address: number): boolean {
    return this.rowAt(address) !== undefined;
  }

  statementAt(address: number): Range {
    return inParts(this.parts, address, ({ lines }) => lines.statementAt(address));
  }

  lineAt(address: number): Range {
    return inParts(this.parts, address, ({ lines }) => lines.lineAt(address));
  }

  positionOf(address: number): SourcePosition | undefined {
    return inParts(this.parts, address, ({ lines }) => lines.positionOf(address));
  }

  callSiteOf(address: number): SourcePosition | undefined {
    return inParts(this.parts, address, ({ lines }) => lines.callSiteOf(address));
  }

  instructionStarts(from: number, to: number): number[] {
    const starts = this.parts.flatMap(({ lines, isThere }) => lines.instructionStarts(from, to).filter(isThere));
    return starts.sort((a, b) => a - b);
  }

  /** Where each statement of that line begins, of a source that may have a name in each part. */
  placesOf(files: readonly string[], line: number): CodePlace[] {
    return this.parts.flatMap(({ lines, isThere }) =>
      files.flatMap(file => lines.addressesOf(file, line).map(address => ({ address, isThere }))),
    );
  }

  /** The lines from `line` to `last` that made code, with the columns where they do. */
  linesWithCode(files: readonly string[], line: number, last: number): ReturnType<LineTable['linesWithCode']> {
    const found = this.parts.flatMap(({ lines }) => files.flatMap(file => lines.linesWithCode(file, line, last)));
    return found.sort((a, b) => a.line - b.line || a.column - b.column);
  }
}
