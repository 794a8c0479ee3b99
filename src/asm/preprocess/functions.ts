// Preprocessor functions: %eval(…), %str(…), %sel(…) and their kin, which may stand anywhere in a line and are replaced by
// what they come to (NASM manual §4.4). What a function gives is read again, so that macros in it are expanded.
import { AssemblyError } from '../diagnostics';
import type { Token } from '../lexer';
import { messages } from '../messages';
import { conditionDirectives, type ConditionScope, holds } from './conditions';
import type { FunctionCall } from './singleLineMacros';
import { type NumberOf, stringDirectives } from './stringDirectives';
import { boundedText, numberToken, stepsOf, stringToken } from './tokens';

/** What functions ask of the preprocessor. */
export interface FunctionScope extends ConditionScope {
  readonly numberOf: NumberOf;
  spend(steps: number, use: Token): void;
  warn(message: string, use: Token): void;
}

export type PreprocessorFunction = (call: FunctionCall, scope: FunctionScope) => readonly Token[];

function numberAt({ list, use, expand }: FunctionCall, index: number, { numberOf }: FunctionScope): bigint {
  return numberOf(expand(list[index] ?? []), use);
}

/** `%sel(2, a, b)` is b. */
const select: PreprocessorFunction = (call, scope) => {
  const index = numberAt(call, 0, scope);
  const chosen = index > 0n ? call.list[Number(index)] : undefined;
  if (!chosen) scope.warn(messages.selectsNothing(index, call.list.length - 1), call.use);
  return chosen ?? [];
};

/** `%cond(1, a, b)` is a. */
const choose: PreprocessorFunction = (call, scope) => call.list[numberAt(call, 0, scope) === 0n ? 2 : 1] ?? [];

const digits = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ@_';
const mostDigits = 255n;

/** `%num(value, digits, base)`: so many digits, or with a negative number at least so many. */
const numeral: PreprocessorFunction = (call, scope) => {
  const { use, list } = call;
  const number = BigInt.asUintN(64, numberAt(call, 0, scope));
  const wanted = list.length > 1 ? numberAt(call, 1, scope) : -1n;
  const base = list.length > 2 ? numberAt(call, 2, scope) : 10n;
  if (base < 2n || base > BigInt(digits.length)) throw new AssemblyError(messages.numeralBase(base), use);
  if (wanted > mostDigits || wanted < -mostDigits) throw new AssemblyError(messages.numeralDigits(wanted), use);
  let text = '';
  for (let rest = number; rest > 0n; rest /= base) text = digits[Number(rest % base)] + text;
  const count = Number(wanted < 0n ? -wanted : wanted);
  const padded = text.padStart(count, '0');
  return [stringToken(wanted <= 0n ? padded : padded.slice(padded.length - count), use)];
};

const stepsOfText = 16;

/** A directive on strings, with its operands in parentheses. */
const ofStrings =
  (word: string): PreprocessorFunction =>
  (call, scope) => {
    const expanded = call.expand(call.inner);
    scope.spend(stepsOf(expanded) * stepsOfText, call.use);
    return stringDirectives.get(word)?.(expanded, call.use, scope.numberOf) ?? [];
  };

/** `%substr(text, first)` goes to the end of the text, where the directive takes one character. */
const substring: PreprocessorFunction = (call, scope) => {
  const toEnd = call.list.length === 2 ? [operator(',', call.use), ...numberToken(-1n, call.use)] : [];
  return ofStrings('substr')({ ...call, inner: [...call.inner, ...toEnd] }, scope);
};

const operator = (text: string, at: Token): Token => ({ ...at, kind: 'operator', text });

const absolute = (value: bigint): bigint => (value < 0n ? -value : value);

/** By name, without the percent sign. */
export const preprocessorFunctions: ReadonlyMap<string, PreprocessorFunction> = new Map<string, PreprocessorFunction>([
  ['abs', (call, scope) => numberToken(absolute(numberAt(call, 0, scope)), call.use)],
  ['cond', choose],
  ['count', ({ list, use }) => numberToken(BigInt(list.length), use)],
  ['eval', (call, scope) => numberToken(scope.numberOf(call.expand(call.inner), call.use), call.use)],
  ['num', numeral],
  ['sel', select],
  ['str', ({ inner, use, expand }) => [stringToken(boundedText(expand(inner), use), use)]],
  ['strcat', ofStrings('strcat')],
  ['strlen', ofStrings('strlen')],
  ['substr', substring],
  ['tok', ofStrings('deftok')],
  // each test of %if…: %isdef(x) is 1 or 0
  ...[...conditionDirectives]
    .filter(([, { elif }]) => !elif)
    .map(([word, condition]): [string, PreprocessorFunction] => [
      word.replace(/^if/, 'is'),
      ({ inner, use }, scope) => numberToken(holds(condition, inner, scope, use) ? 1n : 0n, use),
    ]),
]);
