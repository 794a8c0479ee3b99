// Multi-line macros: definitions, which of them a call means, and how a call's arguments are bound (NASM manual §4.3).
import { AssemblyError, type SourcePosition } from '../diagnostics';
import { isOperator, type Token } from '../lexer';
import { limits } from '../limits';
import { messages } from '../messages';
import type { SourceLine } from './sourceLines';
import { splitAtCommas, withoutBraces } from './tokens';

export interface MultiLineMacro {
  readonly name: string;
  readonly ignoreCase: boolean;
  /** %rmacro: may call itself. */
  readonly recursive: boolean;
  readonly fewest: number;
  /** Infinity for `1-*`. */
  readonly most: number;
  /** The last parameter takes all that is left, commas included. */
  readonly greedy: boolean;
  readonly defaults: readonly (readonly Token[])[];
  readonly body: readonly SourceLine[];
  /** %00 occurs in the body: the macro itself places the label before the call. */
  readonly placesLabel: boolean;
}

/** One call of a multi-line macro, as the lines of its body see it. */
export interface MacroCall {
  readonly macro: MultiLineMacro;
  /** Makes %%labels unique. */
  readonly number: number;
  readonly parameters: readonly (readonly Token[])[];
  /** How many parameters %rotate has moved from the front to the end. */
  rotation: number;
  readonly name: Token;
  readonly label?: Token;
  readonly position: SourcePosition;
}

/** The tokens of a parameter, counted from 0; none if there is no such parameter. */
export function parameterAt({ parameters, rotation }: MacroCall, index: number): readonly Token[] {
  return index < 0 || index >= parameters.length ? [] : parameters[(index + rotation) % parameters.length];
}

/** What stands after `%macro`, without the body. */
export function parseMacroHeader(
  tokens: readonly Token[],
  directive: Token,
): Omit<MultiLineMacro, 'body' | 'placesLabel'> {
  const [name, ...rest] = tokens;
  if (!name || name.kind !== 'identifier')
    throw new AssemblyError(messages.macroName(directive.text), name ?? directive);
  const ended = rest.findIndex((token, index) => index > 0 && token.spaceBefore);
  const countTokens = ended < 0 ? rest : rest.slice(0, ended);
  const count = countTokens.map(token => token.text).join('');
  const found = /^(\d+)(?:-(\d+|\*))?(\+)?(\.nolist)?$/i.exec(count);
  if (!found) throw new AssemblyError(messages.macroCount(name.text), rest[0] ?? name);
  const [, fewest, most = fewest, plus] = found;
  const defaults = ended < 0 ? [] : splitAtCommas(rest.slice(ended), '{').map(withoutBraces);
  return {
    name: name.text,
    ignoreCase: /^%i/i.test(directive.text),
    recursive: /^%i?r/i.test(directive.text),
    fewest: Number(fewest),
    most: most === '*' ? Infinity : Number(most),
    greedy: plus === '+',
    defaults,
  };
}

/**
 * The arguments of a call bound to the parameters of `macro`: greedy last one, defaults for those left out. An empty
 * argument after the last comma does not count, as in NASM.
 */
export function bindArguments(macro: MultiLineMacro, tokens: readonly Token[]): (readonly Token[])[] {
  const most = macro.greedy ? Math.max(macro.most, 1) : Infinity;
  const parts = splitAtCommas(tokens, '{', most);
  const bound: (readonly Token[])[] = parts.map((part, index) =>
    macro.greedy && index === macro.most - 1 ? part : withoutBraces(part),
  );
  if (bound.length > 1 && bound[bound.length - 1].length === 0 && parts[parts.length - 1].length === 0) bound.pop();
  for (let index = bound.length; index < macro.fewest + macro.defaults.length; index++) {
    if (index >= macro.fewest) bound.push(macro.defaults[index - macro.fewest]);
  }
  return bound;
}

export class MultiLineMacros {
  private readonly macros = new Map<string, MultiLineMacro[]>();

  /** A later definition of the same name and the same range of arguments replaces the earlier one. */
  define(macro: MultiLineMacro, directive: Token) {
    const key = macro.name.toLowerCase();
    const others = (this.macros.get(key) ?? []).filter(
      ({ name, fewest, most, greedy }) =>
        name !== macro.name || fewest !== macro.fewest || most !== macro.most || greedy !== macro.greedy,
    );
    if (others.length >= limits.overloads) throw new AssemblyError(messages.tooManyOverloads(macro.name), directive);
    this.macros.set(key, [macro, ...others]);
  }

  undefine(name: string, fewest: number, most: number) {
    const key = name.toLowerCase();
    const kept = (this.macros.get(key) ?? []).filter(m => !(m.name === name && m.fewest === fewest && m.most === most));
    this.macros.set(key, kept);
  }

  named(name: string): readonly MultiLineMacro[] {
    const macros = this.macros.size === 0 ? undefined : this.macros.get(name.toLowerCase());
    return macros ? macros.filter(macro => macro.ignoreCase || macro.name === name) : [];
  }

  clear() {
    this.macros.clear();
  }

  get names(): string[] {
    return [...this.macros.values()].flatMap(macros => macros.map(macro => macro.name));
  }

  /** The macro that a call with these arguments means; macros in `active` are being expanded and do not call themselves. */
  find(name: string, tokens: readonly Token[], active: ReadonlySet<MultiLineMacro>): MultiLineMacro | undefined {
    const candidates = this.named(name);
    if (candidates.length === 0) return undefined;
    const count = splitAtCommas(tokens, '{').length;
    return candidates.find(m => !active.has(m) && count >= m.fewest && (count <= m.most || m.greedy));
  }
}

/** Whether the body of a macro places the label before the call by itself. */
export const placesLabel = (body: readonly SourceLine[]) => body.some(line => line.mentions('%00'));

/** How many tokens at the start of a line are a label, if what follows is a macro call: `name:`, `name` or nothing. */
export function labelLength(tokens: readonly Token[]): number {
  if (tokens[0]?.kind !== 'identifier') return 0;
  return isOperator(tokens[1], ':') ? 2 : 1;
}
