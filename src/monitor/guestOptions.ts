// What it takes to set a guest going, under any technique.

import type { BlockStore } from '../devices/blockStore';
import type { DeviceHost } from '../devices/pcDevices';
import type { GuestProgram } from './guestProgram';

export interface GuestOptions {
  /** guest-physical memory, a multiple of the page size */
  readonly memoryBytes: number;
  readonly program: GuestProgram;
  /** up to two of each */
  readonly disks: readonly BlockStore[];
  readonly floppies?: readonly BlockStore[];
  /** the host processes behind the guest's devices */
  readonly host: DeviceHost;
}
