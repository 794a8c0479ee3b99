// The processor's architectural state: typed access to the buffer that `isa/state.ts` lays out. Compiled code reads
// the same bytes.

import { Attribute, type SegmentCache } from '../isa/descriptors';
import { Eflags, ioplShift, systemFlagsMask } from '../isa/flags';
import { Segment } from '../isa/registers';
import {
  gprOffset,
  instructionCountOffset,
  SegmentField,
  segmentOffset,
  stateOffset,
  stateSizeBytes,
  type StateField,
} from '../isa/state';
import type { PhysicalMemory } from './physicalMemory';
import { Cr0, Dr6, Dr7 } from '../isa/controlRegisters';

const realModeAttributes = Attribute.present | Attribute.notSystem | Attribute.writableOrReadable | Attribute.accessed;
const segmentCount = 8;

export class ProcessorState {
  readonly words: Int32Array;
  readonly bytes: Uint8Array;
  private readonly counts: Float64Array;

  /** State in `buffer` at `byteOffset` (a multiple of 8), which must have `stateSizeBytes` bytes there. */
  constructor(
    readonly buffer: ArrayBufferLike = new ArrayBuffer(stateSizeBytes),
    readonly byteOffset = 0,
  ) {
    this.words = new Int32Array(buffer, byteOffset, stateSizeBytes / 4);
    this.bytes = new Uint8Array(buffer, byteOffset, stateSizeBytes);
    this.counts = new Float64Array(buffer, byteOffset, stateSizeBytes / 8);
  }

  /** State in the buffer that compiled code works on. */
  static within(memory: PhysicalMemory): ProcessorState {
    return new ProcessorState(memory.buffer, memory.allocate(stateSizeBytes));
  }

  /** A state field as a signed 32-bit number. */
  get(field: StateField): number {
    return this.words[stateOffset[field] >> 2];
  }

  set(field: StateField, value: number): void {
    this.words[stateOffset[field] >> 2] = value;
  }

  /** General register, signed 32 bits. */
  gpr(index: number): number {
    return this.words[gprOffset(index) >> 2];
  }

  setGpr(index: number, value: number): void {
    this.words[gprOffset(index) >> 2] = value;
  }

  get eip(): number {
    return this.words[stateOffset.eip >> 2] >>> 0;
  }

  set eip(value: number) {
    this.words[stateOffset.eip >> 2] = value;
  }

  get cpl(): number {
    return this.words[stateOffset.cpl >> 2];
  }

  set cpl(value: number) {
    this.words[stateOffset.cpl >> 2] = value;
  }

  get instructionCount(): number {
    return this.counts[instructionCountOffset >> 3];
  }

  set instructionCount(value: number) {
    this.counts[instructionCountOffset >> 3] = value;
  }

  get systemFlags(): number {
    return this.words[stateOffset.systemFlags >> 2];
  }

  set systemFlags(value: number) {
    this.words[stateOffset.systemFlags >> 2] = value;
  }

  get iopl(): number {
    return (this.systemFlags >> ioplShift) & 3;
  }

  /** EFLAGS put together. */
  get eflags(): number {
    const flag = (field: StateField, bit: number): number => (this.get(field) ? bit : 0);
    return (
      this.systemFlags |
      Eflags.reserved1 |
      flag('cf', Eflags.cf) |
      flag('pf', Eflags.pf) |
      flag('af', Eflags.af) |
      flag('zf', Eflags.zf) |
      flag('sf', Eflags.sf) |
      flag('of', Eflags.of) |
      flag('df', Eflags.df)
    );
  }

  /** Sets every flag, without any check of privilege. */
  set eflags(value: number) {
    const flag = (field: StateField, bit: number): void => this.set(field, value & bit ? 1 : 0);
    this.systemFlags = value & systemFlagsMask;
    flag('cf', Eflags.cf);
    flag('pf', Eflags.pf);
    flag('af', Eflags.af);
    flag('zf', Eflags.zf);
    flag('sf', Eflags.sf);
    flag('of', Eflags.of);
    flag('df', Eflags.df);
  }

  // What every instruction asks for, without a look-up by name.

  get activity(): number {
    return this.words[stateOffset.activity >> 2];
  }

  get interruptShadow(): number {
    return this.words[stateOffset.interruptShadow >> 2];
  }

  set interruptShadow(value: number) {
    this.words[stateOffset.interruptShadow >> 2] = value;
  }

  get pendingDebugTraps(): number {
    return this.words[stateOffset.pendingDebugTraps >> 2];
  }

  get dr7(): number {
    return this.words[stateOffset.dr7 >> 2];
  }

  get cr0(): number {
    return this.words[stateOffset.cr0 >> 2];
  }

  get protectedMode(): boolean {
    return (this.cr0 & Cr0.pe) !== 0;
  }

  get virtual8086(): boolean {
    return (this.systemFlags & Eflags.vm) !== 0;
  }

  /** Protected mode and not virtual-8086: selectors name descriptors. */
  get usesDescriptors(): boolean {
    return this.protectedMode && !this.virtual8086;
  }

  get paging(): boolean {
    return (this.cr0 & Cr0.pg) !== 0;
  }

  selector(segment: number): number {
    return this.words[(segmentOffset(segment) + SegmentField.selector) >> 2];
  }

  attributes(segment: number): number {
    return this.words[(segmentOffset(segment) + SegmentField.attributes) >> 2];
  }

  base(segment: number): number {
    return this.words[(segmentOffset(segment) + SegmentField.base) >> 2] >>> 0;
  }

  limit(segment: number): number {
    return this.words[(segmentOffset(segment) + SegmentField.limit) >> 2] >>> 0;
  }

  segment(segment: number): SegmentCache {
    return {
      selector: this.selector(segment),
      base: this.base(segment),
      limit: this.limit(segment),
      attributes: this.attributes(segment),
    };
  }

  setSegment(segment: number, { selector, base, limit, attributes }: SegmentCache): void {
    const word = segmentOffset(segment) >> 2;
    this.words[word + (SegmentField.selector >> 2)] = selector;
    this.words[word + (SegmentField.attributes >> 2)] = attributes;
    this.words[word + (SegmentField.limit >> 2)] = limit;
    this.words[word + (SegmentField.base >> 2)] = base;
  }

  /**
   * Base from the selector (SDM Vol. 3B §20.1.1). Virtual-8086 mode has 64 KiB; in real mode limit and D/B stay what they
   * were, which is 64 KiB unless protected mode left something else behind ("unreal mode").
   */
  setRealModeSegment(segment: number, selector: number): void {
    const old = this.attributes(segment);
    const keeps = !this.virtual8086 && !(old & Attribute.unusable);
    const privilege = this.virtual8086 ? Attribute.dplMask : 0;
    const size = keeps ? old & (Attribute.big | Attribute.granularity) : 0;
    const limit = keeps ? this.limit(segment) : 0xffff;
    this.setSegment(segment, {
      selector,
      base: selector << 4,
      limit,
      attributes: realModeAttributes | privilege | size,
    });
  }

  get codeIs32Bit(): boolean {
    return (this.attributes(Segment.cs) & Attribute.big) !== 0;
  }

  get stackIs32Bit(): boolean {
    return (this.attributes(Segment.ss) & Attribute.big) !== 0;
  }

  /** (E)SP at the width of the stack. */
  get stackPointer(): number {
    const esp = this.gpr(4);
    return this.stackIs32Bit ? esp >>> 0 : esp & 0xffff;
  }

  set stackPointer(value: number) {
    const esp = this.gpr(4);
    this.setGpr(4, this.stackIs32Bit ? value : (esp & 0xffff0000) | (value & 0xffff));
  }

  /** State after RESET or INIT (SDM Vol. 3A table 9-1): real mode at F000:FFF0, base FFFF0000. */
  reset(): void {
    this.bytes.fill(0);
    for (let segment = 0; segment < segmentCount; segment++) {
      this.setSegment(segment, { selector: 0, base: 0, limit: 0xffff, attributes: realModeAttributes });
    }
    this.setSegment(Segment.cs, { selector: 0xf000, base: 0xffff0000, limit: 0xffff, attributes: realModeAttributes });
    this.setSegment(Segment.ldtr, { selector: 0, base: 0, limit: 0xffff, attributes: Attribute.present | 2 });
    this.setSegment(Segment.tr, { selector: 0, base: 0, limit: 0xffff, attributes: Attribute.present | 11 });
    this.eip = 0xfff0;
    this.setGpr(2, processorSignature);
    this.set('cr0', Cr0.et | Cr0.cd | Cr0.nw);
    this.set('gdtrLimit', 0xffff);
    this.set('idtrLimit', 0xffff);
    this.set('dr6', Dr6.fixedOnes);
    this.set('dr7', Dr7.fixedOnes);
    this.set('apicBase', apicBaseAfterReset);
  }

  copyFrom(other: ProcessorState): void {
    this.bytes.set(other.bytes);
  }

  clone(): ProcessorState {
    const copy = new ProcessorState();
    copy.copyFrom(this);
    return copy;
  }
}

/** CPUID leaf 1 EAX, and EDX after reset: family 6, model 8, stepping 1. */
export const processorSignature = 0x681;

/** IA32_APIC_BASE: the bootstrap processor's flag, and the APIC switched off, as there is none. */
const apicBaseAfterReset = 0xfee00100;
