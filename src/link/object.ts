// A relocatable object, as an assembler or a compiler makes it and the linker takes it: sections that have no address yet,
// symbols, and relocations, which say where in a section an address is still to be filled in.

export interface ObjectFile {
  /** for messages */
  readonly name: string;
  readonly sections: readonly ObjectSection[];
  readonly symbols: readonly ObjectSymbol[];
  /** COMDAT groups: of those with one signature only the first is linked */
  readonly groups: readonly ObjectGroup[];
}

export interface ObjectSection {
  readonly name: string;
  /** of `SectionType` in elf.ts */
  readonly type: number;
  /** of `SectionFlag` in elf.ts */
  readonly flags: number;
  readonly align: number;
  readonly sizeBytes: number;
  /** none of an uninitialized section */
  readonly bytes: Uint8Array;
  readonly relocations: readonly Relocation[];
}

export interface Relocation {
  /** in the section; the addend stands there */
  readonly offset: number;
  /** of `RelocationType` in relocations.ts */
  readonly type: number;
  readonly symbol: ObjectSymbol;
}

export interface ObjectSymbol {
  readonly name: string;
  readonly kind: 'none' | 'object' | 'function' | 'section' | 'file' | 'threadLocal';
  readonly binding: 'local' | 'global' | 'weak';
  readonly visibility: Visibility;
  readonly place: SymbolPlace;
  readonly sizeBytes: number;
}

export const visibilities = ['default', 'internal', 'hidden', 'protected'] as const;
export type Visibility = (typeof visibilities)[number];

export type SymbolPlace =
  | { readonly kind: 'undefined' }
  | { readonly kind: 'absolute'; readonly value: number }
  | { readonly kind: 'section'; readonly section: ObjectSection; readonly offset: number }
  /** space that the linker reserves, once for all objects that ask for it; an alignment of 0 is none */
  | { readonly kind: 'common'; readonly align: number };

export interface ObjectGroup {
  readonly signature: string;
  readonly sections: readonly ObjectSection[];
}
