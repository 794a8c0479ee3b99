// What a linker is told of a source's symbols: which ones stand elsewhere (extern), which are space that it shall reserve
// (common), and of what kind those are that others may see (global, static; NASM manual §7.5 to §7.9, §8.9.5).
import type { Visibility } from '../link/object';
import type { Base } from './value';

/** A symbol that stands elsewhere. */
export class ExternalSymbol implements Base {
  /** An object's addresses are all still to come. */
  readonly virtualStart = 0n;
  isWeak = false;
  /** space to reserve */
  common: CommonSpace | undefined;
  /** in the object even if nothing refers to it */
  isRequired = false;

  constructor(readonly name: string) {}
}

export interface CommonSpace {
  readonly sizeBytes: bigint;
  readonly align: bigint;
}

/** What stands behind the colon of `global name:…`. */
export interface SymbolAttributes {
  kind?: 'function' | 'object';
  visibility?: Visibility;
  isWeak?: boolean;
  sizeBytes?: bigint;
}

export class Linkage {
  readonly externals = new Map<string, ExternalSymbol>();
  readonly attributes = new Map<string, SymbolAttributes>();

  external(name: string): ExternalSymbol {
    const known = this.externals.get(name) ?? new ExternalSymbol(name);
    this.externals.set(name, known);
    return known;
  }
}
