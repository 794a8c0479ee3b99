// Relocations of the i386 psABI (System V ABI, Intel386 supplement, §4 "Relocation Types"), as a table: how wide the field
// is and what is computed. S is the symbol's address, A the addend in the field, P the field's own address, GOT the
// table of addresses, G the symbol's entry in it. Leaves out thread-local storage and what only a dynamic linker does.

export const RelocationType = {
  none: 0,
  absolute32: 1,
  relative32: 2,
  got32: 3,
  plt32: 4,
  gotOffset: 9,
  gotRelative: 10,
  absolute16: 20,
  relative16: 21,
  absolute8: 22,
  relative8: 23,
  size32: 38,
  got32Relaxable: 43,
} as const;

export type Computation =
  'S + A' | 'S + A - P' | 'G + A - GOT' | 'S + A - GOT' | 'GOT + A - P' | 'size + A' | 'nothing';

export interface RelocationRule {
  readonly name: string;
  readonly bytes: 0 | 1 | 2 | 4;
  readonly computes: Computation;
}

const rules: Readonly<Record<number, RelocationRule>> = {
  [RelocationType.none]: { name: 'R_386_NONE', bytes: 0, computes: 'nothing' },
  [RelocationType.absolute32]: { name: 'R_386_32', bytes: 4, computes: 'S + A' },
  [RelocationType.relative32]: { name: 'R_386_PC32', bytes: 4, computes: 'S + A - P' },
  [RelocationType.got32]: { name: 'R_386_GOT32', bytes: 4, computes: 'G + A - GOT' },
  // Nothing is linked dynamically, so a call needs no detour by the procedure linkage table.
  [RelocationType.plt32]: { name: 'R_386_PLT32', bytes: 4, computes: 'S + A - P' },
  [RelocationType.gotOffset]: { name: 'R_386_GOTOFF', bytes: 4, computes: 'S + A - GOT' },
  [RelocationType.gotRelative]: { name: 'R_386_GOTPC', bytes: 4, computes: 'GOT + A - P' },
  [RelocationType.absolute16]: { name: 'R_386_16', bytes: 2, computes: 'S + A' },
  [RelocationType.relative16]: { name: 'R_386_PC16', bytes: 2, computes: 'S + A - P' },
  [RelocationType.absolute8]: { name: 'R_386_8', bytes: 1, computes: 'S + A' },
  [RelocationType.relative8]: { name: 'R_386_PC8', bytes: 1, computes: 'S + A - P' },
  [RelocationType.size32]: { name: 'R_386_SIZE32', bytes: 4, computes: 'size + A' },
  [RelocationType.got32Relaxable]: { name: 'R_386_GOT32X', bytes: 4, computes: 'G + A - GOT' },
};

export const relocationRule = (type: number): RelocationRule | undefined => rules[type];

/** Does it need an entry of the global offset table? */
export const needsGotEntry = (type: number): boolean => relocationRule(type)?.computes === 'G + A - GOT';

/** The relocation for a field of so many bytes. */
export function relocationFor(bytes: 1 | 2 | 4, relative: boolean): number {
  switch (bytes) {
    case 1:
      return relative ? RelocationType.relative8 : RelocationType.absolute8;
    case 2:
      return relative ? RelocationType.relative16 : RelocationType.absolute16;
    case 4:
      return relative ? RelocationType.relative32 : RelocationType.absolute32;
  }
}

/** The number in a field, sign-extended. */
export function readField(bytes: Uint8Array, offset: number, width: 1 | 2 | 4): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (width === 1) return view.getInt8(offset);
  return width === 2 ? view.getInt16(offset, true) : view.getInt32(offset, true);
}

/** Writes what fits; false if `value` does not fit, as a signed or an unsigned number. A field of 32 bits takes all. */
export function writeField(bytes: Uint8Array, offset: number, width: 1 | 2 | 4, value: number): boolean {
  for (let index = 0; index < width; index++) bytes[offset + index] = (value >> (index * 8)) & 0xff;
  const range = 2 ** (width * 8);
  return width === 4 || (value >= -range / 2 && value < range);
}
