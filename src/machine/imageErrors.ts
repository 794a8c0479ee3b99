// Every complaint about a guest's image, its memory or its disk, each said once: what is wrong, and what to do.

import { hex } from '../base/hex';
import { t, translated } from '../base/localization';
import { noLinux } from './foreignFiles';

/** The image, the memory or the disk cannot be used; the message is for the user. */
export class ImageError extends Error {
  override readonly name = 'ImageError';
}

const kib = (bytes: number): string => `${Math.ceil(bytes / 1024)} KiB`;

export const emptyImage = (): ImageError =>
  new ImageError(t`The guest image is empty. Give the source at least one instruction, or check the path of the file.`);

export function doesNotFit(address: number, length: number, memoryBytes: number): ImageError {
  const problem = t`The guest image needs memory from ${hex(address)} to ${hex(address + length)}, but the guest has only ${kib(memoryBytes)}. Raise memoryMb, or lower the image's origin.`;
  if (!isLinuxPlace(address)) return new ImageError(problem);
  return new ImageError(t`${problem} Linux programs stand there. ${translated(noLinux)}`);
}

/** 0x08048000, where linkers put programs of 32-bit Linux */
const isLinuxPlace = (address: number): boolean => address >>> 16 === 0x0804;

export const foreign = (what: string, instead: string): ImageError =>
  new ImageError(t`the file is ${translated(what)}. ${translated(instead)}`);

export const noBootSignature = (): ImageError =>
  new ImageError(
    t`it is a disk image without a boot signature (55 AA at offset 510), so nothing on it can be started. Name the kernel or loader as the program and this image as one of its disks, or set "boot".`,
  );

export const noFreePlace = (): ImageError =>
  new ImageError(
    t`The guest image covers all of the low memory where the boot loader puts its own tables and the first stack. Move the image to 0x100000 or above, or raise memoryMb.`,
  );

export const badEntry = (entry: number, boot: string): ImageError =>
  new ImageError(
    t`The guest cannot start at ${hex(entry)} in real mode (${boot}): the entry must lie within 64 KiB after its segment. Lower the origin, or start in 32-bit code (bits 32).`,
  );

export const notElf32 = (problem: string): ImageError =>
  new ImageError(
    t`The ELF file cannot be loaded: ${problem}. Ringside loads executable ELF files for 32-bit x86 (link with \`ld -m elf_i386\`, without -r, -shared or -pie).`,
  );

export const badMultiboot = (problem: string): ImageError =>
  new ImageError(t`The Multiboot header cannot be used: ${problem}. See Multiboot 0.6.96, §3.1.`);

export const noMultibootHeader = (): ImageError =>
  badMultiboot(t`there is none in the first 8 KiB of the file (magic 0x1BADB002, flags, checksum)`);

export const tooLargeForFloppy = (name: string, length: number): ImageError =>
  new ImageError(
    t`The floppy image ${name} is ${length} bytes, but the largest floppy holds 2,949,120 (2.88 MB). Use it as a hard disk.`,
  );

export function badDiskSize(name: string, length: number): ImageError {
  const wanted = Math.max(1, Math.ceil(length / 512)) * 512;
  return new ImageError(
    length === 0
      ? t`The disk image ${name} is ${length} bytes, which is empty. Make it ${wanted} bytes, e.g. with \`truncate -s\`.`
      : t`The disk image ${name} is ${length} bytes, which is not a whole number of 512-byte sectors. Make it ${wanted} bytes, e.g. with \`truncate -s\`.`,
  );
}
