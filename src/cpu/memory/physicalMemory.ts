// Memory on the physical bus: RAM from address 0 on, and what else is mapped, ROM and devices. Reads where nobody answers give
// ones, writes there are lost, as on a PC's bus. A window is a part of the same RAM under addresses of its own: guest-physical memory within host-physical memory.
//
// Whoever keeps something that was derived from a page's bytes (translated code, a shadow of a page table) watches the
// page: the next write to it changes its generation, which is compared before use. So self-modifying code is exact
// whoever writes: an instruction, a monitor, the debugger.

import { pageSizeBytes } from '../../base/address';
import { type BusRange, type BusRegion, BusRegions } from './busRegions';
import { type ProcessorArea, ProcessorAreas } from './processorArea';

const pageShift = 12;

/** One flag and one generation for each page of RAM, shared by all windows on it. */
class PageWatch {
  readonly watched: Uint8Array;
  /** has anything been written since the memory was made? Compiled code runs only after something has. */
  isWritten = false;
  readonly generation: Uint32Array;
  /** called with the page's address in the buffer when it becomes watched */
  readonly listeners = new Set<(address: number) => void>();
  /** called with the page's address in the buffer when a watched page is written to */
  readonly changeListeners = new Set<(address: number) => void>();

  constructor(pages: number) {
    this.watched = new Uint8Array(pages);
    this.generation = new Uint32Array(pages);
  }
}

function writeTo(region: BusRegion, address: number, bytes: 1 | 2 | 4, value: number): void {
  if (region.kind === 'device') region.device.write(address - region.first, bytes, value);
}

export class PhysicalMemory {
  private readonly regions: BusRegions;
  private readonly view: DataView;
  readonly bytes: Uint8Array;

  private constructor(
    readonly buffer: ArrayBufferLike,
    /** where this memory begins in `buffer` */
    readonly byteOffset: number,
    readonly sizeBytes: number,
    private readonly watch: PageWatch,
    /** the page number of this memory's first page within `watch` */
    private readonly firstPage: number,
    /** the whole, for compiled code; a window has its machine's */
    readonly wasm: WebAssembly.Memory,
    private readonly areas: ProcessorAreas,
  ) {
    this.view = new DataView(buffer, byteOffset, sizeBytes);
    this.bytes = new Uint8Array(buffer, byteOffset, sizeBytes);
    this.regions = new BusRegions(sizeBytes >>> pageShift);
  }

  /**
   * RAM of `sizeBytes`, a multiple of the page size, in a WebAssembly memory, so that compiled code works on it. Below RAM
   * is room for what so many processors keep there.
   */
  static ofSize(sizeBytes: number, processors = 1): PhysicalMemory {
    const ramStart = ProcessorAreas.end(processors);
    const pages = Math.ceil((ramStart + sizeBytes) / 0x10000);
    const wasm = new WebAssembly.Memory({ initial: pages, maximum: pages });
    const watch = new PageWatch(sizeBytes / pageSizeBytes);
    const areas = new ProcessorAreas(wasm.buffer, processors);
    return new PhysicalMemory(wasm.buffer, ramStart, sizeBytes, watch, 0, wasm, areas);
  }

  /** A processor's place in the buffer. */
  takeArea(): ProcessorArea {
    return this.areas.take();
  }

  /** The part from `start` (page-aligned), under addresses from 0. */
  window(start: number, sizeBytes: number): PhysicalMemory {
    const page = this.firstPage + (start >>> pageShift);
    const { buffer, byteOffset, watch, wasm, areas } = this;
    return new PhysicalMemory(buffer, byteOffset + start, sizeBytes, watch, page, wasm, areas);
  }

  /** From now on ROM or a device answers at these addresses of this memory, but not of windows on it. ROM keeps what is there. */
  map(region: BusRegion): void {
    this.regions.add(region);
  }

  /** What lies there answers again itself. */
  unmap(range: BusRange): void {
    this.regions.remove(range);
  }

  /** Is all of `page` RAM? */
  isRam(page: number): boolean {
    return page < this.sizeBytes >>> pageShift && this.regions.at(page) === undefined;
  }

  isRom(address: number): boolean {
    return this.regions.at(address >>> pageShift)?.kind === 'rom';
  }

  /** Does reading `page` give the bytes that lie in the buffer: of RAM or ROM? */
  isReadable(page: number): boolean {
    return page < this.sizeBytes >>> pageShift && this.regions.at(page)?.kind !== 'device';
  }

  contains(address: number, length = 1): boolean {
    return address >= 0 && address + length <= this.sizeBytes;
  }

  read8(address: number): number {
    const region = this.regionAt(address);
    if (region?.kind === 'device') return region.device.read(address - region.first, 1) & 0xff;
    return address < this.sizeBytes ? this.bytes[address] : 0xff;
  }

  read16(address: number): number {
    if (this.crossesPage(address, 2)) return this.read8(address) | (this.read8(address + 1) << 8);
    const region = this.regionAt(address);
    if (region?.kind === 'device') return region.device.read(address - region.first, 2) & 0xffff;
    return address < this.sizeBytes ? this.view.getUint16(address, true) : 0xffff;
  }

  /** signed 32 bits */
  read32(address: number): number {
    if (this.crossesPage(address, 4)) return this.read16(address) | (this.read16(address + 2) << 16);
    const region = this.regionAt(address);
    if (region?.kind === 'device') return region.device.read(address - region.first, 4) | 0;
    return address < this.sizeBytes ? this.view.getInt32(address, true) : -1;
  }

  write8(address: number, value: number): void {
    const region = this.regionAt(address);
    if (region) writeTo(region, address, 1, value & 0xff);
    else if (address < this.sizeBytes) {
      this.noteWrite(address);
      this.bytes[address] = value;
    }
  }

  write16(address: number, value: number): void {
    const region = this.regionAt(address);
    if (this.crossesPage(address, 2)) {
      this.write8(address, value);
      this.write8(address + 1, value >> 8);
    } else if (region) writeTo(region, address, 2, value & 0xffff);
    else if (address < this.sizeBytes) {
      this.noteWrite(address);
      this.view.setUint16(address, value, true);
    }
  }

  write32(address: number, value: number): void {
    const region = this.regionAt(address);
    if (this.crossesPage(address, 4)) {
      this.write16(address, value);
      this.write16(address + 2, value >> 16);
    } else if (region) writeTo(region, address, 4, value >>> 0);
    else if (address < this.sizeBytes) {
      this.noteWrite(address);
      this.view.setInt32(address, value, true);
    }
  }

  private crossesPage(address: number, bytes: number): boolean {
    return (address & (pageSizeBytes - 1)) > pageSizeBytes - bytes;
  }

  /** What answers in place of RAM. */
  private regionAt(address: number): BusRegion | undefined {
    return this.regions.at(address >>> pageShift);
  }

  /** Zeros, through the bus's own writes, so that whoever watches a page hears of it. */
  clear(address = 0, length = this.sizeBytes): void {
    if (!this.watch.isWritten) return;
    const end = Math.min(address + length, this.sizeBytes);
    const words = new Int32Array(this.buffer, this.byteOffset, this.sizeBytes >>> 2);
    for (let next = address; next < end;) {
      const isWord = next % 4 === 0 && next + 4 <= end;
      if (isWord && words[next >>> 2] !== 0) this.write32(next, 0);
      if (!isWord && this.bytes[next] !== 0) this.write8(next, 0);
      next += isWord ? 4 : 1;
    }
  }

  /** Copies bytes in; those that fall outside are lost. */
  load(address: number, bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length;) {
      const start = address + done;
      const inPage = bytes.subarray(done, done + pageSizeBytes - (start % pageSizeBytes));
      this.loadInPage(start, inPage);
      done += inPage.length;
    }
  }

  private loadInPage(address: number, bytes: Uint8Array): void {
    if (this.regionAt(address) || !this.contains(address, bytes.length)) {
      bytes.forEach((byte, index) => this.write8(address + index, byte));
      return;
    }
    this.noteWrite(address);
    this.bytes.set(bytes, address);
  }

  /** Bytes that exist from `address` on, at most `length`, as a copy. */
  slice(address: number, length: number): Uint8Array {
    return this.bytes.slice(Math.min(address, this.sizeBytes), Math.min(address + length, this.sizeBytes));
  }

  /** Asks that the next write to `page` change its generation. */
  watchWrites(page: number): void {
    const whole = this.firstPage + page;
    if (this.watch.watched[whole] !== 0) return;
    this.watch.watched[whole] = 1;
    for (const listener of this.watch.listeners) listener(this.byteOffset + page * pageSizeBytes);
  }

  isWatched(page: number): boolean {
    return this.watch.watched[this.firstPage + page] === 1;
  }

  /** `listener` is told of each page that becomes watched, by its address in the buffer. Gives what ends that. */
  onWatch(listener: (address: number) => void): () => void {
    this.watch.listeners.add(listener);
    return () => void this.watch.listeners.delete(listener);
  }

  /** `listener` is told of each watched page that is about to be written to, by its address in the buffer. Gives what ends that. */
  onChange(listener: (address: number) => void): () => void {
    this.watch.changeListeners.add(listener);
    return () => void this.watch.changeListeners.delete(listener);
  }

  writeGeneration(page: number): number {
    return this.watch.generation[this.firstPage + page];
  }

  private noteWrite(address: number): void {
    this.watch.isWritten = true;
    this.announceWrite(address >>> pageShift);
  }

  /** Tells those who watch `page` that it is about to be written to. Until it is watched again, it may be at any time. */
  announceWrite(page: number): void {
    const whole = this.firstPage + page;
    if (this.watch.watched[whole] === 0) return;
    this.watch.watched[whole] = 0;
    this.watch.generation[whole]++;
    const inBuffer = this.byteOffset + (page << pageShift);
    for (const listener of this.watch.changeListeners) listener(inBuffer);
  }
}
