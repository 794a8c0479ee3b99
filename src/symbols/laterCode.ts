// Code that comes into memory while the guest runs, such as the kernel that a boot sector loads, or a guest's own guest: its
// symbols are known from the start, and count where its bytes are.

import type { Linear } from '../base/address';
import { concatenated, equalBytes } from '../base/bytes';

/** Bytes of code, and the linear address that they are to stand at. */
export interface CodeBytes {
  readonly address: number;
  readonly bytes: Uint8Array;
}

/** How much is compared around an address: what changes elsewhere does not matter there. */
const bytesBefore = 16;
const bytesAfter = 48;

/** As many bytes at a linear address as can be read. */
export type ReadCode = (linear: Linear, length: number) => Uint8Array;

/** Does memory hold the code around `address`, or, for a place outside the code, where the code begins? */
export function codeIsThere(code: readonly CodeBytes[], read: ReadCode): (address: number) => boolean {
  return address => {
    const around = code.find(({ address: first, bytes }) => address >= first && address < first + bytes.length);
    const piece = around ?? code[0];
    if (piece === undefined) return false;
    const offset = around === undefined ? 0 : address - piece.address;
    const from = Math.max(0, offset - bytesBefore);
    const expected = piece.bytes.subarray(from, offset + bytesAfter);
    return equalBytes(read(piece.address + from, expected.length), expected);
  };
}

/** Pieces that follow on each other, as one. */
export function joinedCode(pieces: readonly CodeBytes[]): CodeBytes[] {
  const joined: { address: number; parts: Uint8Array[]; end: number }[] = [];
  for (const { address, bytes } of [...pieces].sort((a, b) => a.address - b.address)) {
    const last = joined[joined.length - 1];
    if (last?.end === address) {
      last.parts.push(bytes);
      last.end += bytes.length;
    } else joined.push({ address, parts: [bytes], end: address + bytes.length });
  }
  return joined.map(({ address, parts }) => ({ address, bytes: concatenated(parts) }));
}
