// The value of an expression, in a context that knows registers, labels and memory. Numbers are unsigned; as long as
// operands fit 32 bits, results wrap to 32 bits as in the guest's registers, so that `eax == -1` means what it says.

import type { Linear } from '../../base/address';
import { unreachable } from '../../base/exhaustive';
import { hex } from '../../base/hex';
import { segmentNames } from '../../isa/registers';
import { t } from '../../base/localization';
import { errors } from '../userError';
import { type BinaryOperator, type Expression, parse, type UnaryOperator } from './parse';

/**
 * The value of what an event does not have, in the condition that judges it, and of all that is reckoned from it. It is not
 * true, and no comparison with it is: `error != 0` asks for an error code that is there.
 */
export const nothing = NaN;
const isNothing = (value: number): boolean => Number.isNaN(value);
const isTrue = (value: number): boolean => value !== 0 && !isNothing(value);

/** Something that has a value, and may take one. */
export interface Place {
  readonly bits: number;
  read(): number;
  write?(value: number): void;
}

export interface ExpressionContext {
  /** The register, flag, label or constant of that name. @throws UserError if there is none */
  lookUp(name: string): Place;
  /** Unsigned, or undefined where no memory answers. `linear` wraps at 4 GiB. */
  read(linear: Linear, bytes: 1 | 2 | 4): number | undefined;
  /** Where the segment of a selector begins, as it would be loaded now. */
  segmentBase(selector: number): Linear;
  /** False where no memory answers. */
  write(linear: Linear, bytes: 1 | 2 | 4, value: number): boolean;
}

export interface Evaluation {
  readonly value: number;
  /** width of what was named, 32 for results of arithmetic, 1 for truth values */
  readonly bits: number;
  /** linear address, if the expression names a place in memory */
  readonly address: number | undefined;
}

type MemoryExpression = Extract<Expression, { kind: 'memory' }>;
type BinaryExpression = Extract<Expression, { kind: 'binary' }>;

/** Without side effects. @throws UserError */
export function evaluate(expression: Expression, context: ExpressionContext): Evaluation {
  switch (expression.kind) {
    case 'number':
      return plain(expression.value);
    case 'name': {
      const place = context.lookUp(expression.name);
      return { value: place.read(), bits: place.bits, address: undefined };
    }
    case 'memory':
      return load(expression, context);
    case 'unary':
      return unary(expression.operator, evaluate(expression.operand, context));
    case 'binary':
      return chain(expression, context);
    case 'far':
      return plain((segmentBase(expression.segment, context) + evaluate(expression.offset, context).value) >>> 0);
    case 'in': {
      const { value } = evaluate(expression.value, context);
      return truth(expression.list.some(each => evaluate(each, context).value === value));
    }
    case 'assignment':
      throw errors.assignmentHere();
    default:
      return unreachable(expression);
  }
}

/** Evaluates, carrying out an assignment if it is one. @throws UserError */
export function execute(expression: Expression, context: ExpressionContext): Evaluation {
  if (expression.kind !== 'assignment') return evaluate(expression, context);
  assign(expression.target, evaluate(expression.value, context).value, context);
  return evaluate(expression.target, context);
}

/** @throws UserError if `target` is no place, or the value does not fit it */
export function assign(target: Expression, value: number, context: ExpressionContext): void {
  if (target.kind === 'memory') {
    const linear = effectiveAddress(target, context);
    if (!context.write(linear, target.bytes, fitted(value, target.bytes * 8))) throw errors.notWritable(hex(linear, 8));
    return;
  }
  if (target.kind !== 'name') throw errors.notAssignable();
  const place = context.lookUp(target.name);
  if (!place.write) throw errors.notAssignable(target.name);
  place.write(fitted(value, place.bits));
}

/** A yes-or-no expression, made ready once and asked often. @throws UserError if it is not understood */
export function compileCondition(text: string): (context: ExpressionContext) => boolean {
  const expression = parse(text);
  if (expression.kind === 'assignment') throw errors.assignmentHere();
  return context => isTrue(evaluate(expression, context).value);
}

/** Negative numbers arrive as 32-bit two's complement; those that reach into the width's sign are cut to it. */
function fitted(value: number, bits: number): number {
  const limit = 2 ** bits;
  if (value < limit) return value;
  const asNegative = value - 2 ** 32;
  if (asNegative < 0 && asNegative >= -limit / 2) return value % limit;
  throw errors.outOfRange(hex(value), bits);
}

function load(expression: MemoryExpression, context: ExpressionContext): Evaluation {
  const address = effectiveAddress(expression, context);
  if (isNothing(address)) return plain(nothing);
  const raw = context.read(address, expression.bytes);
  if (raw === undefined) throw errors.unreadable(hex(address, 8), t`nothing is mapped there`);
  const bits = expression.bytes * 8;
  const value = expression.signed ? ((raw << (32 - bits)) >> (32 - bits)) >>> 0 : raw;
  return { value, bits: expression.signed ? 32 : bits, address };
}

function effectiveAddress({ address, segment }: MemoryExpression, context: ExpressionContext): number {
  const base = segment === undefined ? 0 : context.lookUp(`${segment}.base`).read();
  const sum = base + evaluate(address, context).value;
  return isNothing(sum) ? nothing : sum >>> 0;
}

function segmentBase(segment: Expression, context: ExpressionContext): Linear {
  if (segment.kind === 'name' && segmentNames.some(name => name === segment.name.toLowerCase()))
    return context.lookUp(`${segment.name}.base`).read();
  return context.segmentBase(evaluate(segment, context).value);
}

const plain = (value: number): Evaluation => ({ value, bits: 32, address: undefined });
const truth = (value: boolean): Evaluation => ({ value: value ? 1 : 0, bits: 1, address: undefined });

function unary(operator: UnaryOperator, { value }: Evaluation): Evaluation {
  if (isNothing(value)) return operator === '!' ? truth(true) : plain(nothing);
  switch (operator) {
    case '+':
      return plain(value);
    case '-':
      return plain(-value >>> 0);
    case '~':
      return plain(~value >>> 0);
    case '!':
      return truth(value === 0);
    default:
      return unreachable(operator);
  }
}

/** `1+1+…` leans to the left, as deep as it is long: it is walked, so that no length of it fills the call stack. */
function chain(expression: BinaryExpression, context: ExpressionContext): Evaluation {
  const links: BinaryExpression[] = [];
  let first: Expression = expression;
  for (; first.kind === 'binary'; first = first.left) links.push(first);
  const join = (left: Evaluation, { operator, right }: BinaryExpression): Evaluation =>
    binary(operator, left.value, right, context);
  return links.reduceRight(join, evaluate(first, context));
}

function binary(operator: BinaryOperator, left: number, rightSide: Expression, context: ExpressionContext): Evaluation {
  if (operator === '&&') return truth(isTrue(left) && isTrue(evaluate(rightSide, context).value));
  if (operator === '||') return truth(isTrue(left) || isTrue(evaluate(rightSide, context).value));
  const right = evaluate(rightSide, context).value;
  if (isNothing(left) || isNothing(right)) return ofNothing(operator);
  const narrow = left <= 0xffffffff && right <= 0xffffffff;
  const wrapped = (value: number): Evaluation => plain(narrow ? value >>> 0 : value);
  switch (operator) {
    case '+':
      return wrapped(left + right);
    case '-':
      return wrapped(left - right);
    case '*':
      return narrow ? plain(Math.imul(left, right) >>> 0) : plain(left * right);
    case '/':
      return plain(Math.floor(left / divisor(right)));
    case '%':
      return plain(left % divisor(right));
    case '<<':
      return plain(right > 31 ? 0 : (left << right) >>> 0);
    case '>>':
      return plain(Math.floor(left / 2 ** right));
    case '&':
      return plain((left & right) >>> 0);
    case '|':
      return plain((left | right) >>> 0);
    case '^':
      return plain((left ^ right) >>> 0);
    case '==':
      return truth(left === right);
    case '!=':
      return truth(left !== right);
    case '<':
      return truth(left < right);
    case '<=':
      return truth(left <= right);
    case '>':
      return truth(left > right);
    case '>=':
      return truth(left >= right);
    default:
      return unreachable(operator);
  }
}

const comparisons: readonly BinaryOperator[] = ['==', '!=', '<', '<=', '>', '>='];

const ofNothing = (operator: BinaryOperator): Evaluation =>
  comparisons.includes(operator) ? truth(false) : plain(nothing);

function divisor(value: number): number {
  if (value === 0) throw errors.divisionByZero();
  return value;
}
