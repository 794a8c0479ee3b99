// One line that says how a guest is started: what was chosen for it, and the disks that it finds.

import { hex } from '../base/hex';
import { t } from '../base/localization';
import { isElf } from '../link/elf';
import type { Drives } from './drives';
import { leastDiskSectors } from './diskImage';
import { Drive, type GuestImage, hasBootSignature, sectorBytes } from './guestImage';
import { findsFirmware, placementOf, realModePlace } from './loadGuest';

/** Such as `boot sector at 0000:7C00, hard disk of 3 sectors`. Throws `ImageError` where the image cannot be loaded. */
export function bootText(image: GuestImage, drives: Drives): string {
  const drivesOf = image.bootDrive === undefined ? [] : drivesText(image, drives);
  return [startText(image), ...drivesOf, ...remarks(image)].join(t`, `);
}

function startText(image: GuestImage): string {
  switch (image.boot) {
    case 'bootSector':
      return hasBootSignature(image.bytes) ? t`boot sector at ${realModeText(image)}` : code16Text(image);
    case 'flat16':
      return code16Text(image);
    case 'flat32':
      return isElf(image.bytes) ? t`ELF file, entry ${entryText(image)}` : t`32-bit code, entry ${entryText(image)}`;
    case 'multiboot':
      return t`Multiboot kernel, entry ${entryText(image)}`;
  }
}

const code16Text = (image: GuestImage): string => t`16-bit code at ${realModeText(image)}`;
const entryText = (image: GuestImage): string => hex(placementOf(image).entry, 8);

const word = (value: number): string => value.toString(16).toUpperCase().padStart(4, '0');

function realModeText(image: GuestImage): string {
  const { segment, ip } = realModePlace(image);
  return `${word(segment)}:${word(ip)}`;
}

/** The boot drive first. */
function drivesText(image: GuestImage, { disks, floppies, floppyIsDisk }: Drives): readonly string[] {
  if (floppyIsDisk) return [ownDiskText(image)];
  const ofDisks = disks.map(({ sectorCount }) => t`hard disk of ${sectorsText(sectorCount)}`);
  const ofFloppies = floppies.map(({ sectorCount }) => t`floppy of ${sectorsText(sectorCount)}`);
  return image.bootDrive === Drive.floppy ? [...ofFloppies, ...ofDisks] : [...ofDisks, ...ofFloppies];
}

const sectorsText = (count: number): string => (count === 1 ? t`${count} sector` : t`${count} sectors`);

/** The program is the disk. */
function ownDiskText({ bytes }: GuestImage): string {
  const sectors = Math.ceil(bytes.length / sectorBytes);
  return sectors < leastDiskSectors
    ? t`hard disk of ${sectorsText(sectors)} (zeros up to ${leastDiskSectors}; drive 0 reads the same)`
    : t`hard disk of ${sectorsText(sectors)} (drive 0 reads the same)`;
}

function remarks(image: GuestImage): readonly string[] {
  const unsigned = image.boot === 'bootSector' && !hasBootSignature(image.bytes);
  const covers = image.boot !== 'flat32' && !findsFirmware(image);
  return [
    ...(unsigned ? [t`without the boot signature (55 AA at offset 510) that a BIOS asks for`] : []),
    ...(covers ? [t`without firmware, because the image stands in its place`] : []),
  ];
}
