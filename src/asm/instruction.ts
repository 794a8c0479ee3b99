// One instruction to bytes: evaluate its operands, find NASM's form for them, have iced encode it, add the prefixes.
import { absoluteOffset, type Address, addressSize, effectiveAddress, isOffsetOnly } from './addressing';
import { AssemblyError, type Extent } from './diagnostics';
import { type Bits, encode, type MemoryToEncode, type OperandToEncode } from './encoder';
import { type AddressHint, type EvaluationContext, evaluate } from './evaluate';
import type { Expression } from './expression';
import {
  type FarPointerOperand,
  type ImmediateOperand,
  type MatchContext,
  matchingForms,
  memoryKeywordBits,
  type MemoryOperand,
  type Operand,
} from './match';
import { messages } from './messages';
import { type Form, instructionsOf, isNatural, type OperandKind } from './mnemonics';
import { operandVariants, preferredVariants } from './operandVariants';
import type { OperandSyntax } from './operandSyntax';
import { prefixWords, withoutOperandSize, withPrefixes } from './prefixes';
import { type Register, registerNamed, sameNumberIn } from './registers';
import type { Body, PrefixSlot } from './statement';
import { type Base, isScalar, resolve, type Value } from './value';

export type InstructionBody = Extract<Body, { kind: 'instruction' }>;

/** Where an instruction stands and what holds there. */
export interface InstructionContext {
  readonly bits: Bits;
  readonly evaluation: EvaluationContext;
  /** The section it stands in and the offset in it. */
  readonly section: Base;
  readonly offset: bigint;
  /** `default rel` is in force. */
  readonly defaultRelative: boolean;
  /** Addresses of sections are known: this is the last pass. */
  readonly final: boolean;
}

class InstructionEncoder {
  private readonly prefixes: Map<PrefixSlot, string>;

  constructor(
    private readonly body: InstructionBody,
    prefixes: readonly string[],
    private readonly context: InstructionContext,
  ) {
    this.prefixes = new Map(prefixWords(prefixes));
  }

  encode(): Uint8Array {
    const { mnemonic, token } = this.body;
    const operands = withImpliedSize(this.body.operands.map(operand => this.operand(operand)));
    const addresses = operands.flatMap(operand => (operand.kind === 'memory' ? [operand.address] : []));
    const addressBits = addressSize(addresses, this.context.bits, this.addressPrefix(mnemonic, operands));
    if (!addressBits) throw new AssemblyError(messages.addressSize(this.context.bits), addressExtent(operands, token));
    const match: MatchContext = {
      bits: this.context.bits,
      addressBits,
      writtenPrefixes: this.prefixes.size,
      isRipRelative: address => this.isRipRelative(address),
    };
    const { form, operands: chosen } = this.choose(mnemonic, operands, match);
    return this.bytes(form, chosen, match);
  }

  // --- operands -------------------------------------------------------------------------------------------------

  private evaluate(expression: Expression, hint?: AddressHint): Value {
    return evaluate(expression, this.context.evaluation, hint);
  }

  /** The number a value has now: its address in the last pass, its offset before. */
  private number(value: Value): bigint {
    return this.context.final ? resolve(value) : value.constant;
  }

  private get here(): bigint {
    return (this.context.final ? this.context.section.virtualStart : 0n) + this.context.offset;
  }

  private operand(syntax: OperandSyntax): Operand {
    const { sizeBits, strict, distance, to, extent } = syntax;
    const common = {
      strict,
      to,
      extent,
      ...(sizeBits === undefined ? {} : { sizeBits }),
      ...(distance ? { distance } : {}),
    };
    switch (syntax.kind) {
      case 'register': {
        const { expression } = syntax;
        const register = expression.kind === 'register' ? expression.register : undefined;
        if (!register) throw new AssemblyError(messages.unexpected('', 'a register'), extent);
        return { ...common, kind: 'register', register };
      }
      case 'memory':
        return { ...common, kind: 'memory', address: this.address(syntax) };
      case 'farPointer':
        return { ...common, kind: 'farPointer', ...this.farPointer(syntax) };
      case 'immediate':
        return { ...common, kind: 'immediate', ...this.immediate(syntax) };
    }
  }

  private address({ expression, memory, extent }: OperandSyntax): Address {
    const hint: AddressHint = { kind: 'none' };
    const value = this.evaluate(expression, hint);
    if (memory?.segment) this.overrideSegment(memory.segment, extent);
    const displacement = this.number(value);
    const syntax = memory ?? { nosplit: false };
    return { value, hint, syntax, displacement, relativeDisplacement: displacement - this.here };
  }

  private overrideSegment({ name }: Register, extent: Extent) {
    const written = this.prefixes.get('segment');
    if (written !== undefined && written !== name) throw new AssemblyError(messages.conflictingPrefixes, extent);
    this.prefixes.set('segment', name);
  }

  private immediate(syntax: OperandSyntax): Omit<ImmediateOperand, 'kind' | 'strict' | 'to' | 'extent'> {
    const value = this.evaluate(syntax.expression);
    if (value.registers.length > 0) throw new AssemblyError(messages.registerInValue, syntax.extent);
    const number = this.number(value);
    const [base] = value.bases;
    return {
      value: number,
      scalar: isScalar(value),
      unknown: value.unknown,
      sameSection: value.bases.length === 1 && base.base === this.context.section && base.factor === 1n,
      distanceFromHere: number - this.here,
    };
  }

  private farPointer(syntax: OperandSyntax): Pick<FarPointerOperand, 'selector' | 'offset'> {
    const selector = syntax.selector ? this.evaluate(syntax.selector) : undefined;
    const offset = this.evaluate(syntax.expression);
    if (!selector || selector.registers.length + offset.registers.length > 0)
      throw new AssemblyError(messages.registerInValue, syntax.extent);
    return { selector: this.number(selector), offset: this.number(offset) };
  }

  /** NASM: `rel` asks for it, `default rel` implies it unless fs or gs is named; a plain number has nothing to be near to. */
  private isRipRelative(address: Address): boolean {
    const { relative, segment } = address.syntax;
    if (this.context.bits !== 64 || relative === 'abs' || !isOffsetOnly(address)) return false;
    const wanted = relative === 'rel' || (this.context.defaultRelative && !(segment && /^[fg]s$/.test(segment.name)));
    return wanted && address.value.bases.length > 0;
  }

  /** The address size as a prefix or, for loop and its kin, as the counter says. */
  private addressPrefix(mnemonic: string, operands: readonly Operand[]): string | undefined {
    const counter = /^loop/.test(mnemonic) && operands[1]?.kind === 'register' ? operands[1].register : undefined;
    if (counter && /^[er]?cx$/.test(counter.name)) return `a${counter.sizeBits}`;
    const ofName = /^j([er]?)cxz$/.exec(mnemonic)?.[1];
    if (ofName !== undefined) return `a${ofName === 'e' ? 32 : ofName === 'r' ? 64 : 16}`;
    return this.prefixes.get('addressSize');
  }

  // --- choice ---------------------------------------------------------------------------------------------------

  private choose(
    mnemonic: string,
    operands: readonly Operand[],
    match: MatchContext,
  ): { form: Form; operands: readonly Operand[] } {
    const variants = [
      ...preferredVariants(mnemonic, operands, match.bits),
      { mnemonic, operands },
      ...operandVariants(mnemonic, operands),
    ];
    for (const variant of variants) {
      const instructions = instructionsOf(variant.mnemonic);
      const all =
        instructions?.immediate === undefined
          ? variant.operands
          : [...variant.operands, implied(instructions.immediate, this.body.token)];
      const forms = matchingForms(instructions?.forms ?? [], all, match);
      if (forms.length > 0) return { form: this.preferred(forms, all), operands: all };
    }
    throw new AssemblyError(this.noForm(mnemonic, operands, match), this.body.token);
  }

  /** The first form in NASM's order; those that need no operand-size prefix, or the one asked for, come first. */
  private preferred(forms: readonly Form[], operands: readonly Operand[]): Form {
    const [first] = forms;
    const asked = this.prefixes.get('operandSize');
    const wanted = (form: Form) =>
      asked ? form.operandSize === Number(asked.slice(1)) : isNatural(form, this.context.bits);
    const form = forms.find(other => other.rank === first.rank && wanted(other)) ?? first;
    const memory = operands.find((operand): operand is MemoryOperand => operand.kind === 'memory');
    const assumed = memory && memory.sizeBits === undefined ? assumedForm(forms, this.context.bits) : undefined;
    if (assumed) return assumed;
    const sizes = new Set(forms.map(memoryKeywordBits));
    const sizeMatters = !/^(call|jmp)$/.test(this.body.mnemonic);
    if (memory && memory.sizeBits === undefined && sizes.size > 1 && sizeMatters) {
      throw new AssemblyError(messages.sizeMissing([...sizes]), memory.extent);
    }
    return form;
  }

  /** What is wrong with operands that no form takes, as precisely as can be told. */
  private noForm(mnemonic: string, operands: readonly Operand[], match: MatchContext): string {
    const { forms = [], leftOut } = instructionsOf(mnemonic) ?? {};
    const isAvx512 = operands.some(operand => operand.kind === 'register' && isAvx512Register(operand.register));
    if (leftOut || isAvx512) return messages.unsupported(mnemonic, 'only its AVX-512 or vendor encodings would do');
    const otherModes = ([16, 32, 64] as const).filter(
      bits => bits !== match.bits && matchingForms(forms, operands, { ...match, bits, addressBits: bits }).length > 0,
    );
    if (otherModes.length > 0) return messages.otherMode(mnemonic, match.bits, otherModes);
    if (operands.some(({ kind, distance }) => kind === 'immediate' && distance === 'far'))
      return messages.farTarget(mnemonic);
    const counts = new Set(forms.map(form => form.kinds.filter(kind => kind.type !== 'implied').length));
    if (!counts.has(operands.length)) return messages.operandCount(mnemonic, [...counts], operands.length);
    const [first, second] = operands.map(operand => (operand.kind === 'register' ? operand.register : undefined));
    if (first && second && operands.length === 2 && first.sizeBits !== second.sizeBits)
      return messages.sizesDiffer(first, second);
    return messages.badOperands(mnemonic);
  }

  // --- bytes ----------------------------------------------------------------------------------------------------

  /**
   * Encodes twice where the distance from the instruction's end matters: once for the length, which is all that counts
   * before the last pass, and once more when the length is known.
   */
  private bytes(form: Form, operands: readonly Operand[], match: MatchContext): Uint8Array {
    const draft = this.encodeForm(form, operands, match, undefined);
    if (form.name.startsWith('Jmp_rel8') && this.prefixes.get('repeat') === 'bnd') this.prefixes.delete('repeat');
    const prefixed = (bytes: Uint8Array) =>
      withPrefixes(bytes, this.prefixes, this.context.bits, form.operandSize === 0 || form.operandSize === 64);
    const whole = prefixed(draft);
    const dependsOnPlace = operands.some((operand, index) => this.dependsOnPlace(operand, form, index));
    if (!this.context.final || !dependsOnPlace) return whole;
    this.checkReach(form, operands, whole.length);
    const added = BigInt(whole.length - draft.length);
    return prefixed(this.encodeForm(form, operands, match, added));
  }

  private dependsOnPlace(operand: Operand, form: Form, index: number): boolean {
    if (operand.kind === 'memory') return this.isRipRelative(operand.address);
    return operand.kind === 'immediate' && explicitKind(form, index)?.type === 'branch';
  }

  private checkReach(form: Form, operands: readonly Operand[], length: number) {
    for (const [index, operand] of operands.entries()) {
      const kind = explicitKind(form, index);
      if (operand.kind !== 'immediate' || kind?.type !== 'branch' || !kind.short) continue;
      const distance = operand.distanceFromHere - BigInt(length);
      if (distance < -128n || distance > 127n)
        throw new AssemblyError(messages.shortOutOfRange(distance), operand.extent);
    }
  }

  /** `added` is how many prefix bytes go in front of what iced makes; undefined where only the length is wanted. */
  private encodeForm(
    form: Form,
    operands: readonly Operand[],
    match: MatchContext,
    added: bigint | undefined,
  ): Uint8Array {
    let next = 0;
    const toEncode = form.kinds.map((kind, index): OperandToEncode => {
      if (kind.type !== 'implied') return this.toEncode(operands[next++], kind, match, added);
      const fixed = registerNamed(form.operandKinds[index]);
      return fixed ? { type: 'register', register: fixed } : { type: 'implied', addressBits: match.addressBits };
    });
    const encoding = encode(this.context.bits, form, toEncode);
    if ('failure' in encoding) throw new AssemblyError(encoding.failure, this.body.token);
    return form.sizeless ? withoutOperandSize(encoding.bytes) : encoding.bytes;
  }

  private toEncode(
    operand: Operand,
    kind: OperandKind,
    match: MatchContext,
    added: bigint | undefined,
  ): OperandToEncode {
    switch (operand.kind) {
      case 'register':
        return {
          type: 'register',
          register: 'class' in kind ? sameNumberIn(kind.class, operand.register) : operand.register,
        };
      case 'farPointer':
        return { type: 'farPointer', selector: operand.selector, offset: operand.offset };
      case 'immediate':
        if (kind.type !== 'branch') return { type: 'immediate', value: operand.value };
        return { type: 'branch', target: added === undefined ? 0n : operand.distanceFromHere - added };
      case 'memory':
        return { type: 'memory', memory: this.memory(operand, kind, match, added) };
    }
  }

  private memory(
    { address, extent }: MemoryOperand,
    kind: OperandKind,
    match: MatchContext,
    added: bigint | undefined,
  ): MemoryToEncode {
    if (kind.type === 'offset') return absoluteOffset(address, match.addressBits);
    const relativeDisplacement = added === undefined ? 0n : address.relativeDisplacement - added;
    const memory = effectiveAddress(
      { ...address, relativeDisplacement },
      match.addressBits,
      this.isRipRelative(address),
    );
    if ('failure' in memory) throw new AssemblyError(memory.failure, extent);
    return memory;
  }
}

/** The kind of the operand that is written as number `index`. */
const explicitKind = (form: Form, index: number) => form.kinds.filter(kind => kind.type !== 'implied')[index];

function implied(value: bigint, extent: Extent): ImmediateOperand {
  const unrelated = { strict: false, to: false, sameSection: false, distanceFromHere: 0n };
  return { kind: 'immediate', value, scalar: true, unknown: false, extent, ...unrelated };
}

/** Memory sizes that NASM takes for granted: far pointers of 64 bits in that mode, the narrower source of a conversion. */
function assumedForm(forms: readonly Form[], bits: Bits): Form | undefined {
  const conversion = /^(Cvt|VEX_Vcvt)(si2s[sd]_xmm_(xmm_)?rm32|t?pd2(ps|dq)_xmm_xmmm128)$/;
  return forms.find(({ name }) => conversion.test(name) || (bits === 64 && /^(Call|Jmp)_m1664$/.test(name)));
}

/** `add [x],byte 5`: where only the immediate has a size, the memory has it too. */
function withImpliedSize(operands: Operand[]): Operand[] {
  const [first, second] = operands;
  if (operands.length !== 2 || first.kind !== 'memory' || first.sizeBits !== undefined) return operands;
  if (second.kind !== 'immediate' || second.sizeBits === undefined) return operands;
  return [{ ...first, sizeBits: second.sizeBits }, second];
}

const isAvx512Register = ({ class: registerClass, index }: Register) =>
  registerClass === 'zmm' || registerClass === 'k' || (/^[xy]mm$/.test(registerClass) && index > 15);

function addressExtent(operands: readonly Operand[], token: Extent): Extent {
  return operands.find(operand => operand.kind === 'memory')?.extent ?? token;
}

/** The bytes of an instruction as it is encoded at this place in this pass. Throws AssemblyError. */
export function encodeInstruction(
  body: InstructionBody,
  prefixes: readonly string[],
  context: InstructionContext,
): Uint8Array {
  return new InstructionEncoder(body, prefixes, context).encode();
}
