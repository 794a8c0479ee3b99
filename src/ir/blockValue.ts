// A node of a block's graph of values (`blockGraph.ts`).

import type { ValueWidth } from '../semantics/builder';
import type { MicroOpCode } from './microOp';

/** A value. Pure: computed from other values, read from the state at the block's start, or loaded by an effect. */
export class BlockValue {
  /** how many values and effects on the main path use it */
  uses = 0;
  /** local that holds it, once it has been emitted */
  local = -1;

  constructor(
    readonly code: MicroOpCode,
    readonly width: ValueWidth,
    readonly resultWidth: ValueWidth,
    readonly operands: readonly BlockValue[],
    /** constant: value; readState: offset; parameter: its number */
    readonly immediate: number,
  ) {}
}
