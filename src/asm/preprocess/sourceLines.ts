// A source as the preprocessor reads it: logical lines (a backslash at the end joins the next one), cut into tokens
// only when they are needed, so that skipped text need not be well-formed.
import { FatalError, type SourcePosition } from '../diagnostics';
import { type Token, tokenize, tokenizeParts } from '../lexer';
import { limits } from '../limits';
import { messages } from '../messages';

export interface SourceFiles {
  /** Text of an %included source, or undefined if absent; the name is relative to the main source's folder. */
  text(name: string): string | undefined;
  /** Contents of a file for incbin. */
  bytes(name: string): Uint8Array | undefined;
  /** Why a file is absent for us although it is there, in words. */
  problem?(name: string): string | undefined;
}

interface PhysicalLine {
  readonly text: string;
  readonly line: number;
}

/** How many tokens of lines may still be kept for the next time that a line is read: in %rep and macros. */
export class TokenRoom {
  private left: number = limits.keptTokens;

  take(tokens: number): boolean {
    if (tokens > this.left) return false;
    this.left -= tokens;
    return true;
  }
}

export class SourceLine {
  private kept: readonly Token[] | undefined = undefined;
  private readBefore = false;

  constructor(
    private readonly file: string,
    private readonly text: string,
    private readonly line: number,
    /** What backslashes join to it. */
    private readonly joined: readonly PhysicalLine[] | undefined,
  ) {}

  get position(): SourcePosition {
    return { file: this.file, line: this.line, column: this.text.length - this.text.trimStart().length + 1 };
  }

  get endColumn(): number {
    return this.text.trimEnd().length + 1;
  }

  /** Characters, those of joined lines included. */
  get length(): number {
    return this.joined ? this.joined.reduce((sum, { text }) => sum + text.length, this.text.length) : this.text.length;
  }

  /** Throws AssemblyError. Kept, if there is room, once it is known that the line is read again. */
  tokens(room: TokenRoom): readonly Token[] {
    if (this.kept) return this.kept;
    const tokens = this.cut();
    if (tokens.length > limits.sourceLineTokens) throw new FatalError(messages.lineTooLong(), this);
    if (this.readBefore && room.take(tokens.length)) this.kept = tokens;
    this.readBefore = true;
    return tokens;
  }

  private cut(): Token[] {
    const { file, text, line, joined } = this;
    const at = { file, line, column: 1 };
    if (!joined) return tokenize(text, at);
    return tokenizeParts([{ text, at }, ...joined.map(part => ({ text: part.text, at: { ...at, line: part.line } }))]);
  }

  mentions(text: string): boolean {
    return this.text.includes(text) || (this.joined?.some(part => part.text.includes(text)) ?? false);
  }

  /** The preprocessor directive it starts with, lower-cased and without its `%`, if any. */
  get directive(): string | undefined {
    return /^\s*%([a-z]\w*)/i.exec(this.text)?.[1].toLowerCase();
  }
}

/** The logical lines of a source's text. */
export function sourceLines(file: string, text: string): SourceLine[] {
  const lines: SourceLine[] = [];
  const physical = text.split(/\r\n|\n|\r/);
  for (let index = 0; index < physical.length; index++) {
    const line = index + 1;
    if (!physical[index].endsWith('\\')) {
      lines.push(new SourceLine(file, physical[index], line, undefined));
      continue;
    }
    const joined: PhysicalLine[] = [];
    const first = physical[index].slice(0, -1);
    while (physical[index].endsWith('\\') && index + 1 < physical.length) {
      index++;
      joined.push({ text: physical[index].replace(/\\$/, ''), line: index + 1 });
    }
    lines.push(new SourceLine(file, first, line, joined));
  }
  return lines;
}
