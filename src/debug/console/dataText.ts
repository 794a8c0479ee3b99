// Bytes of memory as data: strings, arrays.

import { hex } from '../../base/hex';

const longestShown = 64;

/** `"hello\n\0"`: printable characters, the usual escapes, hexadecimal for the rest. */
export function stringText(bytes: Uint8Array): string {
  return `"${Array.from(bytes, characterOf).join('')}"`;
}

const escapes = new Map([
  [0, '\\0'],
  [9, '\\t'],
  [10, '\\n'],
  [13, '\\r'],
  [0x22, '\\"'],
  [0x5c, '\\\\'],
]);

export const characterOf = (byte: number): string =>
  escapes.get(byte) ?? (isPrintable(byte) ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`);

export const isPrintable = (byte: number): boolean => byte >= 0x20 && byte < 0x7f;

/** Does it read as text: printable or the end of a line, with zeros at the end alone? */
export function looksLikeText(bytes: Uint8Array): boolean {
  const end = bytes.findIndex(byte => byte === 0);
  const text = end < 0 ? bytes : bytes.subarray(0, end);
  const rest = end < 0 ? bytes.subarray(bytes.length) : bytes.subarray(end);
  const isText = (byte: number): boolean => isPrintable(byte) || byte === 9 || byte === 10 || byte === 13;
  return text.length > 1 && text.every(isText) && rest.every(byte => byte === 0);
}

/** Text as a string; else numbers of the largest size that fits: `0x00000001, 0x00000002, …`. */
export function contentsText(bytes: Uint8Array): string {
  if (looksLikeText(bytes)) return stringText(bytes);
  const size = bytes.length % 4 === 0 ? 4 : bytes.length % 2 === 0 ? 2 : 1;
  const shown = bytes.subarray(0, longestShown - (longestShown % size));
  const numbers = Array.from({ length: shown.length / size }, (_, index) => numberAt(shown, index * size, size));
  return numbers.map(number => hex(number, size * 2)).join(', ') + (bytes.length > shown.length ? ', …' : '');
}

/** Little-endian and unsigned. */
export const numberAt = (bytes: Uint8Array, offset: number, size: number): number =>
  bytes.subarray(offset, offset + size).reduceRight((value, byte) => value * 256 + byte, 0);

/** `'A'`, `'ELF'`: a value whose bytes are all printable, the lowest first; undefined if they are not. */
export function charactersOf(value: number): string | undefined {
  const bytes: number[] = [];
  for (let rest = value; rest > 0; rest = Math.floor(rest / 256)) bytes.push(rest % 256);
  return bytes.length > 0 && bytes.every(isPrintable) ? `'${String.fromCharCode(...bytes)}'` : undefined;
}
