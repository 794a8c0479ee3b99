// The processor's architectural state: EFLAGS, modes and cached segments, put together from the words of the buffer
// (`stateWords.ts`); and what RESET makes of it.

import {
  Attribute,
  descriptorAttributes,
  descriptorBase,
  descriptorLimit,
  type RawDescriptor,
  type SegmentCache,
} from '../../isa/descriptors';
import type { Linear } from '../../base/address';
import { Eflags, ioplShift, separateFlags, systemFlagsMask } from '../../isa/flags';
import { Segment } from '../../isa/registers';
import {
  deliveryCountOffset,
  instructionCountOffset,
  overheadCountOffset,
  SegmentField,
  segmentOffset,
  stateOffset,
  stateSizeBytes,
} from '../../isa/state';
import { Cr0, Dr6, Dr7 } from '../../isa/controlRegisters';
import { StateWords } from './stateWords';

const realModeAttributes = Attribute.present | Attribute.notSystem | Attribute.writableOrReadable | Attribute.accessed;
const segmentCount = 8;
const firstCountOffset = Math.min(overheadCountOffset, deliveryCountOffset, instructionCountOffset);

// Indices into `words`.
const flagWords: readonly number[] = separateFlags.map(flag => stateOffset[flag] >> 2);
const flagBits: readonly number[] = separateFlags.map(flag => Eflags[flag]);
const segmentWord = (segment: number): number => segmentOffset(segment) >> 2;
const selectorWord = SegmentField.selector >> 2;
const attributesWord = SegmentField.attributes >> 2;
const limitWord = SegmentField.limit >> 2;
const baseWord = SegmentField.base >> 2;

/** Where state may lie: a processor's area in the buffer. */
export interface StateArea {
  readonly buffer: ArrayBufferLike;
  allocate(sizeBytes: number): number;
}

export class ProcessorState extends StateWords {
  /** State in the buffer that compiled code works on. */
  static within(area: StateArea): ProcessorState {
    return new ProcessorState(area.buffer, area.allocate(stateSizeBytes));
  }

  get iopl(): number {
    return (this.systemFlags >> ioplShift) & 3;
  }

  /** EFLAGS put together. */
  get eflags(): number {
    const { words } = this;
    let image = this.systemFlags | Eflags.reserved1;
    for (let index = 0; index < flagWords.length; index++) if (words[flagWords[index]]) image |= flagBits[index];
    return image;
  }

  /** Sets every flag, without any check of privilege. */
  set eflags(value: number) {
    this.systemFlags = value & systemFlagsMask;
    this.setSeparateFlags(value);
  }

  /** The flags kept one by one, from an image of EFLAGS. */
  setSeparateFlags(value: number): void {
    const { words } = this;
    for (let index = 0; index < flagWords.length; index++) words[flagWords[index]] = value & flagBits[index] ? 1 : 0;
  }

  get protectedMode(): boolean {
    return (this.cr0 & Cr0.pe) !== 0;
  }

  get virtual8086(): boolean {
    return (this.systemFlags & Eflags.vm) !== 0;
  }

  /** Protected mode and not virtual-8086: selectors name descriptors. */
  get usesDescriptors(): boolean {
    return (this.cr0 & Cr0.pe) !== 0 && (this.systemFlags & Eflags.vm) === 0;
  }

  get paging(): boolean {
    return (this.cr0 & Cr0.pg) !== 0;
  }

  selector(segment: number): number {
    return this.words[segmentWord(segment) + selectorWord];
  }

  attributes(segment: number): number {
    return this.words[segmentWord(segment) + attributesWord];
  }

  base(segment: number): Linear {
    return this.words[segmentWord(segment) + baseWord] >>> 0;
  }

  limit(segment: number): number {
    return this.words[segmentWord(segment) + limitWord] >>> 0;
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
    this.cacheSegment(segment, selector, base, limit, attributes);
  }

  /** The same, for who has no object at hand. */
  cacheSegment(segment: number, selector: number, base: number, limit: number, attributes: number): void {
    const word = segmentWord(segment);
    this.words[word + selectorWord] = selector;
    this.words[word + attributesWord] = attributes;
    this.words[word + limitWord] = limit;
    this.words[word + baseWord] = base;
  }

  /** Caches what a descriptor describes, with further attributes set. */
  cacheDescriptor(segment: number, selector: number, descriptor: RawDescriptor, attributes: number): void {
    const word = segmentWord(segment);
    this.words[word + selectorWord] = selector;
    this.words[word + attributesWord] = descriptorAttributes(descriptor) | attributes;
    this.words[word + limitWord] = descriptorLimit(descriptor);
    this.words[word + baseWord] = descriptorBase(descriptor);
  }

  /**
   * Base from the selector (SDM Vol. 3B §20.1.1). Virtual-8086 mode has 64 KiB; in real mode limit and D/B stay what they
   * were, which is 64 KiB unless protected mode left something else behind ("unreal mode").
   */
  setRealModeSegment(segment: number, selector: number): void {
    const old = this.attributes(segment);
    const keeps = !this.virtual8086 && !(old & Attribute.unusable);
    const size = keeps ? old & (Attribute.big | Attribute.granularity) : 0;
    const limit = keeps ? this.limit(segment) : 0xffff;
    this.cacheSegment(segment, selector, selector << 4, limit, this.realModeAttributes | size);
  }

  /** 64 KiB at selector * 16, of the type that a load gives: not one that protected mode has left behind. */
  isRealModeSegment(segment: number): boolean {
    const { selector, base, limit, attributes } = this.segment(segment);
    return base === selector << 4 && limit === 0xffff && attributes === this.realModeAttributes;
  }

  private get realModeAttributes(): number {
    return this.virtual8086 ? realModeAttributes | Attribute.dplMask : realModeAttributes;
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

  /** State after RESET or INIT (SDM Vol. 3A table 9-1): real mode at F000:FFF0, base FFFF0000. What has been counted goes on. */
  reset(): void {
    this.bytes.fill(0, 0, firstCountOffset);
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
