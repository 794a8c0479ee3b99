// What a guest runs: how it gets into memory, and what is known of it.

import type { PortSpace } from '../cpu/core';
import type { PhysicalMemory } from '../cpu/memory/physicalMemory';
import type { ProcessorState } from '../cpu/registers/state';
import { bootText } from '../machine/bootText';
import type { Drives } from '../machine/drives';
import type { GuestImage } from '../machine/guestImage';
import { loadGuest } from '../machine/loadGuest';
import type { ProgramSymbols } from '../symbols/programSymbols';
import type { Level } from './level';

export interface GuestProgram {
  /**
   * Puts it in guest-physical memory and sets the registers, and by its ports the devices, as the guest shall find them.
   * Called again at reset.
   */
  readonly load: (memory: PhysicalMemory, state: ProcessorState, ports: PortSpace) => void;
  /** what `load` loads, if that is an image */
  readonly image?: GuestImage;
  /** how it is started, in words */
  readonly bootText?: string;
  /** Its names and lines, as they count in what a level believes to be memory. */
  readonly symbolsOf?: (level: Level) => ProgramSymbols;
}

/** A program that is loaded from an image. */
export class ImageProgram implements GuestProgram {
  readonly bootText: string;

  /** @throws ImageError */
  constructor(
    readonly image: GuestImage,
    private readonly drives: Drives,
    readonly symbolsOf: (level: Level) => ProgramSymbols,
  ) {
    this.bootText = bootText(image, drives);
  }

  load(memory: PhysicalMemory, state: ProcessorState, ports: PortSpace): void {
    loadGuest(this.image, memory, state, { ports, drives: this.drives });
  }
}
