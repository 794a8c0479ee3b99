// What it takes to set a guest going, under any technique.

import type { BlockStore } from '../devices/blockStore';
import type { DeviceHost } from '../devices/pcDevices';
import type { PortSpace } from '../cpu/core';
import type { ProcessorState } from '../cpu/registers/state';
import type { PhysicalMemory } from '../cpu/memory/physicalMemory';

export interface GuestOptions {
  /** guest-physical memory, a multiple of the page size */
  readonly memoryBytes: number;
  /**
   * Puts the image in guest-physical memory and sets the registers, and by its ports the devices, as the guest shall find
   * them. Called again at reset.
   */
  readonly load: (memory: PhysicalMemory, state: ProcessorState, ports: PortSpace) => void;
  /** up to two of each */
  readonly disks: readonly BlockStore[];
  readonly floppies?: readonly BlockStore[];
  /** the host processes behind the guest's devices */
  readonly host: DeviceHost;
}
