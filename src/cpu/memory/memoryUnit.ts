// Memory as instructions see it: segmentation (SDM Vol. 3A §5.3, §5.5), alignment check (§6.15, #AC), paging through the TLB, and the
// physical bus. Values up to 32 bits are signed 32-bit numbers (zero-extended when narrower).

import { Attribute } from '../../isa/descriptors';
import { Cr0, Dr7 } from '../../isa/controlRegisters';
import { Eflags } from '../../isa/flags';
import { Segment } from '../../isa/registers';
import { SegmentField, segmentOffset } from '../../isa/state';
import { type Linear, pageSizeBytes, type Physical } from '../../base/address';
import { noFault } from '../../ir/wasm/threadedLayout';
import { AccessWatch, touches, type WatchedRange } from './accessWatch';
import { alignmentCheck, type CpuException, generalProtection, pageFault, stackFault } from '../registers/fault';
import { matchDataBreakpoints } from './dataBreakpoints';
import { PageWalk, walk } from './paging';
import { PendingWrites } from './pendingWrites';
import type { PhysicalMemory } from './physicalMemory';
import { type AccessBytes, Reservations, type ReservedMemory, splitSlot } from './reservations';
import { withinLimit } from '../registers/segmentLimit';
import { StackFrame, type StackMemory } from './stackFrame';
import type { ProcessorState } from '../registers/state';
import { accessKind, accessOfKind, fetchKind, isFetchKind, isWriteKind, Tlb, tlbAreaBytes } from './tlb';

const offsetMask = pageSizeBytes - 1;

export class MemoryUnit implements ReservedMemory, StackMemory {
  readonly tlb: Tlb;
  /** where the TLB lies in the shared buffer */
  readonly tlbAddress: number;
  /** linear addresses above this are not for compiled code: segments may end here without it checking them */
  fastCeiling: Linear = 0xffffffff;
  /** where the count of `walkReferences` lies there */
  readonly walkReferencesAddress: number;
  readonly reservations = new Reservations(this);
  /** of the privileged machinery */
  readonly pendingWrites = new PendingWrites(this.reservations);
  readonly stackFrame: StackFrame;
  private readonly pageWalk: PageWalk;
  /** the whole buffer */
  private readonly view: DataView;
  private readonly words: Int32Array;
  private readonly walkCount: Float64Array;
  /** is there a data breakpoint, of whatever kind? */
  private watchesData: boolean;
  /** what the data breakpoints of the debug registers watch */
  private armed: readonly WatchedRange[] = [];
  /** told of an access that a data breakpoint matches: whoever runs must look after the instruction */
  onNoticed: () => void = () => undefined;
  private readonly ends: (() => void)[] = [];
  private refusedFault = noFault;
  private refusedLinear: Linear = 0;

  constructor(
    private readonly state: ProcessorState,
    readonly physical: PhysicalMemory,
    /** accesses that somebody wants to know of: those up to `fastCeiling`, beyond which a monitor makes its own */
    readonly accesses = new AccessWatch(),
    /** where the TLB lies, and what else the processor keeps in the buffer */
    readonly area = physical.takeArea(),
  ) {
    this.stackFrame = new StackFrame(state, this);
    this.pageWalk = new PageWalk(physical, state);
    this.view = new DataView(physical.buffer);
    this.words = new Int32Array(physical.buffer);
    this.tlbAddress = area.allocate(tlbAreaBytes);
    this.walkReferencesAddress = area.allocate(8);
    this.walkCount = new Float64Array(physical.buffer, this.walkReferencesAddress, 1);
    this.tlb = new Tlb(physical.buffer, this.tlbAddress, physical.byteOffset);
    this.watchesData = accesses.ranges.length > 0;
    this.onRelease(physical.onWatch(address => this.tlb.slowDownWrites(address)));
    this.onRelease(accesses.onChange(() => this.reconsiderTlb()));
  }

  /** Does `end` when the processor is given up. */
  onRelease(end: () => void): void {
    this.ends.push(end);
  }

  /** The processor is given up: nobody is listened to any more, and its area serves another. */
  release(): void {
    for (const end of this.ends) end();
    this.area.release();
  }

  // --- by segment and offset, as an instruction at the current privilege level

  load(segment: number, offset: number, bytes: 1 | 2 | 4): number {
    return this.readAs(this.linearAddress(segment, offset, bytes, false), bytes, this.state.cpl === 3);
  }

  store(segment: number, offset: number, bytes: 1 | 2 | 4, value: number): void {
    this.writeAs(this.linearAddress(segment, offset, bytes, true), bytes, value, this.state.cpl === 3);
  }

  /** Checks a place for writing and keeps it under `slot`. */
  reserve(slot: number, segment: number, offset: number, bytes: AccessBytes): void {
    const linear = this.linearAddress(segment, offset, bytes, true);
    this.reservations.reserve(slot, linear, bytes, this.state.cpl === 3);
  }

  /** Segmentation's checks: type, limit, alignment. Gives the linear address. */
  linearAddress(segment: number, offset: number, bytes: number, write: boolean): Linear {
    const words = this.state.words;
    const word = segmentOffset(segment) >> 2;
    const attributes = words[word + (SegmentField.attributes >> 2)];
    if (!this.typeAllows(attributes, write)) throw this.segmentFault(segment);
    if (!withinLimit(attributes, words[word + (SegmentField.limit >> 2)] >>> 0, offset >>> 0, bytes))
      throw this.segmentFault(segment);
    const linear = (words[word + (SegmentField.base >> 2)] + offset) >>> 0;
    if (linear & (bytes - 1) && this.alignmentChecked()) throw alignmentCheck();
    return linear;
  }

  // --- by linear address

  /** Reads for the processor itself (descriptor tables, TSS): a supervisor access whatever CPL is. */
  readSystem(linear: Linear, bytes: 1 | 2 | 4): number {
    return this.readAs(linear >>> 0, bytes, false);
  }

  writeSystem(linear: Linear, bytes: 1 | 2 | 4, value: number): void {
    this.writeAs(linear >>> 0, bytes, value, false);
  }

  readAs(linear: Linear, bytes: 1 | 2 | 4, user: boolean): number {
    const place = this.place(linear, bytes, false, user);
    return place >= 0 ? this.valueAt(place, bytes) : this.readSlowly(linear, bytes, user);
  }

  writeAs(linear: Linear, bytes: 1 | 2 | 4, value: number, user: boolean): void {
    const place = this.place(linear, bytes, true, user);
    if (place >= 0) this.setValueAt(place, bytes, value);
    else this.writeSlowly(linear, bytes, value, user);
  }

  // --- by place in the buffer

  /**
   * Where in the buffer `length` bytes at `linear` lie, if they can be read, or written, without anybody's attention: plain
   * RAM within a page, its translation known, and nobody who watches. Else -1: then each value goes a slower way, which
   * raises what there is to raise.
   */
  place(linear: Linear, length: number, write: boolean, user: boolean): number {
    if ((linear & offsetMask) > pageSizeBytes - length || this.state.dr7 & Dr7.enables) return -1;
    return this.tlb.place(linear, accessKind(user, write));
  }

  /** The same for reading at the current privilege level; -1 too where segmentation objects to any of it. */
  placeInSegment(segment: number, offset: number, length: number): number {
    const { state } = this;
    const attributes = state.attributes(segment);
    if (!this.typeAllows(attributes, false) || this.alignmentChecked()) return -1;
    if (!withinLimit(attributes, state.limit(segment), offset >>> 0, length)) return -1;
    return this.place((state.base(segment) + offset) >>> 0, length, false, state.cpl === 3);
  }

  valueAt(place: number, bytes: 1 | 2 | 4): number {
    if (bytes === 4) return (place & 3) === 0 ? this.words[place >>> 2] : this.view.getInt32(place, true);
    return bytes === 2 ? this.view.getUint16(place, true) : this.view.getUint8(place);
  }

  setValueAt(place: number, bytes: 1 | 2 | 4, value: number): void {
    if (bytes !== 4) this.setNarrowAt(place, bytes, value);
    else if ((place & 3) === 0) this.words[place >>> 2] = value;
    else this.view.setInt32(place, value, true);
  }

  private setNarrowAt(place: number, bytes: 1 | 2, value: number): void {
    if (bytes === 2) this.view.setInt16(place, value, true);
    else this.view.setInt8(place, value);
  }

  /** Where the TLB has no answer, or memory is not plain RAM, or the access crosses a page. */
  private readSlowly(linear: Linear, bytes: 1 | 2 | 4, user: boolean): number {
    const inPage = pageSizeBytes - (linear & offsetMask);
    const address = this.translate(linear, false, user);
    if (inPage >= bytes) {
      this.watch(linear, bytes, false, user);
      return this.readPhysical(address, bytes);
    }
    const second = this.translate((linear + inPage) >>> 0, false, user);
    this.watch(linear, bytes, false, user);
    let value = 0;
    for (let index = 0; index < bytes; index++) {
      value |= this.physical.read8(index < inPage ? address + index : second + index - inPage) << (8 * index);
    }
    return value;
  }

  private writeSlowly(linear: Linear, bytes: 1 | 2 | 4, value: number, user: boolean): void {
    this.reservations.reserve(splitSlot, linear, bytes, user);
    this.reservations.store(splitSlot, bytes, value);
  }

  /** Physical address of a linear one, for an access of this kind; raises #PF, with CR2 set, where it is not allowed. */
  translate(linear: Linear, write: boolean, user: boolean): Physical {
    const kind = accessKind(user, write);
    const hit = this.tlb.lookup(linear, kind);
    return hit >= 0 ? (hit as Physical) : this.translateMiss(linear, kind);
  }

  /** The same for the fetch of an instruction. */
  translateFetch(linear: Linear, user: boolean): Physical {
    const kind = fetchKind(user);
    const hit = this.tlb.lookup(linear, kind);
    return hit >= 0 ? (hit as Physical) : this.translateMiss(linear, kind);
  }

  /** What `translateFetch` will give, or raise, at the current privilege level. Leaves no trace, in CR2 neither. */
  peekFetch(linear: number): number {
    const user = this.state.cpl === 3;
    const hit = this.tlb.lookup(linear, fetchKind(user));
    if (hit >= 0 || !this.state.paging) return hit >= 0 ? hit : linear;
    const found = walk(this.physical, this.state, linear, accessOfKind[fetchKind(user)], false);
    if (!found.ok) throw pageFault(found.errorCode);
    return found.physical;
  }

  /**
   * For compiled code that has missed: makes the TLB entry for an access, if the access is allowed, lies within a page, and
   * compiled code may make it. Raises nothing: what it refuses is done again by other means. An entry that is there stays
   * what it is, even if the page tables say something else by now.
   */
  fillForCompiledCode(linear: Linear, kind: number, bytes: number): boolean {
    this.refusedFault = noFault;
    if ((linear & offsetMask) + bytes > pageSizeBytes) return false;
    if (linear > this.fastCeiling && !isFetchKind(kind)) return false;
    if (this.tlb.lookup(linear, kind) >= 0) return this.reconsider(linear, kind);
    if (this.watchesData && this.hasDataBreakpoint(linear, kind)) return false;
    if (!this.walkTables(linear, kind)) {
      this.refusedFault = this.pageWalk.errorCode;
      this.refusedLinear = linear;
      return false;
    }
    this.countWalk();
    return this.fillAsWalked(linear, kind) || this.announceWrite(linear, kind);
  }

  /** Says anew whether compiled code may use a translation that is known. */
  private reconsider(linear: Linear, kind: number): boolean {
    const isSlow = this.isSlow(linear, kind, this.tlb.lookup(linear, kind) >>> 12);
    this.tlb.setSlow(linear, kind, isSlow);
    return !isSlow || this.announceWrite(linear, kind);
  }

  /** Tells those who watch a page that a write to it follows, so that it needs nobody's attention. True if it is now such a page. */
  private announceWrite(linear: Linear, kind: number): boolean {
    const page = this.tlb.lookup(linear, kind) >>> 12;
    if (!isWriteKind(kind) || !this.physical.isRam(page) || !this.physical.isWatched(page)) return false;
    this.physical.announceWrite(page);
    const isSlow = this.isSlow(linear, kind, page);
    this.tlb.setSlow(linear, kind, isSlow);
    return !isSlow;
  }

  /** Physical address from which compiled code may run; -1 if it may not, or somebody has to raise the fault of the fetch. */
  fetchPlaceForCompiledCode(linear: Linear, user: boolean): number {
    const kind = fetchKind(user);
    const known = this.tlb.lookup(linear, kind);
    if (known >= 0) return known;
    return this.fillForCompiledCode(linear, kind, 1) ? this.tlb.lookup(linear, kind) : -1;
  }

  /**
   * The error code of the page fault for which the last fill was refused, or `noFault` if it was another reason. Taking it raises it, in
   * that CR2 is set and the walk is counted: for who delivers it at once, without trying the instruction again.
   */
  takeRefusedFault(): number {
    const code = this.refusedFault;
    this.refusedFault = noFault;
    if (code === noFault) return code;
    this.countWalk();
    this.state.cr2 = this.refusedLinear;
    return code;
  }

  /** Whatever was refused is tried again by the evaluator. */
  forgetRefusedFault(): void {
    this.refusedFault = noFault;
  }

  private translateMiss(linear: Linear, kind: number): Physical {
    const allowed = this.walkTables(linear, kind);
    this.countWalk();
    if (!allowed) {
      this.state.cr2 = linear;
      throw pageFault(this.pageWalk.errorCode);
    }
    this.fillAsWalked(linear, kind);
    return this.pageWalk.physical;
  }

  /** page-table entries read by walks so far, for the ledger */
  get walkReferences(): number {
    return this.walkCount[0];
  }

  /** The last one. */
  private countWalk(): void {
    this.walkCount[0] += this.pageWalk.references;
  }

  /** True if the access is allowed; `pageWalk` has what there is to know. */
  private walkTables(linear: Linear, kind: number): boolean {
    const { pageWalk } = this;
    if (!this.state.paging) return pageWalk.unpaged(linear);
    return pageWalk.walk(linear, accessOfKind[kind], true);
  }

  /** True if compiled code may make such accesses. */
  private fillAsWalked(linear: Linear, kind: number): boolean {
    const isSlow = this.isSlow(linear, kind, this.pageWalk.physical >>> 12);
    this.tlb.fill(linear, kind, this.pageWalk, isSlow);
    return !isSlow;
  }

  /** Is a translation to `page` for TypeScript only? */
  private isSlow(linear: Linear, kind: number, page: number): boolean {
    if (linear > this.fastCeiling && !isFetchKind(kind)) return true;
    if (isWriteKind(kind)) {
      if (!this.physical.isRam(page) || this.physical.isWatched(page)) return true;
    } else if (!this.physical.isReadable(page)) return true;
    return this.watchesData && this.hasDataBreakpoint(linear, kind);
  }

  /** Must accesses to a linear page be looked at? */
  private hasDataBreakpoint(linear: Linear, kind: number): boolean {
    const { ranges } = this.accesses;
    if (isFetchKind(kind)) return false;
    const write = isWriteKind(kind);
    return isPageWatched(ranges, linear, write) || isPageWatched(this.armed, linear, write);
  }

  /** From now on the data breakpoints of the debug registers watch these ranges. */
  setArmed(ranges: readonly WatchedRange[]): void {
    this.armed = ranges;
    this.reconsiderTlb();
  }

  private reconsiderTlb(): void {
    this.watchesData = this.accesses.ranges.length > 0 || this.armed.length > 0;
    this.tlb.reconsider((linear, kind, page) => this.isSlow(linear, kind, page));
  }

  private readPhysical(address: number, bytes: 1 | 2 | 4): number {
    if (bytes === 4) return this.physical.read32(address);
    return bytes === 2 ? this.physical.read16(address) : this.physical.read8(address);
  }

  writePhysical(address: number, bytes: 1 | 2 | 4, value: number): void {
    if (bytes === 4) this.physical.write32(address, value);
    else if (bytes === 2) this.physical.write16(address, value & 0xffff);
    else this.physical.write8(address, value & 0xff);
  }

  private segmentFault(segment: number): CpuException {
    return segment === Segment.ss ? stackFault(0) : generalProtection(0);
  }

  /** §5.5: type checks apply in protected mode only; a null selector's segment is unusable. */
  private typeAllows(attributes: number, write: boolean): boolean {
    if (attributes & Attribute.unusable) return false;
    const isCode = (attributes & Attribute.code) !== 0;
    const enabled = (attributes & Attribute.writableOrReadable) !== 0;
    if (write ? !isCode && enabled : !isCode || enabled) return true;
    return !this.state.usesDescriptors;
  }

  alignmentChecked(): boolean {
    const state = this.state;
    return state.cpl === 3 && (state.cr0 & Cr0.am) !== 0 && (state.systemFlags & Eflags.ac) !== 0;
  }

  /** Notes an access that is not fast, if a data breakpoint matches it. Its translation is known. */
  watch(linear: Linear, bytes: number, write: boolean, user: boolean): void {
    const { state } = this;
    if (state.dr7 & Dr7.enables) {
      matchDataBreakpoints(state, linear, bytes, write);
      if (state.pendingDebugTraps) this.onNoticed();
    }
    const { ranges } = this.accesses;
    if (ranges.length > 0 && linear <= this.fastCeiling && touches(ranges, linear, bytes, write))
      this.noteAccess(linear, bytes, write, user);
  }

  private noteAccess(linear: Linear, bytes: number, write: boolean, user: boolean): void {
    const places = new Float64Array(bytes);
    for (let index = 0; index < bytes; index++) places[index] = this.knownPhysical((linear + index) >>> 0, user);
    const now = (): Uint8Array => this.bytesAt(places);
    const by = (this.state.base(Segment.cs) + this.state.eip) >>> 0;
    this.accesses.note({ linear, bytes, write, by, before: now(), now });
    this.onNoticed();
  }

  private bytesAt(places: Float64Array): Uint8Array {
    const bytes = new Uint8Array(places.length);
    for (let index = 0; index < bytes.length; index++) bytes[index] = this.physical.read8(places[index]);
    return bytes;
  }

  /** What is read and then written has been translated for writing. */
  private knownPhysical(linear: Linear, user: boolean): number {
    const read = this.tlb.lookup(linear, accessKind(user, false));
    return read >= 0 ? read : this.tlb.lookup(linear, accessKind(user, true));
  }
}

/** What is about to be written may be read first. */
function isPageWatched(ranges: readonly WatchedRange[], linear: Linear, write: boolean): boolean {
  const page = (linear & ~offsetMask) >>> 0;
  return touches(ranges, page, pageSizeBytes, false) || (write && touches(ranges, page, pageSizeBytes, true));
}
