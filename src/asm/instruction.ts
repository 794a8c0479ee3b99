// One instruction to bytes: evaluate its operands, find NASM's form for them, have iced encode it, add the prefixes.
import { absoluteOffset, type Address, addressSize, effectiveAddress } from './addressing';
import { type Choice, chooseForm } from './choose';
import { AssemblyError, type Extent } from './diagnostics';
import type { ConstantFields, MemoryToEncode, OperandToEncode } from './encoder';
import { type EncodedInstruction, withoutFixups } from './encodedInstruction';
import { encodeByTemplate } from './encodingTemplates';
import type { Bits } from './opcodeFacts';
import { instructionFixups } from './instructionFixups';
import { type ImmediateOperand, type MatchContext, matchingForms, type MemoryOperand, type Operand } from './match';
import { messages } from './messages';
import { misfitsOf } from './misfits';
import { type Form, instructionsOf, type OperandKind } from './mnemonics';
import { type InstructionContext, OperandValues } from './operandValues';
import { type PrefixWords, prefixWords, withoutOperandSize, withPrefixes } from './prefixes';
import { registerNamed, sameNumberIn } from './registers';
import type { Body } from './statement';

export type InstructionBody = Extract<Body, { kind: 'instruction' }>;

/** What the encoding depends on beside form and operands. */
interface Encoding {
  readonly match: MatchContext;
  readonly bits: Bits;
  readonly token: Extent;
  /** How many prefix bytes go in front of what iced makes; undefined where only the length is wanted. */
  readonly added?: bigint;
  /** Where the numbers in the instruction are is wanted. */
  readonly wantsFields: boolean;
}

interface EncodedForm {
  readonly bytes: Uint8Array;
  readonly fields: ConstantFields;
}

/** An instruction as it is encoded at this place in this pass. Throws AssemblyError. */
export function encodeInstruction(
  body: InstructionBody,
  words: readonly string[],
  context: InstructionContext,
): EncodedInstruction {
  const { mnemonic, token } = body;
  const { bits } = context;
  const values = new OperandValues(context);
  const operands = withImpliedSize(body.operands.map(syntax => values.operand(syntax)));
  const addresses = addressesOf(operands);
  let prefixes = withSegment(prefixWords(words), addresses, token);
  const addressBits = addressSize(addresses, bits, addressPrefix(mnemonic, operands, prefixes));
  if (!addressBits) throw new AssemblyError(messages.addressSize(bits), memoryExtent(operands) ?? token);
  const isRipRelative = (address: Address) => values.isRipRelative(address);
  const { generation } = context;
  const match: MatchContext = { bits, addressBits, generation, writtenPrefixes: prefixes.size, isRipRelative };
  const askedSize = prefixes.get('operandSize');
  const far = context.relocatable ? undefined : farCondition(mnemonic, operands, match, token, context.final);
  if (far) return withoutFixups(withPrefixes(far, prefixes, bits));
  const choice = chooseForm({ mnemonic, operands }, token, match, askedSize ? Number(askedSize.slice(1)) : undefined);
  if (choice.form.name.startsWith('Jmp_rel8')) prefixes = withoutBnd(prefixes);
  const wantsFields = context.final && context.relocatable;
  const encoded = bytes(choice, prefixes, { match, bits, token, wantsFields }, context.final);
  const misfits = misfitsOf(choice, match);
  if (!wantsFields) return withoutFixups(encoded.bytes, misfits);
  const place = { section: context.section, start: context.offset, isRipRelative };
  return { bytes: encoded.bytes, fixups: instructionFixups(choice, encoded.bytes, encoded.fields, place), misfits };
}

const addressesOf = (operands: readonly Operand[]): Address[] => {
  const addresses: Address[] = [];
  for (const operand of operands) if (operand.kind === 'memory') addresses.push(operand.address);
  return addresses;
};

const conditionalJump = /^j(?![er]?cxz|mp)[a-z]+$/;

/** Before the 386 conditional jumps are short: one that goes further jumps over a near jump, as NASM has it. */
function farCondition(
  mnemonic: string,
  operands: readonly Operand[],
  match: MatchContext,
  token: Extent,
  final: boolean,
): Uint8Array | undefined {
  const [target] = operands;
  if (match.generation >= firstWithNearConditions || operands.length !== 1 || !conditionalJump.test(mnemonic)) return;
  if (target.kind !== 'immediate' || target.distance || target.sizeBits !== undefined) return;
  const forms = instructionsOf(mnemonic)?.forms ?? [];
  if (matchingForms(forms, operands, match).length > 0) return;
  const encoding = { match, bits: match.bits, token, wantsFields: false };
  const short = chooseForm({ mnemonic, operands: [{ ...target, distance: 'short' }] }, token, match, undefined);
  const [opcode] = draftOf(short, encoding).bytes;
  const near: Operand = { ...target, distance: 'near', distanceFromHere: target.distanceFromHere - 2n };
  const { bytes: jump } = bytes(
    chooseForm({ mnemonic: 'jmp', operands: [near] }, token, match, undefined),
    new Map(),
    encoding,
    final,
  );
  return Uint8Array.of(opcode ^ 1, jump.length, ...jump);
}

const firstWithNearConditions = 3;

/** `add [x],byte 5`: where only the immediate has a size, the memory has it too. */
function withImpliedSize(operands: Operand[]): Operand[] {
  const [first, second] = operands;
  if (operands.length !== 2 || first.kind !== 'memory' || first.sizeBits !== undefined) return operands;
  if (second.kind !== 'immediate' || second.sizeBits === undefined) return operands;
  return [{ ...first, sizeBits: second.sizeBits }, second];
}

const memoryExtent = (operands: readonly Operand[]) => operands.find(operand => operand.kind === 'memory')?.extent;

/** A segment in the brackets is a prefix like one before the instruction. */
function withSegment(prefixes: PrefixWords, addresses: readonly Address[], token: Extent): PrefixWords {
  let result = prefixes;
  for (const { syntax } of addresses) {
    if (!syntax.segment) continue;
    const { name } = syntax.segment;
    if ((result.get('segment') ?? name) !== name) throw new AssemblyError(messages.conflictingPrefixes(), token);
    result = new Map([...result, ['segment', name]]);
  }
  return result;
}

/** A short jump takes no BND prefix. */
function withoutBnd(prefixes: PrefixWords): PrefixWords {
  return prefixes.get('repeat') === 'bnd' ? new Map([...prefixes].filter(([slot]) => slot !== 'repeat')) : prefixes;
}

/** The address size as a prefix or, for loop and its kin, as the counter says. */
function addressPrefix(mnemonic: string, operands: readonly Operand[], prefixes: PrefixWords): string | undefined {
  const [, counter] = operands;
  if (counter?.kind === 'register' && mnemonic.startsWith('loop') && /^[er]?cx$/.test(counter.register.name)) {
    return `a${counter.register.sizeBits}`;
  }
  if (mnemonic === 'jcxz') return 'a16';
  if (mnemonic === 'jecxz') return 'a32';
  return mnemonic === 'jrcxz' ? 'a64' : prefixes.get('addressSize');
}

/**
 * Encodes twice where the distance from the instruction's end matters: once for the length, which is all that counts
 * before the last pass, and once more when the length is known.
 */
function bytes(choice: Choice, prefixes: PrefixWords, encoding: Encoding, final: boolean): EncodedForm {
  const { form } = choice;
  const mandatory = form.operandSize === 0 || form.operandSize === 64;
  const prefixed = ({ bytes, fields }: EncodedForm): EncodedForm => ({
    bytes: withPrefixes(bytes, prefixes, encoding.bits, mandatory),
    fields,
  });
  if (!dependsOnPlace(choice, encoding.match)) return prefixed(encodeForm(choice, encoding));
  const draft = draftOf(choice, encoding);
  const whole = prefixed(draft);
  if (!final) return whole;
  checkReach(choice, whole.bytes.length, encoding.wantsFields);
  const added = BigInt(whole.bytes.length - draft.bytes.length);
  return prefixed(encodeForm(choice, { ...encoding, added }));
}

const dependsOnPlace = ({ form, operands }: Choice, match: MatchContext): boolean =>
  operands.some((operand, index) => isPlaceDependent(operand, form, index, match));

function isPlaceDependent(operand: Operand, form: Form, index: number, match: MatchContext): boolean {
  if (operand.kind === 'memory') return match.isRipRelative(operand.address);
  return operand.kind === 'immediate' && form.writtenKinds[index].type === 'branch';
}

const branchDrafts = new Map<string, EncodedForm>();

/** Bytes of the right length. Those of a branch are the same wherever it goes. */
function draftOf(choice: Choice, encoding: Encoding): EncodedForm {
  if (choice.operands.length !== 1 || choice.operands[0].kind !== 'immediate') return encodeForm(choice, encoding);
  const key = `${choice.form.code} ${encoding.bits}`;
  const draft = branchDrafts.get(key) ?? encodeForm(choice, encoding);
  branchDrafts.set(key, draft);
  return draft;
}

/** In an object only branches within a section have their distance now. */
function checkReach({ form, operands }: Choice, length: number, relocatable: boolean) {
  for (const [index, operand] of operands.entries()) {
    const kind = form.writtenKinds[index];
    if (operand.kind !== 'immediate' || kind.type !== 'branch' || !kind.short) continue;
    if (relocatable && !operand.sameSection) continue;
    const distance = operand.distanceFromHere - BigInt(length);
    if (distance < -128n || distance > 127n)
      throw new AssemblyError(messages.shortOutOfRange(distance), operand.extent);
  }
}

function encodeForm({ form, operands }: Choice, encoding: Encoding): EncodedForm {
  let next = 0;
  const toEncode = form.kinds.map((kind, index): OperandToEncode => {
    if (kind.type !== 'implied') return operandToEncode(operands[next++], kind, encoding);
    const fixed = registerNamed(form.operandKinds[index]);
    return fixed ? { type: 'register', register: fixed } : { type: 'implied', addressBits: encoding.match.addressBits };
  });
  const encoded = encodeByTemplate(encoding.bits, form, toEncode, encoding.wantsFields);
  if ('failure' in encoded) throw new AssemblyError(encoded.failure, encoding.token);
  return form.sizeless ? { ...encoded, bytes: withoutOperandSize(encoded.bytes) } : encoded;
}

function operandToEncode(operand: Operand, kind: OperandKind, encoding: Encoding): OperandToEncode {
  switch (operand.kind) {
    case 'register': {
      const register = 'class' in kind ? sameNumberIn(kind.class, operand.register) : operand.register;
      return { type: 'register', register };
    }
    case 'farPointer':
      return { type: 'farPointer', selector: operand.selector, offset: operand.offset };
    case 'immediate':
      if (kind.type !== 'branch') return { type: 'immediate', value: operand.value };
      return { type: 'branch', target: branchTarget(operand, encoding) };
    case 'memory':
      return { type: 'memory', memory: memoryToEncode(operand, kind, encoding) };
  }
}

/** Relative to where the instruction stands as iced encodes it. What a linker fills in, and what only has a length yet, is 0. */
function branchTarget({ distanceFromHere, sameSection }: ImmediateOperand, { added, wantsFields }: Encoding): bigint {
  return added === undefined || (wantsFields && !sameSection) ? 0n : distanceFromHere - added;
}

const relativeTo = ({ relativeDisplacement }: Address, added: bigint | undefined) =>
  added === undefined ? 0n : relativeDisplacement - added;

function memoryToEncode(
  { address, extent }: MemoryOperand,
  kind: OperandKind,
  { match, added }: Encoding,
): MemoryToEncode {
  if (kind.type === 'offset') return absoluteOffset(address, match.addressBits);
  const isRelative = match.isRipRelative(address);
  const placed = isRelative ? { ...address, relativeDisplacement: relativeTo(address, added) } : address;
  const memory = effectiveAddress(placed, match.addressBits, isRelative);
  if ('failure' in memory) throw new AssemblyError(memory.failure, extent);
  return memory;
}
