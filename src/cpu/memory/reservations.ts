// Places that have been checked for writing and are kept under a number until the value comes: a semantic function that
// stores twice reserves both places first, and the privileged machinery all that it will write.

import { type Linear, pageSizeBytes, type Physical } from '../../base/address';
import type { PhysicalMemory } from './physicalMemory';

export type AccessBytes = 1 | 2 | 4 | 8;

/** Places from here on are for the privileged machinery; those below are for semantics. */
export const firstMachinerySlot = 16;
/** the longest operation, a call gate with 31 parameters, has 37 */
export const mostMachineryWrites = 47;
/** for a write that crosses a page */
export const splitSlot = firstMachinerySlot + mostMachineryWrites;
const slots = splitSlot + 1;

/** What a reservation asks of memory (`MemoryUnit` says what each means). */
export interface ReservedMemory {
  readonly physical: PhysicalMemory;
  place(linear: Linear, length: number, write: boolean, user: boolean): number;
  valueAt(place: number, bytes: 1 | 2 | 4): number;
  setValueAt(place: number, bytes: 1 | 2 | 4, value: number): void;
  translate(linear: Linear, write: boolean, user: boolean): Physical;
  writePhysical(address: number, bytes: 1 | 2 | 4, value: number): void;
  watch(linear: Linear, bytes: number, write: boolean, user: boolean): void;
}

/** An access that has been checked, in one or two physical pieces. */
interface Place {
  /** where in the buffer it lies, if `MemoryUnit.place` says so; else -1, and the fields below say where */
  direct: number;
  linear: Linear;
  user: boolean;
  physical: number;
  /** bytes in the first piece; the rest lie at `second` */
  firstBytes: number;
  second: number;
}

export class Reservations {
  private readonly places: Place[] = Array.from({ length: slots }, () => ({
    direct: -1,
    linear: 0,
    user: false,
    physical: 0,
    firstBytes: 0,
    second: 0,
  }));

  constructor(private readonly memory: ReservedMemory) {}

  /** Checks a linear place for writing as user or supervisor and keeps it under `slot`. */
  reserve(slot: number, linear: Linear, bytes: AccessBytes, user: boolean): void {
    const { memory } = this;
    const place = this.places[slot];
    place.direct = memory.place(linear, bytes, true, user);
    if (place.direct >= 0) return;
    const inPage = pageSizeBytes - (linear & (pageSizeBytes - 1));
    place.linear = linear;
    place.user = user;
    place.physical = memory.translate(linear, true, user);
    place.firstBytes = Math.min(bytes, inPage);
    place.second = inPage < bytes ? memory.translate((linear + inPage) >>> 0, true, user) : 0;
    memory.watch(linear, bytes, true, user);
  }

  /** Low (`half` 0) or high (`half` 1) doubleword, or the whole of a narrower place. */
  load(slot: number, bytes: 1 | 2 | 4, half = 0): number {
    const { direct, linear, user } = this.places[slot];
    if (direct >= 0) return this.memory.valueAt(direct + half * 4, bytes);
    this.memory.watch((linear + half * 4) >>> 0, bytes, false, user);
    let value = 0;
    for (let index = 0; index < bytes; index++)
      value |= this.memory.physical.read8(this.byteOf(slot, half * 4 + index)) << (8 * index);
    return value;
  }

  store(slot: number, bytes: 1 | 2 | 4, value: number, half = 0): void {
    const { memory } = this;
    const place = this.places[slot];
    const start = half * 4;
    if (place.direct >= 0) memory.setValueAt(place.direct + start, bytes, value);
    else if (start + bytes <= place.firstBytes) memory.writePhysical(place.physical + start, bytes, value);
    else
      for (let index = 0; index < bytes; index++)
        memory.physical.write8(this.byteOf(slot, start + index), (value >> (8 * index)) & 0xff);
  }

  private byteOf(slot: number, index: number): number {
    const place = this.places[slot];
    return index < place.firstBytes ? place.physical + index : place.second + index - place.firstBytes;
  }
}
