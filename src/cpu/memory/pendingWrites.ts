// Writes of the privileged machinery that have been checked and wait for the commit. An operation begins, adds all of its
// writes, makes its other checks, and commits: if anything faults before, memory is as it was.

import type { Linear } from '../../base/address';
import { firstMachinerySlot, mostMachineryWrites, type Reservations } from './reservations';

/** One for each memory unit, used by one operation after the other: what one of them has left undone, the next one drops. */
export class PendingWrites {
  private count = 0;
  private readonly bytes = new Uint8Array(mostMachineryWrites);
  private readonly values = new Int32Array(mostMachineryWrites);

  constructor(private readonly reservations: Reservations) {}

  begin(): this {
    this.count = 0;
    return this;
  }

  /** Checks paging for a write, as user or supervisor; raises #PF. */
  add(linear: Linear, bytes: 1 | 2 | 4, value: number, user = false): void {
    this.values[this.reserve(linear, bytes, user)] = value;
  }

  /** The same for a write whose value is not known yet; gives its number. */
  reserve(linear: Linear, bytes: 1 | 2 | 4, user: boolean): number {
    const { count } = this;
    this.reservations.reserve(firstMachinerySlot + count, linear >>> 0, bytes, user);
    this.bytes[count] = bytes;
    this.count = count + 1;
    return count;
  }

  setValue(number: number, value: number): void {
    this.values[number] = value;
  }

  commit(): void {
    const { reservations } = this;
    for (let index = 0; index < this.count; index++) {
      reservations.store(firstMachinerySlot + index, this.bytes[index] as 1 | 2 | 4, this.values[index]);
    }
    this.count = 0;
  }
}
