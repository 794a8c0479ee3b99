// The real GDT and LDT: compressed copies of the guest's tables, kept in step by traces on the pages that hold them.

import { pageMask, pageSizeBytes } from '../../base/address';
import { Attribute, type RawDescriptor, segmentCache, selectorIsLocal, selectorIsNull } from '../../isa/descriptors';
import { dataSegments, Segment } from '../../isa/registers';
import type { PhysicalMemory } from '../../cpu/memory/physicalMemory';
import type { ProcessorState } from '../../cpu/registers/state';
import { physicalOf } from '../../cpu/memory/paging';
import { peek32 } from './guestMemoryView';
import { emptyDescriptor, guestGdtEntries, type MonitorMemory, tableEntries } from './monitorMemory';
import { compress, isRepresentable, passesChecks, type RingView } from './ringCompression';
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

interface Tables {
  readonly gdt: readonly RawDescriptor[];
  readonly ldt: readonly RawDescriptor[];
}
const noTables: Tables = { gdt: [], ldt: [] };

export class ShadowDescriptors {
  private view: RingView = 'kernel';
  private origin: Origin | undefined;
  /** the guest's tables, compressed for either view */
  private tables: Readonly<Record<RingView, Tables>> = { kernel: noTables, user: noTables };
  /** what lies in the monitor's memory now */
  private shownGdt: readonly RawDescriptor[] = [];
  private shownLdt: readonly RawDescriptor[] = [];
  private watched = new Set<number>();
  private readonly markStale = (): void => {
    this.origin = undefined;
  };

  constructor(
    private readonly monitor: MonitorMemory,
    private readonly guest: PhysicalMemory,
    private readonly watch: WatchedFrames,
  ) {}

  /** Copies the guest's tables anew if they, or where they are, have changed. */
  update(vcpu: ProcessorState): void {
    const view = viewOf(vcpu);
    const moved = !this.origin || !this.isAt(this.origin, vcpu);
    if (moved) this.copyTables(vcpu, this.originOf(vcpu));
    if (moved || view !== this.view) this.writeTables(view);
  }

  /** The tables have been built anew, and the guest too: nothing is known of either. */
  forget(): void {
    this.watched.clear();
    this.origin = undefined;
    this.shownGdt = [];
    this.shownLdt = [];
  }

  /** The guest's own descriptor for a selector, or undefined if it has none or it is null. */
  guestDescriptor(vcpu: ProcessorState, selector: number): RawDescriptor | undefined {
    if (selectorIsNull(selector)) return undefined;
    const { base, entries } = selectorIsLocal(selector) ? ldtOf(vcpu) : gdtOf(vcpu);
    const index = selector >> 3;
    return index < entries ? this.peek(vcpu, base + index * 8) : undefined;
  }

  /**
   * Could the hardware load what a segment register holds by its selector? Not if that no longer agrees with the table, as
   * between a change of mode and the far jump that follows it; if the descriptor cannot be shown to the hardware; or if it
   * would be refused: what real mode has put into a register has passed no checks, even where it agrees with a table.
   */
  canLoad(vcpu: ProcessorState, register: number): boolean {
    const segment = vcpu.segment(register);
    if (segment.attributes & Attribute.unusable)
      return selectorIsNull(segment.selector) && dataSegments.some(data => data === register);
    if (!selectorIsLocal(segment.selector) && segment.selector >> 3 >= guestGdtEntries) return false;
    const raw = this.guestDescriptor(vcpu, segment.selector);
    if (!raw || !isRepresentable(raw, viewOf(vcpu))) return false;
    const table = segmentCache(segment.selector, raw);
    const same = (segment.attributes ^ table.attributes) & ~Attribute.accessed;
    if (same !== 0 || table.base !== segment.base || table.limit !== segment.limit) return false;
    return passesChecks(register, segment, vcpu.cpl);
  }

  private copyTables(vcpu: ProcessorState, origin: Origin): void {
    for (const frame of this.watched) this.watch.unwatch(frame, this.markStale);
    this.watched.clear();
    for (const frame of origin.frames) this.watchFrame(frame);
    const gdt = this.copy(vcpu, origin.gdt, Math.min(origin.gdt.entries, guestGdtEntries));
    const ldt = this.copy(vcpu, origin.ldt, Math.min(origin.ldt.entries, tableEntries));
    this.tables = { kernel: compressTables(gdt, ldt, 'kernel'), user: compressTables(gdt, ldt, 'user') };
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
    const framesOf = (table: GuestTable): (number | undefined)[] =>
      Array.from({ length: pagesOf(table) }, (_, index) => this.frameOf(vcpu, table, index));
    return { gdt, ldt, frames: [...framesOf(gdt), ...framesOf(ldt)] };
  }

  /** Are the guest's tables where `origin` says? Asked at every entry into the guest. */
  private isAt({ gdt, ldt, frames }: Origin, vcpu: ProcessorState): boolean {
    if (!sameTable(gdt, gdtOf(vcpu)) || !sameTable(ldt, ldtOf(vcpu))) return false;
    const ldtFrames = pagesOf(gdt);
    return frames.every(
      (frame, index) =>
        frame === (index < ldtFrames ? this.frameOf(vcpu, gdt, index) : this.frameOf(vcpu, ldt, index - ldtFrames)),
    );
  }

  /** The guest-physical page behind a table's page number `index`. */
  private frameOf(vcpu: ProcessorState, { base }: GuestTable, index: number): number | undefined {
    const physical = physicalOf(this.guest, vcpu, ((base & pageMask) + index * pageSizeBytes) >>> 0);
    return physical === undefined ? undefined : physical >>> 12;
  }

  /** Shows the hardware the tables of `view`; an entry that it has already is left alone. */
  private writeTables(view: RingView): void {
    this.view = view;
    const { gdt, ldt } = this.tables[view];
    this.shownGdt = showTable(this.shownGdt, gdt, (index, raw) => this.monitor.writeGdtEntry(index, raw));
    this.shownLdt = showTable(this.shownLdt, ldt, (index, raw) => this.monitor.writeLdtEntry(index, raw));
  }

  private peek(vcpu: ProcessorState, linear: number): RawDescriptor | undefined {
    const physical = physicalOf(this.guest, vcpu, linear);
    if (physical === undefined) return undefined;
    const low = this.guest.read32(physical);
    const inPage = (linear & (pageSizeBytes - 1)) <= pageSizeBytes - 8;
    const high = inPage ? this.guest.read32(physical + 4) : peek32(vcpu, this.guest, linear + 4);
    return high === undefined ? undefined : { low: low >>> 0, high: high >>> 0 };
  }
}

const compressTables = (gdt: readonly RawDescriptor[], ldt: readonly RawDescriptor[], view: RingView): Tables => ({
  gdt: gdt.map(raw => compress(raw, view)),
  ldt: ldt.map(raw => compress(raw, view)),
});

/** Writes what is not shown yet, empties what is not there any more, and gives what is shown now. */
function showTable(
  shown: readonly RawDescriptor[],
  wanted: readonly RawDescriptor[],
  write: (index: number, raw: RawDescriptor) => void,
): readonly RawDescriptor[] {
  for (let index = 0; index < Math.max(shown.length, wanted.length); index++) {
    const old = shown[index] ?? emptyDescriptor;
    const raw = wanted[index] ?? emptyDescriptor;
    if (old.low !== raw.low || old.high !== raw.high) write(index, raw);
  }
  return wanted;
}

const viewOf = ({ cpl }: ProcessorState): RingView => (cpl === 0 ? 'kernel' : 'user');

/** In real mode there are no tables, whatever GDTR says: after reset it would take all of low memory for one. */
const gdtOf = (vcpu: ProcessorState): GuestTable => ({
  base: vcpu.gdtrBase,
  entries: vcpu.protectedMode ? ((vcpu.gdtrLimit & 0xffff) + 1) >> 3 : 0,
});

function ldtOf(vcpu: ProcessorState): GuestTable {
  const usable = vcpu.protectedMode && (vcpu.attributes(Segment.ldtr) & Attribute.unusable) === 0;
  return { base: vcpu.base(Segment.ldtr), entries: usable ? (Math.min(vcpu.limit(Segment.ldtr), 0xffff) + 1) >> 3 : 0 };
}

const sameTable = (a: GuestTable, b: GuestTable): boolean => a.base === b.base && a.entries === b.entries;

/** Pages that a table lies in. */
function pagesOf({ base, entries }: GuestTable): number {
  if (entries === 0) return 0;
  const last = (base + entries * 8 - 1) >>> 0;
  return Math.max((last >>> 12) - (base >>> 12) + 1, 1);
}
