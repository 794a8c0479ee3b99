// One line that says how a guest is started: what was chosen for it, and the disks that it finds.

import { hex } from '../base/hex';
import { isElf } from '../link/elf';
import type { Drives } from './drives';
import { leastDiskSectors } from './diskImage';
import { Drive, type GuestImage, hasBootSignature, sectorBytes } from './guestImage';
import { leavesRoomForFirmware, placementOf, realModePlace } from './loadGuest';

/** Such as `boot sector at 0000:7C00, hard disk of 3 sectors`. Throws `ImageError` where the image cannot be loaded. */
export function bootText(image: GuestImage, drives: Drives): string {
  const drivesOf = image.bootDrive === undefined ? [] : drivesText(image, drives);
  return [startText(image), ...drivesOf, ...remarks(image)].join(', ');
}

function startText(image: GuestImage): string {
  switch (image.boot) {
    case 'bootSector':
      return `${hasBootSignature(image.bytes) ? 'boot sector' : '16-bit code'} at ${realModeText(image)}`;
    case 'flat16':
      return `16-bit code at ${realModeText(image)}`;
    case 'flat32':
      return `${isElf(image.bytes) ? 'ELF file' : '32-bit code'}, entry ${hex(placementOf(image).entry, 8)}`;
    case 'multiboot':
      return `Multiboot kernel, entry ${hex(placementOf(image).entry, 8)}`;
  }
}

const word = (value: number): string => value.toString(16).toUpperCase().padStart(4, '0');

function realModeText(image: GuestImage): string {
  const { segment, ip } = realModePlace(image);
  return `${word(segment)}:${word(ip)}`;
}

/** The boot drive first. */
function drivesText(image: GuestImage, { disks, floppies, floppyIsDisk }: Drives): readonly string[] {
  if (floppyIsDisk) return [ownDiskText(image)];
  const ofDisks = disks.map(({ sectorCount }) => `hard disk of ${sectorsText(sectorCount)}`);
  const ofFloppies = floppies.map(({ sectorCount }) => `floppy of ${sectorsText(sectorCount)}`);
  return image.bootDrive === Drive.floppy ? [...ofFloppies, ...ofDisks] : [...ofDisks, ...ofFloppies];
}

const sectorsText = (count: number): string => `${count} ${count === 1 ? 'sector' : 'sectors'}`;

/** The program is the disk. */
function ownDiskText({ bytes }: GuestImage): string {
  const sectors = Math.ceil(bytes.length / sectorBytes);
  const filled = sectors < leastDiskSectors ? `zeros up to ${leastDiskSectors}; ` : '';
  return `hard disk of ${sectorsText(sectors)} (${filled}drive 0 reads the same)`;
}

function remarks(image: GuestImage): readonly string[] {
  const unsigned = image.boot === 'bootSector' && !hasBootSignature(image.bytes);
  const covers = image.boot !== 'flat32' && !leavesRoomForFirmware(placementOf(image));
  return [
    ...(unsigned ? ['without the boot signature (55 AA at offset 510) that a BIOS asks for'] : []),
    ...(covers ? ['without firmware, because the image stands in its place'] : []),
  ];
}
