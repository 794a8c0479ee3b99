// Inside the body of a multi-line macro: %1, %{2:3}, %0, %00, %+1, %-1, %%label, %?; and context labels %$x anywhere
// (NASM manual §4.3, §4.7).
import { AssemblyError, FatalError } from '../diagnostics';
import type { Token } from '../lexer';
import { limits } from '../limits';
import { messages } from '../messages';
import { type MacroCall, parameterAt } from './multiLineMacros';
import { boundedText, identifierToken, joinAdjacentWords, numberToken } from './tokens';

/** Condition codes that %-1 inverts, in pairs (SDM Vol. 1 Appendix B). */
const oppositeConditions = new Map(
  'a na,ae nae,b nb,be nbe,c nc,e ne,g ng,ge nge,l nl,le nle,o no,p np,pe po,s ns,z nz'
    .split(',')
    .map(pair => pair.split(' '))
    .flatMap(([a, b]) => [
      [a, b],
      [b, a],
    ]),
);

/** A %push context: the names %$x in it belong to it alone. */
export interface Context {
  readonly name: string;
  readonly number: number;
}

function condition(call: MacroCall, token: Token): Token[] {
  const code = parameterAt(call, Number(token.text.slice(2)) - 1).at(0);
  const known = code && oppositeConditions.get(code.text.toLowerCase());
  if (!code || !known) throw new AssemblyError(messages.notCondition(token.text), token);
  return [{ ...code, text: token.text[1] === '-' ? known : code.text, spaceBefore: token.spaceBefore }];
}

function range(call: MacroCall, first: number, last: number, token: Token): Token[] {
  const count = call.parameters.length;
  const [from, to] = [first, last].map(index => (index < 0 ? count + index : index - 1));
  const step = from <= to ? 1 : -1;
  const tokens: Token[] = [];
  for (let index = from; index !== to + step && index >= 0 && index < count; index += step) {
    if (index !== from) tokens.push({ ...token, kind: 'operator', text: ',', spaceBefore: false });
    pushTokens(tokens, parameterAt(call, index), token);
  }
  return tokens;
}

function parameter(call: MacroCall, token: Token): readonly Token[] {
  const { text } = token;
  const ends = /^%(-?\d+):(-?\d+)$/.exec(text);
  if (ends) return range(call, Number(ends[1]), Number(ends[2]), token);
  if (text === '%0') return numberToken(BigInt(call.parameters.length), token);
  if (text === '%00') return call.label ? [call.label] : [];
  if (text === '%?') return [{ ...call.name, spaceBefore: token.spaceBefore }];
  if (text === '%??') return [identifierToken(call.macro.name, token)];
  if (/^%[-+]\d+$/.test(text)) return condition(call, token);
  if (text.startsWith('%%')) return [identifierToken(`..@${call.number}.${text.slice(2)}`, token)];
  return parameterAt(call, Number(text.slice(1)) - 1);
}

const isParameter = (text: string) => /^%([-+]?\d+|-?\d+:-?\d+|%[\w.?@$#~]+|\?\??)$/.test(text);

function contextName(token: Token, contexts: readonly Context[]): Token {
  const depth = token.text.lastIndexOf('$');
  const context = contexts[contexts.length - depth];
  if (!context) throw new AssemblyError(messages.noContext(token.text), token);
  return identifierToken(`..@${context.number}.${token.text.slice(depth + 1)}`, token);
}

/** `tokens` with the call's parameters and the contexts' names put in. Throws AssemblyError. */
export function substitute(
  tokens: readonly Token[],
  call: MacroCall | undefined,
  contexts: readonly Context[],
): readonly Token[] {
  if (!tokens.some(token => token.kind === 'preprocessor' || token.kind === 'indirect')) return tokens;
  let changed = false;
  const room = { characters: limits.stringCharacters };
  const replaced: Token[] = [];
  for (const token of tokens) {
    const put = replacement(token, call, contexts, room);
    changed ||= put !== undefined && token.kind === 'preprocessor';
    pushTokens(replaced, put ?? [token], token, tokens.length);
  }
  return changed ? joinAdjacentWords(replaced) : replaced;
}

/** What a token stands for here; undefined if it is left as it is. */
function replacement(
  token: Token,
  call: MacroCall | undefined,
  contexts: readonly Context[],
  room: TextRoom,
): readonly Token[] | undefined {
  if (token.kind === 'indirect') return call && [{ ...token, text: substituteText(token, call, room) }];
  if (token.kind !== 'preprocessor') return undefined;
  if (/^%\$/.test(token.text)) return [contextName(token, contexts)];
  if (!isParameter(token.text) || (!call && token.text.startsWith('%?'))) return undefined;
  if (!call) throw new AssemblyError(messages.notInMacro(token.text), token);
  const tokens = parameter(call, token);
  return tokens.map((first, index) => (index === 0 ? { ...first, spaceBefore: token.spaceBefore } : first));
}

/** Appends, within what parameters may add to a line of `length` tokens. */
function pushTokens(to: Token[], tokens: readonly Token[], at: Token, length = 0) {
  if (to.length + tokens.length > length + limits.lineTokens) throw new FatalError(messages.expansionTooLong(), at);
  for (const token of tokens) to.push(token);
}

/** What parameters may still add to the texts of one line. */
interface TextRoom {
  characters: number;
}

/** Parameters inside %[…], which is still text. */
function substituteText(token: Token, call: MacroCall, room: TextRoom): string {
  return token.text.replace(/%(\d+)/g, (_, number: string) => {
    const text = number === '0' ? String(call.parameters.length) : parameterText(call, Number(number), token);
    room.characters -= text.length;
    if (room.characters < 0) throw new FatalError(messages.stringTooLong(), token);
    return text;
  });
}

function parameterText(call: MacroCall, number: number, at: Token): string {
  const tokens = parameterAt(call, number - 1);
  return (tokens[0]?.spaceBefore ? ' ' : '') + boundedText(tokens, at);
}
