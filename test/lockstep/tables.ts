// The descriptor tables, page tables and registers with which a random program starts.

import { Cr0, Cr4 } from '../../src/isa/controlRegisters';
import {
  Attribute,
  encodeDescriptor,
  encodeGate,
  type RawDescriptor,
  segmentCache,
  selectorOffset,
  SystemType,
} from '../../src/isa/descriptors';
import { Segment } from '../../src/isa/registers';
import { Pte } from '../../src/cpu/memory/paging';
import type { PhysicalMemory } from '../../src/cpu/memory/physicalMemory';
import type { ProcessorState } from '../../src/cpu/registers/state';
import { kernelBytes, kernelLabel } from './kernel';
import {
  address,
  highBase,
  memoryBytes,
  page,
  pageBytes,
  secondView,
  selector,
  service,
  shortDataLimit,
  tableOf,
} from './layout';

/** What differs between programs. */
export interface TableChoices {
  readonly paging: boolean;
  readonly writeProtect: boolean;
  readonly alignmentMask: boolean;
  readonly globalPages: boolean;
  /** the second view as one 4 MiB page */
  readonly largePage: boolean;
  readonly shortCodeLimit: number;
  readonly downDataLimit: number;
  /** IOPL of the kernel's EFLAGS, which programs inherit */
  readonly iopl: number;
}

const segment = Attribute.present | Attribute.notSystem | Attribute.accessed | Attribute.writableOrReadable;
const code = segment | Attribute.code;
const big = Attribute.big;
const flat = Attribute.big | Attribute.granularity;
const ring3 = Attribute.dplMask;
const all = 0xffffffff;
const ioMapEnd = 0x68;

const descriptors: readonly (readonly [number, RawDescriptor])[] = [
  [selector.kernelCode, encodeDescriptor(0, all, code | flat)],
  [selector.kernelData, encodeDescriptor(0, all, segment | flat)],
  [selector.userCode, encodeDescriptor(0, all, code | flat | ring3)],
  [selector.userData, encodeDescriptor(0, all, segment | flat | ring3)],
  [selector.tss, encodeDescriptor(address.tss, ioMapEnd, Attribute.present | SystemType.tss32Busy)],
  [selector.kernelCode16, encodeDescriptor(0, 0xffff, code)],
  [selector.kernelStack16, encodeDescriptor(0, all, segment | Attribute.granularity)],
  [selector.userCode16, encodeDescriptor(0, 0xffff, code | ring3)],
  [selector.shortData, encodeDescriptor(0, shortDataLimit, segment | big | ring3)],
  [selector.highData, encodeDescriptor(highBase, all, segment | flat | ring3)],
  [selector.readOnlyData, encodeDescriptor(0, all, (segment | flat | ring3) & ~Attribute.writableOrReadable)],
  [selector.highCode, encodeDescriptor(highBase, all, code | flat)],
  [selector.conforming, encodeDescriptor(0, all, code | flat | Attribute.expandDownOrConforming)],
  [selector.wideCode16, encodeDescriptor(0, all, code | Attribute.granularity)],
  [selector.ldt, encodeDescriptor(address.ldt, 0xff, Attribute.present | SystemType.ldt)],
  [selector.highStack, encodeDescriptor(highBase, all, segment | flat)],
  [selector.downStack, encodeDescriptor(0, 0x3cfff, segment | flat | Attribute.expandDownOrConforming)],
  [selector.absent, encodeDescriptor(0, all, (segment | flat | ring3) & ~Attribute.present)],
];

export function buildTables(memory: PhysicalMemory, state: ProcessorState, choices: TableChoices): void {
  memory.load(address.kernel, kernelBytes());
  for (const [at, descriptor] of descriptors) putDescriptor(memory, address.gdt + selectorOffset(at), descriptor);
  const short = encodeDescriptor(0, choices.shortCodeLimit, code | big);
  putDescriptor(memory, address.gdt + selectorOffset(selector.shortCode), short);
  const down = segment | flat | Attribute.expandDownOrConforming | ring3;
  const downData = encodeDescriptor(0, choices.downDataLimit, down);
  putDescriptor(memory, address.gdt + selectorOffset(selector.downData), downData);
  const gate = encodeGate(selector.kernelCode, kernelLabel('give_up'), SystemType.callGate32, 3);
  putDescriptor(memory, address.gdt + selectorOffset(selector.callGate), gate);
  const local = encodeDescriptor(0, all, segment | flat | ring3);
  putDescriptor(memory, address.ldt + selectorOffset(selector.localData), local);
  buildIdt(memory);
  memory.write32(address.tss + 4, address.innerStackTop);
  memory.write32(address.tss + 8, selector.kernelData);
  memory.write16(address.tss + 0x66, ioMapEnd);
  memory.write8(address.tss + ioMapEnd, 0xff);
  for (const directory of [address.directoryA, address.directoryB]) buildPages(memory, directory, choices);
  setRegisters(state, choices);
}

function putDescriptor(memory: PhysicalMemory, at: number, { low, high }: RawDescriptor): void {
  memory.write32(at, low);
  memory.write32(at + 4, high);
}

function buildIdt(memory: PhysicalMemory): void {
  const vectors = kernelLabel('vectors');
  for (let vector = 0; vector < 0x50; vector++) {
    const type = vector % 3 === 2 && vector < 0x20 ? SystemType.trapGate32 : SystemType.interruptGate32;
    const dpl = vector === 3 || vector === 4 || vector >= service.becomeKernel ? 3 : 0;
    const gate = encodeGate(selector.kernelCode, memory.read32(vectors + vector * 4), type, dpl);
    putDescriptor(memory, address.idt + vector * 8, gate);
  }
}

const ordinary = Pte.present | Pte.writable | Pte.user;

function buildPages(memory: PhysicalMemory, directory: number, choices: TableChoices): void {
  for (let linear = 0; linear < memoryBytes; linear += pageBytes) {
    const entry = entryFor(linear, directory === address.directoryB, choices);
    memory.write32(tableOf(directory, linear), entry);
    memory.write32(tableOf(directory, linear + secondView), linear | ordinary);
  }
  memory.write32(directory, (directory + pageBytes) | ordinary);
  const large = choices.largePage ? ordinary | Pte.large : (directory + 2 * pageBytes) | ordinary;
  memory.write32(directory + 4, large);
}

function entryFor(linear: number, isB: boolean, { globalPages }: TableChoices): number {
  switch (linear) {
    case page.plain[0]:
    case page.plain[1]:
      return (isB ? linear ^ pageBytes : linear) | ordinary;
    case page.readOnly:
      return linear | Pte.present | Pte.user;
    case page.supervisor:
      return linear | Pte.present | Pte.writable;
    case page.dataAlias:
      return page.plain[0] | ordinary;
    case page.codeAlias:
      return address.code | ordinary;
    case page.farAlias:
      return address.farCode | ordinary;
    case page.outside:
      return 0x800000 | ordinary;
    case page.absent:
      return 0;
    case page.variant:
      return (isB ? page.variantFrame : linear) | ordinary;
    case page.lazy[0]:
    case page.lazy[1]:
    case page.lazy[2]:
    case page.lazy[3]:
      return linear;
    default: {
      const isKernel = linear >= address.gdt && linear < address.innerStackTop;
      return linear | (isKernel ? Pte.present | Pte.writable | (globalPages ? Pte.global : 0) : ordinary);
    }
  }
}

function setRegisters(state: ProcessorState, choices: TableChoices): void {
  state.reset();
  const load = (register: number, at: number): void => {
    const found = descriptors.find(([known]) => known === at);
    if (found) state.setSegment(register, segmentCache(at, found[1]));
  };
  load(Segment.cs, selector.kernelCode);
  for (const register of [Segment.ds, Segment.es, Segment.ss, Segment.fs, Segment.gs])
    load(register, selector.kernelData);
  load(Segment.ldtr, selector.ldt);
  load(Segment.tr, selector.tss);
  state.set('gdtrBase', address.gdt);
  state.set('gdtrLimit', 0xaf);
  state.set('idtrBase', address.idt);
  state.set('idtrLimit', 0x50 * 8 - 1);
  state.set('cr3', address.directoryA);
  state.set('cr4', Cr4.pse | (choices.globalPages ? Cr4.pge : 0));
  state.set('cr0', controlBits(choices));
  state.eflags = 2 | (choices.iopl << 12);
  state.setGpr(4, address.stackTop);
  state.eip = kernelLabel('start');
}

const controlBits = ({ paging, writeProtect, alignmentMask }: TableChoices): number =>
  Cr0.pe | Cr0.et | (paging ? Cr0.pg : 0) | (writeProtect ? Cr0.wp : 0) | (alignmentMask ? Cr0.am : 0);
