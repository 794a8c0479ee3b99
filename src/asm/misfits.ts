// Numbers in an instruction that do not fit their fields and are cut off there. What counts as fitting is NASM's: what is
// negative may be the complement of any number that fits, but for bytes that are no data (a count, a port, a selection of
// elements). Leaves out displacements that wrap round to a byte, of which NASM warns, and addresses of 64 bits.
import { isOffsetOnly } from './addressing';
import type { Choice } from './choose';
import type { Extent } from './diagnostics';
import { type ImmediateOperand, isSignedByte, type MatchContext, type Operand } from './match';
import type { Form, OperandKind } from './mnemonics';
import { isScalar } from './value';

export interface Misfit {
  readonly value: bigint;
  readonly bits: number;
  /** The field is extended by its sign. */
  readonly signed: boolean;
  readonly extent: Extent;
}

type ImmediateKind = Extract<OperandKind, { type: 'immediate' }>;

export function misfitsOf({ form, operands }: Choice, match: MatchContext): readonly Misfit[] {
  return operands.flatMap((operand, index) => misfitsOfOperand(operand, form, form.writtenKinds[index], match));
}

function misfitsOfOperand(operand: Operand, form: Form, kind: OperandKind, match: MatchContext): readonly Misfit[] {
  const { extent } = operand;
  const unlessFits = (value: bigint, bits: number): readonly Misfit[] =>
    fits(value, bits) ? [] : [{ value, bits, signed: false, extent }];
  switch (operand.kind) {
    case 'register':
      return [];
    case 'immediate':
      return kind.type === 'immediate' && operand.scalar && !fitsImmediate(operand, form, kind)
        ? [{ value: operand.value, bits: kind.bits, signed: kind.extendedTo !== undefined, extent }]
        : [];
    case 'memory': {
      const { address } = operand;
      const { displacement } = address;
      const { addressBits } = match;
      if (address.value.bases.length > 0 || addressBits === 64) return [];
      return isOffsetOnly(address) || !isSignedByte(displacement, addressBits)
        ? unlessFits(displacement, addressBits)
        : [];
    }
    case 'farPointer':
      return [
        ...(operand.selectorKnown ? unlessFits(operand.selector, 16) : []),
        ...(isScalar(operand.evaluated) ? unlessFits(operand.offset, form.operandSize) : []),
      ];
  }
}

/** Bytes that are data as those of `db` are. */
const ofData = /^(Mov|Add|Or|Adc|Sbb|And|Sub|Xor|Cmp|Test)_/;

function fitsImmediate({ value, unknown }: ImmediateOperand, { name }: Form, kind: ImmediateKind): boolean {
  const { bits, extendedTo, one } = kind;
  if (one || unknown || bits === 64) return true;
  if (extendedTo === undefined) return fits(value, bits) && (bits > 8 || value >= 0n || ofData.test(name));
  if (bits === 8) return value >= -128n && fits(value, extendedTo) && isSignedByte(value, extendedTo);
  return value === BigInt.asIntN(bits, value);
}

/** May `value` stand in a field of so many bits, as itself or as its complement? */
export const fits = (value: bigint, bits: number): boolean =>
  value >= -(1n << BigInt(bits)) && value < 1n << BigInt(bits);
