// The guest's linear memory as its own page tables say, looked at without leaving a trace.

import type { PhysicalMemory } from '../../cpu/physicalMemory';
import { walk } from '../../cpu/paging';
import type { ProcessorState } from '../../cpu/state';

/** Guest-physical address of a guest-linear one, or undefined where the guest has no mapping. */
export function guestPhysicalOf(vcpu: ProcessorState, memory: PhysicalMemory, linear: number): number | undefined {
  if (!vcpu.paging) return linear;
  const root = { cr0: vcpu.get('cr0'), cr3: vcpu.get('cr3'), cr4: vcpu.get('cr4') };
  const result = walk(memory, root, linear >>> 0, { write: false, user: false }, false);
  return result.ok ? result.physical : undefined;
}

/** The doubleword at a guest-linear address that is 4-byte aligned within its page, or undefined where nothing is mapped. */
export function peek32(vcpu: ProcessorState, memory: PhysicalMemory, linear: number): number | undefined {
  const physical = guestPhysicalOf(vcpu, memory, linear);
  return physical === undefined ? undefined : memory.read32(physical);
}
