// Remembers the bytes of instructions whose operands depend on no symbol and no place: they are the same in every pass.
import type { Bits } from './opcodeFacts';
import type { Expression } from './expression';
import { type EncodedInstruction, withoutFixups } from './encodedInstruction';
import type { InstructionBody } from './instruction';
import type { InstructionContext } from './operandValues';
import type { Token } from './lexer';
import type { OperandSyntax } from './operandSyntax';
import { prefixWords, withPrefixes } from './prefixes';

function isConstant(expression: Expression): boolean {
  switch (expression.kind) {
    case 'number':
    case 'register':
      return true;
    case 'symbol':
    case 'here':
    case 'sectionStart':
      return false;
    case 'unary':
      return isConstant(expression.operand);
    case 'binary':
      return isConstant(expression.left) && isConstant(expression.right);
    case 'conditional':
      return isConstant(expression.condition) && isConstant(expression.then) && isConstant(expression.otherwise);
  }
}

const isFixed = ({ kind, expression, selector }: OperandSyntax) =>
  kind === 'register' || (isConstant(expression) && (selector === undefined || isConstant(selector)));

/** A number as the target of a branch is constant, but how far away it is is not. */
const mayBranch = (body: InstructionBody) =>
  body.operands.some(({ kind }) => kind === 'immediate') && /^(j|call|loop|xbegin)/.test(body.mnemonic);

/** The instruction's bytes: those of the pass before if they must be the same, or else what `encode` says. */
export function encodeOnce(
  body: InstructionBody,
  { bits, generation }: InstructionContext,
  encode: () => EncodedInstruction,
): EncodedInstruction {
  const before = body.encoded;
  if (before === 'changing') return encode();
  if (before?.bits === bits && before.generation === generation) return before.encoded;
  const encoded = encode();
  const isSame = body.operands.every(isFixed) && !mayBranch(body);
  body.encoded = isSame ? { bits, generation, encoded: withoutFixups(encoded.bytes, encoded.misfits) } : 'changing';
  return encoded;
}

/** A line of prefixes without an instruction. */
export const prefixesOnly = (prefixes: readonly Token[], bits: Bits): Uint8Array =>
  withPrefixes(new Uint8Array(), prefixWords(prefixes.map(prefix => prefix.text.toLowerCase())), bits);
