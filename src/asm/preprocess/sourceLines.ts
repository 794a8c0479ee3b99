// A source as the preprocessor reads it: logical lines (a backslash at the end joins the next one), cut into tokens
// only when they are needed, so that skipped text need not be well-formed.
import { AssemblyError, type SourcePosition } from '../diagnostics';
import { type Token, tokenizeParts } from '../lexer';
import { limits } from '../limits';
import { messages } from '../messages';

export interface SourceFiles {
  /** Text of an %included source, or undefined if absent; the name is relative to the main source's folder. */
  text(name: string): string | undefined;
  /** Contents of a file for incbin. */
  bytes(name: string): Uint8Array | undefined;
}

interface PhysicalLine {
  readonly text: string;
  readonly line: number;
}

export class SourceLine {
  private cached: readonly Token[] | undefined;
  private readBefore = false;

  constructor(
    private readonly file: string,
    private readonly parts: readonly PhysicalLine[],
  ) {}

  get position(): SourcePosition {
    const [{ text, line }] = this.parts;
    return { file: this.file, line, column: text.length - text.trimStart().length + 1 };
  }

  get endColumn(): number {
    return this.parts[0].text.trimEnd().length + 1;
  }

  /** Throws AssemblyError. Kept only once it is known that the line is read again. */
  get tokens(): readonly Token[] {
    if (this.cached) return this.cached;
    const tokens = tokenizeParts(
      this.parts.map(({ text, line }) => ({ text, at: { file: this.file, line, column: 1 } })),
    );
    if (tokens.length > limits.sourceLineTokens) throw new AssemblyError(messages.lineTooLong, this);
    if (this.readBefore) this.cached = tokens;
    this.readBefore = true;
    return tokens;
  }

  mentions(text: string): boolean {
    return this.parts.some(part => part.text.includes(text));
  }

  /** The preprocessor directive it starts with, lower-cased and without its `%`, if any. */
  get directive(): string | undefined {
    return /^\s*%([a-z]\w*)/i.exec(this.parts[0].text)?.[1].toLowerCase();
  }
}

/** The logical lines of a source's text. */
export function sourceLines(file: string, text: string): SourceLine[] {
  const lines: SourceLine[] = [];
  let parts: PhysicalLine[] = [];
  text.split(/\r\n|\n|\r/).forEach((physical, index) => {
    const continued = physical.endsWith('\\');
    parts.push({ text: continued ? physical.slice(0, -1) : physical, line: index + 1 });
    if (continued) return;
    lines.push(new SourceLine(file, parts));
    parts = [];
  });
  if (parts.length > 0) lines.push(new SourceLine(file, parts));
  return lines;
}
