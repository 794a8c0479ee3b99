// What is known of a guest's memory, by pages: at this stop, and at the one before. What has changed since is what both know.
import type { MemoryRow } from '../shared/memoryMessages';

export const pageBytes = 4096;
/** As far as addresses go. */
export const memoryBytes = 2 ** 32;

/** An address, and whose it is. */
export interface MemoryPlace {
  readonly space: string;
  readonly address: number;
}

/** By their places; undefined where nothing can be read. */
type Pages = Map<string, Uint8Array | undefined>;

export class MemoryPages {
  private now: Pages = new Map();
  private before: Pages = new Map();

  /** The guest has run, and stopped again. */
  nextStop(): void {
    this.before = this.now;
    this.now = new Map();
  }

  /** Somebody has changed the guest: what is there now is to be read again. */
  lookAgain(): void {
    this.now = new Map();
  }

  forget(): void {
    this.now = new Map();
    this.before = new Map();
  }

  /** Of the pages with the `length` bytes there, and of their neighbours, those to be read. */
  missing({ space, address }: MemoryPlace, length: number): MemoryPlace[] {
    const found: MemoryPlace[] = [];
    const end = Math.min(address + length + pageBytes, memoryBytes);
    for (let page = Math.max(pageOf(address) - pageBytes, 0); page < end; page += pageBytes)
      found.push({ space, address: page });
    return found.filter(page => !this.now.has(keyOf(page)));
  }

  put(page: MemoryPlace, content: Uint8Array | undefined): void {
    this.now.set(keyOf(page), content);
  }

  /** `length` bytes, which lie in one page. */
  row(place: MemoryPlace, length: number): MemoryRow {
    const bytes = within(this.now, place, length);
    const before = within(this.before, place, length);
    return { address: place.address, ...(bytes && { bytes }), ...(bytes && before && { before }) };
  }
}

const pageOf = (address: number): number => address - (address % pageBytes);
const keyOf = ({ space, address }: MemoryPlace): string => `${space}:${address}`;

/** Undefined if not all of them are there. */
function within(pages: Pages, { space, address }: MemoryPlace, length: number): number[] | undefined {
  const start = address % pageBytes;
  const page = pages.get(keyOf({ space, address: pageOf(address) }));
  const bytes = page?.subarray(start, start + length);
  return bytes?.length === length ? [...bytes] : undefined;
}
