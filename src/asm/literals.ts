// Numbers and strings as NASM writes them (NASM manual §3.4.1–3.4.3). Floating-point numbers are in floats.ts.
import { limits } from './limits';

const radixPrefixes: Record<string, number> = { x: 16, h: 16, d: 10, t: 10, o: 8, q: 8, b: 2, y: 2 };
const digitsOfRadix: Record<number, RegExp> = { 2: /^[01]+$/, 8: /^[0-7]+$/, 10: /^[0-9]+$/, 16: /^[0-9a-f]+$/ };

function digits(text: string, radix: number): bigint | undefined {
  if (!digitsOfRadix[radix].test(text)) return undefined;
  if (radix === 10) return BigInt(text);
  return BigInt(`${radix === 16 ? '0x' : radix === 8 ? '0o' : '0b'}${text}`);
}

/** The value of an integer literal in any of NASM's radix forms, or undefined if it is none. */
export function parseInteger(literal: string): bigint | undefined {
  if (literal.length > limits.numberCharacters) return undefined;
  const text = literal.toLowerCase().replace(/_/g, '');
  if (text.startsWith('$')) return digits(text.slice(1), 16);
  const prefixed: number | undefined = text.length > 2 && text[0] === '0' ? radixPrefixes[text[1]] : undefined;
  const byPrefix = prefixed === undefined ? undefined : digits(text.slice(2), prefixed);
  if (byPrefix !== undefined) return byPrefix;
  const suffixed: number | undefined = radixPrefixes[text[text.length - 1]];
  const bySuffix = suffixed === undefined ? undefined : digits(text.slice(0, -1), suffixed);
  return bySuffix ?? digits(text, 10);
}

/** Whether a number token is a floating-point literal: it has a point or an exponent and is no integer. */
export function isFloatLiteral(literal: string): boolean {
  if (literal.length > limits.numberCharacters || parseInteger(literal) !== undefined) return false;
  return /^(\d[\d_]*(\.[\d_]*)?(e[+-]?\d+)?|0[xh][\da-f_]*(\.[\da-f_]*)?(p[+-]?\d+)?)$/i.test(literal);
}

const simpleEscapes: Record<string, number> = { a: 7, b: 8, t: 9, n: 10, v: 11, f: 12, r: 13, e: 27 };
const utf8 = new TextEncoder();

/** The bytes of a string's text: UTF-8; in backquotes C's escapes hold. */
export function stringBytes(text: string, quote: string): Uint8Array {
  if (quote !== '`' || !text.includes('\\')) return utf8.encode(text);
  const parts: Uint8Array[] = [];
  const escape = /\\(?:([0-7]{1,3})|x([\da-fA-F]{1,2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|(.))|[^\\]+/gsu;
  for (const [whole, octal, hexadecimal, unicode, longUnicode, letter] of text.matchAll(escape)) {
    const codePoint = unicode ?? longUnicode;
    if (octal !== undefined) parts.push(Uint8Array.of(parseInt(octal, 8)));
    else if (hexadecimal !== undefined) parts.push(Uint8Array.of(parseInt(hexadecimal, 16)));
    else if (codePoint !== undefined) parts.push(encodeCodePoint(parseInt(codePoint, 16)));
    else if (letter !== undefined && Object.hasOwn(simpleEscapes, letter))
      parts.push(Uint8Array.of(simpleEscapes[letter]));
    else parts.push(utf8.encode(letter ?? whole));
  }
  return joined(parts);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let length = 0;
  for (const part of parts) {
    bytes.set(part, length);
    length += part.length;
  }
  return bytes;
}

function encodeCodePoint(codePoint: number): Uint8Array {
  return utf8.encode(codePoint <= 0x10ffff ? String.fromCodePoint(codePoint) : '\ufffd');
}

/** A string used as a number: its first character is the lowest byte (NASM manual §3.4.3); eight bytes at most. */
export function characterConstant(bytes: Uint8Array): bigint {
  let value = 0n;
  for (let index = Math.min(bytes.length, 8) - 1; index >= 0; index--) value = (value << 8n) | BigInt(bytes[index]);
  return value;
}

/** The text of UTF-8 bytes in units of two or four bytes. */
export function encodeUtf(bytes: Uint8Array, unitBytes: 2 | 4, bigEndian: boolean): Uint8Array {
  const text = new TextDecoder().decode(bytes);
  const units =
    unitBytes === 2
      ? Array.from({ length: text.length }, (_, index) => text.charCodeAt(index))
      : Array.from(text, character => character.codePointAt(0) ?? 0);
  const view = new DataView(new ArrayBuffer(units.length * unitBytes));
  units.forEach((unit, index) => {
    if (unitBytes === 2) view.setUint16(index * 2, unit, !bigEndian);
    else view.setUint32(index * 4, unit, !bigEndian);
  });
  return new Uint8Array(view.buffer);
}
