// A guest's disk made from an image file's bytes. The file is never written: what the guest writes stays in the store.

import { CopyOnWriteStore, sectorSizeBytes } from '../devices/blockStore';
import { badDiskSize } from './imageErrors';

/** The disk that a guest has where the user names none: empty, 1 MiB. */
const defaultDiskBytes = 0x100000;

/** `name` is what the user calls the image, for the message. Throws `ImageError` where it is no whole number of sectors. */
export function diskFromImage(bytes: Uint8Array, name: string): CopyOnWriteStore {
  if (bytes.length === 0 || bytes.length % sectorSizeBytes !== 0) throw badDiskSize(name, bytes.length);
  return new CopyOnWriteStore(bytes);
}

export const emptyDisk = (): CopyOnWriteStore => new CopyOnWriteStore(new Uint8Array(defaultDiskBytes));

/** A disk that begins with `boot` (any length) and goes on with zeros, at least to the default size. */
export function diskBeginningWith(boot: Uint8Array): CopyOnWriteStore {
  const sectors = Math.ceil(Math.max(boot.length, defaultDiskBytes) / sectorSizeBytes);
  const bytes = new Uint8Array(sectors * sectorSizeBytes);
  bytes.set(boot);
  return new CopyOnWriteStore(bytes);
}
