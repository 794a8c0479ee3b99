// Exits: what takes a guest's control away.

/** Why a guest lost control, in one form for all techniques. */
export interface Exit {
  /** such as `#GP`, `host timer`, `emulation`; the key under which exits are counted */
  readonly reason: string;
  /** exception or interrupt vector, where there is one */
  readonly vector: number | undefined;
  readonly errorCode: number | undefined;
  /** ring that the guest was really in */
  readonly ring: number;
}
