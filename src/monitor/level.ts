// What runs at one level of a guest, as it believes it to be: the guest itself, or a guest of a hypervisor in it.

import type { GuestPhysical, HostPhysical } from '../base/address';
import type { PhysicalMemory } from '../cpu/memory/physicalMemory';
import type { ProcessorState } from '../cpu/registers/state';
import type { MicroProgram } from '../ir/microOp';
import type { ProgramSymbols } from '../symbols/programSymbols';

export interface Level {
  /** what is known of the code that runs there */
  readonly symbols: ProgramSymbols;
  /** RAM, under this level's physical addresses */
  readonly memory: PhysicalMemory;
  /** What it believes its registers to be. A view: read it, do not keep or change it. */
  believed(): ProcessorState;
  /** Changes its registers as if it had done it itself. */
  edit(change: (state: ProcessorState) => void): void;
  /** Changes its memory, which may hold its page tables and descriptors. */
  writeMemory(address: GuestPhysical, bytes: Uint8Array): void;
  /** Changes the machine's memory under it. */
  writeHostMemory(address: HostPhysical, bytes: Uint8Array): void;
  /** The instruction that comes next, or undefined where it cannot be fetched. Only looks. */
  nextInstruction(): MicroProgram | undefined;
  /** Where its physical memory lies in the machine. */
  hostPhysical(address: GuestPhysical): HostPhysical;
}
