// Inside the body of a multi-line macro: %1, %{2:3}, %0, %00, %+1, %-1, %%label, %?; and context labels %$x anywhere
// (NASM manual §4.3, §4.7).
import { AssemblyError } from '../diagnostics';
import type { Token } from '../lexer';
import { messages } from '../messages';
import type { MacroCall } from './multiLineMacros';
import { identifierToken, joinAdjacentWords, numberToken } from './tokens';

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
  const code = call.parameters[Number(token.text.slice(2)) - 1]?.[0];
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
    tokens.push(...call.parameters[index]);
  }
  return tokens;
}

function parameter(call: MacroCall, token: Token): Token[] {
  const { text } = token;
  const ends = /^%(-?\d+):(-?\d+)$/.exec(text);
  if (ends) return range(call, Number(ends[1]), Number(ends[2]), token);
  if (text === '%0') return numberToken(BigInt(call.parameters.length), token);
  if (text === '%00') return call.label ? [call.label] : [];
  if (text === '%?') return [{ ...call.name, spaceBefore: token.spaceBefore }];
  if (text === '%??') return [identifierToken(call.macro.name, token)];
  if (/^%[-+]\d+$/.test(text)) return condition(call, token);
  if (text.startsWith('%%')) return [identifierToken(`..@${call.number}.${text.slice(2)}`, token)];
  return [...(call.parameters[Number(text.slice(1)) - 1] ?? [])];
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
  const replaced = tokens.flatMap((token): readonly Token[] => {
    if (token.kind === 'indirect' && call) return [{ ...token, text: substituteText(token.text, call) }];
    if (token.kind !== 'preprocessor') return [token];
    if (/^%\$/.test(token.text)) {
      changed = true;
      return [contextName(token, contexts)];
    }
    if (!isParameter(token.text)) return [token];
    if (!call && token.text.startsWith('%?')) return [token];
    if (!call) throw new AssemblyError(messages.notInMacro(token.text), token);
    changed = true;
    const [first, ...rest] = parameter(call, token);
    return first ? [{ ...first, spaceBefore: token.spaceBefore }, ...rest] : [];
  });
  return changed ? joinAdjacentWords(replaced) : replaced;
}

/** Parameters inside %[…], which is still text. */
function substituteText(text: string, call: MacroCall): string {
  return text.replace(/%(\d+)/g, (_, number: string) => {
    if (number === '0') return String(call.parameters.length);
    return (call.parameters[Number(number) - 1] ?? []).map(t => (t.spaceBefore ? ' ' : '') + t.text).join('');
  });
}
