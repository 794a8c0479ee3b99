// The assembler's directives: mode, sections, alignment, structures, symbols (NASM manual §5, §7, §8.1).
// Each gets its operands as tokens. Those for a linker are in linkageDirectives.ts.
import { anyOf, t } from '../base/localization';
import { AssemblyError, CriticalError, FatalError } from './diagnostics';
import type { Bits } from './opcodeFacts';
import { parseExpression, TokenReader } from './expression';
import { isOperator, type Token, tokensText } from './lexer';
import type { Directive, DirectiveContext, OpenStructure } from './directiveContext';
import { linkageDirectives } from './linkageDirectives';
import { limits } from './limits';
import { messages } from './messages';
import { applyAttribute } from './objectSections';
import { generationOf } from './processors';
import type { Section } from './sections';
import type { Statement } from './statement';
import { isScalar, scalar, subtract, type Value } from './value';

function reader(operands: readonly Token[], token: Token): TokenReader {
  return new TokenReader(operands, token);
}

function only(context: DirectiveContext, operands: readonly Token[], token: Token): bigint {
  if (operands.length === 0) throw new AssemblyError(messages.needsOperand(token.text, t`a number`), token);
  const tokens = reader(operands, token);
  const expression = parseExpression(tokens);
  if (!tokens.atEnd)
    throw new AssemblyError(messages.unexpected(tokens.next?.text ?? '', t`the end of the line`), tokens.here);
  return context.known(expression, operands[0], token.text);
}

function setBits(context: DirectiveContext, bits: number, token: Token) {
  if (bits !== 16 && bits !== 32 && bits !== 64) throw new AssemblyError(messages.badBits(bits), token);
  if (bits === 64 && !context.longMode) throw new FatalError(messages.noLongMode(), token);
  context.bits = bits;
}

const placementKeys: Readonly<Record<string, 'align' | 'start' | 'virtualAlign' | 'virtualStart'>> = {
  align: 'align',
  start: 'start',
  valign: 'virtualAlign',
  vstart: 'virtualStart',
};

const ignoredAttributes = /^(exec|noexec|write|nowrite|alloc|noalloc|code|data|bss|rdata|text|info|strings|merge|tls)$/;

/** Attributes that mean something to other formats, or nothing at all, are passed over, as NASM does. */
function attribute(context: DirectiveContext, statement: Statement, tokens: TokenReader, opened: Section) {
  const { placement } = opened;
  const token = tokens.take();
  const word = token.text.toLowerCase();
  const passOver = () => context.warn(messages.sectionAttribute(token.text), token, statement);
  if (context.relocatable && applyAttribute(opened, word)) return;
  if (context.relocatable && /^v?(start|follows)$|^valign$/.test(word)) {
    context.warn(messages.placementInObject(word), token, statement);
  }
  if (word === 'progbits' || word === 'nobits') placement.kind = word;
  else if (ignoredAttributes.test(word)) return;
  else if (!tokens.accept('=')) passOver();
  else if (word === 'follows') placement.follows = tokens.take().text;
  else if (word === 'vfollows') placement.virtualFollows = tokens.take().text;
  else {
    const key = Object.hasOwn(placementKeys, word) ? placementKeys[word] : undefined;
    if (!key) {
      passOver();
      tokens.take();
      return;
    }
    const value = context.known(parseExpression(tokens), token, token.text);
    if (key.toLowerCase().endsWith('align') && !isPowerOfTwo(value))
      throw new AssemblyError(messages.notPowerOfTwo(value), token);
    placement[key] = value;
  }
}

const isPowerOfTwo = (value: bigint) => value > 0n && (value & (value - 1n)) === 0n;

const section: Directive = (context, statement, operands, token) => {
  const [name] = operands;
  if (!name) throw new AssemblyError(messages.needsOperand(token.text, t`a section name`), token);
  // A name goes up to the next white space: `.note.GNU-stack`.
  const end = operands.findIndex((operand, index) => index > 0 && operand.spaceBefore);
  const parts = end < 0 ? operands : operands.slice(0, end);
  const text = name.bytes ? new TextDecoder().decode(name.bytes) : tokensText(parts);
  if (text.length > limits.nameCharacters) throw new AssemblyError(messages.nameTooLong(), name);
  const opened = context.section(text);
  opened.isOpened = true;
  context.goTo({ kind: 'section', section: opened });
  if (statement.body.kind === 'directive' && !statement.body.primitive) context.sectionName = text;
  const tokens = reader(operands.slice(name.bytes ? 1 : parts.length), token);
  while (!tokens.atEnd) attribute(context, statement, tokens, opened);
};

const absolute: Directive = (context, _statement, operands, token) => {
  const tokens = reader(operands, token);
  const start = context.critical(parseExpression(tokens));
  if (!tokens.atEnd)
    throw new AssemblyError(messages.unexpected(tokens.next?.text ?? '', t`the end of the line`), tokens.here);
  context.goTo({ kind: 'absolute', start, offset: 0n });
};

function alignTo(
  context: DirectiveContext,
  statement: Statement,
  operands: readonly Token[],
  token: Token,
  filler: string,
) {
  const tokens = reader(operands, token);
  if (tokens.atEnd) throw new AssemblyError(messages.needsOperand(token.text, t`a power of two`), token);
  const boundary = context.known(parseExpression(tokens), operands[0], token.text);
  if (!isPowerOfTwo(boundary)) throw new AssemblyError(messages.notPowerOfTwo(boundary), operands[0]);
  const fill = tokens.accept(',') ? operands.slice(tokens.index) : undefined;
  if (context.location.kind === 'section') context.location.section.raiseAlign(boundary);
  const { constant } = subtract(context.here(), context.sectionStart());
  const count = (boundary - (constant % boundary)) % boundary;
  const word = (text: string, kind: Token['kind'] = 'identifier'): Token => ({
    ...token,
    kind,
    text,
    spaceBefore: true,
  });
  const standard = filler === 'nop' ? [word('nop')] : [word('resb'), word('1', 'number')];
  context.repeat(statement, fill && fill.length > 0 ? fill : standard, count);
}

const sectionAlign: Directive = (context, _statement, operands, token) => {
  if (/^(on|off)$/i.test(operands[0]?.text ?? '')) return;
  const boundary = only(context, operands, token);
  if (!isPowerOfTwo(boundary)) throw new AssemblyError(messages.notPowerOfTwo(boundary), operands[0]);
  if (context.location.kind === 'section') context.location.section.raiseAlign(boundary);
};

// --- structures -------------------------------------------------------------------------------------------------

function structureName(operands: readonly Token[], token: Token): Token {
  const [name] = operands;
  if (name?.kind !== 'identifier')
    throw new AssemblyError(messages.needsOperand(token.text, t`the name of a structure`), name ?? token);
  return name;
}

function closing(context: DirectiveContext, kind: OpenStructure['kind'], token: Token): OpenStructure {
  const open = context.structures[context.structures.length - 1];
  if (open?.kind !== kind) throw new AssemblyError(messages.unmatched(token.text, kind), token);
  return open;
}

const struc: Directive = (context, _statement, operands, token) => {
  const name = structureName(operands, token);
  const offset = operands.length > 1 ? operands.slice(2) : [];
  if (operands.length > 1 && !isOperator(operands[1], ','))
    throw new AssemblyError(messages.unexpected(operands[1].text, t`a comma`), operands[1]);
  const start = scalar(offset.length > 0 ? only(context, offset, token) : 0n);
  context.goTo({ kind: 'absolute', start, offset: 0n }, true);
  context.structures.push({ kind: 'struc', name, start });
  context.symbols.define(name, start, 'label');
};

const endStruc: Directive = (context, _statement, _operands, token) => {
  const { name, start } = closing(context, 'struc', token);
  context.structures.pop();
  const size = subtract(context.here(), start);
  context.endStructure();
  context.symbols.define({ ...name, text: `${name.text}_size` }, size, 'constant');
};

const istruc: Directive = (context, _statement, operands, token) => {
  context.structures.push({ kind: 'istruc', name: structureName(operands, token), start: context.here() });
};

function fillTo(
  context: DirectiveContext,
  statement: Statement,
  { start }: OpenStructure,
  offset: Value,
  token: Token,
) {
  const missing = subtract(offset, subtract(context.here(), start));
  if (missing.unknown) return;
  if (!isScalar(missing)) throw new AssemblyError(messages.needsCount(token.text), token);
  context.fill(statement, missing.constant, token);
}

const at: Directive = (context, statement, operands, token) => {
  const open = closing(context, 'istruc', token);
  const { name } = open;
  const comma = operands.findIndex(operand => isOperator(operand, ','));
  const [field] = operands;
  if (field?.kind !== 'identifier')
    throw new AssemblyError(messages.needsOperand(token.text, t`a field of the structure`), field ?? token);
  const full = field.text.startsWith('.') ? name.text + field.text : field.text;
  const offset = subtract(context.symbols.value(full, field), context.symbols.value(name.text, name));
  fillTo(context, statement, open, offset, token);
  if (comma >= 0) context.repeat(statement, operands.slice(comma + 1), 1n);
};

const iend: Directive = (context, statement, _operands, token) => {
  const open = closing(context, 'istruc', token);
  context.structures.pop();
  const size = context.symbols.value(`${open.name.text}_size`, open.name);
  fillTo(context, statement, open, size, token);
};

// --- symbols and the rest ---------------------------------------------------------------------------------------

const setDefault: Directive = (context, _statement, operands, token) => {
  for (const operand of operands) {
    const word = operand.text.toLowerCase();
    if (word === 'rel' || word === 'abs') context.defaultRelative = word === 'rel';
    else if (!/^(,|no?bnd|bnd)$/.test(word))
      throw new AssemblyError(messages.unexpected(operand.text, anyOf(['`rel`', '`abs`'])), operand);
  }
  if (operands.length === 0)
    throw new AssemblyError(messages.needsOperand(token.text, anyOf(['`rel`', '`abs`'])), token);
};

const org: Directive = (context, _statement, operands, token) => {
  if (context.relocatable) throw new CriticalError(messages.originInObject(), token);
  context.setOrigin(only(context, operands, token), token);
};

const setProcessor: Directive = (context, _statement, operands, token) => {
  const name = tokensText(operands);
  const generation = generationOf(name);
  if (generation === undefined) throw new AssemblyError(messages.unknownProcessor(name), operands[0] ?? token);
  context.output.generation = generation;
};

const ignored: Directive = () => undefined;
const useBits =
  (bits: Bits): Directive =>
  (context, _statement, _operands, token) =>
    setBits(context, bits, token);

export const directives: ReadonlyMap<string, Directive> = new Map<string, Directive>([
  [
    'bits',
    (context, _statement, operands, token) => setBits(context, Number(only(context, operands, token)), operands[0]),
  ],
  ['use16', useBits(16)],
  ['use32', useBits(32)],
  ['use64', useBits(64)],
  ['org', org],
  ['section', section],
  ['segment', section],
  ['absolute', absolute],
  ['align', (context, statement, operands, token) => alignTo(context, statement, operands, token, 'nop')],
  ['alignb', (context, statement, operands, token) => alignTo(context, statement, operands, token, 'resb')],
  ['sectalign', sectionAlign],
  ['struc', struc],
  ['endstruc', endStruc],
  ['istruc', istruc],
  ['at', at],
  ['iend', iend],
  ...linkageDirectives,
  ['default', setDefault],
  ['cpu', setProcessor],
  ['float', ignored],
]);
