// The guest's linear memory as its own page tables say, looked at without leaving a trace.

import type { PhysicalMemory } from '../../cpu/memory/physicalMemory';
import { physicalOf } from '../../cpu/memory/paging';
import type { ProcessorState } from '../../cpu/registers/state';

/** The doubleword at a guest-linear address that is 4-byte aligned within its page, or undefined where nothing is mapped. */
export function peek32(vcpu: ProcessorState, memory: PhysicalMemory, linear: number): number | undefined {
  const physical = physicalOf(memory, vcpu, linear);
  return physical === undefined ? undefined : memory.read32(physical);
}
