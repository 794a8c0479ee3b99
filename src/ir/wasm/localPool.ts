// The locals of one function: fixed ones first, then 64-bit and 32-bit ones that blocks use in turn.

import type { ValueWidth } from '../../semantics/builder';
import { ValueType, type ValueTypeCode } from './binary';

/** Local numbers depend on how many of the other type come before: the 64-bit ones come first, so many of them. */
const mostWideLocals = 96;

export class LocalPool {
  private wide = 0;
  private narrow = 0;
  private mostNarrow = 0;

  /** `fixed` i32 locals, parameters included, are taken already. */
  constructor(
    private readonly parameters: number,
    private readonly fixed: number,
    private readonly wideLocals = mostWideLocals,
  ) {}

  take(width: ValueWidth): number {
    if (width === 64) {
      if (this.wide === this.wideLocals) throw new RegionTooLarge();
      return this.fixed + this.wide++;
    }
    this.mostNarrow = Math.max(this.mostNarrow, this.narrow + 1);
    return this.fixed + this.wideLocals + this.narrow++;
  }

  mark(): readonly [number, number] {
    return [this.wide, this.narrow];
  }

  release([wide, narrow]: readonly [number, number]): void {
    this.wide = wide;
    this.narrow = narrow;
  }

  /** For the function's header. */
  get declarations(): readonly { readonly count: number; readonly type: ValueTypeCode }[] {
    return [
      { count: this.fixed - this.parameters, type: ValueType.i32 },
      { count: this.wideLocals, type: ValueType.i64 },
      { count: this.mostNarrow, type: ValueType.i32 },
    ];
  }
}

/** A region that does not fit in a function; it stays with the evaluator. */
export class RegionTooLarge extends Error {}
