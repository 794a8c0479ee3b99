// What answers on the memory bus in place of RAM: ROM, and the registers of devices, in whole pages anywhere in the address
// space. Where the fast tiers run, such a page is a slow one: ROM for writes, a device for every access.

import { pageSizeBytes } from '../../base/address';

/** A device's registers as the bus sees them. Offsets are from the region's beginning; values are unsigned. */
export interface MappedDevice {
  read(offset: number, bytes: 1 | 2 | 4): number;
  write(offset: number, bytes: 1 | 2 | 4, value: number): void;
}

export type BusRegion = { readonly first: number; readonly sizeBytes: number } & (
  { readonly kind: 'rom' } | { readonly kind: 'device'; readonly device: MappedDevice }
);

export type BusRange = Pick<BusRegion, 'first' | 'sizeBytes'>;

/** The regions by page number. */
export class BusRegions {
  private readonly pages = new Map<number, BusRegion>();
  /** 1 for the pages within RAM that a region has: asked at every access, mostly in vain */
  private readonly withinRam: Uint8Array;

  constructor(ramPages: number) {
    this.withinRam = new Uint8Array(ramPages);
  }

  /** @throws RangeError where it is no whole page, or somebody else answers already */
  add(region: BusRegion): void {
    const pages = pagesOf(region);
    const taken = pages.find(page => this.pages.has(page));
    if (taken !== undefined) throw new RangeError(`two regions of the memory bus at ${taken * pageSizeBytes}`);
    for (const page of pages) {
      this.pages.set(page, region);
      this.withinRam[page] = 1;
    }
  }

  remove(range: BusRange): void {
    for (const page of pagesOf(range)) {
      this.pages.delete(page);
      this.withinRam[page] = 0;
    }
  }

  at(page: number): BusRegion | undefined {
    return this.withinRam[page] === 0 ? undefined : this.pages.get(page);
  }
}

function pagesOf({ first, sizeBytes }: BusRange): readonly number[] {
  if (sizeBytes <= 0 || first % pageSizeBytes || sizeBytes % pageSizeBytes)
    throw new RangeError(`a region of the memory bus must be whole pages: ${sizeBytes} bytes at ${first}`);
  return Array.from({ length: sizeBytes / pageSizeBytes }, (_, index) => first / pageSizeBytes + index);
}
