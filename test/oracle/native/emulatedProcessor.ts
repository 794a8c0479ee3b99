// Runs cases on our processor: ring 3, paging on, the regions mapped as the native harness maps them, Linux's flat
// segments and the harness's local ones. The IDT is empty: what is compared is the exception itself, not its delivery.

import { Cr0, Cr4 } from '../../../src/isa/controlRegisters';
import {
  Attribute,
  encodeDescriptor,
  segmentCache,
  selectorIsLocal,
  selectorIsNull,
  selectorOffset,
  SystemType,
  type RawDescriptor,
  type SegmentCache,
} from '../../../src/isa/descriptors';
import { Eflags } from '../../../src/isa/flags';
import { Segment } from '../../../src/isa/registers';
import { Shadow } from '../../../src/isa/state';
import { PhysicalMemory } from '../../../src/cpu/memory/physicalMemory';
import { Processor } from '../../../src/cpu/processor';
import { ProcessorState } from '../../../src/cpu/registers/state';
import {
  flatCodeSelector,
  flatDataSelector,
  localDescriptor,
  localSegmentNames,
  localSegments,
  regions,
} from './layout';
import { poolBytes, type NativeCase, type Outcome, type RaisedException } from './nativeCase';

const pageBytes = 0x1000;
const physical = {
  pageDirectory: 0x1000,
  firstPageTable: 0x2000,
  gdt: 0x8000,
  ldt: 0x9000,
  tss: 0xa000,
  regions: 0x10000,
} as const;
/** where the first 64 KiB of physical memory are mapped for the supervisor */
const systemWindow = 0xc0000000;
/** offset of the I/O map's offset in a task-state segment */
const ioMapField = 0x66;
const sizeBytes = 0x40000;

const userAttributes = Attribute.dplMask | Attribute.present | Attribute.notSystem | Attribute.accessed;
const flat = (type: number): RawDescriptor =>
  encodeDescriptor(
    0,
    0xffffffff,
    userAttributes | type | Attribute.big | Attribute.granularity | Attribute.writableOrReadable,
  );
const globalDescriptors = new Map<number, RawDescriptor>([
  [selectorOffset(flatCodeSelector), flat(Attribute.code)],
  [selectorOffset(flatDataSelector), flat(0)],
]);

/** Regions lie one after the other in physical memory. */
const placedRegions = regions.map((region, index) => ({
  region,
  start: regions.slice(0, index).reduce((start, { length }) => start + length, physical.regions as number),
}));

/** Physical address of a byte that a case may put in place. */
function placeOf(linear: number): number | undefined {
  const found = placedRegions.find(({ region }) => linear >= region.address && linear < region.address + region.length);
  return found?.region.writable ? found.start + linear - found.region.address : undefined;
}

export class EmulatedProcessor {
  private readonly memory = PhysicalMemory.ofSize(sizeBytes);
  private readonly template: ProcessorState;
  private readonly processor: Processor;
  private readonly before = new Uint8Array(sizeBytes);
  private raised: RaisedException | undefined;
  private readonly stateAtException = new ProcessorState();

  constructor(private readonly pool: Uint8Array) {
    this.buildPageTables();
    this.buildDescriptors();
    this.template = makeTemplate();
    this.processor = new Processor({
      memory: this.memory,
      ports: { read: () => 0xff, write: () => undefined },
      interrupts: { pending: false, acknowledge: () => 0 },
    });
    this.processor.observer = {
      seesEach: true,
      exceptionRaised: (vector, errorCode) => this.noteException(vector, errorCode ?? 0),
      eventDelivered: () => undefined,
      interruptReturned: () => undefined,
      ringChanged: () => undefined,
      tripleFault: () => undefined,
    };
  }

  run(native: NativeCase): Outcome {
    this.prepareState(native);
    this.prepareMemory(native);
    const { state } = this.processor;
    let steps = 0;
    do {
      this.processor.step();
      state.set('pendingDebugTraps', 0);
      steps++;
    } while (!this.raised && steps < native.maxSteps && state.eip === native.eip);
    return this.outcome(this.raised ? this.stateAtException : state, steps);
  }

  private noteException(vector: number, errorCode: number): void {
    if (this.raised) return;
    this.raised = { vector, errorCode, faultAddress: this.processor.state.get('cr2') >>> 0 };
    this.stateAtException.copyFrom(this.processor.state);
  }

  private outcome(state: ProcessorState, steps: number): Outcome {
    return {
      registers: [0, 1, 2, 3, 4, 5, 6, 7].map(index => state.gpr(index) >>> 0),
      eip: state.eip,
      eflags: state.eflags,
      segments: [0, 1, 2, 3, 4, 5].map(index => state.selector(index)),
      exception: this.raised,
      steps,
      held: state.get('interruptShadow') === Shadow.movSs,
      changes: this.findChanges(),
    };
  }

  private prepareState({ registers, eip, eflags, segments }: NativeCase): void {
    const { state } = this.processor;
    this.raised = undefined;
    state.copyFrom(this.template);
    registers.forEach((value, index) => state.setGpr(index, value));
    state.eip = eip;
    state.eflags = eflags | Eflags.tf | Eflags.if;
    segments.forEach((selector, index) => state.setSegment(index, cachedSegment(selector)));
  }

  private prepareMemory({ poolOffset, code, codeAddress, patches }: NativeCase): void {
    for (const { region, start } of placedRegions) {
      const offset = region.writable ? poolOffset : 0;
      this.before.set(poolBytes(this.pool, offset, region.address, region.length), start);
    }
    for (const { address, bytes } of [{ address: codeAddress, bytes: code }, ...patches]) this.patch(address, bytes);
    this.memory.bytes.set(this.before.subarray(physical.regions), physical.regions);
    // once more, so that the processor notices that its code has changed
    const start = placeOf(codeAddress) ?? 0;
    this.memory.load(start, this.before.slice(start, start + code.length));
  }

  /** Bytes that fall outside the writable regions are lost. */
  private patch(address: number, bytes: readonly number[]): void {
    bytes.forEach((byte, index) => {
      const at = placeOf((address + index) >>> 0);
      if (at !== undefined) this.before[at] = byte;
    });
  }

  private findChanges(): ReadonlyMap<number, number> {
    const changes = new Map<number, number>();
    for (const { region, start } of placedRegions) {
      const [before, after] = [this.before, this.memory.bytes].map(bytes =>
        bytes.subarray(start, start + region.length),
      );
      if (Buffer.compare(before, after) === 0) continue;
      after.forEach((byte, index) => byte !== before[index] && changes.set(region.address + index, byte));
    }
    return changes;
  }

  private buildPageTables(): void {
    for (const { region, start } of placedRegions)
      for (let offset = 0; offset < region.length; offset += pageBytes)
        this.mapPage(region.address + offset, start + offset, region.writable ? 7 : 5);
    for (let offset = 0; offset < physical.regions; offset += pageBytes) this.mapPage(systemWindow + offset, offset, 3);
  }

  private mapPage(linear: number, frame: number, attributes: number): void {
    const directoryEntry = physical.pageDirectory + (linear >>> 22) * 4;
    if (this.memory.read32(directoryEntry) === 0) {
      const table = physical.firstPageTable + this.pageTables++ * pageBytes;
      this.memory.write32(directoryEntry, table | 7);
    }
    const table = this.memory.read32(directoryEntry) & ~(pageBytes - 1);
    this.memory.write32(table + ((linear >>> 12) & 0x3ff) * 4, frame | attributes);
  }
  private pageTables = 0;

  private buildDescriptors(): void {
    const write = (address: number, { low, high }: RawDescriptor): void => {
      this.memory.write32(address, low);
      this.memory.write32(address + 4, high);
    };
    this.memory.write16(physical.tss + ioMapField, 0xffff);
    globalDescriptors.forEach((descriptor, offset) => write(physical.gdt + offset, descriptor));
    localSegmentNames.forEach((name, index) => write(physical.ldt + index * 8, localDescriptor(localSegments[name])));
  }
}

function cachedSegment(selector: number): SegmentCache {
  const descriptor = selectorIsLocal(selector)
    ? localDescriptor(localSegments[localSegmentNames[selector >> 3]])
    : globalDescriptors.get(selectorOffset(selector));
  if (selectorIsNull(selector) || !descriptor) return { selector, base: 0, limit: 0, attributes: Attribute.unusable };
  return segmentCache(selector, descriptor);
}

/** What all cases have in common. CR0 and CR4 are as Linux has them, so far as user programs can notice. */
function makeTemplate(): ProcessorState {
  const state = new ProcessorState();
  state.reset();
  state.set('cr0', Cr0.pe | Cr0.mp | Cr0.et | Cr0.ne | Cr0.wp | Cr0.am | Cr0.pg);
  state.set('cr3', physical.pageDirectory);
  state.set('cr4', Cr4.pse);
  state.set('gdtrBase', systemWindow + physical.gdt);
  state.set('gdtrLimit', 0x7f);
  state.set('idtrLimit', 0);
  state.cpl = 3;
  const system = { base: systemWindow + physical.ldt, limit: localSegmentNames.length * 8 - 1 };
  state.setSegment(Segment.ldtr, { selector: 0x50, ...system, attributes: Attribute.present | SystemType.ldt });
  // a task-state segment without an I/O map
  state.setSegment(Segment.tr, {
    selector: 0x40,
    base: systemWindow + physical.tss,
    limit: 0x67,
    attributes: Attribute.present | SystemType.tss32Busy,
  });
  return state;
}
