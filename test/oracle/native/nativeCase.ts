// One instruction to run, and what became of it; the same for the native processor and for ours.

export interface Patch {
  /** linear */
  readonly address: number;
  /** at most 16 */
  readonly bytes: readonly number[];
}

export interface NativeCase {
  /** in encoding order, unsigned */
  readonly registers: readonly number[];
  readonly eip: number;
  /** TF is set in any case */
  readonly eflags: number;
  /** selectors of ES, CS, SS, DS, FS, GS */
  readonly segments: readonly number[];
  /** iterations of a repeated instruction */
  readonly maxSteps: number;
  /** where memory's contents begin in the pool */
  readonly poolOffset: number;
  /** linear */
  readonly codeAddress: number;
  readonly code: readonly number[];
  readonly patches: readonly Patch[];
}

export interface Outcome {
  readonly registers: readonly number[];
  readonly eip: number;
  readonly eflags: number;
  readonly segments: readonly number[];
  readonly exception: RaisedException | undefined;
  readonly steps: number;
  /** traps and interrupts wait for another instruction, as after a load of SS */
  readonly held: boolean;
  /** changed bytes by linear address */
  readonly changes: ReadonlyMap<number, number>;
}

export interface RaisedException {
  readonly vector: number;
  readonly errorCode: number;
  /** CR2, of page faults */
  readonly faultAddress: number;
}

export const maximumPatches = 3;

/** What memory holds from `address` on, unless a case puts something else there: the pool, over and over. */
export function poolBytes(pool: Uint8Array, offset: number, address: number, length: number): Uint8Array {
  const start = (offset + address) % pool.length;
  const first = pool.subarray(start, start + length);
  return first.length === length ? first : Uint8Array.from([...first, ...pool.subarray(0, length - first.length)]);
}
