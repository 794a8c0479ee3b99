// A processor core in protected mode with hand-made tables, for tests of the privileged machinery: no instructions,
// only state and memory. Every ring has flat code and data; the odd descriptors are there for their faults.

import assert from 'node:assert/strict';
import type { Core, DeliveredEvent, ProcessorObserver } from '../../../src/cpu/core';
import { CpuException } from '../../../src/cpu/registers/fault';
import { DeliveryCounts } from '../../../src/cpu/memory/deliveryCounts';
import { MemoryUnit } from '../../../src/cpu/memory/memoryUnit';
import { PhysicalMemory } from '../../../src/cpu/memory/physicalMemory';
import { ProcessorState } from '../../../src/cpu/registers/state';
import { Cr0 } from '../../../src/isa/controlRegisters';
import {
  encodeDescriptor,
  encodeGate,
  type RawDescriptor,
  segmentCache,
  SystemType,
} from '../../../src/isa/descriptors';
import { vectorName } from '../../../src/isa/exceptions';
import { Gpr, Segment } from '../../../src/isa/registers';

export const address = {
  gdt: 0x1000,
  idt: 0x2000,
  ldt: 0x3000,
  tss32: 0x4000,
  tss16: 0x4100,
  otherTss32: 0x4200,
  otherTss16: 0x4300,
  code: 0x6000,
  /** tops of the stacks of rings 0 to 3 */
  stacks: [0x8000, 0x9000, 0xa000, 0xb000],
} as const;

/** Access bytes: P, DPL, S, type. */
const code = 0x9a;
const data = 0x92;
const flat = 0xc000;
const small = 0x4000;
const ring = (dpl: number): number => dpl << 5;

/** GDT: selector (RPL 0) by name. Flat segments have base 0 and 4 GiB. */
export const gdt = {
  code0: 0x08,
  data0: 0x10,
  code1: 0x18,
  data1: 0x20,
  code2: 0x28,
  data2: 0x30,
  code3: 0x38,
  data3: 0x40,
  conforming0: 0x48,
  conforming3: 0x50,
  executeOnly0: 0x58,
  readOnly0: 0x60,
  absentData0: 0x68,
  absentCode0: 0x70,
  shortCode0: 0x78,
  shortStack0: 0x80,
  stack16: 0x88,
  ldt: 0x90,
  absentLdt: 0x98,
  tss32: 0xa0,
  tss16: 0xa8,
  otherTss32: 0xb0,
  otherTss16: 0xb8,
  absentTss: 0xc0,
  shortTss: 0xc8,
  gate: 0xd0,
  gate2: 0xd8,
  absentData3: 0xe0,
  expandDown0: 0xe8,
  codeRing0Bits16: 0xf0,
  tss32Ring3: 0xf8,
  absentStack3: 0x100,
  beyond: 0x108,
} as const;

/** LDT selectors. */
export const ldt = { code0: 0x04, data0: 0x0c, data3: 0x14, tss: 0x1c, beyond: 0x24 } as const;

const segments: readonly (readonly [selector: number, base: number, limit: number, attributes: number])[] = [
  // good descriptors where none may be used: in the null selector's place, and beyond the limit
  [0, 0, 0xffffffff, data | flat],
  [gdt.beyond, 0, 0xffffffff, data | flat],
  [gdt.code0, 0, 0xffffffff, code | flat],
  [gdt.data0, 0, 0xffffffff, data | flat],
  [gdt.code1, 0, 0xffffffff, code | ring(1) | flat],
  [gdt.data1, 0, 0xffffffff, data | ring(1) | flat],
  [gdt.code2, 0, 0xffffffff, code | ring(2) | flat],
  [gdt.data2, 0, 0xffffffff, data | ring(2) | flat],
  [gdt.code3, 0, 0xffffffff, code | ring(3) | flat],
  [gdt.data3, 0, 0xffffffff, data | ring(3) | flat],
  [gdt.conforming0, 0, 0xffffffff, 0x9e | flat],
  [gdt.conforming3, 0, 0xffffffff, 0x9e | ring(3) | flat],
  [gdt.executeOnly0, 0, 0xffffffff, 0x98 | flat],
  [gdt.readOnly0, 0, 0xffffffff, 0x90 | flat],
  [gdt.absentData0, 0, 0xffffffff, 0x12 | flat],
  [gdt.absentCode0, 0, 0xffffffff, 0x1a | flat],
  [gdt.shortCode0, 0, 0xfff, code | small],
  [gdt.shortStack0, 0, 0x0f, data | small],
  [gdt.stack16, 0, 0xffff, data],
  [gdt.ldt, address.ldt, 0x1f, 0x82],
  [gdt.absentLdt, address.ldt, 0x1f, 0x02],
  [gdt.tss32, address.tss32, 0xff, 0x8b],
  [gdt.tss16, address.tss16, 0x2b, 0x83],
  [gdt.otherTss32, address.otherTss32, 0x67, 0x89],
  [gdt.otherTss16, address.otherTss16, 0x2b, 0x81],
  [gdt.absentTss, address.otherTss32, 0x67, 0x09],
  [gdt.shortTss, address.otherTss32, 0x66, 0x89],
  [gdt.absentData3, 0, 0xffffffff, 0x12 | ring(3) | flat],
  [gdt.expandDown0, 0, 0xfff, 0x96 | small],
  [gdt.codeRing0Bits16, 0, 0xffff, code],
  [gdt.tss32Ring3, address.otherTss32, 0x67, 0x89 | ring(3)],
  [gdt.absentStack3, 0, 0xffffffff, 0x12 | ring(3) | flat],
];

const localSegments: typeof segments = [
  [ldt.code0, 0, 0xffffffff, code | flat],
  [ldt.data0, 0, 0xffffffff, data | flat],
  [ldt.data3, 0, 0xffffffff, data | ring(3) | flat],
  [ldt.tss, address.otherTss32, 0x67, 0x89],
];

export const codeOfRing = [gdt.code0, gdt.code1, gdt.code2, gdt.code3] as const;
export const dataOfRing = [gdt.data0, gdt.data1, gdt.data2, gdt.data3] as const;

export class TestCore implements Core {
  readonly state = new ProcessorState();
  readonly memory: MemoryUnit;
  readonly ports = { read: (): number => 0xff, write: (): void => undefined };
  readonly interrupts = { pending: false, acknowledge: (): number => 0 };
  readonly deliveries: DeliveryCounts;
  readonly rings: string[] = [];
  readonly delivered: DeliveredEvent[] = [];
  readonly raised: string[] = [];
  tripleFault: readonly [number, number] | undefined;
  observer: ProcessorObserver = {
    seesEach: true,
    interruptReturned: () => {},
    exceptionRaised: (vector, errorCode) => this.raised.push(outcomeName(vector, errorCode)),
    eventDelivered: event => this.delivered.push(event),
    ringChanged: (from, to) => this.rings.push(`${from}→${to}`),
    tripleFault: (first, last) => (this.tripleFault = [first, last]),
  };

  constructor() {
    this.state.reset();
    this.memory = new MemoryUnit(this.state, PhysicalMemory.ofSize(0x100000));
    this.deliveries = new DeliveryCounts(this.memory.area);
  }

  write(linear: number, bytes: 1 | 2 | 4, value: number): void {
    this.memory.writeSystem(linear, bytes, value);
  }

  read(linear: number, bytes: 1 | 2 | 4 = 4): number {
    return this.memory.readSystem(linear, bytes) >>> 0;
  }

  /** `count` values from the top of the current stack. */
  stack(count: number, bytes: 2 | 4 = 4): number[] {
    const top = this.state.base(Segment.ss) + this.state.stackPointer;
    return Array.from({ length: count }, (_, index) => this.read(top + index * bytes, bytes));
  }

  /** Puts values on the current stack, the first one at the top. */
  pushAll(values: readonly number[], bytes: 2 | 4 = 4): void {
    const { state } = this;
    state.stackPointer -= values.length * bytes;
    values.forEach((value, index) =>
      this.write(state.base(Segment.ss) + state.stackPointer + index * bytes, bytes, value),
    );
  }

  setDescriptor(selector: number, { low, high }: RawDescriptor): void {
    const table = selector & 4 ? address.ldt : address.gdt;
    this.write(table + (selector & 0xfff8), 4, low);
    this.write(table + (selector & 0xfff8) + 4, 4, high);
  }

  descriptorAccess(selector: number): number {
    return this.read(address.gdt + (selector & 0xfff8) + 5, 1);
  }

  setGate(vector: number, gate: RawDescriptor): void {
    this.write(address.idt + vector * 8, 4, gate.low);
    this.write(address.idt + vector * 8 + 4, 4, gate.high);
  }

  /** Loads a segment register's cache from its descriptor, with no check. */
  force(segment: number, selector: number): void {
    const table = selector & 4 ? address.ldt : address.gdt;
    const place = table + (selector & 0xfff8);
    this.state.setSegment(segment, segmentCache(selector, { low: this.read(place), high: this.read(place + 4) }));
  }

  /** Runs in ring `cpl`, on that ring's stack, at `address.code`. */
  enterRing(cpl: number): this {
    const { state } = this;
    this.force(Segment.cs, codeOfRing[cpl] | cpl);
    this.force(Segment.ss, dataOfRing[cpl] | cpl);
    for (const segment of [Segment.ds, Segment.es, Segment.fs, Segment.gs]) this.force(segment, gdt.data3 | 3);
    state.cpl = cpl;
    state.eip = address.code;
    state.setGpr(Gpr.esp, address.stacks[cpl]);
    return this;
  }

  enterVirtual8086(): this {
    const { state } = this;
    this.enterRing(3);
    state.systemFlags |= 1 << 17;
    for (let segment = 0; segment < 6; segment++) state.setRealModeSegment(segment, 0x100 + segment);
    state.eip = 0x100;
    state.setGpr(Gpr.esp, 0x800);
    return this;
  }
}

/** In ring 0, flat, with GDT, LDT, IDT (empty) and a 32-bit TSS that has stacks for rings 0 to 2. */
export function protectedCore(): TestCore {
  const core = new TestCore();
  const { state } = core;
  for (const [selector, base, limit, attributes] of [...segments, ...localSegments]) {
    core.setDescriptor(selector, encodeDescriptor(base, limit, attributes));
  }
  state.set('gdtrBase', address.gdt);
  state.set('gdtrLimit', gdt.beyond - 1);
  state.set('idtrBase', address.idt);
  state.set('idtrLimit', 0x3ff);
  for (const dpl of [0, 1, 2]) {
    core.write(address.tss32 + 4 + dpl * 8, 4, address.stacks[dpl]);
    core.write(address.tss32 + 8 + dpl * 8, 4, dataOfRing[dpl] | dpl);
    core.write(address.tss16 + 2 + dpl * 4, 2, address.stacks[dpl]);
    core.write(address.tss16 + 4 + dpl * 4, 2, dataOfRing[dpl] | dpl);
  }
  state.set('cr0', Cr0.pe | Cr0.et);
  core.force(Segment.ldtr, gdt.ldt);
  core.force(Segment.tr, gdt.tss32);
  return core.enterRing(0);
}

/** Identity-maps the first MiB: writable, and accessible to users. `core.write` reaches the table at 0x20000. */
export function enablePaging(core: TestCore): void {
  core.write(0x1f000, 4, 0x20000 | 7);
  for (let page = 0; page < 256; page++) core.write(0x20000 + page * 4, 4, (page << 12) | 7);
  core.state.set('cr3', 0x1f000);
  core.state.set('cr0', core.state.get('cr0') | Cr0.pg | Cr0.wp);
  core.memory.tlb.flush();
}

export function unmap(core: TestCore, linear: number): void {
  core.memory.physical.write32(0x20000 + (linear >>> 12) * 4, 0);
  core.memory.tlb.flushPage(linear);
}

export const interruptGate = (selector: number, offset: number, dpl = 0): RawDescriptor =>
  encodeGate(selector, offset, SystemType.interruptGate32, dpl);
export const trapGate = (selector: number, offset: number, dpl = 0): RawDescriptor =>
  encodeGate(selector, offset, SystemType.trapGate32, dpl);
export const taskGate = (selector: number, dpl = 0): RawDescriptor => encodeGate(selector, 0, SystemType.taskGate, dpl);
export const absent = ({ low, high }: RawDescriptor): RawDescriptor => ({ low, high: high & ~0x8000 });

/** `#GP(0x18)`, `#UD` */
export const outcomeName = (vector: number, errorCode: number | undefined): string =>
  vectorName(vector) + (errorCode === undefined ? '' : `(0x${errorCode.toString(16)})`);

/** Runs one operation: `ok`, or the fault, which must have left state and memory as they were (but for CR2 and DR6). */
export function attempt(core: TestCore, operation: () => unknown): string {
  const stateBefore = core.state.bytes.slice();
  const memoryBefore = core.memory.physical.bytes.slice();
  const ringsBefore = core.rings.length;
  try {
    operation();
    return 'ok';
  } catch (fault) {
    if (!(fault instanceof CpuException)) throw fault;
    const stateAfter = new ProcessorState(core.state.bytes.slice().buffer);
    const unchanged = new ProcessorState(stateBefore.buffer);
    for (const field of ['cr2', 'dr6'] as const) stateAfter.set(field, unchanged.get(field));
    const changed = stateAfter.words.findIndex((word, index) => word !== unchanged.words[index]);
    assert.equal(changed, -1, `a fault must leave the state as it was, and changed the word at ${changed * 4}`);
    assert.ok(Buffer.compare(memoryBefore, withoutPageFlags(core, memoryBefore)) === 0, 'a fault must not write');
    assert.equal(core.rings.length, ringsBefore, 'a fault must not change the ring');
    return outcomeName(fault.vector, fault.errorCode);
  }
}

/** Memory now, but for the accessed and dirty flags of page tables, which a walk may set before a fault. */
function withoutPageFlags(core: TestCore, before: Uint8Array): Uint8Array {
  const now = core.memory.physical.bytes.slice();
  if (core.state.paging) now.set(before.subarray(0x1f000, 0x21000), 0x1f000);
  return now;
}
