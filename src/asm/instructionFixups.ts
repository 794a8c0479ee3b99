// Which fields of an encoded instruction a linker has to fill in: displacements, immediates, branch targets and the offsets of
// far pointers that depend on where a section or an external symbol comes to lie.
import type { Choice } from './choose';
import { AssemblyError } from './diagnostics';
import type { ConstantFields } from './encoder';
import { distanceField, type FieldPlace, type FixedField, fixedField, type Fixup, writeAddend } from './fixups';
import type { MatchContext, Operand } from './match';
import { messages } from './messages';
import type { OperandKind } from './mnemonics';

/** Where the instruction stands. */
export type InstructionPlace = FieldPlace & Pick<MatchContext, 'isRipRelative'>;

type Field = NonNullable<ConstantFields[keyof ConstantFields]>;

/**
 * The fixups of `bytes`, in which the addends are put. `fields` are those of `operands` as encoded, counted from the end, since
 * prefixes come and go in front.
 */
export function instructionFixups(
  { form, operands }: Choice,
  bytes: Uint8Array,
  fields: ConstantFields,
  place: InstructionPlace,
): Fixup[] {
  const kinds = form.kinds.filter(kind => kind.type !== 'implied');
  const immediates = [fields.immediate, fields.immediate2];
  const found = operands.flatMap((operand, index): FixedField[] => {
    const field =
      operand.kind === 'memory' ? fields.displacement : isImmediate(operand) ? immediates.shift() : undefined;
    if (field === undefined) return [];
    const fixed = operandField(operand, kinds[index], field, bytes.length, place);
    return fixed ? [fixed] : [];
  });
  for (const field of found) writeAddend(bytes, field);
  return found.map(({ fixup }) => fixup);
}

const isImmediate = ({ kind }: Operand): boolean => kind === 'immediate' || kind === 'farPointer';

function operandField(
  operand: Operand,
  kind: OperandKind,
  { tail, bytes }: Field,
  length: number,
  place: InstructionPlace,
): FixedField | undefined {
  const offset = length - tail;
  const { extent } = operand;
  switch (operand.kind) {
    case 'register':
      return undefined;
    case 'memory': {
      const { address } = operand;
      const value = { ...address.value, registers: [] };
      if (place.isRipRelative(address)) return distanceField(value, place, { offset, bytes, tail }, extent);
      return fixedField(value, place, offset, bytes, extent);
    }
    case 'immediate':
      if (operand.evaluated === undefined) return undefined;
      if (kind.type === 'branch') return distanceField(operand.evaluated, place, { offset, bytes, tail }, extent);
      return fixedField(operand.evaluated, place, offset, bytes, extent);
    case 'farPointer':
      if (!operand.selectorKnown) throw new AssemblyError(messages.notRelocatable(), extent);
      return fixedField(operand.evaluated, place, offset, bytes, extent);
  }
}
