// Operations on token lists that the preprocessor's parts share: splitting at commas, pasting, moving.
import { type Extent, FatalError } from '../diagnostics';
import { isOperator, type Token, tokenize, tokensText } from '../lexer';
import { limits } from '../limits';
import { messages } from '../messages';

const closers: Record<string, string> = { '{': '}', '(': ')' };

/** Splits at commas that stand in no braces; `parentheses` protect too in calls of single-line macros. */
export function splitAtCommas(tokens: readonly Token[], protectedBy: '{' | '({', most = Infinity): Token[][] {
  if (tokens.length === 0) return [];
  const parts: Token[][] = [[]];
  const open: string[] = [];
  for (const token of tokens) {
    const text = token.kind === 'operator' ? token.text : '';
    if (text === ',' && open.length === 0 && parts.length < most) {
      parts.push([]);
      continue;
    }
    if (text !== '' && protectedBy.includes(text)) open.push(closers[text]);
    else if (text !== '' && text === open[open.length - 1]) open.pop();
    parts[parts.length - 1].push(token);
  }
  return parts;
}

/** Removes the braces around an argument that is written `{…}`. */
export function withoutBraces(tokens: Token[]): Token[] {
  if (tokens.length < 2 || !isOperator(tokens[0], '{')) return tokens;
  let depth = 0;
  for (let index = 0; index < tokens.length; index++) {
    if (isOperator(tokens[index], '{')) depth++;
    if (isOperator(tokens[index], '}') && --depth === 0 && index < tokens.length - 1) return tokens;
  }
  return isOperator(tokens[tokens.length - 1], '}') ? tokens.slice(1, -1) : tokens;
}

/** A sign that starts a name, if one follows directly: `?%1`, `$%1`. */
const startsName = (token: Token | undefined, before: Token | undefined) =>
  (isOperator(token, '?') || isOperator(token, '$')) && (token?.spaceBefore === true || before === undefined);

const isWord = (token: Token | undefined) => token?.kind === 'identifier' || token?.kind === 'number';

/** `left` and `right` written without a space between them, and cut into tokens again. */
export function pasted(left: Token, right: Token): Token[] {
  return asWritten(left, left.text + right.text);
}

/** The tokens of `text`, which begins with `first`'s. */
function asWritten(first: Token, text: string): Token[] {
  const most = first.kind === 'string' ? limits.stringCharacters : limits.nameCharacters;
  if (text.length > most) throw new FatalError(messages.nameTooLong(), first);
  return relocated(tokenize((first.forced ? '$' : '') + text, first.position), first, first.spaceBefore);
}

/** Joins words that stand directly next to each other once a parameter has been put in: `label%1` is one name. */
export function joinAdjacentWords(tokens: readonly Token[]): Token[] {
  const joined: Token[] = [];
  for (let index = 0; index < tokens.length; index++) {
    const first = tokens[index];
    const startsWord =
      isWord(first) || (startsName(first, tokens[index - 1]) && tokens[index + 1]?.kind === 'identifier');
    let text = first.text;
    const isJoined = (next: Token | undefined) => startsWord && next?.spaceBefore === false && isWord(next);
    if (!isJoined(tokens[index + 1])) joined.push(first);
    else {
      while (isJoined(tokens[index + 1]) && text.length <= limits.nameCharacters) text += tokens[++index].text;
      for (const token of asWritten(first, text)) joined.push(token);
    }
  }
  return joined;
}

/** Copies of `tokens` that stand where `extent` is, as the expansion of a macro stands where the macro was used. */
export function relocated(tokens: readonly Token[], extent: Extent, spaceBefore: boolean): Token[] {
  const endColumn = extent.endColumn ?? extent.position.column;
  return tokens.map((token, index) => ({
    ...token,
    position: extent.position,
    endColumn,
    spaceBefore: index === 0 ? spaceBefore : token.spaceBefore,
  }));
}

const decoder = new TextDecoder();

/** A token's text where only the characters matter: a string without its quotes. */
export const plainText = (token: Token) => (token.bytes ? decoder.decode(token.bytes) : token.text);

/** How many steps it is to look at tokens: long texts take longer. */
export function stepsOf(tokens: readonly Token[]): number {
  let characters = 0;
  for (const token of tokens) characters += token.text.length;
  return tokens.length + (characters >> 5);
}

/** The text of tokens, which may be as long as a string may be. Throws AssemblyError. */
export function boundedText(tokens: readonly Token[], at: Token): string {
  const length = tokens.reduce((sum, token) => sum + token.text.length + 1, 0);
  if (length > limits.stringCharacters) throw new FatalError(messages.stringTooLong(), at);
  return tokensText(tokens);
}

const extentOf = (at: Token) => ({ position: at.position, endColumn: at.endColumn, spaceBefore: at.spaceBefore });

/** A number token, written where `at` is. */
export const numberToken = (value: bigint, at: Token): Token[] =>
  value < 0n
    ? [
        { kind: 'operator', text: '-', ...extentOf(at) },
        { kind: 'number', text: String(-value), ...extentOf(at), spaceBefore: false },
      ]
    : [{ kind: 'number', text: String(value), ...extentOf(at) }];

/** A string token with that text, written where `at` is. */
export function stringToken(text: string, at: Token): Token {
  if (text.length > limits.stringCharacters) throw new FatalError(messages.stringTooLong(), at);
  const quote = ["'", '"'].find(each => !text.includes(each)) ?? '`';
  const inner = quote === '`' ? text.replace(/[`\\]/g, '\\$&') : text;
  return { kind: 'string', text: `${quote}${inner}${quote}`, bytes: new TextEncoder().encode(text), ...extentOf(at) };
}

export const identifierToken = (text: string, at: Token): Token => ({ kind: 'identifier', text, ...extentOf(at) });
