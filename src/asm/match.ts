// Which form of an instruction fits operands as written: registers by class, memory and immediates by size, branches
// by distance. NASM's rules; the forms come in NASM's order and the first that fits is taken.
import { type Address, isOffsetOnly } from './addressing';
import type { Bits } from './opcodeFacts';
import type { Extent } from './diagnostics';
import { type Form, isNatural, type OperandKind } from './mnemonics';
import type { Register } from './registers';
import type { Value } from './value';

interface Common {
  /** Size keyword, in bits. */
  readonly sizeBits?: number;
  readonly strict: boolean;
  readonly distance?: 'short' | 'near' | 'far';
  readonly to: boolean;
  readonly extent: Extent;
}

export interface RegisterOperand extends Common {
  readonly kind: 'register';
  readonly register: Register;
}

export interface MemoryOperand extends Common {
  readonly kind: 'memory';
  readonly address: Address;
}

export interface ImmediateOperand extends Common {
  readonly kind: 'immediate';
  /** In this pass; final in the last one. */
  readonly value: bigint;
  /** No section takes part in it, so that its size may be judged. */
  readonly scalar: boolean;
  /** Not yet defined, in the first pass: NASM takes it to be small. */
  readonly unknown: boolean;
  /** As the target of a branch: its distance from the start of the instruction, and whether that can be judged. */
  readonly distanceFromHere: bigint;
  readonly sameSection: boolean;
  /** what the value is made of; undefined for a number that the source leaves out */
  readonly evaluated?: Value;
}

export interface FarPointerOperand extends Common {
  readonly kind: 'farPointer';
  readonly selector: bigint;
  readonly offset: bigint;
  /** what the offset is made of */
  readonly evaluated: Value;
  /** The selector depends on no section. */
  readonly selectorKnown: boolean;
}

export type Operand = RegisterOperand | MemoryOperand | ImmediateOperand | FarPointerOperand;

export interface MatchContext {
  readonly bits: Bits;
  readonly addressBits: Bits;
  /** Of the processors that the source is for. */
  readonly generation: number;
  /** How many prefixes the source wrote: they make a short jump longer. */
  readonly writtenPrefixes: number;
  /** Whether an address without registers is encoded relative to the instruction. */
  isRipRelative(address: Address): boolean;
}

const simpleMemory = /^(U?Int|Float|Bcd|WordOffset|DwordOffset|QwordOffset|SegPtr|Packed)/;

/** Width of the memory operand as a size keyword names it; 0 for structures, which have none. */
export function memoryKeywordBits(form: Form): number {
  if (form.memoryType.startsWith('SegPtr')) return Number(form.memoryType.slice(6));
  return simpleMemory.test(form.memoryType) ? form.memoryBits : 0;
}

export const isSmall = ({ value, scalar, unknown, strict }: ImmediateOperand, bits: number) => {
  if (strict) return false;
  if (unknown) return true;
  return scalar && isSignedByte(value, bits);
};

/** Is `value`, in so many bits, what a byte is extended to by its sign? */
export const isSignedByte = (value: bigint, bits: number): boolean =>
  BigInt.asUintN(Math.min(bits, 32), value + 128n) <= 255n;

function immediateFits(kind: Extract<OperandKind, { type: 'immediate' }>, operand: Operand): boolean {
  if (operand.kind !== 'immediate' || operand.distance) return false;
  const { sizeBits } = operand;
  if (kind.one)
    return sizeBits === undefined && (operand.unknown ? !operand.strict : operand.scalar && operand.value === 1n);
  if (kind.extendedTo && kind.bits === 8) {
    const asWide =
      sizeBits === undefined || sizeBits === kind.extendedTo || (sizeBits === 32 && kind.extendedTo === 64);
    return sizeBits === 8 || (asWide && isSmall(operand, kind.extendedTo));
  }
  return sizeBits === undefined || sizeBits === kind.bits || sizeBits === kind.extendedTo;
}

/** `push 5` says nothing about its width: the mode decides, or the keyword. */
function pushFits(form: Form, operand: Operand, { bits }: MatchContext): boolean {
  if (operand.kind !== 'immediate' || !form.name.startsWith('Push')) return true;
  const { sizeBits } = operand;
  if (sizeBits === undefined || sizeBits === 8) return isNatural(form, bits);
  return form.operandSize === (bits === 64 && sizeBits === 32 ? 64 : sizeBits);
}

function memoryFits(form: Form, operand: Operand): boolean {
  if (operand.kind !== 'memory') return false;
  if (form.memoryType.startsWith('SegPtr') && /^(Call|Jmp)/.test(form.name) !== (operand.distance === 'far'))
    return false;
  if (operand.distance === 'far' && !form.memoryType.startsWith('SegPtr')) return false;
  const bits = memoryKeywordBits(form);
  return operand.sizeBits === undefined || bits === 0 || operand.sizeBits === bits;
}

/** The selector of lar and lsl may be named by a register of 16 bits or of the width of the result. */
const isSelector = (form: Form, index: number) => index === 1 && /^(Lar|Lsl)_/.test(form.name);

function registerFits(registerClass: string, operand: Operand): boolean {
  if (operand.kind !== 'register' || operand.register.class !== registerClass || operand.distance === 'far')
    return false;
  return (
    operand.sizeBits === undefined || operand.register.sizeBits === 0 || operand.sizeBits === operand.register.sizeBits
  );
}

/** Branches by distance: near by default, short where it reaches, wherever the source does not say. */
function branchFits(
  kind: Extract<OperandKind, { type: 'branch' }>,
  operand: Operand,
  form: Form,
  context: MatchContext,
): boolean {
  const { bits } = context;
  if (operand.kind !== 'immediate' || operand.distance === 'far') return false;
  if (operand.sizeBits === undefined ? !isNatural(form, bits) : operand.sizeBits !== form.operandSize) return false;
  if (!kind.short) return operand.distance !== 'short';
  const onlyShort = !/^(J[a-z]+_rel8|Jmp)/.test(form.name) || /^J[er]?cxz/.test(form.name);
  if (onlyShort || operand.distance === 'short') return operand.distance !== 'near';
  if (operand.strict || operand.distance === 'near' || operand.sizeBits !== undefined) return false;
  if (operand.unknown) return true;
  const length = BigInt(context.writtenPrefixes + (isNatural(form, bits) ? 2 : 3));
  return operand.sameSection && operand.distanceFromHere - length >= -128n && operand.distanceFromHere - length <= 127n;
}

function fits(kind: OperandKind, operand: Operand, form: Form, index: number, context: MatchContext): boolean {
  switch (kind.type) {
    case 'register':
      return registerFits(kind.class, operand);
    case 'registerOrMemory':
      if (operand.kind === 'memory') return memoryFits(form, operand);
      if (isSelector(form, index) && operand.kind === 'register') return /^r(16|32|64)$/.test(operand.register.class);
      return registerFits(kind.class, operand);
    case 'memory':
      return memoryFits(form, operand) && operand.kind === 'memory' && vectorIndex(operand.address) === kind.vector;
    case 'offset':
      return memoryFits(form, operand) && operand.kind === 'memory' && isPlainOffset(operand.address, context);
    case 'fixed':
      return (
        operand.kind === 'register' &&
        operand.register.name === kind.register &&
        registerFits(operand.register.class, operand)
      );
    case 'immediate':
      return immediateFits(kind, operand) && pushFits(form, operand, context);
    case 'branch':
      return branchFits(kind, operand, form, context);
    case 'farPointer':
      return (
        operand.kind === 'farPointer' &&
        (operand.sizeBits ?? (context.bits === 64 ? 32 : context.bits)) === form.operandSize
      );
    case 'implied':
    case 'unsupported':
      return false;
  }
}

/** The class of the vector register that a gather's address has as its index. */
const vectorIndex = ({ value }: Address) =>
  value.registers.find(({ register }) => /^[xyz]mm$/.test(register.class))?.register.class;

/** `mov eax,[offset]`: only where the offset is as wide as addresses are. */
function isPlainOffset(address: Address, context: MatchContext): boolean {
  const width = address.syntax.displacementBits ?? (context.addressBits === 16 ? 16 : 32);
  return isOffsetOnly(address) && width === context.addressBits && !context.isRipRelative(address);
}

function sizesFit(form: Form, { addressBits, bits, generation }: MatchContext): boolean {
  if (!form.modes[bits] || form.generation > generation) return false;
  return form.addressSize === 0 || form.addressSize === addressBits;
}

/** `xchg eax,eax` clears the upper half of rax in 64-bit mode, which its short form, NOP, does not. */
function isHiddenNop({ name }: Form, operands: readonly Operand[], { bits }: MatchContext): boolean {
  if (bits !== 64 || name !== 'Xchg_r32_EAX') return false;
  return operands.every(operand => operand.kind === 'register' && operand.register.index === 0);
}

/** The forms of the mode that take these operands, in order of preference. */
export function matchingForms(forms: readonly Form[], operands: readonly Operand[], context: MatchContext): Form[] {
  return forms.filter(form => {
    const kinds = form.writtenKinds;
    if (kinds.length !== operands.length || !sizesFit(form, context)) return false;
    if (!kinds.every((kind, index) => fits(kind, operands[index], form, index, context))) return false;
    return !isHiddenNop(form, operands, context);
  });
}
