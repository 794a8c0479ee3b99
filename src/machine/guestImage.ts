// What a guest's program is, and how it is started. The boot protocol decides, not a name: what a PC's firmware or a boot
// loader would make of the file. How each kind gets into memory is in `loadGuest.ts`.
//
// `bootSector` 55 AA at offset 510: a BIOS loads the first sector at 0000:7C00, whatever the source's `org`, and the whole
//              image is the disk that it boots from. Also 16-bit code with origin 0x7C00 and no signature.
// `flat16`     other 16-bit code. An image whose origin is below 0x600 (none, or DOS's 0x100) goes to segment 0x1000, out
//              of the way of the interrupt vectors and the BIOS data.
// `flat32`     other 32-bit code, or an ELF file.
// `multiboot`  a Multiboot header in the first 8 KiB, flat (with addresses in the header) or ELF.

import { isElf } from '../link/elf';
import { floppySectorsOf } from './diskImage';
import { extendedMemoryStart } from './memorySize';
import { findMultibootHeader } from './multiboot';

export type BootKind = 'flat16' | 'flat32' | 'bootSector' | 'multiboot';

/** As INT 13h numbers them, in DL. */
export const Drive = { floppy: 0, hardDisk: 0x80 } as const;
export type BootDrive = (typeof Drive)[keyof typeof Drive];

export interface GuestImage {
  readonly boot: BootKind;
  readonly bytes: Uint8Array;
  /** guest-physical; of a flat image's first byte (ELF and Multiboot files say themselves where they go) */
  readonly loadAddress: number;
  /** guest-physical address of the first instruction; without one the format's own, or the first byte */
  readonly entry: number | undefined;
  /** what to add to an address in the source (its `org` and labels) to get the guest-physical address */
  readonly displacement: number;
  /** that a boot sector comes from; the image is what is in it, unless the user names another */
  readonly bootDrive: BootDrive | undefined;
}

export const bootSectorOrigin = 0x7c00;
export const sectorBytes = 512;
export const comOrigin = 0x100;
const biosDataEnd = 0x600;
const lowImageAddress = 0x10000;
export const flatFileOrigin = extendedMemoryStart;

export const hasBootSignature = (bytes: Uint8Array): boolean =>
  bytes.length >= sectorBytes && bytes[510] === 0x55 && bytes[511] === 0xaa;

/** `origin` is where the source says that it stands; `bits` is the code size at its beginning. */
export function detectBoot(bytes: Uint8Array, origin: number, bits: 16 | 32): BootKind {
  if (hasBootSignature(bytes) && !isElf(bytes)) return 'bootSector';
  if (findMultibootHeader(bytes)) return 'multiboot';
  if (isElf(bytes) || bits === 32) return 'flat32';
  return origin === bootSectorOrigin ? 'bootSector' : 'flat16';
}

/** What the user says instead of what the file does. */
export interface BootChoice {
  readonly boot?: BootKind;
  /** of a boot sector; otherwise the hard disk, or the floppy for a file of just a floppy's size */
  readonly bootDrive?: BootDrive;
  /** the address of the first instruction, in the source's terms */
  readonly entry?: number;
}

export interface AssembledGuest extends BootChoice {
  readonly bytes: Uint8Array;
  readonly origin: number;
  readonly bits: 16 | 32;
  /** address in the source's terms of `_start` or `start`, if it has one: for formats without an entry of their own */
  readonly startLabel?: number;
}

/** An assembled source as an image. */
export function imageFromAssembly(guest: AssembledGuest): GuestImage {
  const { bytes, origin, bits, boot } = guest;
  const kind = boot ?? (guest.bootDrive === undefined ? detectBoot(bytes, origin, bits) : 'bootSector');
  const loadAddress = loadAddressOf(kind, origin);
  const displacement = loadAddress - origin;
  const entry = guest.entry ?? (hasOwnEntry(kind, origin) ? undefined : guest.startLabel);
  return {
    boot: kind,
    bytes,
    loadAddress,
    entry: entry === undefined ? undefined : entry + displacement,
    displacement,
    bootDrive: kind === 'bootSector' ? (guest.bootDrive ?? Drive.hardDisk) : undefined,
  };
}

function loadAddressOf(kind: BootKind, origin: number): number {
  if (kind === 'bootSector') return bootSectorOrigin;
  return kind === 'flat16' && origin < biosDataEnd ? origin + lowImageAddress : origin;
}

/** Boot sectors and DOS's .COM programs begin at their first byte, Multiboot kernels where their header says. */
const hasOwnEntry = (kind: BootKind, origin: number): boolean =>
  kind === 'bootSector' || kind === 'multiboot' || (kind === 'flat16' && origin === comOrigin);

/** A file that is not source: ELF, Multiboot, a boot sector or disk image, otherwise flat 32-bit code at 1 MiB. */
export function imageFromFile(bytes: Uint8Array, choice: BootChoice = {}): GuestImage {
  const kind = choice.boot ?? (choice.bootDrive === undefined ? detectBoot(bytes, flatFileOrigin, 32) : 'bootSector');
  const floppy = kind === 'bootSector' && floppySectorsOf(bytes) !== undefined ? Drive.floppy : undefined;
  return imageFromAssembly({
    ...choice,
    bytes,
    origin: kind === 'flat16' ? 0 : kind === 'bootSector' ? bootSectorOrigin : flatFileOrigin,
    bits: kind === 'flat16' || kind === 'bootSector' ? 16 : 32,
    boot: kind,
    bootDrive: choice.bootDrive ?? floppy,
  });
}
