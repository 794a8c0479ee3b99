// Single-line macros: %define, %xdefine, %assign and their expansion (NASM manual §4.1). A macro is not expanded inside
// its own expansion; arguments are put in unexpanded and expanded where they land, unless a modifier says otherwise.
import type { Budget } from '../budget';
import { AssemblyError, FatalError } from '../diagnostics';
import { isOperator, type Token, tokenize } from '../lexer';
import { limits } from '../limits';
import { messages } from '../messages';
import { accepts, type Arguments, argumentsFor, type MacroParameter, parameterIndex } from './macroParameters';
import { joinAdjacentWords, pasted, relocated, splitAtCommas, stepsOf, withoutBraces } from './tokens';

/** A call of a preprocessor function. */
export interface FunctionCall {
  readonly use: Token;
  /** all between the parentheses, as written */
  readonly inner: readonly Token[];
  /** the same, cut at commas */
  readonly list: readonly (readonly Token[])[];
  readonly expand: (tokens: readonly Token[]) => readonly Token[];
}

/** Carries out a preprocessor function; undefined if `name`, with its percent sign, is none. */
export type FunctionsByName = (name: string) => ((call: FunctionCall) => readonly Token[]) | undefined;

export interface SingleLineMacro {
  readonly name: string;
  readonly ignoreCase: boolean;
  /** Undefined for a macro that takes no parentheses. */
  readonly parameters?: readonly MacroParameter[];
  readonly body: readonly Token[];
}

/** A macro whose text depends on where it is used, such as __?LINE?__. */
export type PredefinedMacro = (use: Token) => Token[];

/** Ends the part of the work list in which `macro` must not be expanded again. */
interface EndOfExpansion {
  readonly endOf: SingleLineMacro;
}

type Work = Token | EndOfExpansion;

export class SingleLineMacros {
  private readonly macros = new Map<string, SingleLineMacro[]>();

  /** Of all macros: bounded, since macros may copy each other. */
  private characters = 0;
  /** Functions inside each other that are being carried out. */
  private depth = 0;

  constructor(
    readonly predefined: ReadonlyMap<string, PredefinedMacro>,
    readonly budget: Budget,
    readonly functions: FunctionsByName,
    readonly evaluate: (tokens: readonly Token[], use: Token) => bigint,
  ) {}

  /** Throws AssemblyError if there are too many, or all are too long. */
  define(macro: SingleLineMacro, at?: Token) {
    const replaced = (other: SingleLineMacro) =>
      sameName(other, macro) && other.parameters?.length === macro.parameters?.length;
    const others = this.without(macro.name, replaced);
    if (others.length >= limits.overloads) throw new AssemblyError(messages.tooManyOverloads(macro.name), at);
    this.characters += sizeOf(macro);
    if (this.characters > limits.macroCharacters) throw new FatalError(messages.macrosTooLarge(), at);
    this.macros.set(macro.name.toLowerCase(), [macro, ...others]);
  }

  undefine(name: string) {
    this.macros.set(
      name.toLowerCase(),
      this.without(name, macro => macro.name === name || macro.ignoreCase),
    );
  }

  /** The macros of that name but for those that are to go. */
  private without(name: string, goes: (macro: SingleLineMacro) => boolean): SingleLineMacro[] {
    const macros = this.macros.get(name.toLowerCase()) ?? [];
    for (const macro of macros) if (goes(macro)) this.characters -= sizeOf(macro);
    return macros.filter(macro => !goes(macro));
  }

  isDefined(name: string): boolean {
    return this.predefined.has(name) || this.named(name).length > 0;
  }

  named(name: string): readonly SingleLineMacro[] {
    const macros = this.macros.get(name.toLowerCase());
    return macros ? macros.filter(macro => macro.ignoreCase || macro.name === name) : [];
  }

  /** `tokens` with every macro expanded and every %+ and %[…] carried out. Throws AssemblyError. */
  expand(tokens: readonly Token[], active: ReadonlySet<SingleLineMacro> = new Set()): Token[] {
    if (!tokens.some(token => this.concerns(token))) return tokens as Token[];
    if (this.depth >= limits.nesting) throw new FatalError(messages.nestedTooDeep(), tokens[0]);
    this.depth++;
    try {
      return new Expansion(tokens, this, active).run();
    } finally {
      this.depth--;
    }
  }

  /** `tokens` with only %[…] carried out, as it is everywhere on a directive's line. Throws AssemblyError. */
  expandIndirect(tokens: readonly Token[]): readonly Token[] {
    if (!tokens.some(token => token.kind === 'indirect')) return tokens;
    const expanded: Token[] = [];
    for (const token of tokens) {
      if (token.kind !== 'indirect') expanded.push(token);
      else for (const made of relocated(this.expand([token]), token, token.spaceBefore)) expanded.push(made);
    }
    return joinAdjacentWords(expanded);
  }

  clear() {
    this.macros.clear();
    this.characters = 0;
  }

  private concerns(token: Token): boolean {
    if (token.kind === 'identifier')
      return this.predefined.has(token.text) || this.macros.has(token.text.toLowerCase());
    if (token.kind === 'preprocessor') return this.functions(token.text) !== undefined;
    return token.kind === 'indirect' || token.text === '%+';
  }
}

/** A token is some 40 characters large beside its text. */
const sizeOf = ({ body, parameters = [] }: SingleLineMacro) =>
  body.reduce((sum, token) => sum + token.text.length + 40, 40 + parameters.length * 40);

const sameName = (a: SingleLineMacro, b: SingleLineMacro) =>
  a.name === b.name || ((a.ignoreCase || b.ignoreCase) && a.name.toLowerCase() === b.name.toLowerCase());

/** The expansion of one line. The work list is a stack, so that a macro may take arguments from behind its own text. */
class Expansion {
  private readonly work: Work[];
  private readonly active: Set<SingleLineMacro>;
  private readonly output: Token[] = [];
  private steps = 0;
  /** Tokens that the line may come to. */
  private readonly most: number;
  private sawIndirect = false;

  constructor(
    tokens: readonly Token[],
    private readonly macros: SingleLineMacros,
    /** not to be expanded: these tokens come out of them */
    active: ReadonlySet<SingleLineMacro>,
  ) {
    this.active = new Set(active);
    this.work = [...tokens].reverse();
    this.most = tokens.length + limits.lineTokens;
  }

  run(): Token[] {
    for (let item = this.work.pop(); item !== undefined; item = this.work.pop()) {
      if ('endOf' in item) this.active.delete(item.endOf);
      else this.token(item);
    }
    return this.sawIndirect ? joinAdjacentWords(this.output) : this.output;
  }

  private token(token: Token) {
    if (this.output.length > this.most) throw new FatalError(messages.expansionTooLong(), token);
    if (token.kind === 'indirect') return this.indirect(token);
    if (isOperator(token, '%+')) return this.paste(token);
    const done =
      token.kind === 'identifier' ? this.macroFor(token) : token.kind === 'preprocessor' && this.function(token);
    if (!done) this.output.push(token);
  }

  /** `%[…]`: its text expanded, and joined to a name that stands directly before it; what stands behind joins last. */
  private indirect(token: Token) {
    this.sawIndirect = true;
    this.macros.budget.spend(token.text.length >> 2, token);
    this.pushBack(relocated(tokenize(token.text, token.position), token, token.spaceBefore));
    const last = this.output.at(-1);
    if (!token.spaceBefore && last?.kind === 'identifier') this.work.push({ ...token, kind: 'operator', text: '%+' });
  }

  /** Expands the macro that `token` names, if there is one that fits, onto the work list. */
  private macroFor(token: Token): boolean {
    const special = this.macros.predefined.get(token.text);
    if (special) {
      for (const made of special(token)) this.output.push(made);
      return true;
    }
    const candidates = this.macros.named(token.text).filter(macro => !this.active.has(macro));
    if (candidates.length === 0) return false;
    this.macros.budget.spend(candidates.length >> 3, token);
    if (++this.steps > limits.lineExpansions) throw new FatalError(messages.expansionTooLong(), token);
    const call = candidates.some(macro => macro.parameters) ? this.arguments(token) : undefined;
    const macro = candidates.find(({ parameters }) => accepts(parameters, call));
    if (macro?.parameters && call) this.work.length = call.rest;
    const chosen = macro ?? candidates.find(({ parameters }) => !parameters);
    if (!chosen) return false;
    this.active.add(chosen);
    this.work.push({ endOf: chosen });
    this.pushBack(instantiate(chosen, call ? this.argumentsOf(chosen, call, token) : [], token));
    return true;
  }

  private argumentsOf({ parameters }: SingleLineMacro, call: Arguments, use: Token): (readonly Token[])[] {
    if (!parameters) return [];
    const expand = (tokens: readonly Token[]) => this.macros.expand(tokens, this.active);
    return argumentsFor(parameters, call, use, { expand, evaluate: this.macros.evaluate });
  }

  /** Carries out the function that `token` names, if it is one and its parentheses follow. */
  private function(token: Token): boolean {
    const act = this.macros.functions(token.text);
    const call = act && this.arguments(token);
    if (!call) return false;
    if (++this.steps > limits.lineExpansions) throw new FatalError(messages.expansionTooLong(), token);
    const { inner, list } = call;
    this.work.length = call.rest;
    const made = act({ use: token, inner, list, expand: tokens => this.macros.expand(tokens, this.active) });
    this.pushBack(relocated(made, token, token.spaceBefore));
    return true;
  }

  private pushBack(tokens: readonly Token[]) {
    if (this.work.length + tokens.length > this.most) throw new FatalError(messages.expansionTooLong(), tokens[0]);
    this.macros.budget.spend(stepsOf(tokens), tokens[0]);
    for (let index = tokens.length - 1; index >= 0; index--) this.work.push(tokens[index]);
  }

  /** The parenthesized arguments that come next, without taking them: `rest` is the work list's length behind them. */
  private arguments(name: Token): (Arguments & { rest: number }) | undefined {
    const inner: Token[] = [];
    let depth = 0;
    for (let index = this.work.length - 1; index >= 0; index--) {
      const item = this.work[index];
      if ('endOf' in item) continue;
      if (isOperator(item, '(') && depth++ === 0) continue;
      if (depth === 0) return undefined;
      if (isOperator(item, ')') && --depth === 0) {
        this.macros.budget.spend(inner.length, name);
        return { inner, list: argumentList(inner), close: item, rest: index };
      }
      inner.push(item);
    }
    this.macros.budget.spend(inner.length, name);
    if (depth > 0) throw new AssemblyError(messages.unclosedCall(name.text), name);
    return undefined;
  }

  private paste(operator: Token) {
    const left = this.output.pop();
    let right = this.work.pop();
    while (right !== undefined && 'endOf' in right) {
      this.active.delete(right.endOf);
      right = this.work.pop();
    }
    if (!left || !right) throw new AssemblyError(messages.nothingToPaste(), operator);
    if (right.kind === 'indirect') {
      this.pushBack([left, operator, ...tokenize(right.text, right.position)]);
      return;
    }
    // Both sides are expanded before they are joined; the right one has not been yet.
    if (right.kind === 'identifier' && !this.macros.predefined.has(right.text) && this.macroFor(right)) {
      this.output.push(left);
      this.work.push(operator);
      return;
    }
    this.pushBack(pasted(left, right));
  }
}

function argumentList(tokens: readonly Token[]): Token[][] {
  return tokens.length === 0 ? [[]] : splitAtCommas(tokens, '({').map(withoutBraces);
}

function instantiate(macro: SingleLineMacro, list: readonly (readonly Token[])[], use: Token): Token[] {
  const body: Token[] = [];
  for (const token of macro.body) {
    const put = bodyToken(token, macro, list, use);
    if (body.length + put.length > limits.lineTokens) throw new FatalError(messages.expansionTooLong(), use);
    for (const made of put) body.push(made);
  }
  return relocated(body, use, use.spaceBefore);
}

/** What a token of a macro's body becomes: itself, the macro's name, or an argument. */
function bodyToken(
  token: Token,
  macro: SingleLineMacro,
  list: readonly (readonly Token[])[],
  use: Token,
): readonly Token[] {
  if (token.kind === 'preprocessor' && /^%\?\??$/.test(token.text)) {
    return [{ ...token, kind: 'identifier', text: token.text === '%?' ? use.text : macro.name }];
  }
  const index = token.kind === 'identifier' ? parameterIndex(macro.parameters, token.text) : -1;
  return index < 0 ? [token] : relocated(list[index], use, token.spaceBefore);
}
