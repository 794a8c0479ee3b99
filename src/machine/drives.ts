// The disks and floppies that a guest has: those that the user names, and what its program is or needs.

import { t } from '../base/localization';
import type { BlockStore } from '../devices/blockStore';
import { diskAndFloppy, emptyDisk, floppyFromImage } from './diskImage';
import { Drive, type GuestImage } from './guestImage';

/** Up to two of each, in the order of their numbers. */
export interface Drives {
  readonly disks: readonly BlockStore[];
  readonly floppies: readonly BlockStore[];
  /** the first floppy and the first hard disk are one image */
  readonly floppyIsDisk?: true;
}

/** `named` are the user's. What boots from a drive without a named image is itself the image. */
export function drivesFor(image: GuestImage, named: Drives): Drives {
  switch (image.bootDrive) {
    case Drive.hardDisk:
      return named.disks.length > 0 ? named : bootDisk(image, named);
    case Drive.floppy:
      return named.floppies.length > 0 ? named : { ...named, floppies: [floppyFromImage(image.bytes, t`the program`)] };
    case undefined:
      return named.disks.length > 0 ? named : { ...named, disks: [emptyDisk()] };
  }
}

/** Many loaders read from drive 0 without looking at DL: where no floppy is named, the same image is in there. */
function bootDisk({ bytes }: GuestImage, { floppies }: Drives): Drives {
  const { disk, floppy } = diskAndFloppy(bytes);
  if (floppies.length > 0 || !floppy) return { disks: [disk], floppies };
  return { disks: [disk], floppies: [floppy], floppyIsDisk: true };
}
