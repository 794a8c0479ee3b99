// The parameters of single-line macros and what their modifiers make of arguments (NASM manual §4.1.1): `=x` is evaluated
// at the call, `&x` made a string, `&&x` too unless it is one, `+x` takes all that is left, `!x` keeps spaces and braces.
import { AssemblyError } from '../diagnostics';
import type { Token } from '../lexer';
import { messages } from '../messages';
import { boundedText, numberToken, splitAtCommas, stringToken, withoutBraces } from './tokens';

type Modifier = '=' | '&' | '&&' | '+' | '!';

const modifiers: ReadonlyMap<string, Modifier> = new Map([
  ['=', '='],
  ['==', '='],
  ['&', '&'],
  ['&&', '&&'],
  ['+', '+'],
  ['!', '!'],
]);

export interface MacroParameter {
  /** Empty if the argument is not put in anywhere. */
  readonly name: string;
  readonly modifiers: ReadonlySet<Modifier>;
}

/** Whether there may be more arguments than parameters, or no last one. */
const isGreedy = (parameters: readonly MacroParameter[]) => parameters.at(-1)?.modifiers.has('+') === true;

/** `(a, =b)` directly behind a macro's name: its parameters, and how many tokens they take. */
export function parameterList(tokens: readonly Token[], name: Token) {
  if (tokens[0]?.text !== '(' || tokens[0].spaceBefore) return undefined;
  const close = tokens.findIndex(token => token.text === ')');
  if (close < 0) throw new AssemblyError(messages.unclosedCall(name.text), name);
  const parameters = splitAtCommas(tokens.slice(1, close), '{').map(part => parameterOf(part, name));
  if (parameters.slice(0, -1).some(each => each.modifiers.has('+')))
    throw new AssemblyError(messages.greedyNotLast(name.text), name);
  return { parameters, length: close + 1 };
}

function parameterOf(tokens: readonly Token[], macro: Token): MacroParameter {
  const names = tokens.filter(({ kind }) => kind === 'identifier');
  const found = tokens.map(({ text }) => modifiers.get(text)).filter(each => each !== undefined);
  if (names.length > 1 || names.length + found.length < tokens.length)
    throw new AssemblyError(messages.badParameters(macro.text), macro);
  return { name: names[0]?.text ?? '', modifiers: new Set(found) };
}

/** What stands in the parentheses of a call. */
export interface Arguments {
  /** all of it, as written */
  readonly inner: readonly Token[];
  /** the same, cut at commas and without braces */
  readonly list: readonly (readonly Token[])[];
  readonly close: Token;
}

export function accepts(parameters: readonly MacroParameter[] | undefined, call: Arguments | undefined): boolean {
  if (!parameters || !call) return false;
  const { list } = call;
  if (parameters.length === 0) return list.length === 1 && list[0].length === 0;
  return isGreedy(parameters) ? list.length >= parameters.length - 1 : list.length === parameters.length;
}

/** The arguments as they are put in for the parameters. */
export function argumentsFor(
  parameters: readonly MacroParameter[],
  call: Arguments,
  use: Token,
  scope: ArgumentScope,
): (readonly Token[])[] {
  if (parameters.every(each => each.modifiers.size === 0)) return [...call.list];
  const parts = splitAtCommas(call.inner, '({', isGreedy(parameters) ? parameters.length : Infinity);
  let end = -1;
  return parameters.map((parameter, index) => {
    const written = parts[index] ?? [];
    end += written.length + 1;
    const kept = parameter.modifiers.has('!') ? written : unbraced(written);
    const spaceBehind = (call.inner[end] ?? call.close).spaceBefore;
    return modified(parameter, kept, spaceBehind, use, scope);
  });
}

/** Without the braces around an argument: of one with commas, around what stands before the first. */
function unbraced(tokens: Token[]): Token[] {
  const [first = []] = splitAtCommas(tokens, '({');
  return [...withoutBraces(first), ...tokens.slice(first.length)];
}

/** What the modifiers ask for. */
export interface ArgumentScope {
  readonly expand: (tokens: readonly Token[]) => readonly Token[];
  readonly evaluate: (tokens: readonly Token[], use: Token) => bigint;
}

function modified(
  parameter: MacroParameter,
  written: readonly Token[],
  spaceBehind: boolean,
  use: Token,
  { expand, evaluate }: ArgumentScope,
): readonly Token[] {
  const has = (modifier: Modifier) => parameter.modifiers.has(modifier);
  const isQuoted = has('&') || has('&&');
  if (!isQuoted && !has('=')) return written;
  const expanded = expand(written);
  const tokens = has('=') ? numberToken(evaluate(expanded, use), use) : expanded;
  if (!isQuoted) return tokens;
  const keepsSpace = has('!') && !has('=');
  const before = keepsSpace && written[0]?.spaceBefore ? ' ' : '';
  const behind = keepsSpace && spaceBehind ? ' ' : '';
  const isString = tokens.length === 1 && tokens[0].kind === 'string' && before === '' && behind === '';
  return has('&&') && isString ? tokens : [stringToken(`${before}${boundedText(tokens, use)}${behind}`, use)];
}

/** Which parameter a name in the body stands for: the last of that name. */
export const parameterIndex = (parameters: readonly MacroParameter[] | undefined, name: string): number =>
  parameters?.findLastIndex(parameter => parameter.name === name) ?? -1;
