// A guest's disks and floppies, made from image files' bytes. A file is never written: what the guest writes stays in the
// store.

import { type BlockStore, CopyOnWriteStore, sectorSizeBytes } from '../devices/blockStore';
import { floppyFormatFor, floppyFormats } from '../devices/floppyFormats';
import { badDiskSize, tooLargeForFloppy } from './imageErrors';

/** The disk that a guest has where the user names none: empty, 1 MiB. */
const defaultDiskBytes = 0x100000;

/** `name` is what the user calls the image, for the message. Throws `ImageError` where it is no whole number of sectors. */
export function diskFromImage(bytes: Uint8Array, name: string): CopyOnWriteStore {
  if (bytes.length === 0 || bytes.length % sectorSizeBytes !== 0) throw badDiskSize(name, bytes.length);
  return new CopyOnWriteStore(bytes);
}

export const emptyDisk = (): CopyOnWriteStore => new CopyOnWriteStore(new Uint8Array(defaultDiskBytes));

const sectorsOf = (bytes: Uint8Array): number => Math.ceil(bytes.length / sectorSizeBytes);

/** Of one of the usual sizes: a shorter image is filled up with zeros. Throws `ImageError` where it is too long. */
export function floppyFromImage(bytes: Uint8Array, name: string): CopyOnWriteStore {
  const format = floppyFormatFor(sectorsOf(bytes));
  if (!format) throw tooLargeForFloppy(name, bytes.length);
  const filled = new Uint8Array(format.sectors * sectorSizeBytes);
  filled.set(bytes);
  return new CopyOnWriteStore(filled);
}

/** The sectors of an image that has just the size of a floppy. */
export function floppySectorsOf(bytes: Uint8Array): number | undefined {
  if (bytes.length % sectorSizeBytes !== 0) return undefined;
  return floppyFormats.find(({ sectors }) => sectors === sectorsOf(bytes))?.sectors;
}

/** What a hard disk has at least that begins with a program: loaders read more than there is, kernels write beyond it. */
export const leastDiskSectors = defaultDiskBytes / sectorSizeBytes;

/** `image` as a hard disk, filled up with zeros, and, where it is not too long, as a floppy: one store for both. */
export function diskAndFloppy(image: Uint8Array): {
  readonly disk: BlockStore;
  readonly floppy: BlockStore | undefined;
} {
  if (!floppyFormatFor(sectorsOf(image))) return { disk: new CopyOnWriteStore(image), floppy: undefined };
  const floppy = floppyFromImage(image, '');
  const sectorCount = Math.min(Math.max(sectorsOf(image), leastDiskSectors), floppy.sectorCount);
  const disk = { sectorCount, read: (lba: number) => floppy.read(lba), write: floppy.write.bind(floppy) };
  return { disk, floppy };
}
