// Effective addresses: which register is base and which index, how wide the displacement is, which address size holds.
// The choices among equal encodings are NASM's (SDM Vol. 2 §2.1.5; NASM manual §3.3).
import type { MemoryToEncode } from './encoder';
import type { Bits } from './opcodeFacts';
import type { AddressHint } from './evaluate';
import { messages } from './messages';
import type { MemorySyntax } from './operandSyntax';
import { encodedNumber, isGeneralPurpose, isVectorClass, type Register } from './registers';
import { type RegisterTerm, unsigned, type Value } from './value';

/** An address as evaluated in one pass. */
export interface Address {
  readonly value: Value;
  readonly hint: AddressHint;
  readonly syntax: MemorySyntax;
  /** The number that the displacement has in this pass. */
  readonly displacement: bigint;
  /** The displacement relative to the instruction's own address. */
  readonly relativeDisplacement: bigint;
}

/** The address has no base and no index. */
export const isOffsetOnly = ({ value }: Address) => value.registers.length === 0;

/** Address sizes that the address allows: 16, 32 and 64 as bits of a mask. */
function allowedSizes({ value, syntax }: Address, bits: Bits): number {
  const registers = value.registers.filter(({ register }) => isGeneralPurpose(register));
  const fromRegisters = registers.reduce((mask, { register }) => mask & register.sizeBits, 16 | 32 | 64);
  if (registers.length > 0) return fromRegisters;
  const displacement = syntax.displacementBits ?? 0;
  const counts = bits === 64 ? displacement === 16 : displacement > 8;
  return counts ? displacement : 16 | 32 | 64;
}

/** The address size of an instruction with these addresses, or undefined if they contradict each other or the mode. */
export function addressSize(addresses: readonly Address[], bits: Bits, prefix: string | undefined): Bits | undefined {
  let allowed = bits === 64 ? 64 | 32 : 32 | 16;
  for (const word of [prefix, ...addresses.map(address => address.syntax.addressPrefix)]) {
    if (word) allowed &= Number(word.slice(1));
  }
  for (const address of addresses) allowed &= allowedSizes(address, bits);
  if (allowed & bits) return bits;
  const other = bits === 32 ? 16 : 32;
  return allowed & other ? other : undefined;
}

interface Parts {
  base: Register | undefined;
  index: Register | undefined;
  scale: number;
}

const isStackPointer = (register: Register | undefined) => register !== undefined && register.index === 4;

/** Base and index as NASM reads them off the sum, before it looks for a shorter encoding. */
function splitTerms(terms: readonly RegisterTerm[]): Parts | undefined {
  const parts: Parts = { base: undefined, index: undefined, scale: 1 };
  const inOrder = terms.length === 1 ? terms : [...terms].sort((a, b) => a.register.order - b.register.order);
  for (const { register, factor } of inOrder) {
    if (isGeneralPurpose(register) && factor === 1n && !parts.base) parts.base = register;
    else if (!parts.index) {
      parts.index = register;
      parts.scale = Number(factor);
    } else return undefined;
  }
  return parts;
}

function swap(parts: Parts) {
  const { base, index } = parts;
  parts.base = index;
  parts.index = base;
}

function arrange(parts: Parts, hint: AddressHint, nosplit: boolean): boolean {
  const hintedAt = (register: Register | undefined, kind: AddressHint['kind']) =>
    hint.kind === kind && hint.register === register;
  const { base, index } = parts;
  if (
    parts.scale === 1 &&
    base &&
    index &&
    base !== index &&
    (hintedAt(base, 'notBase') || hintedAt(index, 'makeBase'))
  )
    swap(parts);
  if (!parts.base && parts.scale === 1 && !hintedAt(parts.index, 'notBase')) swap(parts);
  const doubled = parts.scale === 2 && !isStackPointer(parts.index) && (!nosplit || hint.kind === 'summed');
  if (!parts.base && parts.index && (doubled || [3, 5, 9].includes(parts.scale))) {
    parts.base = parts.index;
    parts.scale--;
  }
  if (!parts.index && nosplit && !isStackPointer(parts.base) && hintedAt(parts.base, 'notBase')) swap(parts);
  if (parts.scale === 1 && isStackPointer(parts.index)) swap(parts);
  return !isStackPointer(parts.index) && (!parts.index || [1, 2, 4, 8].includes(parts.scale));
}

/** 16-bit addresses have only bx and bp as base, si and di as index. */
function arrange16(parts: Parts): boolean {
  const { base, index, scale } = parts;
  if (scale !== 1) return false;
  const names = [base, index].flatMap(register => (register ? [register.name] : []));
  if (!names.every(name => /^(bx|bp|si|di)$/.test(name)) || new Set(names).size !== names.length) return false;
  if (!base || (index && /^[sd]i$/.test(base.name))) swap(parts);
  const isBase = (register: Register | undefined) => register !== undefined && /^b[xp]$/.test(register.name);
  return names.length < 2 || (isBase(parts.base) && !isBase(parts.index));
}

const isVector = (register: Register | undefined) => register !== undefined && isVectorClass(register.class);

/** A vector register can only be the index (VSIB). */
function arrangeVector(parts: Parts): boolean {
  if (isVector(parts.base) || !parts.index) swap(parts);
  return isVector(parts.index) && !isVector(parts.base) && [1, 2, 4, 8].includes(parts.scale);
}

/** Without displacement, or with one byte, where the value allows it and the source does not say otherwise. */
function displacementBytes({ value, syntax }: Address, parts: Parts, size: Bits): 0 | 1 | 2 | 4 {
  const full = size === 16 ? 2 : 4;
  if (!parts.base) return full;
  if (syntax.displacementBits === 8) return 1;
  if (syntax.displacementBits !== undefined || value.unknown || value.bases.length > 0) return full;
  const signed = BigInt.asIntN(size === 16 ? 16 : 32, value.constant);
  const needsByte = size === 16 ? parts.base.name === 'bp' && !parts.index : (encodedNumber(parts.base) & 7) === 5;
  if (signed === 0n && !needsByte) return 0;
  return signed >= -128n && signed <= 127n ? 1 : full;
}

/** The displacement as iced wants it: sign-extended bytes, otherwise as wide as addresses are. */
function normalized(displacement: bigint, bytes: number, size: Bits): bigint {
  const signed = BigInt.asIntN(bytes === 8 ? 64 : bytes * 8, displacement);
  return BigInt.asUintN(size, signed);
}

function offsetOnly(address: Address, size: Bits, ripRelative: boolean): MemoryToEncode {
  if (ripRelative) {
    return { scale: 1, displacement: unsigned(address.relativeDisplacement), displacementBytes: 8, ripRelative };
  }
  const bytes = size === 16 ? 2 : size === 32 ? 4 : 8;
  return {
    scale: 1,
    displacement: normalized(address.displacement, Math.min(bytes, 4), size),
    displacementBytes: bytes,
    ripRelative,
  };
}

/** An offset in the instruction itself, as `mov eax,[offset]` has it. */
export function absoluteOffset(address: Address, size: Bits): MemoryToEncode {
  const displacementBytes = size === 16 ? 2 : size === 32 ? 4 : 8;
  return { scale: 1, displacement: BigInt.asUintN(size, address.displacement), displacementBytes, ripRelative: false };
}

/** The address in the form in which it is encoded, or what is wrong with it. */
export function effectiveAddress(
  address: Address,
  size: Bits,
  ripRelative: boolean,
): MemoryToEncode | { readonly failure: string } {
  const { value, hint, syntax } = address;
  if (isOffsetOnly(address)) return offsetOnly(address, size, ripRelative);
  const parts = splitTerms(value.registers);
  if (!parts) return { failure: messages.tooManyRegisters() };
  const { registers } = value;
  const vector = registers.some(({ register }) => isVector(register));
  if (!vector && !registers.every(({ register }) => isGeneralPurpose(register) && register.sizeBits === size))
    return { failure: messages.badAddressRegister() };
  const fits = vector ? arrangeVector(parts) : size === 16 ? arrange16(parts) : arrange(parts, hint, syntax.nosplit);
  if (!fits) return { failure: size === 16 ? messages.badAddress16() : messages.badAddress() };
  const bytes = displacementBytes(address, parts, size);
  const displacement = bytes === 0 ? 0n : normalized(address.displacement, bytes, size);
  const wide = bytes === 4 && size === 64 ? 8 : bytes;
  const { base, index, scale } = parts;
  return { base, index, scale, displacement, displacementBytes: wide, ripRelative: false };
}
