// What the instructions of translated code weigh: how many of the guest's instructions each completes. A guest's time is its
// own instructions, whatever number of others a monitor's translation of them takes. Where nothing is said, code is the
// guest's own, and each of its instructions weighs one.

import { pageSizeBytes } from '../../base/address';
import type { PhysicalMemory } from '../memory/physicalMemory';

/** More instructions than a translator puts into one fragment. */
export const mostWeight = 0xff;

export class InstructionWeights {
  /** by number of the physical page: a weight for each offset */
  private readonly pages = new Map<number, Uint8Array>();

  constructor(private readonly memory: PhysicalMemory) {}

  /** Does every instruction weigh one? */
  get isEmpty(): boolean {
    return this.pages.size === 0;
  }

  /** What the instruction at a physical address weighs. */
  of(physical: number): number {
    return this.pages.get(physical >>> 12)?.[physical & (pageSizeBytes - 1)] ?? 1;
  }

  /** The instruction that begins at a physical address weighs `weight`, 0 to `mostWeight`. */
  set(physical: number, weight: number): void {
    if (!Number.isInteger(weight) || weight < 0 || weight > mostWeight)
      throw new RangeError(`An instruction's weight is 0 to ${mostWeight}, not ${weight}.`);
    const page = physical >>> 12;
    const known = this.pages.get(page) ?? new Uint8Array(pageSizeBytes).fill(1);
    this.pages.set(page, known);
    known[physical & (pageSizeBytes - 1)] = weight;
    this.memory.announceWrite(page);
  }

  /** The page with this number holds a guest's own code again, or none. */
  forget(page: number): void {
    if (this.pages.delete(page)) this.memory.announceWrite(page);
  }
}
