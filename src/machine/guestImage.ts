// How a guest gets into a machine: its bytes into guest-physical memory, and the registers that it shall find. It works on
// memory and believed state alone, so bare metal and every monitor load in the same way. RAM is zero but for what is
// said here.
//
// `bootSector` 16-bit code with origin 0x7C00. Real mode at 0000:7C00, DL = 0x80 (first hard disk), SS:SP = 0000:7C00. If
//              the signature 55 AA stands at 510, only the first 512 bytes are loaded, as a BIOS does, and the whole
//              image is the disk, unless the user names another.
//              With the guest's ports at hand, a BIOS is there (`firmware.ts`), and interrupts are on.
// `flat16`     other 16-bit code. Real mode; all segments are 0 where the image lies below 64 KiB, otherwise its load
//              address >> 4. An image whose origin is below 0x600 (none, or DOS's 0x100) goes to segment 0x1000, out of
//              the way of the interrupt vectors and the BIOS data.
// `flat32`     other 32-bit code, or an ELF file. Protected mode, CPL 0, flat 4 GiB segments of a GDT in guest memory
//              (at 0x500 if that is free; selectors 8 code, 0x10 data), paging and interrupts off, no IDT, and a stack of
//              16 KiB that ends at 0x90000, or elsewhere if the image is there.
// `multiboot`  a Multiboot header in the first 8 KiB, flat (with addresses in the header) or ELF. As flat32, and
//              EAX = 0x2BADB002, EBX → memory sizes, memory map, command line and loader's name.

import type { PortSpace } from '../cpu/core';
import type { PhysicalMemory } from '../cpu/memory/physicalMemory';
import type { ProcessorState } from '../cpu/registers/state';
import { Gpr } from '../isa/registers';
import { isElf } from '../link/elf';
import { placeElf32 } from './elf32';
import { installFirmware } from './firmware';
import { badEntry, emptyImage, noMultibootHeader } from './imageErrors';
import { findMultibootHeader, loaderMagic, multibootInformation, placeMultiboot } from './multiboot';
import { freePlace, place, type Placement } from './placement';
import { bootGdt, bootGdtBytes, startInProtectedMode, startInRealMode } from './startState';

export type BootKind = 'flat16' | 'flat32' | 'bootSector' | 'multiboot';

export interface GuestImage {
  readonly boot: BootKind;
  readonly bytes: Uint8Array;
  /** guest-physical; of a flat image's first byte (ELF and Multiboot files say themselves where they go) */
  readonly loadAddress: number;
  /** guest-physical address of the first instruction; without one the image's own, or its first byte */
  readonly entry: number | undefined;
  /** what to add to an address in the source (its `org` and labels) to get the guest-physical address */
  readonly displacement: number;
  /** the image as a disk, for a guest that boots from one */
  readonly disk: Uint8Array | undefined;
}

export interface LoadOptions {
  /** for Multiboot */
  readonly commandLine?: string;
  /** The guest's ports. With them a guest in real mode finds a BIOS, without them bare memory. */
  readonly ports?: PortSpace;
}

const bootSectorOrigin = 0x7c00;
const sectorBytes = 512;
const biosDataEnd = 0x600;
const lowImageSegment = 0x1000;
const realModeReach = 0x10000;
const firstHardDisk = 0x80;
const bootBlockCandidates = [0x500, 0x8000, 0x80000, 0x9f000, 0x100000];
const stackBytes = 0x4000;
const stackCandidates = [0x90000, 0x7c00, 0x20000, 0x200000].map(top => top - stackBytes);
const paragraph = 16;

/** `origin` is where the source says that it stands; `bits` is the code size at its beginning. */
export function detectBoot(bytes: Uint8Array, origin: number, bits: 16 | 32): BootKind {
  if (findMultibootHeader(bytes)) return 'multiboot';
  if (isElf(bytes) || bits === 32) return 'flat32';
  return origin === bootSectorOrigin ? 'bootSector' : 'flat16';
}

export interface AssembledGuest {
  readonly bytes: Uint8Array;
  readonly origin: number;
  readonly bits: 16 | 32;
  /** address in the source's terms of `_start` or `start`, if it has one */
  readonly entry?: number;
  /** instead of what `detectBoot` finds */
  readonly boot?: BootKind;
}

/** An assembled source as an image. */
export function imageFromAssembly({ bytes, origin, bits, entry, boot }: AssembledGuest): GuestImage {
  const kind = boot ?? detectBoot(bytes, origin, bits);
  const displacement = kind === 'flat16' && origin < biosDataEnd ? lowImageSegment * paragraph : 0;
  const loadAddress = origin + displacement;
  return {
    boot: kind,
    bytes,
    loadAddress,
    entry: kind === 'multiboot' || entry === undefined ? undefined : entry + displacement,
    displacement,
    disk: kind === 'bootSector' ? bytes : undefined,
  };
}

/** A file that is not source: ELF, Multiboot, a boot sector or disk image (55 AA at 510), otherwise flat 32-bit code at 1 MiB. */
export function imageFromFile(bytes: Uint8Array, boot?: BootKind): GuestImage {
  const kind = boot ?? (hasBootSignature(bytes) && !isElf(bytes) ? 'bootSector' : detectBoot(bytes, 0x100000, 32));
  const real = kind === 'bootSector' || kind === 'flat16';
  const origin = kind === 'bootSector' ? bootSectorOrigin : real ? 0 : 0x100000;
  return imageFromAssembly({ bytes, origin, bits: real ? 16 : 32, boot: kind });
}

export const hasBootSignature = (bytes: Uint8Array): boolean =>
  bytes.length >= sectorBytes && bytes[510] === 0x55 && bytes[511] === 0xaa;

/** Clears memory, puts the image there and sets every register. Throws `ImageError`, with nothing changed. */
export function loadGuest(
  image: GuestImage,
  memory: PhysicalMemory,
  state: ProcessorState,
  options: LoadOptions = {},
): void {
  if (image.bytes.length === 0) throw emptyImage();
  switch (image.boot) {
    case 'bootSector':
      return loadBootSector(image, memory, state, options);
    case 'flat16':
      return loadFlat16(image, memory, state, options);
    case 'flat32':
      return loadProtected(isElf(image.bytes) ? placeElf32(image.bytes) : placeFlat(image), memory, state);
    case 'multiboot':
      return loadMultiboot(image, memory, state, options);
  }
}

function placeFlat({ bytes, loadAddress, entry }: GuestImage): Placement {
  return { segments: [{ address: loadAddress, bytes, sizeBytes: bytes.length }], entry: entry ?? loadAddress };
}

function loadBootSector(image: GuestImage, memory: PhysicalMemory, state: ProcessorState, options: LoadOptions): void {
  const bytes = hasBootSignature(image.bytes) ? image.bytes.subarray(0, sectorBytes) : image.bytes;
  const placement = placeFlat({ ...image, bytes });
  startReal(placement, { segment: 0, stackPointer: bootSectorOrigin, boot: image.boot }, memory, state, options);
  state.setGpr(Gpr.edx, firstHardDisk);
}

function loadFlat16(image: GuestImage, memory: PhysicalMemory, state: ProcessorState, options: LoadOptions): void {
  const { boot, loadAddress, bytes, displacement } = image;
  const low = loadAddress + bytes.length <= realModeReach;
  const segment = low ? 0 : Math.floor((displacement || loadAddress) / paragraph);
  // The stack: below an image that stands in segment 0 with room beneath, otherwise at the segment's end.
  const stackPointer = low && loadAddress >= bootSectorOrigin ? loadAddress & ~1 : 0xfffe;
  startReal(placeFlat(image), { segment, stackPointer, boot }, memory, state, options);
}

interface RealModePlace {
  readonly segment: number;
  readonly stackPointer: number;
  readonly boot: BootKind;
}

function startReal(
  placement: Placement,
  { segment, stackPointer, boot }: RealModePlace,
  memory: PhysicalMemory,
  state: ProcessorState,
  { ports }: LoadOptions,
): void {
  const ip = placement.entry - segment * paragraph;
  if (ip < 0 || ip >= realModeReach || segment > 0xffff) throw badEntry(placement.entry, boot);
  place(memory, placement);
  if (ports) installFirmware(memory, ports);
  startInRealMode(state, { segment, ip, stackPointer, interrupts: ports !== undefined });
}

function loadProtected(placement: Placement, memory: PhysicalMemory, state: ProcessorState): void {
  startProtected(placement, new Uint8Array(0), memory, state);
}

function loadMultiboot(image: GuestImage, memory: PhysicalMemory, state: ProcessorState, options: LoadOptions): void {
  const header = findMultibootHeader(image.bytes);
  if (!header) throw noMultibootHeader();
  const { sizeBytes } = memory;
  const commandLine = options.commandLine ?? '';
  const blockBytes = bootGdtBytes + multibootInformation(0, sizeBytes, commandLine).length;
  const placement = placeMultiboot(image.bytes, header);
  const block = freePlace(memory, placement, bootBlockCandidates, blockBytes);
  const information = block + bootGdtBytes;
  startProtected(placement, multibootInformation(information, sizeBytes, commandLine), memory, state);
  state.setGpr(Gpr.eax, loaderMagic);
  state.setGpr(Gpr.ebx, information);
}

/** The boot block holds the GDT and, after it, `information`. */
function startProtected(
  placement: Placement,
  information: Uint8Array,
  memory: PhysicalMemory,
  state: ProcessorState,
): void {
  const gdtBase = freePlace(memory, placement, bootBlockCandidates, bootGdtBytes + information.length);
  const stack = freePlace(memory, placement, stackCandidates, stackBytes);
  place(memory, placement);
  bootGdt.forEach((word, index) => memory.write32(gdtBase + index * 4, word));
  memory.load(gdtBase + bootGdtBytes, information);
  startInProtectedMode(state, { entry: placement.entry, gdtBase, stackPointer: stack + stackBytes });
}
