// The table by which control finds its way from one page of threaded code to another: blocks by EIP and mode, with where the
// page was mapped. Routines look into it by themselves (`ir/wasm/threading.ts`).

import { jumpEntries, jumpEntryBytes, jumpSlot, jumpWord, otherJumpSlot } from '../../ir/wasm/threadedLayout';
import type { CodePlace } from './codePlace';
import type { PhysicalMemory } from '../memory/physicalMemory';
import type { ProcessorArea } from '../memory/processorArea';

export class JumpTable {
  readonly address: number;
  private readonly words: Int32Array;

  constructor(
    private readonly physical: PhysicalMemory,
    area: ProcessorArea,
  ) {
    this.address = area.allocate(jumpEntries * jumpEntryBytes);
    this.words = new Int32Array(physical.buffer);
  }

  /** Address of the header of the block at a place, as routines would find it; 0 if it is not here. */
  find(eip: number, physical: number, mode: number): number {
    const { words } = this;
    const slot = jumpSlot(eip, mode);
    const first = this.entryAt(slot);
    const entry = words[first + jumpWord.eip] === (eip | 0) ? first : this.entryAt(otherJumpSlot(slot));
    const isSame =
      words[entry + jumpWord.eip] === (eip | 0) &&
      mode !== 0 &&
      words[entry + jumpWord.mode] === mode &&
      words[entry + jumpWord.addend] === this.addendOf(eip, physical);
    return isSame ? words[entry + jumpWord.header] : 0;
  }

  /** Enters a block, at one of its two places; if neither is free, what was in the first one moves. */
  add(place: CodePlace, mode: number, header: number): void {
    const { words } = this;
    const slot = jumpSlot(place.eip, mode);
    const [first, second] = [this.entryAt(slot), this.entryAt(otherJumpSlot(slot))];
    const entry = this.isFree(first) || !this.isFree(second) ? first : second;
    if (!this.isFree(entry)) words.copyWithin(second, first, first + jumpEntryBytes / 4);
    words[entry + jumpWord.eip] = place.eip;
    words[entry + jumpWord.mode] = mode;
    words[entry + jumpWord.header] = header;
    words[entry + jumpWord.addend] = this.addendOf(place.eip, place.physical);
  }

  /** Forgets the block at this EIP. */
  remove(eip: number, mode: number): void {
    const slot = jumpSlot(eip, mode);
    this.removeAt(this.entryAt(slot), eip);
    this.removeAt(this.entryAt(otherJumpSlot(slot)), eip);
  }

  private removeAt(entry: number, eip: number): void {
    if (this.words[entry + jumpWord.eip] === (eip | 0)) this.words[entry + jumpWord.mode] = 0;
  }

  clear(): void {
    this.words.fill(0, this.address >> 2, (this.address + jumpEntries * jumpEntryBytes) >> 2);
  }

  private isFree(entry: number): boolean {
    return this.words[entry + jumpWord.mode] === 0;
  }

  /** index of an entry's first word */
  private entryAt(slot: number): number {
    return (this.address + slot * jumpEntryBytes) >> 2;
  }

  /** What to add to a linear address of the place's page to get a place in the buffer. */
  private addendOf(eip: number, physical: number): number {
    return (this.physical.byteOffset + (physical & ~0xfff) - (eip & ~0xfff)) | 0;
  }
}
