// A processor's own place in the buffer that RAM lies in, where compiled code reaches it: registers, TLB, the blocks and
// tables of the fast tiers. A buffer has so many areas as its machine may have processors; one that is given back serves the
// next.

/** More than what one processor needs: 8 MiB of dispatch tables, 6 MiB of records, TLB, jump table, state. */
export const areaBytes = 0x1100000;

export class ProcessorArea {
  private next: number;

  constructor(
    readonly buffer: ArrayBufferLike,
    private readonly start: number,
    private readonly onRelease: () => void,
  ) {
    this.next = start;
  }

  /** The address in the buffer of `sizeBytes` zeroed bytes, 8-byte aligned. */
  allocate(sizeBytes: number): number {
    const address = this.next;
    this.next += (sizeBytes + 7) & ~7;
    if (this.next > this.start + areaBytes) throw new RangeError("a processor's area in the buffer is used up");
    return address;
  }

  /** Gives the area back, empty. Whoever was in it must not use it any more. */
  release(): void {
    new Uint8Array(this.buffer, this.start, this.next - this.start).fill(0);
    this.next = this.start;
    this.onRelease();
  }
}

/** The areas of one buffer, one after the other from `firstArea` on. */
export class ProcessorAreas {
  private readonly free: number[];

  constructor(
    private readonly buffer: ArrayBufferLike,
    private readonly count: number,
  ) {
    this.free = Array.from({ length: count }, (_, index) => firstArea + (count - 1 - index) * areaBytes);
  }

  take(): ProcessorArea {
    const start = this.free.pop();
    if (start === undefined) throw new RangeError(`this memory was made for ${this.count} processors`);
    return new ProcessorArea(this.buffer, start, () => this.free.push(start));
  }

  /** Where RAM begins in a buffer with so many areas: a multiple of a page. */
  static end(count: number): number {
    return firstArea + count * areaBytes;
  }
}

/** Address 0 of the buffer is nobody's: it stands for nothing. */
const firstArea = 0x1000;
