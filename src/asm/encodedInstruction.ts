// What encoding an instruction yields, and what of it holds the next time.
import type { Fixup } from './fixups';
import type { Bits } from './opcodeFacts';

export interface EncodedInstruction {
  readonly bytes: Uint8Array;
  /** of an object's, in the last pass */
  readonly fixups: readonly Fixup[];
}

const noFixups: readonly Fixup[] = [];
export const withoutFixups = (bytes: Uint8Array): EncodedInstruction => ({ bytes, fixups: noFixups });

/** What an instruction was encoded to in this mode and for these processors; 'changing' if that says nothing about the next time. */
export type EncodedBefore =
  { readonly bits: Bits; readonly generation: number; readonly encoded: EncodedInstruction } | 'changing';
