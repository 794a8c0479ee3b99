// What a disk stores its sectors in. The copy-on-write store leaves the image that it is made over untouched, so that a
// run can be repeated, and can say which sectors a guest has changed.
import type { Snapshot } from './device';

export const sectorSizeBytes = 512;

export interface BlockStore {
  readonly sectorCount: number;
  /** The 512 bytes of sector `lba`, 0 ≤ lba < sectorCount. The caller does not change them. */
  read(lba: number): Uint8Array;
  /** `bytes` is 512 bytes, of which the store keeps a copy. */
  write(lba: number, bytes: Uint8Array): void;
}

export interface CopyOnWriteStoreState {
  /** Sector number and content, in order of sector number. The contents are shared with the store and never change. */
  readonly dirtySectors: readonly (readonly [lba: number, bytes: Uint8Array])[];
}

export class CopyOnWriteStore implements BlockStore, Snapshot<CopyOnWriteStoreState> {
  readonly sectorCount: number;
  private dirty = new Map<number, Uint8Array>();

  /** A last part of the image that is less than a sector is filled up with zeros. The image must not change. */
  constructor(private readonly image: Uint8Array) {
    this.sectorCount = Math.ceil(image.length / sectorSizeBytes);
  }

  read(lba: number): Uint8Array {
    this.check(lba);
    return this.dirty.get(lba) ?? this.original(lba);
  }

  write(lba: number, bytes: Uint8Array): void {
    this.check(lba);
    if (bytes.length !== sectorSizeBytes)
      throw new RangeError(`a sector is ${sectorSizeBytes} bytes, not ${bytes.length}`);
    this.dirty.set(lba, bytes.slice());
  }

  /** Sectors that have been written since the store was made, whether or not their content differs. */
  get dirtySectors(): readonly (readonly [lba: number, bytes: Uint8Array])[] {
    return [...this.dirty].sort(([a], [b]) => a - b);
  }

  /** The image with all changes, whole sectors. */
  toImage(): Uint8Array {
    const bytes = new Uint8Array(this.sectorCount * sectorSizeBytes);
    bytes.set(this.image);
    this.dirty.forEach((sector, lba) => bytes.set(sector, lba * sectorSizeBytes));
    return bytes;
  }

  save(): CopyOnWriteStoreState {
    return { dirtySectors: this.dirtySectors };
  }

  restore(state: CopyOnWriteStoreState): void {
    this.dirty = new Map(state.dirtySectors);
  }

  private original(lba: number): Uint8Array {
    const bytes = this.image.subarray(lba * sectorSizeBytes, (lba + 1) * sectorSizeBytes);
    if (bytes.length === sectorSizeBytes) return bytes;
    const padded = new Uint8Array(sectorSizeBytes);
    padded.set(bytes);
    return padded;
  }

  private check(lba: number): void {
    if (!Number.isInteger(lba) || lba < 0 || lba >= this.sectorCount)
      throw new RangeError(`sector ${lba}: the disk has sectors 0 to ${this.sectorCount - 1}`);
  }
}
