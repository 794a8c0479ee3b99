// What it takes to set a guest going, under any technique.

import type { BlockStore } from '../devices/blockStore';
import type { ProcessorState } from '../cpu/state';
import type { PhysicalMemory } from '../cpu/physicalMemory';

/** The host processes behind the guest's devices. */
export interface GuestHost {
  /** a byte left COM1 */
  serialOutput(byte: number): void;
  /** a byte was written to port 0xE9 */
  debugOutput(byte: number): void;
  /** the debug-exit device was written to; `code` is the process exit code that QEMU would give */
  exit(code: number): void;
}

export interface GuestOptions {
  /** guest-physical memory, a multiple of the page size */
  readonly memoryBytes: number;
  /** Puts the image in guest-physical memory and sets the registers as the guest shall find them. Called again at reset. */
  readonly load: (memory: PhysicalMemory, state: ProcessorState) => void;
  readonly disk: BlockStore;
  readonly host: GuestHost;
}
