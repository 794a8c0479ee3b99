// The form that NASM takes for an instruction: the first in its order that fits, of what the operands can mean. If
// there is none, what is wrong.
import { t } from '../base/localization';
import { AssemblyError, type Extent } from './diagnostics';
import type { Bits } from './opcodeFacts';
import {
  type ImmediateOperand,
  type MatchContext,
  matchingForms,
  memoryKeywordBits,
  type MemoryOperand,
  type Operand,
} from './match';
import { messages } from './messages';
import { type Form, instructionsOf, isNatural } from './mnemonics';
import { operandVariants, preferredVariants, type Variant } from './operandVariants';
import { anyProcessor } from './processors';
import type { Register } from './registers';

export interface Choice {
  readonly form: Form;
  /** One for each operand of the form that is not implied. */
  readonly operands: readonly Operand[];
}

/** `askedSize`: the operand size that the source asked for with o16, o32 or o64. Throws AssemblyError. */
export function chooseForm(
  written: Variant,
  token: Extent,
  match: MatchContext,
  askedSize: number | undefined,
): Choice {
  const { mnemonic, operands } = written;
  const choice =
    firstFitting(preferredVariants(mnemonic, operands, match.bits), token, match, askedSize) ??
    firstFitting([written], token, match, askedSize) ??
    firstFitting(operandVariants(mnemonic, operands), token, match, askedSize);
  if (choice) return choice;
  throw new AssemblyError(noForm(written, match), token);
}

function firstFitting(variants: readonly Variant[], token: Extent, match: MatchContext, askedSize: number | undefined) {
  for (const { mnemonic, operands } of variants) {
    const instructions = instructionsOf(mnemonic);
    if (!instructions) continue;
    const { immediate } = instructions;
    const all = immediate === undefined ? operands : [...operands, implied(immediate, token)];
    const forms = matchingForms(instructions.forms, all, match);
    if (forms.length > 0) return { form: preferred(mnemonic, forms, all, match.bits, askedSize), operands: all };
  }
  return undefined;
}

/** The first form in NASM's order; those that need no operand-size prefix, or the one asked for, come first. */
function preferred(
  mnemonic: string,
  forms: readonly Form[],
  operands: readonly Operand[],
  bits: Bits,
  askedSize: number | undefined,
): Form {
  const [first] = forms;
  const wanted = (form: Form) => (askedSize === undefined ? isNatural(form, bits) : form.operandSize === askedSize);
  const form = forms.find(other => other.rank === first.rank && wanted(other)) ?? first;
  const memory = operands.find((operand): operand is MemoryOperand => operand.kind === 'memory');
  if (forms.length === 1 || !memory || memory.sizeBits !== undefined) return form;
  const assumed = assumedForm(forms, bits);
  if (assumed) return assumed;
  const sizes = new Set(forms.map(memoryKeywordBits));
  if (sizes.size > 1 && mnemonic !== 'call' && mnemonic !== 'jmp') {
    throw new AssemblyError(messages.sizeMissing([...sizes]), memory.extent);
  }
  return form;
}

/** Memory sizes that NASM takes for granted: far pointers of 64 bits in that mode, the narrower source of a conversion. */
function assumedForm(forms: readonly Form[], bits: Bits): Form | undefined {
  const conversion = /^(Cvt|VEX_Vcvt)(si2s[sd]_xmm_(xmm_)?rm32|t?pd2(ps|dq)_xmm_xmmm128)$/;
  return forms.find(({ name }) => conversion.test(name) || (bits === 64 && /^(Call|Jmp)_m1664$/.test(name)));
}

function implied(value: bigint, extent: Extent): ImmediateOperand {
  const unrelated = { strict: false, to: false, sameSection: false, distanceFromHere: 0n };
  return { kind: 'immediate', value, scalar: true, unknown: false, extent, ...unrelated };
}

const isAvx512Register = ({ class: registerClass, index }: Register) =>
  registerClass === 'zmm' || registerClass === 'k' || (/^[xy]mm$/.test(registerClass) && index > 15);

/** What is wrong with operands that no form takes, as precisely as can be told. */
function noForm({ mnemonic, operands }: Variant, match: MatchContext): string {
  const { forms = [], leftOut } = instructionsOf(mnemonic) ?? {};
  const isAvx512 = operands.some(operand => operand.kind === 'register' && isAvx512Register(operand.register));
  if (leftOut || isAvx512) return messages.unsupported(mnemonic, t`only its AVX-512 or vendor encodings would do`);
  if (matchingForms(forms, operands, { ...match, generation: anyProcessor }).length > 0)
    return messages.laterProcessor(mnemonic);
  const otherModes = ([16, 32, 64] as const).filter(
    bits => bits !== match.bits && matchingForms(forms, operands, { ...match, bits, addressBits: bits }).length > 0,
  );
  if (otherModes.length > 0) return messages.otherMode(mnemonic, match.bits, otherModes);
  const far = operands.some(({ kind, distance }) => kind === 'immediate' && distance === 'far');
  if (far) return messages.farTarget(mnemonic);
  const counts = new Set(forms.map(form => form.writtenKinds.length));
  if (!counts.has(operands.length)) return messages.operandCount(mnemonic, [...counts], operands.length);
  const [first, second] = operands.map(operand => (operand.kind === 'register' ? operand.register : undefined));
  const differ = first && second && operands.length === 2 && first.sizeBits !== second.sizeBits;
  return differ ? messages.sizesDiffer(first, second) : messages.badOperands(mnemonic);
}
