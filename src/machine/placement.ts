// What goes where in a guest's memory, and the room that is left for the boot loader's own tables.

import type { PhysicalMemory } from '../cpu/memory/physicalMemory';
import { doesNotFit, noFreePlace } from './imageErrors';

export interface ImageSegment {
  /** guest-physical */
  readonly address: number;
  readonly bytes: Uint8Array;
  /** bytes in memory; those after `bytes` are zero */
  readonly sizeBytes: number;
}

export interface Placement {
  readonly segments: readonly ImageSegment[];
  /** guest-physical address of the first instruction */
  readonly entry: number;
}

/** Zeros all of memory and copies the segments in. Checks everything first, so that a failure changes nothing. */
export function place(memory: PhysicalMemory, { segments }: Placement): void {
  for (const { address, sizeBytes } of segments)
    if (!memory.contains(address, sizeBytes)) throw doesNotFit(address, sizeBytes, memory.sizeBytes);
  memory.clear();
  for (const { address, bytes } of segments) memory.load(address, bytes);
}

/** The first of `candidates` at which `sizeBytes` bytes exist and overlap no segment. */
export function freePlace(
  memory: PhysicalMemory,
  { segments }: Placement,
  candidates: readonly number[],
  sizeBytes: number,
): number {
  const found = candidates.find(
    start =>
      memory.contains(start, sizeBytes) &&
      segments.every(segment => start + sizeBytes <= segment.address || segment.address + segment.sizeBytes <= start),
  );
  if (found === undefined) throw noFreePlace();
  return found;
}
