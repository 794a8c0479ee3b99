// The real GDT and LDT: compressed copies of the guest's tables, kept in step by traces on the pages that hold them.

import { pageMask, pageSizeBytes } from '../../base/address';
import {
  Attribute,
  attributeDpl,
  type RawDescriptor,
  type SegmentCache,
  segmentCache,
  selectorIsLocal,
  selectorIsNull,
} from '../../isa/descriptors';
import { Segment } from '../../isa/registers';
import type { PhysicalMemory } from '../../cpu/physicalMemory';
import type { ProcessorState } from '../../cpu/state';
import { physicalOf } from '../../cpu/paging';
import { peek32 } from './guestMemoryView';
import { emptyDescriptor, guestGdtEntries, type MonitorMemory, tableEntries } from './monitorMemory';
import { compress, isRepresentable, type RingView } from './ringCompression';
import type { WatchedFrames } from './watchedFrames';

interface GuestTable {
  readonly base: number;
  readonly entries: number;
}

/** The registers that say where the guest's tables are. */
interface Origin {
  readonly gdt: GuestTable;
  readonly ldt: GuestTable;
  /** guest-physical pages behind the two tables */
  readonly frames: readonly (number | undefined)[];
}

export class ShadowDescriptors {
  private view: RingView = 'kernel';
  private origin: Origin | undefined;
  private gdt: RawDescriptor[] = [];
  private ldt: RawDescriptor[] = [];
  private watched = new Set<number>();
  private readonly markStale = (): void => {
    this.origin = undefined;
  };

  constructor(
    private readonly monitor: MonitorMemory,
    private readonly guest: PhysicalMemory,
    private readonly watch: WatchedFrames,
  ) {}

  /** Copies the guest's tables anew if they, or where they are, have changed. True if they had. */
  update(vcpu: ProcessorState): boolean {
    const view = viewOf(vcpu);
    const origin = this.originOf(vcpu);
    const moved = !this.origin || !sameOrigin(this.origin, origin);
    if (moved) this.copyTables(vcpu, origin);
    if (moved || view !== this.view) this.writeTables(view);
    return moved;
  }

  /** The tables have been built anew, and the guest too: nothing is known of either. */
  forget(): void {
    this.watched.clear();
    this.origin = undefined;
  }

  /** The guest's own descriptor for a selector, or undefined if it has none or it is null. */
  guestDescriptor(vcpu: ProcessorState, selector: number): RawDescriptor | undefined {
    if (selectorIsNull(selector)) return undefined;
    const { base, entries } = selectorIsLocal(selector) ? ldtOf(vcpu) : gdtOf(vcpu);
    const index = selector >> 3;
    return index < entries ? this.peek(vcpu, base + index * 8) : undefined;
  }

  /**
   * Could the hardware load this cached segment by its selector? Not if the cache no longer agrees with the table, as
   * between a change of mode and the far jump that follows it, or if the descriptor cannot be shown to the hardware.
   */
  canLoad(vcpu: ProcessorState, segment: SegmentCache): boolean {
    if (segment.attributes & Attribute.unusable) return selectorIsNull(segment.selector);
    if (!selectorIsLocal(segment.selector) && segment.selector >> 3 >= guestGdtEntries) return false;
    const raw = this.guestDescriptor(vcpu, segment.selector);
    if (!raw || !isRepresentable(raw, viewOf(vcpu))) return false;
    if (vcpu.cpl === 3 && isNulledByReturn(segment.attributes)) return false;
    const table = segmentCache(segment.selector, raw);
    const same = (segment.attributes ^ table.attributes) & ~Attribute.accessed;
    return same === 0 && table.base === segment.base && table.limit === segment.limit;
  }

  private copyTables(vcpu: ProcessorState, origin: Origin): void {
    for (const frame of this.watched) this.watch.unwatch(frame, this.markStale);
    this.watched.clear();
    for (const frame of origin.frames) this.watchFrame(frame);
    this.gdt = this.copy(vcpu, origin.gdt, Math.min(origin.gdt.entries, guestGdtEntries));
    this.ldt = this.copy(vcpu, origin.ldt, Math.min(origin.ldt.entries, tableEntries));
    this.origin = origin;
  }

  private watchFrame(frame: number | undefined): void {
    if (frame === undefined || !this.guest.contains(frame * pageSizeBytes)) return;
    this.watched.add(frame);
    this.watch.watch(frame, this.markStale);
  }

  private copy(vcpu: ProcessorState, { base }: GuestTable, entries: number): RawDescriptor[] {
    return Array.from({ length: entries }, (_, index) => this.peek(vcpu, base + index * 8) ?? emptyDescriptor);
  }

  private originOf(vcpu: ProcessorState): Origin {
    const [gdt, ldt] = [gdtOf(vcpu), ldtOf(vcpu)];
    return { gdt, ldt, frames: [gdt, ldt].flatMap(table => this.framesOf(vcpu, table)) };
  }

  private framesOf(vcpu: ProcessorState, { base, entries }: GuestTable): (number | undefined)[] {
    if (entries === 0) return [];
    const last = (base + entries * 8 - 1) >>> 0;
    const pages = (last >>> 12) - (base >>> 12) + 1;
    return Array.from({ length: Math.max(pages, 1) }, (_, index) => {
      const physical = physicalOf(this.guest, vcpu, ((base & pageMask) + index * pageSizeBytes) >>> 0);
      return physical === undefined ? undefined : physical >>> 12;
    });
  }

  private writeTables(view: RingView): void {
    for (let index = 0; index < guestGdtEntries; index++) {
      const raw = this.gdt[index];
      if (raw === undefined && index >= this.writtenGdt) break;
      this.monitor.writeGdtEntry(index, raw ? compress(raw, view) : emptyDescriptor);
    }
    for (let index = 0; index < Math.max(this.ldt.length, this.writtenLdt); index++) {
      const raw = this.ldt[index];
      this.monitor.writeLdtEntry(index, raw ? compress(raw, view) : emptyDescriptor);
    }
    this.writtenGdt = this.gdt.length;
    this.writtenLdt = this.ldt.length;
    this.view = view;
  }

  private writtenGdt = 0;
  private writtenLdt = 0;

  private peek(vcpu: ProcessorState, linear: number): RawDescriptor | undefined {
    const low = peek32(vcpu, this.guest, linear);
    const high = peek32(vcpu, this.guest, linear + 4);
    return low === undefined || high === undefined ? undefined : { low: low >>> 0, high: high >>> 0 };
  }
}

const viewOf = ({ cpl }: ProcessorState): RingView => (cpl === 0 ? 'kernel' : 'user');

const gdtOf = (vcpu: ProcessorState): GuestTable => ({
  base: vcpu.get('gdtrBase') >>> 0,
  entries: ((vcpu.get('gdtrLimit') & 0xffff) + 1) >> 3,
});

function ldtOf(vcpu: ProcessorState): GuestTable {
  const usable = (vcpu.attributes(Segment.ldtr) & Attribute.unusable) === 0;
  return { base: vcpu.base(Segment.ldtr), entries: usable ? (Math.min(vcpu.limit(Segment.ldtr), 0xffff) + 1) >> 3 : 0 };
}

const sameTable = (a: GuestTable, b: GuestTable): boolean => a.base === b.base && a.entries === b.entries;
const sameOrigin = (a: Origin, b: Origin): boolean =>
  sameTable(a.gdt, b.gdt) && sameTable(a.ldt, b.ldt) && a.frames.every((frame, index) => frame === b.frames[index]);

/** IRET to ring 3 empties segments of inner rings (SDM Vol. 2, IRET): a guest that got there with one by SYSEXIT keeps it. */
const isNulledByReturn = (attributes: number): boolean =>
  attributeDpl(attributes) < 3 && (attributes & conformingCode) !== conformingCode;
const conformingCode = Attribute.code | Attribute.expandDownOrConforming;
