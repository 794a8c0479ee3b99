// 32-bit paging (SDM Vol. 3A §4.3, §4.6, §4.7, §4.8): the walk from a linear to a physical address, with 4 KiB and
// 4 MiB pages. PSE-36 is left out: CPUID does not report it, so bits 21:13 of a large page are reserved.

import { type Linear, physical, type Physical } from '../../base/address';
import { PageFaultError } from '../../isa/exceptions';
import { Cr0, Cr4 } from '../../isa/controlRegisters';
import type { PhysicalMemory } from './physicalMemory';

export const Pte = {
  present: 1 << 0,
  writable: 1 << 1,
  user: 1 << 2,
  accessed: 1 << 5,
  dirty: 1 << 6,
  /** PS, in a page-directory entry */
  large: 1 << 7,
  global: 1 << 8,
} as const;

const largeReserved = 0x003fe000;

export interface PageAccess {
  readonly write: boolean;
  readonly user: boolean;
}

/** A translation that the tables allow. */
export interface PageTranslation {
  readonly ok: true;
  readonly physical: number;
  /** both levels allow it, regardless of the access at hand */
  readonly writable: boolean;
  readonly user: boolean;
  readonly global: boolean;
  readonly large: boolean;
  /** where the entry that maps the page lies, and what it holds now */
  readonly leafAddress: number;
  readonly leaf: number;
}

export interface PageFault {
  readonly ok: false;
  /** as pushed (SDM Vol. 3A §4.7) */
  readonly errorCode: number;
}

/** The registers that steer a walk; a processor's state has them. */
export interface PagingRoot {
  readonly cr0: number;
  readonly cr3: number;
  readonly cr4: number;
}

/**
 * Walks the tables for one access. With `update`, sets the accessed flags, and the dirty flag for a write, once the
 * access is known to be allowed; without, the tables stay as they are (for debuggers and for monitors that look).
 */
export function walk(
  memory: PhysicalMemory,
  root: PagingRoot,
  linear: Linear,
  access: PageAccess,
  update: boolean,
): PageTranslation | PageFault {
  const found = new PageWalk(memory, root);
  if (!found.walk(linear, access, update)) return { ok: false, errorCode: found.errorCode };
  const { physical, rights, isGlobal, large, leafAddress, leaf } = found;
  const writable = (rights & Pte.writable) !== 0;
  const user = (rights & Pte.user) !== 0;
  return { ok: true, physical, writable, user, global: isGlobal, large, leafAddress, leaf };
}

/** Walks, one after the other, and what the last one found. For who has no time to make objects. */
export class PageWalk {
  /** where it failed: as pushed (§4.7) */
  errorCode = 0;
  // where it did not:
  physical: Physical = physical(0);
  /** R/W and U/S as both levels have them */
  rights = 0;
  isGlobal = false;
  large = false;
  leafAddress = 0;
  leaf = 0;
  /** the directory's entry as it is now, where it leads to a table and both lie in RAM or ROM; else 0 */
  directoryEntry = 0;
  /** entries read, for the ledger: as many as the tables have levels */
  references = 0;

  constructor(
    private readonly memory: PhysicalMemory,
    private readonly root: PagingRoot,
  ) {}

  /** See the function of this name. True if the access is allowed. */
  walk(linear: Linear, access: PageAccess, update: boolean): boolean {
    const { memory, root } = this;
    this.references = 2;
    // §4.3: the directory entry is at CR3[31:12] + linear[31:22] * 4
    const pdeAddress = ((root.cr3 & 0xfffff000) | ((linear >>> 22) << 2)) >>> 0;
    const pde = memory.read32(pdeAddress);
    if (!(pde & Pte.present)) return this.fail(access, 0);
    if (pde & Pte.large && root.cr4 & Cr4.pse) return this.walkLarge(linear, access, update, pdeAddress, pde);

    // §4.3: the table entry is at PDE[31:12] + linear[21:12] * 4
    const pteAddress = ((pde & 0xfffff000) | (((linear >>> 12) & 0x3ff) << 2)) >>> 0;
    const pte = memory.read32(pteAddress);
    if (!(pte & Pte.present)) return this.fail(access, 0);
    const rights = pde & pte;
    if (!allowed(root, rights, access)) return this.fail(access, PageFaultError.present);
    const marked = update ? setFlags(memory, pdeAddress, pde, Pte.accessed) : pde;
    this.directoryEntry = memory.isReadable(pdeAddress >>> 12) && memory.isReadable(pteAddress >>> 12) ? marked : 0;
    this.physical = physical(((pte & 0xfffff000) | (linear & 0xfff)) >>> 0);
    return this.succeed(rights, false, pteAddress, update ? setFlags(memory, pteAddress, pte, flagsOf(access)) : pte);
  }

  /** Without paging, linear addresses are physical ones. There are no entries, so nobody asks for their rights. */
  unpaged(linear: Linear): true {
    this.references = 0;
    this.directoryEntry = 0;
    this.physical = physical(linear);
    this.isGlobal = false;
    this.large = false;
    return true;
  }

  private walkLarge(linear: Linear, access: PageAccess, update: boolean, pdeAddress: number, pde: number): boolean {
    const { memory, root } = this;
    if (pde & largeReserved) return this.fail(access, PageFaultError.present | PageFaultError.reserved);
    if (!allowed(root, pde, access)) return this.fail(access, PageFaultError.present);
    this.directoryEntry = 0;
    this.physical = physical(((pde & 0xffc00000) | (linear & 0x3fffff)) >>> 0);
    return this.succeed(pde, true, pdeAddress, update ? setFlags(memory, pdeAddress, pde, flagsOf(access)) : pde);
  }

  private fail(access: PageAccess, cause: number): false {
    this.errorCode = cause | (access.write ? PageFaultError.write : 0) | (access.user ? PageFaultError.user : 0);
    return false;
  }

  private succeed(rights: number, large: boolean, leafAddress: number, leaf: number): true {
    this.rights = rights;
    this.large = large;
    this.leafAddress = leafAddress;
    this.leaf = leaf;
    this.isGlobal = (leaf & Pte.global) !== 0 && (this.root.cr4 & Cr4.pge) !== 0;
    return true;
  }
}

/** §4.6.1: what U/S, R/W and CR0.WP allow. */
function allowed(root: PagingRoot, rights: number, access: PageAccess): boolean {
  if (access.user && !(rights & Pte.user)) return false;
  if (!access.write || rights & Pte.writable) return true;
  return !access.user && !(root.cr0 & Cr0.wp);
}

const flagsOf = ({ write }: PageAccess): number => (write ? Pte.accessed | Pte.dirty : Pte.accessed);

/** The entry as it is then. */
function setFlags(memory: PhysicalMemory, address: number, entry: number, flags: number): number {
  if ((entry & flags) !== flags) memory.write32(address, entry | flags);
  return entry | flags;
}

const look: PageAccess = { write: false, user: false };

/**
 * Physical address of a linear one as the tables under `root` say, for debuggers and monitors: no flags are set, and rights do
 * not matter. Undefined where nothing is mapped.
 */
export function physicalOf(memory: PhysicalMemory, root: PagingRoot, linear: Linear): number | undefined {
  if (!(root.cr0 & Cr0.pg)) return linear >>> 0;
  const result = walk(memory, root, linear >>> 0, look, false);
  return result.ok ? result.physical : undefined;
}
