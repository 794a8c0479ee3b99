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

/**
 * Lets `prepare` put what the segments may cover, and copies them in with their zeros; the rest of memory stays as it is, as RAM
 * does when a PC is reset. Checks everything first, so that a failure changes nothing.
 */
export function place(memory: PhysicalMemory, { segments }: Placement, prepare: () => void = () => {}): void {
  for (const { address, sizeBytes } of segments)
    if (!memory.contains(address, sizeBytes)) throw doesNotFit(address, sizeBytes, memory.sizeBytes);
  prepare();
  for (const { address, bytes, sizeBytes } of segments) memory.clear(address + bytes.length, sizeBytes - bytes.length);
  for (const { address, bytes } of segments) memory.load(address, bytes);
}

interface Range {
  readonly address: number;
  readonly sizeBytes: number;
}

const overlap = (a: Range, b: Range): boolean =>
  a.address < b.address + b.sizeBytes && b.address < a.address + a.sizeBytes;

export const overlaps = ({ segments }: Placement, range: Range): boolean =>
  segments.some(segment => overlap(segment, range));

/** The first of `candidates` at which `sizeBytes` bytes exist and overlap no segment. */
export function freePlace(
  memory: PhysicalMemory,
  placement: Placement,
  candidates: readonly number[],
  sizeBytes: number,
): number {
  const found = candidates.find(
    address => memory.contains(address, sizeBytes) && !overlaps(placement, { address, sizeBytes }),
  );
  if (found === undefined) throw noFreePlace();
  return found;
}
