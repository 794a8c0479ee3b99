// What encoding an instruction yields, and what of it holds the next time.
import type { Fixup } from './fixups';
import type { Misfit } from './misfits';
import type { Bits } from './opcodeFacts';

export interface EncodedInstruction {
  readonly bytes: Uint8Array;
  /** of an object's, in the last pass */
  readonly fixups: readonly Fixup[];
  /** numbers of its source that do not fit */
  readonly misfits: readonly Misfit[];
}

const noFixups: readonly Fixup[] = [];
const noMisfits: readonly Misfit[] = [];
export const withoutFixups = (bytes: Uint8Array, misfits = noMisfits): EncodedInstruction => ({
  bytes,
  fixups: noFixups,
  misfits,
});

/** What an instruction was encoded to in this mode and for these processors; 'changing' if that says nothing about the next time. */
export type EncodedBefore =
  { readonly bits: Bits; readonly generation: number; readonly encoded: EncodedInstruction } | 'changing';
