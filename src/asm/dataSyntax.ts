// The operands of db, dw, dd, dq, dt, do: numbers, strings, floats, `?`, `n dup (…)` and `%(…)` (NASM manual §3.2.1).
import { t } from '../base/localization';
import { AssemblyError } from './diagnostics';
import { encodedString, type Expression, parseExpression, type TokenReader } from './expression';
import { floatBytes, isFloatName, isFloatSize, packedDecimal, stepsOfFloat } from './floats';
import { isOperator, type Token } from './lexer';
import { isFloatLiteral } from './literals';
import { messages } from './messages';

export type DataItem =
  | { readonly kind: 'value'; readonly expression: Expression; readonly token: Token }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'reserve' }
  | { readonly kind: 'repeat'; readonly count: Expression; readonly items: readonly DataItem[]; readonly token: Token };

const isEnd = (token: Token | undefined) => token === undefined || isOperator(token, ',') || isOperator(token, ')');

/** A string on its own is text, padded to whole elements; in an expression it is a number. */
function text(bytes: Uint8Array, elementBytes: number): DataItem {
  const padded = new Uint8Array(Math.ceil(bytes.length / elementBytes) * elementBytes);
  padded.set(bytes);
  return { kind: 'bytes', bytes: padded };
}

function float(reader: TokenReader, elementBytes: number): DataItem | undefined {
  const sign = isOperator(reader.next, '-') || isOperator(reader.next, '+') ? 1 : 0;
  const literal = reader.tokens[reader.index + sign];
  const packed = elementBytes === 10 && literal ? packedDecimal(literal.text, isOperator(reader.next, '-')) : undefined;
  if (packed && isEnd(reader.tokens[reader.index + sign + 1])) {
    reader.index += sign + 1;
    return { kind: 'bytes', bytes: packed };
  }
  const isFloat = literal && ((literal.kind === 'number' && isFloatLiteral(literal.text)) || isFloatName(literal.text));
  if (!isFloat || !isEnd(reader.tokens[reader.index + sign + 1])) return undefined;
  const negative = isOperator(reader.next, '-');
  reader.index += sign + 1;
  if (!isFloatSize(elementBytes)) throw new AssemblyError(messages.noFloatOfSize(elementBytes), literal);
  reader.budget?.spend(stepsOfFloat, literal);
  const bytes = floatBytes(literal.text, negative, elementBytes);
  if (!bytes) throw new AssemblyError(messages.badNumber(literal.text), literal);
  return { kind: 'bytes', bytes };
}

function item(reader: TokenReader, elementBytes: number, depth: number): DataItem {
  const token = reader.take();
  const start = reader.index;
  const string = token.bytes ?? encodedString(reader, token);
  if (string && isEnd(reader.next)) return text(string, elementBytes);
  reader.index = start;
  if (isOperator(token, '?') && isEnd(reader.next)) return { kind: 'reserve' };
  if (isOperator(token, '%') && isOperator(reader.next, '(')) {
    return { kind: 'repeat', count: { kind: 'number', value: 1n }, items: group(reader, elementBytes, depth), token };
  }
  reader.index--;
  const floating = float(reader, elementBytes);
  if (floating) return floating;
  const expression = parseExpression(reader);
  if (reader.word !== 'dup') return { kind: 'value', expression, token };
  reader.take();
  return { kind: 'repeat', count: expression, items: group(reader, elementBytes, depth), token };
}

function group(reader: TokenReader, elementBytes: number, depth: number): DataItem[] {
  if (depth > 20) throw new AssemblyError(messages.expressionTooDeep(), reader.here);
  if (!reader.accept('(')) return [item(reader, elementBytes, depth + 1)];
  const items = isOperator(reader.next, ')') ? [] : list(reader, elementBytes, depth + 1);
  reader.expect(')', () => t`the list of data`);
  return items;
}

function list(reader: TokenReader, elementBytes: number, depth: number): DataItem[] {
  const items: DataItem[] = [];
  do {
    if (depth === 0 && reader.atEnd && items.length > 0) break; // NASM lets a comma stand at the end
    items.push(item(reader, elementBytes, depth));
  } while (reader.accept(','));
  return items;
}

/** The items after db and its kin. Throws AssemblyError. */
export function parseData(reader: TokenReader, elementBytes: number): DataItem[] {
  if (reader.atEnd) return [];
  const items = list(reader, elementBytes, 0);
  if (!reader.atEnd)
    throw new AssemblyError(
      messages.unexpected(reader.next?.text ?? '', t`a comma or the end of the line`),
      reader.here,
    );
  return items;
}
