// Operands as written to operands with values: what the expressions in them are worth at this place in this pass.
import { t } from '../base/localization';
import { type Address, isOffsetOnly } from './addressing';
import { AssemblyError } from './diagnostics';
import type { Bits } from './opcodeFacts';
import { type AddressHint, type EvaluationContext, evaluate } from './evaluate';
import type { Operand } from './match';
import { messages } from './messages';
import { type OperandSyntax, plainMemory } from './operandSyntax';
import { type Base, isScalar, resolve, type Value } from './value';

/** Where an instruction stands and what holds there. */
export interface InstructionContext {
  readonly bits: Bits;
  /** Of the processors that the source is for. */
  readonly generation: number;
  readonly evaluation: EvaluationContext;
  /** The section it stands in and the offset in it. */
  readonly section: Base;
  readonly offset: bigint;
  /** `default rel` is in force. */
  readonly defaultRelative: boolean;
  /** Addresses of sections are known, or will be a linker's: this is the last pass. */
  readonly final: boolean;
  /** A linker places the sections. */
  readonly relocatable: boolean;
}

export class OperandValues {
  private readonly here: bigint;

  constructor(private readonly context: InstructionContext) {
    this.here = (context.final ? context.section.virtualStart : 0n) + context.offset;
  }

  /** The number a value has now: its address in the last pass, its offset before. */
  private number(value: Value): bigint {
    return this.context.final ? resolve(value) : value.constant;
  }

  /** Throws AssemblyError. */
  operand(syntax: OperandSyntax): Operand {
    switch (syntax.kind) {
      case 'register':
        return this.register(syntax);
      case 'memory':
        return this.memory(syntax);
      case 'farPointer':
        return this.farPointer(syntax);
      case 'immediate':
        return this.immediate(syntax);
    }
  }

  private register({ expression, sizeBits, strict, distance, to, extent }: OperandSyntax): Operand {
    if (expression.kind !== 'register') throw new AssemblyError(messages.unexpected('', t`a register`), extent);
    return { kind: 'register', register: expression.register, sizeBits, strict, distance, to, extent };
  }

  private memory({ expression, memory, sizeBits, strict, distance, to, extent }: OperandSyntax): Operand {
    const hint: AddressHint = { kind: 'none' };
    const value = evaluate(expression, this.context.evaluation, hint);
    const displacement = this.number(value);
    const relativeDisplacement = displacement - this.here;
    const address = { value, hint, syntax: memory ?? plainMemory, displacement, relativeDisplacement };
    return { kind: 'memory', address, sizeBits, strict, distance, to, extent };
  }

  private immediate({ expression, sizeBits, strict, distance, to, extent }: OperandSyntax): Operand {
    const evaluated = this.withoutRegisters(expression, extent);
    const value = this.number(evaluated);
    const { bases, unknown } = evaluated;
    const sameSection = bases.length === 1 && bases[0].base === this.context.section && bases[0].factor === 1n;
    const distanceFromHere = value - this.here;
    const scalar = isScalar(evaluated);
    return {
      kind: 'immediate',
      value,
      scalar,
      unknown,
      sameSection,
      distanceFromHere,
      evaluated,
      sizeBits,
      strict,
      distance,
      to,
      extent,
    };
  }

  private farPointer({ selector, expression, sizeBits, strict, distance, to, extent }: OperandSyntax): Operand {
    const selectorValue = this.withoutRegisters(selector ?? expression, extent);
    const evaluated = this.withoutRegisters(expression, extent);
    return {
      kind: 'farPointer',
      selector: this.number(selectorValue),
      selectorKnown: isScalar(selectorValue),
      offset: this.number(evaluated),
      evaluated,
      sizeBits,
      strict,
      distance,
      to,
      extent,
    };
  }

  private withoutRegisters(expression: OperandSyntax['expression'], extent: OperandSyntax['extent']): Value {
    const value = evaluate(expression, this.context.evaluation);
    if (value.registers.length > 0) throw new AssemblyError(messages.registerInValue(), extent);
    return value;
  }

  /**
   * Whether an address is encoded relative to the instruction: `rel` asks for it, `default rel` implies it unless fs or
   * gs is named; a plain number has nothing to be near to.
   */
  isRipRelative(address: Address): boolean {
    const { relative, segment } = address.syntax;
    if (this.context.bits !== 64 || relative === 'abs' || !isOffsetOnly(address)) return false;
    const wanted =
      relative === 'rel' || (this.context.defaultRelative && segment?.name !== 'fs' && segment?.name !== 'gs');
    return wanted && address.value.bases.length > 0;
  }
}
