// Writes of the privileged machinery that have been checked and wait for the commit. An operation begins, adds all of its
// writes, makes its other checks, and commits: if anything faults before, memory is as it was.

import type { MemoryUnit } from './memoryUnit';

/** The memory unit's places from here on are for the privileged machinery; those below are for semantics. */
export const firstMachinerySlot = 16;
/** the longest operation, a call gate with 31 parameters, has 37 */
const mostWrites = 47;
export const machinerySlotsEnd = firstMachinerySlot + mostWrites;

/** One for each memory unit, used by one operation after the other: what one of them has left undone, the next one drops. */
export class PendingWrites {
  private count = 0;
  private readonly bytes = new Uint8Array(mostWrites);
  private readonly values = new Int32Array(mostWrites);

  constructor(private readonly memory: MemoryUnit) {}

  begin(): this {
    this.count = 0;
    return this;
  }

  /** Checks paging for the write, as user or supervisor; raises #PF. */
  add(linear: number, bytes: 1 | 2 | 4, value: number, user = false): void {
    this.memory.reserveLinear(firstMachinerySlot + this.count, linear >>> 0, bytes, user);
    this.note(bytes, value);
  }

  /** The same at a place in the buffer that `MemoryUnit.place` has given. */
  addAt(place: number, bytes: 1 | 2 | 4, value: number): void {
    this.memory.reservePlace(firstMachinerySlot + this.count, place);
    this.note(bytes, value);
  }

  commit(): void {
    for (let index = 0; index < this.count; index++) {
      this.memory.storeReserved(firstMachinerySlot + index, this.bytes[index] as 1 | 2 | 4, this.values[index]);
    }
    this.count = 0;
  }

  private note(bytes: number, value: number): void {
    this.bytes[this.count] = bytes;
    this.values[this.count] = value;
    this.count++;
  }
}
