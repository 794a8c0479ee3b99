// A place in code, as the tiers that keep something for it see it: what is kept holds for one physical page at one linear
// address, in one mode, with segments that are flat or not.

export interface CodeMode {
  /** of the execution mode: see `programCache.ts` */
  readonly modeKey: number;
  /** which segments are flat: bits 1 ES, 2 SS, 4 DS */
  readonly flat: number;
}

export interface CodePlace extends CodeMode {
  /** physical address of the instruction */
  readonly physical: number;
  /** also its linear address: CS begins at 0 */
  readonly eip: number;
}

/** A number for each page with its mode: exact in 53 bits. */
export const placeKey = ({ physical, eip, modeKey, flat }: CodePlace): number =>
  ((physical >>> 12) * 0x100000 + (eip >>> 12)) * 512 + modeKey * 8 + flat;
