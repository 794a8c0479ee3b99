// Diagnostics: what the assembler tells the user, and where. An error never stops the run: the statement it is in is
// dropped and the rest of the file is still checked.
import { limits } from './limits';

/** A place in a source; line and column count from 1. */
export interface SourcePosition {
  file: string;
  line: number;
  column: number;
}

export interface Diagnostic {
  severity: 'error' | 'warning';
  message: string;
  position: SourcePosition;
  /** Column after the last character that the message is about, on the same line. */
  endColumn?: number;
  /** The macro calls that led here, innermost first. */
  expandedFrom?: readonly SourcePosition[];
}

/** Where a message points: a token, or anything else with an extent. */
export interface Extent {
  readonly position: SourcePosition;
  readonly endColumn?: number;
}

/** Thrown where a statement cannot be understood; caught once per statement, which is then dropped. */
export class AssemblyError extends Error {
  constructor(
    message: string,
    readonly extent?: Extent,
  ) {
    super(message);
  }
}

/** An error that is final even before the last pass: what it is about must be known when it is met. */
export class CriticalError extends AssemblyError {}

/** An error after which the run ends: what the source asks for has no end. */
export class FatalError extends CriticalError {}

/** Collects diagnostics; passes repeat, so a message that was given for a place is not given again. */
export class Diagnostics {
  readonly list: Diagnostic[] = [];
  private readonly seen = new Set<string>();
  private readonly counts = { error: 0, warning: 0 };

  get hasErrors(): boolean {
    return this.counts.error > 0;
  }

  report(severity: Diagnostic['severity'], message: string, extent: Extent, expandedFrom: readonly SourcePosition[]) {
    if (this.counts[severity] >= limits.diagnostics) return;
    const { position, endColumn } = extent;
    const text = message.length > limits.messageCharacters ? `${message.slice(0, limits.messageCharacters)}…` : message;
    const key = `${severity}|${position.file}|${position.line}|${position.column}|${text}`;
    if (this.seen.has(key)) return;
    this.seen.add(key);
    this.counts[severity]++;
    const calls = expandedFrom.length > 0 ? { expandedFrom } : {};
    this.list.push({ severity, message: text, position, ...(endColumn === undefined ? {} : { endColumn }), ...calls });
  }

  /** In the order of the files' lines, so that the first is the one to look at first. */
  sorted(): readonly Diagnostic[] {
    const files = [...new Set(this.list.map(diagnostic => diagnostic.position.file))];
    return [...this.list].sort(
      (a, b) =>
        files.indexOf(a.position.file) - files.indexOf(b.position.file) ||
        a.position.line - b.position.line ||
        a.position.column - b.position.column,
    );
  }
}
