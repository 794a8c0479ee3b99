// What a BIOS has stored in the CMOS memory of a PC (IBM PC/AT Technical Reference, "CMOS RAM"; the bytes from 0x34 on
// as Bochs' and QEMU's firmware interface has them): the floppy drives, a VGA screen, and the size of memory.
import { floppyFormatFor } from './floppyFormats';

const address = {
  floppyTypes: 0x10,
  equipment: 0x14,
  baseMemory: 0x15,
  extendedMemory: 0x17,
  checksumFirst: 0x10,
  checksumLast: 0x2d,
  checksum: 0x2e,
  extendedMemoryFound: 0x30,
  memoryAbove16Mb: 0x34,
};
const baseMemoryKb = 640;
/** Memory between 1 MB and 64 MB, in KB. */
const largestExtendedKb = 0xfc00;
/** Memory above 16 MB, in units of 64 KB. */
const largestAbove16MbUnits = 0xffff;

const equipmentFloppies = 0x01;

export interface CmosSettings {
  readonly memorySizeBytes: number;
  /** sectors of each floppy */
  readonly floppies?: readonly number[];
}

/** 128 bytes; the time registers among them are left 0. */
export function cmosMemory({ memorySizeBytes, floppies = [] }: CmosSettings): Uint8Array {
  const memory = new Uint8Array(128);
  const put16 = (at: number, value: number): void => {
    memory[at] = value & 0xff;
    memory[at + 1] = value >> 8;
  };
  const sizeKb = Math.floor(memorySizeBytes / 1024);
  const extendedKb = Math.min(Math.max(0, sizeKb - 1024), largestExtendedKb);
  const above16MbUnits = Math.min(Math.max(0, Math.floor((sizeKb - 16 * 1024) / 64)), largestAbove16MbUnits);
  const [typeA, typeB] = [0, 1].map(drive => floppyFormatFor(floppies[drive] ?? 0)?.driveType ?? 0);
  memory[address.floppyTypes] = ((floppies.length > 0 ? typeA : 0) << 4) | (floppies.length > 1 ? typeB : 0);
  memory[address.equipment] = floppies.length > 0 ? equipmentFloppies | ((floppies.length - 1) << 6) : 0;
  put16(address.baseMemory, Math.min(baseMemoryKb, sizeKb));
  put16(address.extendedMemory, extendedKb);
  put16(address.extendedMemoryFound, extendedKb);
  put16(address.memoryAbove16Mb, above16MbUnits);
  const checked = memory.subarray(address.checksumFirst, address.checksumLast + 1);
  const sum = checked.reduce((total, byte) => total + byte, 0);
  // The one pair that is stored high byte first.
  memory[address.checksum] = sum >> 8;
  memory[address.checksum + 1] = sum & 0xff;
  return memory;
}
