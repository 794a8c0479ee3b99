// The three kinds of address that a virtualized machine has, as branded numbers so that one is never passed for
// another. All are unsigned integers; 32-bit today, and exact up to 2^53.

/**
 * An address after segmentation and before paging (SDM Vol. 3A §3.1). It comes of arithmetic wherever there are offsets and
 * tables, so any plain number may be taken for one; a physical address may not.
 */
export type Linear = number & { readonly addressKind?: 'linear' };

/** What the guest takes for physical memory. */
export type GuestPhysical = number & { readonly addressKind: 'guestPhysical' };

/** An address on the machine's real memory bus. */
export type HostPhysical = number & { readonly addressKind: 'hostPhysical' };

/** An address after paging, as a processor gives it: the machine's own, or what a guest takes for one if it is the guest's. */
export type Physical = GuestPhysical | HostPhysical;

export const guestPhysical = (address: number): GuestPhysical => address as GuestPhysical;
export const hostPhysical = (address: number): HostPhysical => address as HostPhysical;
export const physical = (address: number): Physical => address as Physical;

export const pageSizeBytes = 4096;
export const pageMask = 0xfffff000;
