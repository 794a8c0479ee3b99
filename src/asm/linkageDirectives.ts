// extern, required, common, global and static: names that several objects share, with what may stand behind them, such as
// `global main:function hidden (main.end - main)` (NASM manual §7.5 to §7.9, §8.9.5).
import { t } from '../base/localization';
import { visibilities } from '../link/object';
import { AssemblyError } from './diagnostics';
import type { Directive, DirectiveContext } from './directiveContext';
import { evaluate } from './evaluate';
import { parseExpression, TokenReader } from './expression';
import type { ExternalSymbol, SymbolAttributes } from './linkage';
import { isOperator, type Token } from './lexer';
import { messages } from './messages';
import { isScalar } from './value';

interface NamedItem {
  readonly name: Token;
  /** behind the name, up to the next comma */
  readonly rest: readonly Token[];
}

function itemsOf(operands: readonly Token[], token: Token): NamedItem[] {
  const items: { name: Token; rest: Token[] }[] = [];
  let expectsName = true;
  for (const operand of operands) {
    if (isOperator(operand, ',')) expectsName = true;
    else if (expectsName) {
      if (operand.kind !== 'identifier')
        throw new AssemblyError(messages.needsOperand(token.text, t`a symbol`), operand);
      items.push({ name: operand, rest: [] });
      expectsName = false;
    } else items[items.length - 1].rest.push(operand);
  }
  if (items.length === 0) throw new AssemblyError(messages.needsOperand(token.text, t`a symbol`), token);
  return items;
}

const isVisibility = (word: string): word is (typeof visibilities)[number] =>
  visibilities.some(visibility => visibility === word);

/** The words behind the colon, and the size behind them. */
function attributesOf(context: DirectiveContext, { name, rest }: NamedItem): SymbolAttributes {
  const reader = new TokenReader(rest, name);
  const found: SymbolAttributes = {};
  if (!reader.accept(':')) {
    if (reader.next) throw new AssemblyError(messages.unexpected(reader.next.text, t`a comma or a colon`), reader.next);
    return found;
  }
  for (let { word } = reader; word !== undefined && attribute(found, word); { word } = reader) reader.take();
  if (reader.next && !isOperator(reader.next, '(') && reader.next.kind === 'identifier') {
    throw new AssemblyError(messages.symbolAttribute(reader.next.text), reader.next);
  }
  if (!reader.atEnd) found.sizeBytes = sizeOf(context, reader);
  return found;
}

function attribute(found: SymbolAttributes, word: string): boolean {
  if (word === 'function') found.kind = 'function';
  else if (word === 'data' || word === 'object') found.kind = 'object';
  else if (word === 'weak') found.isWeak = true;
  else if (isVisibility(word)) found.visibility = word;
  else return word === 'notype' || word === 'strong';
  return true;
}

/** Often the distance of two labels below, which is known in the end. */
function sizeOf(context: DirectiveContext, reader: TokenReader): bigint {
  const { here } = reader;
  const value = evaluate(parseExpression(reader), context);
  if (!reader.atEnd) throw new AssemblyError(messages.unexpected(reader.next?.text ?? '', t`a comma`), reader.here);
  if (!value.unknown && !isScalar(value)) throw new AssemblyError(messages.needsCount(t`the size`), here);
  return value.constant;
}

const shared =
  (isGlobal: boolean): Directive =>
  (context, _statement, operands, token) => {
    const { symbols } = context;
    for (const item of itemsOf(operands, token)) {
      const name = symbols.qualified(item.name.text);
      if (isGlobal) symbols.globals.add(name);
      const attributes = attributesOf(context, item);
      if (Object.keys(attributes).length > 0) symbols.linkage.attributes.set(name, attributes);
    }
  };

function external({ symbols }: DirectiveContext, { name }: NamedItem): ExternalSymbol | undefined {
  const full = symbols.qualified(name.text);
  if (!symbols.entries.has(full)) return symbols.linkage.external(full);
  symbols.globals.add(full);
  return undefined;
}

const elsewhere =
  (isRequired: boolean): Directive =>
  (context, _statement, operands, token) => {
    for (const item of itemsOf(operands, token)) {
      const symbol = external(context, item);
      const { isWeak = false } = attributesOf(context, item);
      if (symbol)
        Object.assign(symbol, { isRequired: symbol.isRequired || isRequired, isWeak: symbol.isWeak || isWeak });
    }
  };

const common: Directive = (context, _statement, operands, token) => {
  for (const item of itemsOf(operands, token)) {
    const reader = new TokenReader(item.rest, item.name);
    const number = () => context.known(parseExpression(reader), item.name, token.text);
    const sizeBytes = number();
    const align = reader.accept(':') ? number() : 0n;
    if (!reader.atEnd) throw new AssemblyError(messages.unexpected(reader.next?.text ?? '', t`a comma`), reader.here);
    const symbol = external(context, item);
    if (symbol) symbol.common = { sizeBytes, align };
  }
  if (!context.relocatable) throw new AssemblyError(messages.noCommonInImage(), token);
};

export const linkageDirectives: readonly (readonly [string, Directive])[] = [
  ['global', shared(true)],
  ['static', shared(false)],
  ['extern', elsewhere(false)],
  ['required', elsewhere(true)],
  ['common', common],
];
