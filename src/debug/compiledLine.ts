// A step by source line through compiled code. A line's code may lie in several pieces, and go back to its own beginning;
// the step is over where another line begins.

import type { LineRow, SourcePosition } from '../symbols/lineTable';
import type { PartedLines } from '../symbols/partedLines';

export class CompiledLine {
  private constructor(
    private readonly lines: PartedLines,
    private position: SourcePosition,
  ) {}

  /** The line at `address`; undefined if it is none of a compiler's. */
  static at(lines: PartedLines, address: number): CompiledLine | undefined {
    const row = lines.rowAt(address);
    return row?.compiled ? new CompiledLine(lines, row.position) : undefined;
  }

  /** Has a run that is now at `address` come to another line, or to code that has none? Asked after each instruction. */
  isLeftAt(address: number): boolean {
    const row = this.lines.rowAt(address);
    if (!row?.compiled) return true;
    if (this.isSameLine(row)) return false;
    if (row.address !== address) this.position = row.position; // a jump into another line, which is finished first
    return row.address === address && row.compiled.isStatement;
  }

  private isSameLine({ position }: LineRow): boolean {
    return position.file === this.position.file && position.line === this.position.line;
  }
}
