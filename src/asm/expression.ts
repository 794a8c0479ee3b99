// The expression parser: tokens to a tree that is evaluated anew in each pass (NASM manual §3.5).
// Left out: `seg` and `wrt`, which mean nothing in a flat image; they are named in the error.
import { t } from '../base/localization';
import type { Budget } from './budget';
import { AssemblyError, type Extent } from './diagnostics';
import { floatBytes, stepsOfFloat } from './floats';
import { isOperator, type Token } from './lexer';
import { limits } from './limits';
import { characterConstant, encodeUtf, isFloatLiteral, parseInteger } from './literals';
import { messages } from './messages';
import { type Register, registerNamed } from './registers';

export type Expression =
  | { readonly kind: 'number'; readonly value: bigint }
  | { readonly kind: 'symbol'; readonly name: string; readonly token: Token }
  | { readonly kind: 'register'; readonly register: Register; readonly token: Token }
  | { readonly kind: 'here' }
  | { readonly kind: 'sectionStart' }
  | { readonly kind: 'unary'; readonly operator: string; readonly operand: Expression; readonly token: Token }
  | {
      readonly kind: 'binary';
      readonly operator: string;
      readonly left: Expression;
      readonly right: Expression;
      readonly token: Token;
    }
  | {
      readonly kind: 'conditional';
      readonly condition: Expression;
      readonly then: Expression;
      readonly otherwise: Expression;
      readonly token: Token;
    };

/** Binary operators, loosest first; all of one row bind equally and from left to right. */
const binaryOperators: readonly (readonly string[])[] = [
  ['||'],
  ['^^'],
  ['&&'],
  ['=', '==', '<>', '!=', '<', '>', '<=', '>=', '<=>'],
  ['|'],
  ['^'],
  ['&'],
  ['<<', '>>', '<<<', '>>>'],
  ['+', '-'],
  ['*', '/', '%', '//', '%%'],
];
const unaryOperators = ['-', '+', '~', '!'];
const integerFunctions = /^__\??ilog2([ewfc])\??__$/i;

/** A cursor over the tokens of one statement, shared by the parsers of its parts. */
export class TokenReader {
  index = 0;
  /** Operators met in the expression that is being parsed; bounded, since evaluation recurses over them. */
  operators = 0;

  constructor(
    readonly tokens: readonly Token[],
    private readonly line: Extent,
    /** Of the run that the statement belongs to. */
    readonly budget?: Budget,
  ) {}

  get next(): Token | undefined {
    return this.tokens[this.index];
  }

  get atEnd(): boolean {
    return this.index >= this.tokens.length;
  }

  take(): Token {
    const token = this.next;
    if (!token) throw new AssemblyError(messages.lineEnds(), this.here);
    this.index++;
    return token;
  }

  /** Takes the operator if it is next. */
  accept(operator: string): boolean {
    if (!isOperator(this.next, operator)) return false;
    this.index++;
    return true;
  }

  expect(operator: string, after: () => string) {
    if (!this.accept(operator))
      throw new AssemblyError(messages.expected(operator, after(), this.next?.text), this.here);
  }

  /** The next token lower-cased, if it is a word. */
  get word(): string | undefined {
    const token = this.next;
    return token?.kind === 'identifier' && !token.forced ? token.text.toLowerCase() : undefined;
  }

  /** Where an error about what comes next belongs: the next token, or the end of the last one. */
  get here(): Extent {
    const last = this.tokens[this.tokens.length - 1];
    if (this.next) return this.next;
    return last ? { position: { ...last.position, column: last.endColumn } } : this.line;
  }
}

/** Parses one expression and leaves the reader after it. */
export function parseExpression(reader: TokenReader, depth = 0): Expression {
  if (depth > limits.expressionDepth) throw new AssemblyError(messages.expressionTooDeep(), reader.here);
  if (depth === 0) reader.operators = 0;
  const condition = parseBinary(reader, 0, depth);
  const token = reader.next;
  if (!token || !isOperator(token, '?')) return condition;
  reader.take();
  const then = parseExpression(reader, depth + 1);
  reader.expect(':', () => '`?`');
  return { kind: 'conditional', condition, then, otherwise: parseExpression(reader, depth + 1), token };
}

function parseBinary(reader: TokenReader, level: number, depth: number): Expression {
  if (level === binaryOperators.length) return parseUnary(reader, depth);
  let left = parseBinary(reader, level + 1, depth);
  for (;;) {
    const token = reader.next;
    if (token?.kind === 'identifier' && token.text.toLowerCase() === 'wrt') {
      throw new AssemblyError(messages.unsupported('wrt', t`a flat image has one address space`), token);
    }
    if (token?.kind !== 'operator' || !binaryOperators[level].includes(token.text)) return left;
    reader.take();
    if (++reader.operators > limits.expressionOperators) throw new AssemblyError(messages.expressionTooDeep(), token);
    left = { kind: 'binary', operator: token.text, left, right: parseBinary(reader, level + 1, depth), token };
  }
}

function parseUnary(reader: TokenReader, depth: number): Expression {
  if (depth > limits.expressionDepth) throw new AssemblyError(messages.expressionTooDeep(), reader.here);
  const token = reader.take();
  if (token.kind === 'operator') return parseOperator(reader, token, depth);
  if (token.kind === 'string') return { kind: 'number', value: characterConstant(token.bytes ?? new Uint8Array()) };
  const encoded = encodedString(reader, token);
  if (encoded) return { kind: 'number', value: characterConstant(encoded) };
  const floating = floatFunction(reader, token);
  if (floating !== undefined) return { kind: 'number', value: floating };
  if (token.kind === 'number') return { kind: 'number', value: integerOf(token) };
  if (token.kind !== 'identifier') throw new AssemblyError(messages.unexpected(token.text, t`an expression`), token);
  const register = token.forced ? undefined : registerNamed(token.text);
  if (register) return { kind: 'register', register, token };
  if (/^seg$/i.test(token.text))
    throw new AssemblyError(messages.unsupported('seg', t`a flat image has no segments`), token);
  if (integerFunctions.test(token.text)) {
    return { kind: 'unary', operator: token.text.toLowerCase(), operand: parseUnary(reader, depth + 1), token };
  }
  return { kind: 'symbol', name: token.text, token };
}

function parseOperator(reader: TokenReader, token: Token, depth: number): Expression {
  if (token.text === '$') return { kind: 'here' };
  if (token.text === '$$') return { kind: 'sectionStart' };
  if (token.text === '(') {
    const inner = parseExpression(reader, depth + 1);
    reader.expect(')', () => t`the expression in parentheses`);
    return inner;
  }
  if (!unaryOperators.includes(token.text))
    throw new AssemblyError(messages.unexpected(token.text, t`an expression`), token);
  return { kind: 'unary', operator: token.text, operand: parseUnary(reader, depth + 1), token };
}

/** `operator` and its number, in parentheses or not: the operand of a function that takes one literal. */
function literalOperand<T>(reader: TokenReader, name: Token, read: () => T): T {
  const parenthesis = reader.accept('(');
  const operand = read();
  if (parenthesis) reader.expect(')', () => quotedName(name));
  return operand;
}

const quotedName = ({ text }: Token) => `\`${text}\``;

/** `__?utf16?__("…")`: the bytes of the string in that encoding (NASM manual §3.4.5); undefined if it is none. */
export function encodedString(reader: TokenReader, name: Token): Uint8Array | undefined {
  const found = name.kind === 'identifier' ? /^__\??utf(16|32)(le|be)?\??__$/i.exec(name.text) : null;
  if (!found) return undefined;
  return literalOperand(reader, name, () => {
    const string = reader.take();
    if (!string.bytes) throw new AssemblyError(messages.unexpected(string.text, t`a string`), string);
    return encodeUtf(string.bytes, found[1] === '16' ? 2 : 4, found[2]?.toLowerCase() === 'be');
  });
}

/** Bytes of the formats that __?float32?__ and its kin take, and which of them are the value. */
const floatFunctions: Readonly<Record<string, readonly [sizeBytes: number, first: number, count: number]>> = {
  '8': [1, 0, 1],
  '16': [2, 0, 2],
  '32': [4, 0, 4],
  '64': [8, 0, 8],
  '80m': [10, 0, 8],
  '80e': [10, 8, 2],
  '128l': [16, 0, 8],
  '128h': [16, 8, 8],
};

/** `__?float32?__(1.5)`: a floating-point number's bits as an integer (NASM manual §3.4.6); undefined if it is none. */
function floatFunction(reader: TokenReader, name: Token): bigint | undefined {
  const kind = name.kind === 'identifier' ? /^__\??float(\w+?)\??__$/i.exec(name.text)?.[1].toLowerCase() : undefined;
  if (kind === undefined || !Object.hasOwn(floatFunctions, kind)) return undefined;
  const [sizeBytes, first, count] = floatFunctions[kind];
  return literalOperand(reader, name, () => {
    const negative = reader.accept('-');
    if (!negative) reader.accept('+');
    const literal = reader.take();
    reader.budget?.spend(stepsOfFloat, literal);
    const bytes = floatBytes(literal.text, negative, sizeBytes);
    if (!bytes) throw new AssemblyError(messages.badNumber(literal.text), literal);
    return characterConstant(bytes.subarray(first, first + count));
  });
}

function integerOf(token: Token): bigint {
  const value = parseInteger(token.text);
  if (value !== undefined) return value;
  const message = isFloatLiteral(token.text) ? messages.floatInExpression(token.text) : messages.badNumber(token.text);
  throw new AssemblyError(message, token);
}
