// Prefixes in NASM's order: wait, repeat, lock, segment, operand size, address size, then what the opcode itself needs
// (SDM Vol. 2 §2.1.1 leaves the order open).
import type { Bits } from './opcodeFacts';
import { type PrefixSlot, prefixSlot } from './statement';

/** Prefix words of a statement by slot, lower-cased. */
export type PrefixWords = ReadonlyMap<PrefixSlot, string>;

export const prefixWords = (words: readonly string[]): PrefixWords =>
  new Map(words.flatMap(word => (prefixSlot(word) ? [[prefixSlot(word) ?? 'wait', word]] : [])));

const bytesOf: Readonly<Record<string, number>> = {
  wait: 0x9b,
  rep: 0xf3, repe: 0xf3, repz: 0xf3, xrelease: 0xf3, repne: 0xf2, repnz: 0xf2, xacquire: 0xf2, bnd: 0xf2,
  lock: 0xf0,
  es: 0x26, cs: 0x2e, ss: 0x36, ds: 0x3e, fs: 0x64, gs: 0x65,
}; // prettier-ignore

const operandSizePrefix = 0x66;
const addressSizePrefix = 0x67;

interface Leading {
  wait: boolean;
  operandSize: boolean;
  addressSize: boolean;
  /** How many bytes they are. */
  count: number;
}

function leadingPrefixes(encoded: Uint8Array): Leading {
  const seen: Leading = { wait: false, operandSize: false, addressSize: false, count: 0 };
  for (; seen.count < encoded.length - 1; seen.count++) {
    const byte = encoded[seen.count];
    if (byte === 0x9b && seen.count === 0) seen.wait = true;
    else if (byte === operandSizePrefix) seen.operandSize = true;
    else if (byte === addressSizePrefix) seen.addressSize = true;
    else break;
  }
  return seen;
}

/** Whether `o16` or `o32` as a word asks for the prefix in this mode. */
const asksOperandSize = (word: string | undefined, bits: Bits) => (bits === 16 ? word === 'o32' : word === 'o16');
const asksAddressSize = (word: string | undefined, bits: Bits) =>
  word === (bits === 32 ? 'a16' : 'a32') || (bits === 64 && word === 'a16');

/**
 * `encoded` with the source's prefixes in front. An operand-size prefix stands before the address-size prefix; where
 * the same byte is part of the opcode (`mandatory`), it stands behind.
 */
export function withPrefixes(encoded: Uint8Array, words: PrefixWords, bits: Bits, mandatory = false): Uint8Array {
  const { wait, operandSize, addressSize, count } = leadingPrefixes(encoded);
  if (words.size === 0 && count < 2) return encoded;
  const sized = asksOperandSize(words.get('operandSize'), bits) || (operandSize && !mandatory);
  const bytes: number[] = [];
  if (wait || words.has('wait')) bytes.push(bytesOf.wait);
  for (const slot of ['repeat', 'lock', 'segment'] as const) {
    const byte = bytesOf[words.get(slot) ?? ''];
    if (byte !== undefined) bytes.push(byte);
  }
  if (sized) bytes.push(operandSizePrefix);
  if (addressSize || asksAddressSize(words.get('addressSize'), bits)) bytes.push(addressSizePrefix);
  if (operandSize && mandatory) bytes.push(operandSizePrefix);
  const whole = new Uint8Array(bytes.length + encoded.length - count);
  whole.set(bytes);
  whole.set(encoded.subarray(count), bytes.length);
  return whole;
}

/** `encoded` without what makes it 16 or 64 bits wide, where the width changes nothing. */
export function withoutOperandSize(encoded: Uint8Array): Uint8Array {
  const bytes = [...encoded];
  const prefix = bytes.indexOf(operandSizePrefix);
  if (prefix === 0 || (prefix === 1 && bytes[0] === addressSizePrefix)) bytes.splice(prefix, 1);
  const rex = bytes[0] === addressSizePrefix ? 1 : 0;
  if ((bytes[rex] & 0xf8) === 0x48) bytes[rex] &= ~8;
  if (bytes[rex] === 0x40) bytes.splice(rex, 1);
  return Uint8Array.from(bytes);
}
