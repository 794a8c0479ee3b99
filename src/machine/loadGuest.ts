// How a guest gets into a machine: its bytes into guest-physical memory, and the registers that it shall find. It works on
// memory and believed state alone, so bare metal and every monitor load in the same way. RAM is zero but for what is
// said here.
//
// `bootSector` Real mode at 0000:7C00, DL = the drive, SS:SP = 0000:7C00. If there is a signature, only the first 512 bytes
//              are loaded. With the guest's ports at hand, a BIOS is there (`firmware.ts`), and interrupts are on.
// `flat16`     Real mode; all segments are 0 where the image lies below 64 KiB, otherwise its load address >> 4. A BIOS as
//              above, unless the image stands where it would. A .COM program that returns halts.
// `flat32`     Protected mode, CPL 0, flat 4 GiB segments of a GDT in guest memory (at 0x500 if that is free; selectors 8
//              code, 0x10 data), paging and interrupts off, no IDT, and a stack of 16 KiB that ends at 0x90000, or
//              elsewhere if the image is there.
// `multiboot`  As flat32, and EAX = 0x2BADB002, EBX → memory sizes, memory map, command line and loader's name. The BIOS that
//              the loader was started by is there, its interrupts off: a kernel may go back to real mode and call it.

import type { PortSpace } from '../cpu/core';
import type { PhysicalMemory } from '../cpu/memory/physicalMemory';
import type { ProcessorState } from '../cpu/registers/state';
import { Gpr } from '../isa/registers';
import { isElf } from '../link/elf';
import type { Drives } from './drives';
import { placeElf32 } from './elf32';
import { firmwareRange, installFirmware } from './firmware';
import { bootSectorOrigin, comOrigin, type GuestImage, hasBootSignature, sectorBytes } from './guestImage';
import { badEntry, emptyImage, noMultibootHeader } from './imageErrors';
import { extendedMemoryStart } from './memorySize';
import { findMultibootHeader, loaderMagic, multibootInformation, placeMultiboot } from './multiboot';
import { freePlace, overlaps, place, type Placement } from './placement';
import { bootGdt, bootGdtBytes, startInProtectedMode, startInRealMode } from './startState';

export interface LoadOptions {
  /** for Multiboot */
  readonly commandLine?: string;
  /** The guest's ports. With them a guest finds a BIOS, without them bare memory. */
  readonly ports?: PortSpace;
  /** what the BIOS is to know of */
  readonly drives?: Drives;
}

interface Target {
  readonly memory: PhysicalMemory;
  readonly state: ProcessorState;
  readonly options: LoadOptions;
}

const realModeReach = 0x10000;
const bootBlockCandidates = [0x500, 0x8000, 0x80000, 0x9f000, extendedMemoryStart];
const stackBytes = 0x4000;
const stackCandidates = [0x90000, bootSectorOrigin, 0x20000, 0x200000].map(top => top - stackBytes);
const paragraph = 16;
const realModeStackTop = 0xfffe;
/** CLI; HLT; JMP: where a DOS program's RET leads, to what DOS has at the beginning of its segment */
const endOfProgram = Uint8Array.of(0xfa, 0xf4, 0xeb, 0xfc);

/** Clears memory, puts the image there and sets every register. Throws `ImageError`, with nothing changed. */
export function loadGuest(
  image: GuestImage,
  memory: PhysicalMemory,
  state: ProcessorState,
  options: LoadOptions = {},
): void {
  if (image.bytes.length === 0) throw emptyImage();
  const target = { memory, state, options };
  switch (image.boot) {
    case 'bootSector':
    case 'flat16':
      return loadReal(image, target);
    case 'flat32':
      startProtected(placementOf(image), () => new Uint8Array(0), target, false);
      return;
    case 'multiboot':
      return loadMultiboot(image, target);
  }
}

/** What goes where, and the address of the first instruction. Throws `ImageError`. */
export function placementOf(image: GuestImage): Placement {
  const placement = ownPlacement(image);
  return image.entry === undefined ? placement : { ...placement, entry: image.entry };
}

function ownPlacement({ boot, bytes, loadAddress }: GuestImage): Placement {
  if (boot === 'multiboot') {
    const header = findMultibootHeader(bytes);
    if (!header) throw noMultibootHeader();
    return placeMultiboot(bytes, header);
  }
  if (boot === 'flat32' && isElf(bytes)) return placeElf32(bytes);
  const loaded = boot === 'bootSector' && hasBootSignature(bytes) ? bytes.subarray(0, sectorBytes) : bytes;
  return { segments: [{ address: loadAddress, bytes: loaded, sizeBytes: loaded.length }], entry: loadAddress };
}

export interface RealModePlace {
  readonly segment: number;
  readonly ip: number;
  readonly stackPointer: number;
}

/** Of images that start in real mode. Throws `ImageError` where the entry is out of reach. */
export function realModePlace(image: GuestImage): RealModePlace {
  const { boot, loadAddress, bytes, displacement } = image;
  const low = boot === 'bootSector' || loadAddress + bytes.length <= realModeReach;
  const segment = low ? 0 : Math.floor((displacement || loadAddress) / paragraph);
  const ip = (image.entry ?? loadAddress) - segment * paragraph;
  if (ip < 0 || ip >= realModeReach || segment > 0xffff) throw badEntry(image.entry ?? loadAddress, boot);
  // The stack: below an image that stands in segment 0 with room beneath, otherwise at the segment's end.
  const stackPointer = low && loadAddress >= bootSectorOrigin ? loadAddress & ~1 : realModeStackTop;
  return { segment, ip, stackPointer };
}

/** Is there a BIOS for this image? Not where the image itself stands in its place. */
const leavesRoomForFirmware = (placement: Placement): boolean => !overlaps(placement, firmwareRange);

/** Does a machine with devices have one? Throws `ImageError`. */
export const findsFirmware = (image: GuestImage): boolean =>
  image.boot !== 'flat32' && leavesRoomForFirmware(placementOf(image));

function loadReal(image: GuestImage, { memory, state, options: { ports, drives } }: Target): void {
  const placement = placementOf(image);
  const start = realModePlace(image);
  const hasFirmware = ports !== undefined && leavesRoomForFirmware(placement);
  place(memory, placement, () => {
    if (hasFirmware) installFirmware(memory, ports, { drives, bootDrive: image.bootDrive });
  });
  startInRealMode(state, { ...start, interrupts: hasFirmware });
  if (image.bootDrive !== undefined) state.setGpr(Gpr.edx, image.bootDrive);
  if (image.loadAddress - start.segment * paragraph === comOrigin) memory.load(start.segment * paragraph, endOfProgram);
}

function loadMultiboot(image: GuestImage, target: Target): void {
  const { memory, state, options } = target;
  const information = (address: number): Uint8Array =>
    multibootInformation(address, memory.sizeBytes, options.commandLine ?? '');
  const block = startProtected(placementOf(image), information, target, true);
  state.setGpr(Gpr.eax, loaderMagic);
  state.setGpr(Gpr.ebx, block);
}

/** The boot block holds the GDT and, after it, `information`, whose address is the result. */
function startProtected(
  placement: Placement,
  information: (address: number) => Uint8Array,
  { memory, state, options: { ports, drives } }: Target,
  wantsFirmware: boolean,
): number {
  const blockBytes = bootGdtBytes + information(0).length;
  const gdtBase = freePlace(memory, placement, bootBlockCandidates, blockBytes);
  const stack = freePlace(memory, placement, stackCandidates, stackBytes);
  const hasFirmware = wantsFirmware && ports !== undefined && leavesRoomForFirmware(placement);
  place(memory, placement, () => {
    if (hasFirmware) installFirmware(memory, ports, { drives });
  });
  bootGdt.forEach((word, index) => memory.write32(gdtBase + index * 4, word));
  const informationAddress = gdtBase + bootGdtBytes;
  memory.load(informationAddress, information(informationAddress));
  startInProtectedMode(state, { entry: placement.entry, gdtBase, stackPointer: stack + stackBytes });
  return informationAddress;
}
