// The lexer: a source line to tokens (NASM manual §3.1, §3.4, §4). Preprocessor words (%define, %1, %%local, %{…}) are
// tokens of their own, so that what the preprocessor does not touch goes to the parser as it is.
import { AssemblyError, FatalError, type SourcePosition } from './diagnostics';
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

const patterns = {
  preprocessor: /%(?:[-+]?\d+|%?[a-z_?.@][\w$#@~.?]*|\$+[\w.@?]+|!["'`]?\w+["'`]?|\?\??|\*\??|\{[^}]{0,255}\})/iy,
  number: /\d[\d_]*(?:\.[\d_]*)?e[-+]\d+|0[xh][\da-f_]*(?:\.[\da-f_]*)?p[-+]?\d+|\d[\w.]*|\$\d[\w]*/iy,
  identifier: /\$?(?:[a-z_.@\u0080-\uffff][\w$#@~.?\u0080-\uffff]*|\?[\w$#@~.?\u0080-\uffff]+)/iy,
  operator: /<<<|>>>|<=>|<<|>>|<=|>=|<>|!=|==|&&|\|\||\^\^|\/\/|%%|%\+|\$\$|[^\s]/uy,
} satisfies Partial<Record<TokenKind, RegExp>>;
type PatternKind = keyof typeof patterns;

/** What a token may be that begins with a character: the first of these that matches. */
function kindsAt(character: string): readonly PatternKind[] {
  if (character === '%') return ['preprocessor', 'operator'];
  if (character === '$') return ['number', 'identifier', 'operator'];
  if (/\d/.test(character)) return ['number'];
  return /[a-z_.@?\u0080-\uffff]/i.test(character) ? ['identifier', 'operator'] : ['operator'];
}
const kindsOfAscii = Array.from({ length: 128 }, (_, code) => kindsAt(String.fromCharCode(code)));
const kindsOfOthers = kindsAt('\u0080');

/** Characters of which ASCII words are made, once they have begun; and operators that are never longer. */
const isWordCharacter = Array.from({ length: 128 }, (_, code) => /[\w$#@~.?]/.test(String.fromCharCode(code)));
const isWholeOperator = Array.from({ length: 128 }, (_, code) => ',:+-*()[]{}~'.includes(String.fromCharCode(code)));
const isWordStart = Array.from({ length: 128 }, (_, code) => /[a-z_.@]/i.test(String.fromCharCode(code)));

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
      if (character === ' ' || /\s/.test(character)) {
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

  private push(kind: TokenKind, text: string, end: number, extra?: Partial<Token>) {
    if (this.tokens.length >= limits.sourceLineTokens) this.fail(messages.lineTooLong(), FatalError);
    const { file, line, column } = this.at;
    const position = { file, line, column: column + this.index };
    const token = { kind, text, spaceBefore: this.space, position, endColumn: column + end };
    this.tokens.push(extra ? { ...token, ...extra } : token);
    this.index = end;
    this.space = false;
  }

  private fail(message: string, kind = AssemblyError): never {
    const position = { ...this.at, column: this.at.column + this.index };
    throw new kind(message, { position, endColumn: this.at.column + this.text.length });
  }

  private string(quote: string) {
    const close = closingQuote(this.text, this.index);
    if (close < 0) return this.push('openString', this.text.slice(this.index), this.text.length);
    const inner = this.text.slice(this.index + 1, close);
    this.push('string', this.text.slice(this.index, close + 1), close + 1, { bytes: stringBytes(inner, quote) });
  }

  private indirect() {
    const close = closingBracket(this.text, this.index + 1);
    if (close < 0) this.fail(messages.unterminatedIndirect());
    this.push('indirect', this.text.slice(this.index + 2, close), close + 1);
  }

  private matched() {
    const code = this.text.charCodeAt(this.index);
    if (code < 128 && isWholeOperator[code]) return this.push('operator', this.text[this.index], this.index + 1);
    if (code < 128 && isWordStart[code]) {
      const end = this.endOfWord();
      if (end !== undefined) return this.word(this.text.slice(this.index, end), end);
    }
    for (const kind of code < 128 ? kindsOfAscii[code] : kindsOfOthers) {
      const pattern = patterns[kind];
      pattern.lastIndex = this.index;
      if (!pattern.test(this.text)) continue;
      const end = pattern.lastIndex;
      const found = this.text.slice(this.index, end);
      if (kind === 'identifier') return this.word(found, end);
      return this.push(kind, kind === 'preprocessor' && found[1] === '{' ? `%${found.slice(2, -1)}` : found, end);
    }
    this.index++; // half of a surrogate pair: cannot be met, since the last pattern takes any character
  }

  /** Where the word ends that begins here; undefined if it has other characters than ASCII's. */
  private endOfWord(): number | undefined {
    for (let end = this.index + 1; end < this.text.length; end++) {
      const code = this.text.charCodeAt(end);
      if (code >= 128) return undefined;
      if (!isWordCharacter[code]) return end;
    }
    return this.text.length;
  }

  private word(found: string, end: number) {
    if (found.length > limits.nameCharacters) this.fail(messages.nameTooLong(), FatalError);
    if (found[0] === '$') this.push('identifier', found.slice(1), end, { forced: true });
    else this.push('identifier', found, end);
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
  return tokens
    .map((token, index) => (token.spaceBefore && index > 0 ? ' ' : '') + (token.forced ? '$' : '') + token.text)
    .join('');
}

export const isOperator = (token: Token | undefined, text: string): boolean =>
  token?.kind === 'operator' && token.text === text;
