// Writes of the privileged machinery that have been checked and wait for the commit. An operation adds all of its
// writes, makes its other checks, and commits: if anything faults before, memory is as it was.

import { firstMachinerySlot, type MemoryUnit } from './memoryUnit';

interface PendingWrite {
  readonly slot: number;
  readonly bytes: 1 | 2 | 4;
  readonly value: number;
}

/** At most 47 writes: the longest, a call gate with 31 parameters, has 37. Only one may be in use at a time. */
export class PendingWrites {
  private readonly writes: PendingWrite[] = [];

  constructor(private readonly memory: MemoryUnit) {}

  /** Checks paging for the write, as user or supervisor; raises #PF. */
  add(linear: number, bytes: 1 | 2 | 4, value: number, user = false): void {
    const slot = firstMachinerySlot + this.writes.length;
    this.memory.reserveLinear(slot, linear >>> 0, bytes, user);
    this.writes.push({ slot, bytes, value });
  }

  commit(): void {
    for (const { slot, bytes, value } of this.writes) this.memory.storeReserved(slot, bytes, value);
  }
}
