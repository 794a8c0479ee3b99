// The evaluator of expression trees: 64-bit two's complement, as NASM's (manual §3.5). `/` and `%` are unsigned,
// `//` and `%%` signed. What is applied to something other than a scalar is refused, with NASM's rules.
import { AssemblyError } from './diagnostics';
import type { Expression } from './expression';
import type { Token } from './lexer';
import { limits } from './limits';
import { messages } from './messages';
import type { Register } from './registers';
import {
  add,
  isJustUnknown,
  isScalar,
  multiply,
  registerValue,
  scalar,
  subtract,
  unknownValue,
  unsigned,
  type Value,
} from './value';

/** What an expression is evaluated in. */
export interface EvaluationContext {
  symbol(name: string, token: Token): Value;
  here(): Value;
  sectionStart(): Value;
}

/** Which register of an address the source wants as its base: NASM reads this off the order and form of the terms. */
export interface AddressHint {
  register?: Register;
  kind: 'none' | 'makeBase' | 'notBase' | 'summed';
}

type Scalars = Record<string, (left: bigint, right: bigint) => bigint>;

const truth = (condition: boolean) => (condition ? 1n : 0n);
/** The processor's shift takes its count modulo 64, and NASM leaves it at that. */
const shift = (count: bigint) => count & 63n;

const scalarOperators: Scalars = {
  '||': (a, b) => truth(a !== 0n || b !== 0n),
  '^^': (a, b) => truth((a === 0n) !== (b === 0n)),
  '&&': (a, b) => truth(a !== 0n && b !== 0n),
  '|': (a, b) => a | b,
  '^': (a, b) => a ^ b,
  '&': (a, b) => a & b,
  '<<': (a, b) => a << shift(b),
  '<<<': (a, b) => a << shift(b),
  '>>': (a, b) => unsigned(a) >> shift(b),
  '>>>': (a, b) => a >> shift(b),
  '/': (a, b) => unsigned(a) / unsigned(b),
  '%': (a, b) => unsigned(a) % unsigned(b),
  '//': (a, b) => a / b,
  '%%': (a, b) => a % b,
};

const comparisons: Record<string, (difference: bigint) => bigint> = {
  '<': difference => truth(difference < 0n),
  '>': difference => truth(difference > 0n),
  '<=': difference => truth(difference <= 0n),
  '>=': difference => truth(difference >= 0n),
  '<=>': difference => (difference < 0n ? -1n : truth(difference > 0n)),
};

const bitLength = (value: bigint) => (value === 0n ? 0 : value.toString(2).length);

function unaryScalar(operator: string, operand: bigint, token: Token): bigint {
  if (operator === '~') return ~operand;
  if (operator === '!') return truth(operand === 0n);
  const value = unsigned(operand);
  const powerOfTwo = value !== 0n && (value & (value - 1n)) === 0n;
  if (operator.includes('ilog2e') && !powerOfTwo) throw new AssemblyError(messages.notPowerOfTwo(value), token);
  if (operator.includes('ilog2c')) return value < 2n ? 0n : BigInt(bitLength(value - 1n));
  return BigInt(Math.max(bitLength(value) - 1, 0));
}

class Evaluator {
  constructor(
    private readonly context: EvaluationContext,
    private readonly hint: AddressHint,
  ) {}

  evaluate(expression: Expression): Value {
    switch (expression.kind) {
      case 'number':
        return scalar(expression.value);
      case 'symbol':
        return this.context.symbol(expression.name, expression.token);
      case 'register':
        if (this.hint.kind === 'none') Object.assign(this.hint, { register: expression.register, kind: 'makeBase' });
        return registerValue(expression.register);
      case 'here':
        return this.context.here();
      case 'sectionStart':
        return this.context.sectionStart();
      case 'unary':
        return this.unary(expression.operator, this.evaluate(expression.operand), expression.token);
      case 'binary':
        return this.binary(expression);
      case 'conditional':
        return this.conditional(expression);
    }
  }

  private unary(operator: string, operand: Value, token: Token): Value {
    if (operator === '+') return operand;
    if (operator === '-') return multiply(operand, -1n);
    if (isJustUnknown(operand)) return unknownValue;
    if (!isScalar(operand)) throw new AssemblyError(messages.needsScalar(operator), token);
    return scalar(unaryScalar(operator, operand.constant, token));
  }

  private conditional(expression: Extract<Expression, { kind: 'conditional' }>): Value {
    const condition = this.evaluate(expression.condition);
    const then = this.evaluate(expression.then);
    const otherwise = this.evaluate(expression.otherwise);
    if (isJustUnknown(condition)) return unknownValue;
    if (!isScalar(condition)) throw new AssemblyError(messages.needsScalar('?'), expression.token);
    return condition.constant !== 0n ? then : otherwise;
  }

  private binary({ operator, left, right, token }: Extract<Expression, { kind: 'binary' }>): Value {
    const a = this.evaluate(left);
    const b = this.evaluate(right);
    if (operator === '+') return this.sum(a, b, token);
    if (operator === '-') return this.sum(a, multiply(b, -1n), token);
    if (operator === '*') return this.product(a, b, token);
    if (operator in comparisons || /^(==?|<>|!=)$/.test(operator)) return compare(operator, a, b, token);
    if ('/%'.includes(operator[0]) && isScalar(b) && b.constant === 0n)
      throw new AssemblyError(messages.divisionByZero(), token);
    if (isJustUnknown(a) && (isJustUnknown(b) || isScalar(b))) return unknownValue;
    if (isJustUnknown(b) && isScalar(a)) return unknownValue;
    if (!isScalar(a) || !isScalar(b)) throw new AssemblyError(messages.needsScalar(operator), token);
    return scalar(scalarOperators[operator](a.constant, b.constant));
  }

  /** NASM forgets the wanted base as soon as two terms of a kind are added up; this shows in the encoding. */
  private sum(a: Value, b: Value, token: Token): Value {
    const sameRegister = a.registers.some(x =>
      b.registers.some(y => x.register === y.register && x.factor + y.factor !== 0n),
    );
    const constants = a.hasConstant && b.hasConstant && a.constant + b.constant !== 0n;
    if (sameRegister || constants) this.hint.kind = 'summed';
    const sum = add(a, b);
    if (sum.registers.length + sum.bases.length > limits.expressionTerms)
      throw new AssemblyError(messages.tooManyTerms(), token);
    return sum;
  }

  private product(a: Value, b: Value, token: Token): Value {
    const [vector, factor] = isScalar(a) ? [b, a] : [a, b];
    if (isJustUnknown(a) && isJustUnknown(b)) return unknownValue;
    if (!isScalar(factor)) {
      if (isJustUnknown(factor) && isJustUnknown(vector)) return unknownValue;
      throw new AssemblyError(messages.needsScalar('*'), token);
    }
    const hinted = this.hint.kind === 'makeBase' && vector.registers.some(term => term.register === this.hint.register);
    if (hinted) this.hint.kind = 'notBase';
    return multiply(vector, factor.constant);
  }
}

function compare(operator: string, a: Value, b: Value, token: Token): Value {
  const difference = subtract(a, b);
  if (difference.unknown) return unknownValue;
  if (operator in comparisons) {
    if (!isScalar(difference)) throw new AssemblyError(messages.needsScalar(operator), token);
    return scalar(comparisons[operator](difference.constant));
  }
  const equal = isScalar(difference) && difference.constant === 0n;
  return scalar(truth(equal === operator.startsWith('=')));
}

/** Evaluates; `hint` receives which register an address wants as its base. Throws AssemblyError. */
export function evaluate(
  expression: Expression,
  context: EvaluationContext,
  hint: AddressHint = { kind: 'none' },
): Value {
  return new Evaluator(context, hint).evaluate(expression);
}
