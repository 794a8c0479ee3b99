// Remembers the bytes of instructions whose operands depend on no symbol and no place: they are the same in every pass.
import type { Bits } from './opcodeFacts';
import type { Expression } from './expression';
import { type EncodedInstruction, type InstructionBody, withoutFixups } from './instruction';
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

interface Remembered {
  readonly bits: Bits;
  readonly generation: number;
  readonly bytes: Uint8Array;
}

export class InstructionCache {
  private readonly remembered = new WeakMap<InstructionBody, Remembered | 'changing'>();

  encode(
    body: InstructionBody,
    { bits, generation }: InstructionContext,
    encode: () => EncodedInstruction,
  ): EncodedInstruction {
    const known = this.remembered.get(body);
    if (known === 'changing') return encode();
    if (known?.bits === bits && known.generation === generation) return withoutFixups(known.bytes);
    const encoded = encode();
    const { bytes } = encoded;
    this.remembered.set(
      body,
      body.operands.every(isFixed) && !mayBranch(body) ? { bits, generation, bytes } : 'changing',
    );
    return encoded;
  }

  /** A line of prefixes without an instruction. */
  prefixesOnly(prefixes: readonly Token[], bits: Bits): Uint8Array {
    return withPrefixes(new Uint8Array(), prefixWords(prefixes.map(prefix => prefix.text.toLowerCase())), bits);
  }
}
