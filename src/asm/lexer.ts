// The lexer: a source line to tokens (NASM manual §3.1, §3.4, §4). Preprocessor words (%define, %1, %%local, %{…}) are
// tokens of their own, so that what the preprocessor does not touch goes to the parser as it is.
import { AssemblyError, type SourcePosition } from './diagnostics';
import { limits } from './limits';
import { stringBytes } from './literals';
import { messages } from './messages';

export type TokenKind =
  | 'identifier'
  | 'number'
  | 'string'
  | 'operator'
  /** %word, %1, %+1, %%local, %$context, %{…}: `text` is as written, braces removed. */
  | 'preprocessor'
  /** %[…]: `text` is what stands between the brackets. */
  | 'indirect'
  /** A string that is not closed, up to the end of the line: an error only if the assembler comes to see it. */
  | 'openString';

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  /** Whether white space stands before it. */
  readonly spaceBefore: boolean;
  readonly position: SourcePosition;
  readonly endColumn: number;
  /** Of a string: its bytes. */
  readonly bytes?: Uint8Array;
  /** Of an identifier: written with a leading `$`, so that it is a symbol even if a register has its name. */
  readonly forced?: boolean;
}

const patterns: readonly [TokenKind, RegExp][] = [
  ['preprocessor', /%(?:[-+]?\d+|%?[a-z_?.@][\w$#@~.?]*|\$+[\w.@?]+|!["'`]?\w+["'`]?|\?\??|\*\??|\{[^}]{0,255}\})/iy],
  ['number', /\d[\d_]*(?:\.[\d_]*)?e[-+]\d+|0[xh][\da-f_]*(?:\.[\da-f_]*)?p[-+]?\d+|\d[\w.]*|\$\d[\w]*/iy],
  ['identifier', /\$?(?:[a-z_.@\u0080-\uffff][\w$#@~.?\u0080-\uffff]*|\?[\w$#@~.?\u0080-\uffff]+)/iy],
  ['operator', /<<<|>>>|<=>|<<|>>|<=|>=|<>|!=|==|&&|\|\||\^\^|\/\/|%%|%\+|\$\$|[^\s]/uy],
];

const quotes = '\'"`';

function closingQuote(text: string, start: number): number {
  const quote = text[start];
  for (let index = start + 1; index < text.length; index++) {
    if (quote === '`' && text[index] === '\\') index++;
    else if (text[index] === quote) return index;
  }
  return -1;
}

function closingBracket(text: string, start: number): number {
  let depth = 0;
  for (let index = start; index < text.length; index++) {
    if (quotes.includes(text[index])) {
      const close = closingQuote(text, index);
      if (close >= 0) index = close;
    } else if (text[index] === '[') depth++;
    else if (text[index] === ']' && --depth === 0) return index;
  }
  return -1;
}

/** One tokenizer per physical line; `tokens` is filled in order. */
class Tokenizer {
  readonly tokens: Token[] = [];
  private index = 0;
  private space = false;

  constructor(
    private readonly text: string,
    private readonly at: SourcePosition,
  ) {}

  run(): Token[] {
    while (this.index < this.text.length && this.text[this.index] !== ';') {
      const character = this.text[this.index];
      if (/\s/.test(character)) {
        this.space = true;
        this.index++;
      } else if (quotes.includes(character)) this.string(character);
      else if (this.text.startsWith('%[', this.index)) this.indirect();
      else this.matched();
    }
    return this.tokens;
  }

  get endedByComment(): boolean {
    return this.index < this.text.length;
  }

  private push(kind: TokenKind, text: string, end: number, extra: Partial<Token> = {}) {
    if (this.tokens.length >= limits.sourceLineTokens) this.fail(messages.lineTooLong);
    const { file, line, column } = this.at;
    const position = { file, line, column: column + this.index };
    this.tokens.push({ kind, text, spaceBefore: this.space, position, endColumn: column + end, ...extra });
    this.index = end;
    this.space = false;
  }

  private fail(message: string): never {
    const position = { ...this.at, column: this.at.column + this.index };
    throw new AssemblyError(message, { position, endColumn: this.at.column + this.text.length });
  }

  private string(quote: string) {
    const close = closingQuote(this.text, this.index);
    if (close < 0) return this.push('openString', this.text.slice(this.index), this.text.length);
    const inner = this.text.slice(this.index + 1, close);
    this.push('string', this.text.slice(this.index, close + 1), close + 1, { bytes: stringBytes(inner, quote) });
  }

  private indirect() {
    const close = closingBracket(this.text, this.index + 1);
    if (close < 0) this.fail(messages.unterminatedIndirect);
    this.push('indirect', this.text.slice(this.index + 2, close), close + 1);
  }

  private matched() {
    for (const [kind, pattern] of patterns) {
      pattern.lastIndex = this.index;
      const found = pattern.exec(this.text)?.[0];
      if (found === undefined) continue;
      if (kind === 'preprocessor' && found[1] === '{') {
        return this.push(kind, `%${found.slice(2, -1)}`, this.index + found.length);
      }
      if (kind === 'identifier' && found.length > limits.nameCharacters) this.fail(messages.nameTooLong);
      const forced = kind === 'identifier' && found[0] === '$';
      return this.push(kind, forced ? found.slice(1) : found, this.index + found.length, forced ? { forced } : {});
    }
    this.index++; // half of a surrogate pair: cannot be met, since the last pattern takes any character
  }
}

/** The tokens of `text`, which starts at `at`; a comment ends it. Throws AssemblyError. */
export function tokenize(text: string, at: SourcePosition): Token[] {
  return new Tokenizer(text, at).run();
}

/** The tokens of a line that is written in parts, joined by backslashes: a comment in one ends all. */
export function tokenizeParts(parts: readonly { readonly text: string; readonly at: SourcePosition }[]): Token[] {
  const tokens: Token[] = [];
  for (const { text, at } of parts) {
    const tokenizer = new Tokenizer(text, at);
    for (const token of tokenizer.run()) tokens.push(token);
    if (tokenizer.endedByComment) break;
  }
  return tokens;
}

/** The text of tokens as it would be written, for %ifidn, %defstr and messages. */
export function tokensText(tokens: readonly Token[]): string {
  return tokens.map((token, index) => (token.spaceBefore && index > 0 ? ' ' : '') + token.text).join('');
}

export const isOperator = (token: Token | undefined, text: string): boolean =>
  token?.kind === 'operator' && token.text === text;
