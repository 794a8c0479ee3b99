// The preprocessor directives that act at once: definitions, %include, %rotate, messages, contexts (NASM manual §4).
// Conditions, %macro and %rep, which take the lines after them, are in preprocessor.ts.
import { t } from '../../base/localization';
import { AssemblyError } from '../diagnostics';
import type { Token } from '../lexer';
import { messages } from '../messages';
import type { PreprocessorDirective } from './directiveTarget';
import { parameterList } from './macroParameters';
import { packageName } from './packages';
import type { SingleLineMacro } from './singleLineMacros';
import { argumentsOfProcedure, localVariables, stackSize } from './stackDirectives';
import { stringDirectives } from './stringDirectives';
import { boundedText, numberToken, plainText, stepsOf, stringToken } from './tokens';

function macroName(operands: readonly Token[], directive: Token): Token {
  const [name] = operands;
  if (name?.kind !== 'identifier')
    throw new AssemblyError(messages.needsOperand(directive.text, t`a name`), name ?? directive);
  return name;
}

/** Strips the white space between a name and its text, which belongs to neither. */
const body = (tokens: readonly Token[]) =>
  tokens.map((token, index) => (index === 0 ? { ...token, spaceBefore: false } : token));

const define =
  (ignoreCase: boolean, expandNow: boolean): PreprocessorDirective =>
  ({ singleLine }, operands, directive) => {
    const name = macroName(operands, directive);
    const list = parameterList(operands.slice(1), name);
    const text = operands.slice(1 + (list?.length ?? 0));
    const parameters = list ? { parameters: list.parameters } : {};
    const macro: SingleLineMacro = {
      name: name.text,
      ignoreCase,
      ...parameters,
      body: body(expandNow ? singleLine.expand(text) : text),
    };
    singleLine.define(macro, name);
  };

const assign =
  (ignoreCase: boolean): PreprocessorDirective =>
  (target, operands, directive) => {
    const name = macroName(operands, directive);
    const value = target.numberOf(target.singleLine.expand(operands.slice(1)), directive);
    const body = numberToken(value, { ...name, spaceBefore: false });
    target.singleLine.define({ name: name.text, ignoreCase, body }, name);
  };

/** Beside being read, strings are joined, cut out of each other, or cut into tokens. */
const stepsOfText = 16;

const stringDirective =
  (word: string, ignoreCase: boolean): PreprocessorDirective =>
  (target, operands, directive) => {
    const name = macroName(operands, directive);
    const expanded = target.singleLine.expand(operands.slice(1));
    target.host.budget.spend(stepsOf(expanded) * stepsOfText, directive);
    const numberOf = (tokens: readonly Token[]) => target.numberOf(tokens, directive);
    const text = stringDirectives.get(word)?.(expanded, directive, numberOf) ?? [];
    target.singleLine.define({ name: name.text, ignoreCase, body: body(text) }, name);
  };

const message =
  (severity: 'error' | 'warning'): PreprocessorDirective =>
  ({ host, singleLine, expandedFrom }, operands, directive) => {
    const expanded = singleLine.expand(operands);
    const text = expanded.length === 1 ? plainText(expanded[0]) : boundedText(expanded, directive);
    const end = operands[operands.length - 1]?.endColumn ?? directive.endColumn;
    const extent = { position: directive.position, endColumn: end };
    host.diagnostics.report(severity, text === '' ? directive.text : text, extent, expandedFrom);
  };

const include: PreprocessorDirective = (target, operands, directive) => {
  const expanded = target.singleLine.expand(operands);
  if (expanded.length === 0) throw new AssemblyError(messages.needsOperand(directive.text, t`a file name`), directive);
  target.include(expanded.length === 1 ? plainText(expanded[0]) : boundedText(expanded, directive), directive);
};

/** Makes a macro of where %include would find a file, or of the name as it is if it would find none. */
const pathSearch =
  (ignoreCase: boolean): PreprocessorDirective =>
  (target, operands, directive) => {
    const name = macroName(operands, directive);
    const [file] = target.singleLine.expand(operands.slice(1));
    if (file?.kind !== 'string')
      throw new AssemblyError(messages.needsOperand(directive.text, t`a file name in quotes`), file ?? directive);
    const path = stringToken(target.pathOf(plainText(file), directive), { ...file, spaceBefore: false });
    target.singleLine.define({ name: name.text, ignoreCase, body: [path] }, name);
  };

const use: PreprocessorDirective = (target, operands, directive) => {
  target.use(packageName(target.singleLine.expand(operands), directive), directive);
};

const rotate: PreprocessorDirective = (target, operands, directive) => {
  const call = target.macroCall;
  if (!call) throw new AssemblyError(messages.notInMacro(directive.text), directive);
  const count = BigInt(call.parameters.length);
  if (count === 0n) return;
  const by = target.numberOf(target.singleLine.expand(operands), directive) % count;
  call.rotation = Number((BigInt(call.rotation) + by + count) % count);
};

const unmacro: PreprocessorDirective = ({ multiLine }, operands, directive) => {
  const name = macroName(operands, directive);
  const count = operands
    .slice(1)
    .map(token => token.text)
    .join('');
  const found = /^(\d+)(?:-(\d+|\*))?\+?(?:\.nolist)?$/i.exec(count);
  if (!found) throw new AssemblyError(messages.macroCount(name.text), name);
  const [, fewest, most = fewest] = found;
  multiLine.undefine(name.text, Number(fewest), most === '*' ? Infinity : Number(most));
};

const popContext: PreprocessorDirective = ({ contexts }, operands, directive) => {
  const context = contexts[contexts.length - 1];
  if (!context || (operands[0] && operands[0].text !== context.name))
    throw new AssemblyError(messages.noContext(directive.text), directive);
  contexts.pop();
};

const replaceContext: PreprocessorDirective = (target, operands, directive) => {
  const name = macroName(operands, directive).text;
  const context = target.contexts.pop();
  if (!context) throw new AssemblyError(messages.noContext(directive.text), directive);
  target.contexts.push({ ...context, name });
};

const unmatched =
  (opener: string): PreprocessorDirective =>
  (_target, _operands, directive) => {
    throw new AssemblyError(messages.unmatched(directive.text, opener), directive);
  };

const clear: PreprocessorDirective = ({ singleLine, multiLine }) => {
  singleLine.clear();
  multiLine.clear();
};

const ignored: PreprocessorDirective = () => undefined;

const strings = [...stringDirectives.keys()];

export const directives: ReadonlyMap<string, PreprocessorDirective> = new Map<string, PreprocessorDirective>([
  ['define', define(false, false)],
  ['idefine', define(true, false)],
  ['xdefine', define(false, true)],
  ['ixdefine', define(true, true)],
  ['assign', assign(false)],
  ['iassign', assign(true)],
  ['undef', ({ singleLine }, operands, directive) => singleLine.undefine(macroName(operands, directive).text)],
  ...strings.map((word): [string, PreprocessorDirective] => [word, stringDirective(word, false)]),
  ...strings.map((word): [string, PreprocessorDirective] => [`i${word}`, stringDirective(word, true)]),
  ['unmacro', unmacro],
  ['unimacro', unmacro],
  ['rotate', rotate],
  ['exitmacro', (target, _operands, directive) => target.exit('macro', directive)],
  ['exitrep', (target, _operands, directive) => target.exit('repetition', directive)],
  ['include', include],
  ['error', message('error')],
  ['fatal', message('error')],
  ['warning', message('warning')],
  ['note', ignored],
  ['push', (target, operands) => target.pushContext(operands[0]?.text ?? '')],
  ['pop', popContext],
  ['repl', replaceContext],
  ['line', ignored],
  ['pragma', ignored],
  ['aliases', ignored],
  ['clear', clear],
  ['endmacro', unmatched('%macro')],
  ['endm', unmatched('%macro')],
  ['endrep', unmatched('%rep')],
  ['use', use],
  ['arg', argumentsOfProcedure],
  ['local', localVariables],
  ['stacksize', stackSize],
  ['pathsearch', pathSearch(false)],
  ['ipathsearch', pathSearch(true)],
  ['depend', ignored],
]);
