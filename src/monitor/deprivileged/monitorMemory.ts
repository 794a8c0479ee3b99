// The memory that the monitor keeps for itself, and the real descriptor tables, TSS and stack in it, which the
// hardware walks like any others. It lies at the bottom of host-physical memory, below the guest's window, and at the
// top 4 MiB of every linear address space, under supervisor pages: ring 3 is kept out by U/S, ring 1 by segments that
// end below it.

import {
  encodeDescriptor,
  encodeGate,
  type RawDescriptor,
  SystemType,
  Attribute,
  dplShift,
} from '../../isa/descriptors';
import { pageSizeBytes } from '../../base/address';
import { Pte } from '../../cpu/memory/paging';
import type { MonitorEntry } from '../../cpu/processor';
import type { PhysicalMemory } from '../../cpu/memory/physicalMemory';

/** Linear address from which on everything is the monitor's. */
export const monitorBase = 0xffc00000;
/** Index of the page-directory entry that maps the monitor, the same in every shadow directory. */
export const monitorDirectoryIndex = monitorBase >>> 22;

/** Host-physical size of the monitor's memory; the guest's window begins here, so that no guest address is a host address. */
export const monitorSizeBytes = 0x800000;

/** Offsets from `monitorBase` in linear, and from 0 in host-physical memory. */
const Offset = {
  /** the monitor page: one entry point for each vector */
  entries: 0x0000,
  idt: 0x1000,
  tss: 0x2000,
  stack: 0x4000,
  stackEnd: 0x8000,
  gdt: 0x10000,
  ldt: 0x20000,
  end: 0x30000,
  /** not mapped linearly */
  monitorPageTable: 0x30000,
  shadowPool: 0x31000,
} as const;

const entryBytes = 8;
const vectorCount = 256;
export const tableEntries = 8192;

/** The monitor's own segments take the last places of the GDT, where hardly any guest has entries. */
const firstMonitorEntry = tableEntries - 5;
/** a stack whose base changes: see `moveReturnStack` */
export const monitorReturnStack = firstMonitorEntry << 3;
export const monitorCode = (firstMonitorEntry + 1) << 3;
export const monitorData = (firstMonitorEntry + 2) << 3;
export const monitorTss = (firstMonitorEntry + 3) << 3;
export const shadowLdtSelector = (firstMonitorEntry + 4) << 3;
/** Entries of a guest's GDT from here on cannot be shown to the hardware. */
export const guestGdtEntries = firstMonitorEntry;

/** The vector on which the host's own timer interrupts. */
export const hostTimerVector = 0xf0;

const flat =
  Attribute.present |
  Attribute.notSystem |
  Attribute.accessed |
  Attribute.writableOrReadable |
  Attribute.big |
  Attribute.granularity;
export const monitorCodeAttributes = flat | Attribute.code;
const tssSizeBytes = 104;

export class MonitorMemory {
  readonly gdtBase = monitorBase + Offset.gdt;
  readonly idtBase = monitorBase + Offset.idt;
  readonly tssBase = monitorBase + Offset.tss;
  readonly ldtBase = monitorBase + Offset.ldt;
  readonly stackTop = monitorBase + Offset.stackEnd;
  /** where every gate leads; ring 0 is the monitor's alone */
  readonly entry: MonitorEntry = {
    first: monitorBase,
    last: monitorBase + vectorCount * entryBytes - 1,
    isPrivileged: ({ cpl }) => cpl === 0,
  };
  /** host-physical address of the page table that maps the monitor */
  readonly pageTable = Offset.monitorPageTable;
  /** host-physical pages for shadow tables */
  readonly shadowPool = { first: Offset.shadowPool, end: monitorSizeBytes };

  constructor(private readonly memory: PhysicalMemory) {}

  /** Builds page table, GDT, IDT and TSS, as a VMM does when it loads. */
  build(): void {
    this.memory.bytes.fill(0, 0, monitorSizeBytes);
    for (let offset = 0; offset < Offset.end; offset += pageSizeBytes) {
      this.memory.write32(
        Offset.monitorPageTable + (offset / pageSizeBytes) * 4,
        offset | Pte.present | Pte.writable | Pte.accessed | Pte.dirty,
      );
    }
    this.writeOwnDescriptors();
    for (let vector = 0; vector < vectorCount; vector++) {
      this.write(
        Offset.idt + vector * 8,
        encodeGate(monitorCode, monitorBase + vector * entryBytes, SystemType.interruptGate32, monitorOnly),
      );
    }
    this.memory.write32(Offset.tss + 4, this.stackTop | 0);
    this.memory.write32(Offset.tss + 8, monitorData);
    // The I/O map lies beyond the TSS's limit: every port is closed to the guest.
    this.memory.write32(Offset.tss + 100, tssSizeBytes << 16);
  }

  /** The vector whose entry point is at `linear`. */
  vectorAt(linear: number): number {
    return (linear - monitorBase) / entryBytes;
  }

  /** Makes `monitorReturnStack` the stack in which offset `esp` is linear address `linear`. */
  writeReturnStack(linear: number, esp: number): void {
    this.writeGdtEntry(monitorReturnStack >> 3, encodeDescriptor((linear - esp) >>> 0, 0xffffffff, flat));
  }

  writeGdtEntry(index: number, descriptor: RawDescriptor): void {
    this.write(Offset.gdt + index * 8, descriptor);
  }

  writeLdtEntry(index: number, descriptor: RawDescriptor): void {
    this.write(Offset.ldt + index * 8, descriptor);
  }

  private writeOwnDescriptors(): void {
    this.writeGdtEntry(monitorCode >> 3, encodeDescriptor(0, 0xffffffff, monitorCodeAttributes));
    this.writeGdtEntry(monitorData >> 3, encodeDescriptor(0, 0xffffffff, flat));
    this.writeGdtEntry(
      monitorTss >> 3,
      encodeDescriptor(this.tssBase, tssSizeBytes - 1, Attribute.present | SystemType.tss32Available),
    );
    this.writeGdtEntry(
      shadowLdtSelector >> 3,
      encodeDescriptor(this.ldtBase, 0xffff, Attribute.present | SystemType.ldt),
    );
  }

  private write(offset: number, { low, high }: RawDescriptor): void {
    this.memory.write32(offset, low);
    this.memory.write32(offset + 4, high);
  }
}

/** DPL of every gate: INT n, INT3 and INTO of the guest are #GP, so that its own IDT can decide about them. */
const monitorOnly = 0;

export const emptyDescriptor: RawDescriptor = { low: 0, high: 0 };
export const dpl = (level: number): number => level << dplShift;
