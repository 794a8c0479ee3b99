// Conditional assembly: the %if family (NASM manual §4.4): which kind of test a directive makes, and its outcome.
import { t } from '../../base/localization';
import { AssemblyError, type Extent } from '../diagnostics';
import { isOperator, type Token } from '../lexer';
import { messages } from '../messages';
import type { MultiLineMacros } from './multiLineMacros';
import { isPackage, packageName } from './packages';
import type { Context } from './parameters';
import type { SingleLineMacros } from './singleLineMacros';
import { plainText } from './tokens';

const tests = [
  '',
  'def',
  'macro',
  'ctx',
  'idn',
  'idni',
  'id',
  'num',
  'str',
  'token',
  'empty',
  'env',
  'using',
  'usable',
] as const;
export type ConditionTest = (typeof tests)[number];

export interface ConditionDirective {
  readonly elif: boolean;
  readonly negated: boolean;
  readonly test: ConditionTest;
}

function spelled(word: 'if' | 'elif'): [string, ConditionDirective][] {
  return tests.flatMap((test): [string, ConditionDirective][] => [
    [`${word}n${test}`, { elif: word === 'elif', negated: true, test }],
    [`${word}${test}`, { elif: word === 'elif', negated: false, test }],
  ]);
}

/** Every spelling of %if… and %elif…; none is the negation of one test and the plain form of another. */
export const conditionDirectives: ReadonlyMap<string, ConditionDirective> = new Map([
  ...spelled('if'),
  ...spelled('elif'),
]);

/** One %if … %endif as it stands on the stack. */
export interface Condition {
  /** Lines are taken now. */
  active: boolean;
  /** A branch has been taken, or the whole construct is skipped: no later branch is taken. */
  done: boolean;
  seenElse: boolean;
  readonly extent: Extent;
}

/** What a test may look at. */
export interface ConditionScope {
  readonly singleLine: SingleLineMacros;
  readonly multiLine: MultiLineMacros;
  readonly contexts: readonly Context[];
  /** Names of packages, in lower case. */
  readonly usedPackages: ReadonlySet<string>;
  isTrue(expression: readonly Token[], directive: Token): boolean;
}

/** As in NASM, nothing is the same as no text, nor as a text that white space separates from the comma. */
function identical(tokens: readonly Token[], ignoreCase: boolean, directive: Token): boolean {
  const fold = (token: Token) => (ignoreCase ? plainText(token).toLowerCase() : plainText(token));
  const comma = tokens.findIndex(token => isOperator(token, ','));
  if (comma < 0) throw new AssemblyError(messages.needsOperand(directive.text, t`two texts and a comma`), directive);
  const [first, second] = [tokens.slice(0, comma), tokens.slice(comma + 1)];
  const differing = first.findIndex(
    (token, index) => token.kind !== second.at(index)?.kind || fold(token) !== fold(second[index]),
  );
  if (differing >= 0 && isOperator(second.at(differing), ','))
    throw new AssemblyError(messages.unexpected(',', t`the end of the line`), second[differing]);
  return differing < 0 && first.length > 0 && first.length === second.length && !tokens[comma].spaceBefore;
}

function macroExists(tokens: readonly Token[], { multiLine }: ConditionScope, directive: Token): boolean {
  const [name, ...count] = tokens;
  if (!name) throw new AssemblyError(messages.needsOperand(directive.text, t`a macro name`), directive);
  const range = /^(\d+)?(?:(-)(\d+|\*)?)?(\+)?$/.exec(count.map(token => token.text).join(''));
  const [, fewest = '0', dash, most] = range ?? [];
  const last = count.length === 0 || (dash && (most === undefined || most === '*')) ? Infinity : Number(most ?? fewest);
  return multiLine
    .named(name.text)
    .some(macro => macro.fewest <= last && (macro.greedy ? Infinity : macro.most) >= Number(fewest));
}

function outcome(test: ConditionTest, tokens: readonly Token[], scope: ConditionScope, directive: Token): boolean {
  const names = () => {
    if (tokens.length === 0) throw new AssemblyError(messages.needsOperand(directive.text, t`a name`), directive);
    return tokens.map(plainText);
  };
  const expanded = () => scope.singleLine.expand(tokens);
  switch (test) {
    case '':
      return scope.isTrue(expanded(), directive);
    case 'def':
      return names().some(name => scope.singleLine.isDefined(name));
    case 'macro':
      return macroExists(tokens, scope, directive);
    case 'ctx':
      return names().includes(scope.contexts[scope.contexts.length - 1]?.name);
    case 'env':
      return false;
    case 'idn':
    case 'idni':
      return identical(expanded(), test === 'idni', directive);
    case 'id':
      return expanded()[0]?.kind === 'identifier';
    case 'str':
      return expanded()[0]?.kind === 'string';
    case 'num': {
      const [first, second] = expanded();
      const signed = isOperator(first, '-') || isOperator(first, '+');
      return (signed ? second : first)?.kind === 'number';
    }
    case 'token':
      return expanded().length === 1;
    case 'empty':
      return expanded().length === 0;
    case 'using':
      return scope.usedPackages.has(packageName(expanded(), directive));
    case 'usable':
      return isPackage(packageName(expanded(), directive));
  }
}

/** Whether the branch behind the directive is taken. Throws AssemblyError. */
export function holds(
  condition: ConditionDirective,
  tokens: readonly Token[],
  scope: ConditionScope,
  directive: Token,
): boolean {
  return outcome(condition.test, tokens, scope, directive) !== condition.negated;
}

/** Whether lines are taken: an inner condition is only ever active where the outer ones are. */
export const isEmitting = (conditions: readonly Condition[]): boolean => conditions.at(-1)?.active ?? true;

/** Whether a directive opens, continues or closes conditional text. */
export const isConditional = (name: string) => conditionDirectives.has(name) || name === 'else' || name === 'endif';

/**
 * Carries out %if…, %elif…, %else or %endif on the open conditions of a file or macro; false if `name` is none of them.
 * `test` is only asked where the outcome matters. Throws AssemblyError.
 */
export function applyConditional(
  conditions: Condition[],
  name: string,
  token: Token,
  test: (directive: ConditionDirective) => boolean,
  warn: (message: string, token: Token) => void,
): boolean {
  if (!isConditional(name)) return false;
  const directive = conditionDirectives.get(name);
  if (directive && !directive.elif) {
    const emitting = isEmitting(conditions);
    const condition: Condition = { active: false, done: !emitting, seenElse: false, extent: token };
    conditions.push(condition);
    if (emitting) enter(condition, () => test(directive));
    return true;
  }
  const condition = conditions.at(-1);
  if (!condition) throw new AssemblyError(messages.withoutIf(token.text), token);
  if (name === 'endif') conditions.pop();
  else if (condition.seenElse) {
    if (conditions.at(-2)?.active ?? true) warn(messages.afterElse(token.text), token);
    condition.active = false;
  } else nextBranch(condition, name, () => !directive || test(directive));
  return true;
}

function nextBranch(condition: Condition, name: string, test: () => boolean) {
  condition.active = false;
  condition.seenElse = name === 'else';
  if (!condition.done) enter(condition, test);
}

/** Takes a branch if its test holds. If the test itself is wrong, no later branch is taken: one error, not many. */
function enter(condition: Condition, test: () => boolean) {
  condition.done = true;
  condition.active = test();
  condition.done = condition.active;
}
