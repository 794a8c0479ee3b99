// The grammar of the debugger's expressions: C's operators and precedences over NASM's memory operands and names.
//
//   eax + 4 * ecx      [ebp-8]      byte [es:edi]      *0x7c00:u16      cr0.pe && cpl == 3      hw.eflags      eax = 5

import { listed, t } from '../../base/localization';
import { segmentNames } from '../../isa/registers';
import { errors } from '../userError';
import { type Token, tokens } from './tokens';

export type UnaryOperator = '-' | '+' | '~' | '!';
export type BinaryOperator =
  | '||' | '&&' | '|' | '^' | '&' | '==' | '!=' | '<' | '<=' | '>' | '>=' | '<<' | '>>' | '+' | '-' | '*' | '/' | '%'; // prettier-ignore

export type Expression =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'name'; readonly name: string }
  | {
      readonly kind: 'memory';
      readonly address: Expression;
      readonly bytes: 1 | 2 | 4;
      readonly signed: boolean;
      /** segment register whose base is added, or undefined for a linear address */
      readonly segment: string | undefined;
    }
  | { readonly kind: 'unary'; readonly operator: UnaryOperator; readonly operand: Expression }
  | {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
    }
  /** `0x10:0x20`, `cs:eip`: a linear address, by a selector or by a segment register as it is loaded */
  | { readonly kind: 'far'; readonly segment: Expression; readonly offset: Expression }
  | { readonly kind: 'in'; readonly value: Expression; readonly list: readonly Expression[] }
  | { readonly kind: 'assignment'; readonly target: Expression; readonly value: Expression };

/** Loosest first. */
const precedence: readonly (readonly BinaryOperator[])[] = [
  ['||'],
  ['&&'],
  ['|'],
  ['^'],
  ['&'],
  ['==', '!='],
  ['<', '<=', '>', '>='],
  ['<<', '>>'],
  ['+', '-'],
  ['*', '/', '%'],
];
const unaryOperators: readonly string[] = ['-', '+', '~', '!'];
// maps, since an object would know names such as `constructor` too
const sizes: ReadonlyMap<string, 1 | 2 | 4> = new Map([
  ['byte', 1],
  ['word', 2],
  ['dword', 4],
]);
const types: ReadonlyMap<string, { readonly bytes: 1 | 2 | 4; readonly signed: boolean }> = new Map([
  ['u8', { bytes: 1, signed: false }],
  ['u16', { bytes: 2, signed: false }],
  ['u32', { bytes: 4, signed: false }],
  ['i8', { bytes: 1, signed: true }],
  ['i16', { bytes: 2, signed: true }],
  ['i32', { bytes: 4, signed: true }],
]);
/** Deeper nesting than anyone writes, and far from the end of the call stack. */
const deepest = 100;
/** Longer than anyone writes. */
const longest = 4096;

/** @throws UserError that says where the text stops making sense */
export function parse(text: string): Expression {
  if (text.length > longest) throw errors.longExpression(text.length, longest);
  const parser = new Parser(text);
  return parser.whole();
}

class Parser {
  private readonly tokens: readonly Token[];
  private position = 0;
  private depth = 0;

  constructor(private readonly text: string) {
    this.tokens = tokens(text);
  }

  whole(): Expression {
    const target = this.far();
    const expression = this.takes('=') ? ({ kind: 'assignment', target, value: this.binary(0) } as const) : target;
    if (this.current.kind !== 'end') this.fail(t`An operator or the end is expected`);
    return expression;
  }

  private far(): Expression {
    const segment = this.binary(0);
    return this.takes(':') ? { kind: 'far', segment, offset: this.binary(0) } : segment;
  }

  private binary(level: number): Expression {
    const operators = precedence[level];
    if (operators === undefined) return this.unary();
    let left = this.binary(level + 1);
    for (;;) {
      if (operators.includes('==') && this.takesWord('in')) left = { kind: 'in', value: left, list: this.list() };
      const operator = operators.find(candidate => this.takes(candidate));
      if (operator === undefined) return left;
      left = { kind: 'binary', operator, left, right: this.binary(level + 1) };
    }
  }

  /** `(13, 14)` */
  private list(): readonly Expression[] {
    this.expect('(');
    const list = [this.binary(0)];
    while (this.takes(',')) list.push(this.binary(0));
    this.expect(')');
    return list;
  }

  private unary(): Expression {
    if (++this.depth > deepest) this.fail(t`The expression is nested too deeply`);
    const expression = this.prefixed();
    this.depth--;
    return expression;
  }

  private prefixed(): Expression {
    if (this.takes('*')) return this.typedMemory();
    const operator = unaryOperators.find(candidate => this.takes(candidate));
    if (operator !== undefined) return { kind: 'unary', operator: operator as UnaryOperator, operand: this.unary() };
    return this.primary();
  }

  private primary(): Expression {
    const token = this.current;
    if (token.kind === 'number') {
      this.position++;
      return { kind: 'number', value: token.value };
    }
    if (token.kind === 'name') {
      this.position++;
      const bytes = sizes.get(token.text.toLowerCase());
      return bytes === undefined ? { kind: 'name', name: token.text } : this.sizedMemory(bytes);
    }
    if (this.takes('[')) return this.memory(4);
    if (this.takes('(')) return this.parenthesized();
    return this.fail(t`A register, a label, a number or [address] is expected`);
  }

  private parenthesized(): Expression {
    const inner = this.binary(0);
    this.expect(')');
    return inner;
  }

  /** `byte [x]`, and `byte ptr [x]` as MASM and the manuals write it. */
  private sizedMemory(bytes: 1 | 2 | 4): Expression {
    if (this.current.kind === 'name' && this.current.text.toLowerCase() === 'ptr') this.position++;
    this.expect('[');
    return this.memory(bytes);
  }

  /** after `[` */
  private memory(bytes: 1 | 2 | 4): Expression {
    const segment = this.segmentOverride();
    const address = this.binary(0);
    this.expect(']');
    return { kind: 'memory', address, bytes, signed: false, segment };
  }

  /** `*address:u16`, without a type a doubleword. */
  private typedMemory(): Expression {
    const address = this.unary();
    const token = this.takes(':') ? this.current : undefined;
    if (token === undefined) return { kind: 'memory', address, bytes: 4, signed: false, segment: undefined };
    const type = token.kind === 'name' ? types.get(token.text.toLowerCase()) : undefined;
    if (type === undefined) return this.fail(t`One of ${listed([...types.keys()])} is expected`);
    this.position++;
    return { kind: 'memory', address, ...type, segment: undefined };
  }

  private segmentOverride(): string | undefined {
    const token = this.current;
    const after = this.tokens[this.position + 1];
    if (token.kind !== 'name' || after?.kind !== 'operator' || after.text !== ':') return undefined;
    const segment = token.text.toLowerCase();
    if (!segmentNames.some(name => name === segment)) this.fail(t`A segment register is expected before the colon`);
    this.position += 2;
    return segment;
  }

  private get current(): Token {
    return this.tokens[Math.min(this.position, this.tokens.length - 1)];
  }

  private takes(operator: string): boolean {
    const token = this.current;
    if (token.kind !== 'operator' || token.text !== operator) return false;
    this.position++;
    return true;
  }

  private takesWord(word: string): boolean {
    const token = this.current;
    if (token.kind !== 'name' || token.text.toLowerCase() !== word) return false;
    this.position++;
    return true;
  }

  private expect(operator: string): void {
    if (!this.takes(operator)) this.fail(t`"${operator}" is expected`);
  }

  private fail(problem: string): never {
    throw errors.expression(this.text, this.current.column, problem);
  }
}
