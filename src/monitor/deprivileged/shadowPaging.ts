// Shadow page tables: what the hardware walks in place of the guest's own tables. Entries are made when a fault shows
// that one is missing (a hidden fault), from a walk of the guest's tables and the place of guest-physical memory in the
// machine. The guest's tables are watched: a write to one drops the shadow entries made from the entries it changed.
//
// The shadow directory gives every right, and the shadow tables give the rights that directory and table entry have
// together. A page is writable in the shadow only if the guest's entry is dirty, so that the first write faults and
// the dirty flag can be set; and never if the page is watched.

import { pageSizeBytes } from '../../base/address';
import { Cr0, Cr4 } from '../../isa/controlRegisters';
import { type PageAccess, type PageFault, type PageTranslation, Pte, walk } from '../../cpu/memory/paging';
import type { PhysicalMemory } from '../../cpu/memory/physicalMemory';
import type { ProcessorState } from '../../cpu/registers/state';
import { monitorDirectoryIndex } from './monitorMemory';
import type { GuestFrames } from '../guestFrames';
import type { WatchedFrames } from './watchedFrames';

const tableLength = 1024;
const directoryRights = Pte.present | Pte.writable | Pte.user | Pte.accessed;
/** in place of a frame number, for the directory used while the guest has paging off */
const pagingOff = -1;
const onesBeyondRam = new Int32Array(tableLength).fill(-1);

/** What becomes of an access that faulted in the shadow. */
export type GuestAccess =
  /** the guest's own tables allow it, and the shadow may have the translation */
  | { readonly kind: 'allowed'; readonly translation: PageTranslation }
  /** the guest's own tables do not allow it */
  | { readonly kind: 'refused'; readonly fault: PageFault }
  /** it is a write to a page that is watched: the monitor has to carry it out */
  | { readonly kind: 'watched' }
  /** no RAM there, or linear addresses that belong to the monitor */
  | { readonly kind: 'unbacked' };

/** A shadow of one guest table: 1024 entries in monitor memory, and what the guest's entries were when they were made. */
interface Shadow {
  readonly address: number;
  readonly copy: Int32Array;
  /** stops watching the guest's table */
  readonly release: () => void;
}

interface Places {
  readonly memory: PhysicalMemory;
  readonly guest: PhysicalMemory;
  readonly frames: GuestFrames;
  readonly pool: { readonly first: number; readonly end: number };
  readonly monitorTable: number;
}

export class ShadowPaging {
  private readonly directories = new Map<number, Shadow>();
  private readonly tables = new Map<string, Shadow>();
  /** shadow entries that map a page of the guest, by its host-physical page number */
  private readonly mappings = new Map<number, Set<number>>();
  private free: number[] = [];
  private mode = 0;
  /** set when something that the TLB may hold has been taken away */
  tlbIsStale = false;

  constructor(
    private readonly places: Places,
    private readonly watch: WatchedFrames,
  ) {
    this.watch.onWatch = frame => this.protect(frame);
    this.clear();
  }

  /**
   * Host-physical address of the shadow directory for the guest's present CR3. Entries say what CR0.WP and CR4.PSE made of
   * the guest's: they are made anew when those change.
   */
  root(vcpu: ProcessorState): number {
    const mode = (vcpu.cr0 & Cr0.wp) | (vcpu.cr4 & Cr4.pse);
    if (mode !== this.mode) this.clear();
    this.mode = mode;
    return this.directory(vcpu).address;
  }

  /** Walks the guest's tables for an access that faulted. Sets their accessed and dirty flags. */
  walkGuest(vcpu: ProcessorState, linear: number, access: PageAccess): GuestAccess {
    const translation = translate(this.places.guest, vcpu, linear, access, true);
    this.watch.sync();
    return this.judge(linear, access, translation);
  }

  /** What `walkGuest` will find, without a trace. */
  peekGuest(vcpu: ProcessorState, linear: number, access: PageAccess): GuestAccess {
    return this.judge(linear, access, translate(this.places.guest, vcpu, linear, access, false));
  }

  private judge(linear: number, access: PageAccess, translation: PageTranslation | PageFault): GuestAccess {
    if (!translation.ok) return { kind: 'refused', fault: translation };
    const { physical } = translation;
    if (linear >>> 22 === monitorDirectoryIndex || !this.isBacked(physical >>> 12, access)) return { kind: 'unbacked' };
    if (access.write && this.watch.has(physical >>> 12)) return { kind: 'watched' };
    return { kind: 'allowed', translation };
  }

  /** May the hardware be shown this page of the guest for such an access? Of ROM it may only be shown what it reads. */
  private isBacked(frame: number, { write }: PageAccess): boolean {
    const { guest } = this.places;
    return write ? guest.isRam(frame) : guest.isReadable(frame);
  }

  /** Forgets every shadow. */
  clear(): void {
    for (const shadow of [...this.directories.values(), ...this.tables.values()]) shadow.release();
    this.directories.clear();
    this.tables.clear();
    this.mappings.clear();
    const { first, end } = this.places.pool;
    this.free = Array.from({ length: (end - first) / pageSizeBytes }, (_, index) => first + index * pageSizeBytes);
    this.tlbIsStale = true;
  }

  /** Makes the shadow entry for an access that is allowed. */
  fill(vcpu: ProcessorState, linear: number, translation: PageTranslation, access: PageAccess): void {
    if (this.free.length < 2) this.clear();
    const directory = this.directory(vcpu);
    const table = this.table(vcpu, directory, linear);
    const address = table.address + ((linear >>> 12) & 0x3ff) * 4;
    const frame = translation.physical >>> 12;
    const hostFrame = this.places.frames.hostFrame(frame);
    this.forget(address);
    const entry = (hostFrame * pageSizeBytes) | this.rights(translation, access, frame) | Pte.present | Pte.accessed;
    this.places.memory.write32(address, entry);
    const mappings = this.mappings.get(hostFrame) ?? new Set<number>();
    this.mappings.set(hostFrame, mappings.add(address));
  }

  private rights({ writable, user, leaf }: PageTranslation, access: PageAccess, frame: number): number {
    const mayWrite = this.places.guest.isRam(frame) && !this.watch.has(frame) && (leaf & Pte.dirty) !== 0;
    // With CR0.WP clear the guest's kernel may write where its tables say read-only. The hardware runs with WP set, so
    // the page becomes writable and is closed to user code until that faults in turn.
    if (access.write && !writable) return mayWrite ? Pte.writable | Pte.dirty : 0;
    return (user ? Pte.user : 0) | (writable && mayWrite ? Pte.writable | Pte.dirty : 0);
  }

  private directory(vcpu: ProcessorState): Shadow {
    const frame = vcpu.paging ? vcpu.cr3 >>> 12 : pagingOff;
    const known = this.directories.get(frame);
    if (known) return known;
    if (this.free.length < 2) this.clear();
    const made = this.shadowOf(frame, shadow => this.directories.get(frame) === shadow);
    this.places.memory.write32(
      made.address + monitorDirectoryIndex * 4,
      this.places.monitorTable | Pte.present | Pte.writable | Pte.accessed,
    );
    this.directories.set(frame, made);
    return made;
  }

  private table(vcpu: ProcessorState, directory: Shadow, linear: number): Shadow {
    const index = linear >>> 22;
    const pde = vcpu.paging ? this.places.guest.read32(((vcpu.cr3 & 0xfffff000) >>> 0) + index * 4) : 0;
    const { key, frame } = tableIdentity(vcpu, pde, index);
    let table = this.tables.get(key);
    if (!table) {
      table = this.shadowOf(frame, shadow => this.tables.get(key) === shadow);
      this.tables.set(key, table);
    }
    this.places.memory.write32(directory.address + index * 4, table.address | directoryRights);
    return table;
  }

  /** A fresh, empty shadow of the guest's table in `frame` (none for `pagingOff`), which drops entries as the guest changes them. */
  private shadowOf(frame: number, alive: (shadow: Shadow) => boolean): Shadow {
    const address = this.free.pop() ?? this.places.pool.first;
    this.places.memory.bytes.fill(0, address, address + pageSizeBytes);
    const copy = new Int32Array(tableLength);
    const stale = (): void => {
      if (alive(shadow)) this.dropChanged(shadow, frame);
    };
    const shadow: Shadow = { address, copy, release: () => this.watch.unwatch(frame, stale) };
    if (frame !== pagingOff) {
      copy.set(this.tableIn(frame));
      this.watch.watch(frame, stale);
    }
    return shadow;
  }

  /** The guest's table, as it is and comes to be. Beyond RAM there are ones, and nobody changes them. */
  private tableIn(frame: number): Int32Array {
    const { guest } = this.places;
    if (!guest.isRam(frame)) return onesBeyondRam;
    return new Int32Array(guest.buffer, guest.byteOffset + frame * pageSizeBytes, tableLength);
  }

  /** The guest has written to a table: entries made from what it changed are dropped, to be made anew on demand. */
  private dropChanged(shadow: Shadow, frame: number): void {
    const table = this.tableIn(frame);
    for (let index = 0; index < tableLength; index++) {
      const now = table[index];
      if (now === shadow.copy[index]) continue;
      const onlySet =
        ((shadow.copy[index] ^ now) & ~(Pte.accessed | Pte.dirty)) === 0 &&
        (now & shadow.copy[index]) === shadow.copy[index];
      shadow.copy[index] = now;
      if (onlySet) continue;
      const address = shadow.address + index * 4;
      if (isMonitorEntry(address, this.directories)) continue;
      this.forget(address);
      this.places.memory.write32(address, 0);
      this.tlbIsStale = true;
    }
  }

  /** A frame has become watched: its mappings lose the right to write. */
  private protect(frame: number): void {
    for (const address of this.mappings.get(this.places.frames.hostFrame(frame)) ?? []) {
      const entry = this.places.memory.read32(address);
      this.places.memory.write32(address, entry & ~Pte.writable);
      this.tlbIsStale = true;
    }
  }

  private forget(address: number): void {
    const entry = this.places.memory.read32(address);
    if (!(entry & Pte.present)) return;
    this.mappings.get(entry >>> 12)?.delete(address);
    this.tlbIsStale = true;
  }
}

const translate = (
  guest: PhysicalMemory,
  vcpu: ProcessorState,
  linear: number,
  access: PageAccess,
  setsFlags: boolean,
): PageTranslation | PageFault => (vcpu.paging ? walk(guest, vcpu, linear, access, setsFlags) : unpaged(linear));

/** Which shadow table serves a directory entry: shared by all entries that lead to the same table with the same rights. */
function tableIdentity(vcpu: ProcessorState, pde: number, index: number): { key: string; frame: number } {
  if (!vcpu.paging) return { key: `off ${index}`, frame: pagingOff };
  const rights = pde & (Pte.writable | Pte.user);
  const large = (pde & Pte.large) !== 0 && (vcpu.cr4 & Cr4.pse) !== 0;
  if (large) return { key: `large ${pde & 0xffc00000} ${rights} ${pde & Pte.dirty}`, frame: pagingOff };
  return { key: `${pde >>> 12} ${rights}`, frame: pde >>> 12 };
}

const isMonitorEntry = (address: number, directories: ReadonlyMap<number, Shadow>): boolean =>
  (address & 0xfff) === monitorDirectoryIndex * 4 &&
  [...directories.values()].some(({ address: base }) => base === (address & ~0xfff));

const unpaged = (linear: number): PageTranslation => ({
  ok: true,
  physical: linear,
  writable: true,
  user: true,
  global: false,
  large: false,
  leafAddress: 0,
  leaf: Pte.dirty,
});
