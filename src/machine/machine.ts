// The real computer of a system: host-physical memory, the processor that there is, and the timer that interrupts it for
// whoever owns the machine. A guest believes to have one of its own.

import type { InterruptSource } from '../cpu/core';
import type { PhysicalMemory } from '../cpu/memory/physicalMemory';
import type { Processor } from '../cpu/processor';

export interface Machine {
  /** host-physical: RAM, and the ROM and devices that are mapped in it */
  readonly memory: PhysicalMemory;
  /** the processor that there is */
  readonly hardware: Processor;
}

/** Interrupts on one vector for as long as something is due. */
export class HostTimer implements InterruptSource {
  constructor(
    private readonly vector: number,
    private readonly isDue: () => boolean,
  ) {}

  get pending(): boolean {
    return this.isDue();
  }

  acknowledge(): number {
    return this.vector;
  }
}
