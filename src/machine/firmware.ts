// The BIOS in a guest's machine: its code, the interrupt vectors, the BIOS data area (IBM PC/AT Technical Reference,
// "System BIOS") and the devices as it leaves them when it starts a boot sector. The code is media/firmware/bios.asm; the
// power-on self-test is what happens here.

import type { PortSpace } from '../cpu/core';
import type { MappedDevice } from '../cpu/memory/busRegions';
import type { PhysicalMemory } from '../cpu/memory/physicalMemory';
import { setUpAsFirmware } from '../devices/firmwareSetup';
import { biosBase64 } from './biosImage';
import { floppyFormatFor } from '../devices/floppyFormats';
import type { Drives } from './drives';
import { type BootDrive, Drive } from './guestImage';
import { conventionalMemoryEnd } from './memorySize';

const biosSegment = 0xf000;
const biosOffset = 0xf000;
const biosAddress = biosSegment * 16 + biosOffset;
const vectorCount = 0x100;
const endOfVectors = 0xffff;
const masterVectors = [0x08, 0x0f] as const;
const slaveVectors = [0x70, 0x77] as const;

const biosImage = Uint8Array.from(atob(biosBase64), character => character.charCodeAt(0));

/** The BIOS's own bytes, and where a guest has them. */
export const firmwareCode = { address: biosAddress, bytes: biosImage };

const romAddress = biosSegment * 16;
const romSizeBytes = 0x10000;
/** Where a processor that comes out of RESET finds the ROM: at the top of the address space. */
const romAtTop = 2 ** 32 - romSizeBytes;

/** What the BIOS takes up: its whole ROM. */
export const firmwareRange = { address: romAddress, sizeBytes: romSizeBytes };

/** Address, width in bytes, value. */
type DataAreaField = readonly [address: number, bytes: 1 | 2, value: number];

const keyRing = { start: 0x1e, end: 0x3e };

const noDrives: Drives = { disks: [], floppies: [] };

export interface FirmwareSettings {
  readonly drives?: Drives | undefined;
  /** to boot from again by INT 19h */
  readonly bootDrive?: BootDrive | undefined;
}

/** Equipment: 80×25 colour, one serial port, and the floppy drives. */
const equipment = ({ length }: readonly unknown[]): number => 0x0220 | (length > 0 ? 1 | ((length - 1) << 6) : 0);

const dataArea = ({ drives = noDrives, bootDrive = Drive.hardDisk }: FirmwareSettings): readonly DataAreaField[] => [
  [0x400, 2, 0x3f8], // COM1
  [0x40e, 2, conventionalMemoryEnd >> 4], // segment of the extended data area
  [0x410, 2, equipment(drives.floppies)],
  [0x413, 2, conventionalMemoryEnd >> 10],
  [0x41a, 2, keyRing.start],
  [0x41c, 2, keyRing.start],
  [0x449, 1, 3], // video mode
  [0x44a, 2, 80], // columns
  [0x44c, 2, 0x1000], // bytes of a page
  [0x460, 2, 0x0d0e], // cursor shape
  [0x463, 2, 0x3d4], // the display's port
  [0x475, 1, drives.disks.length],
  [0x480, 2, keyRing.start],
  [0x482, 2, keyRing.end],
  [0x484, 1, 24], // last row
  [0x4ac, 1, bootDrive],
  [0x4ad, 1, drives.floppies.length],
  ...drives.floppies.flatMap(({ sectorCount }, drive) => floppyFields(0x4b0 + drive * 4, sectorCount)),
  [conventionalMemoryEnd, 1, 1], // KiB of the extended data area
];

/** For `format_of` of the BIOS. */
function floppyFields(address: number, sectors: number): readonly DataAreaField[] {
  const format = floppyFormatFor(sectors);
  if (!format) return [];
  const { driveType, sectorsPerTrack, heads, cylinders } = format;
  return [driveType, sectorsPerTrack, heads, cylinders].map((value, index) => [address + index, 1, value]);
}

const screen = { address: 0xb8000, cells: 80 * 25, blank: 0x0720 };

/** Puts the BIOS where it belongs in memory, and sets up the devices behind `ports`. */
export function installFirmware(memory: PhysicalMemory, ports: PortSpace, settings: FirmwareSettings = {}): void {
  installRom(memory);
  installVectors(memory);
  for (const [address, bytes, value] of dataArea(settings))
    if (bytes === 1) memory.write8(address, value);
    else memory.write16(address, value);
  for (let cell = 0; cell < screen.cells; cell++) memory.write16(screen.address + cell * 2, screen.blank);
  setUpDevices(ports);
}

/** As a PC's firmware leaves it: copied to RAM below 1 MiB, which is then write-protected, and once more at the top. */
function installRom(memory: PhysicalMemory): void {
  const rom = { first: romAddress, sizeBytes: romSizeBytes };
  const top = { first: romAtTop, sizeBytes: romSizeBytes };
  memory.unmap(rom);
  memory.unmap(top);
  memory.load(biosAddress, biosImage);
  memory.map({ ...rom, kind: 'rom' });
  memory.map({ ...top, kind: 'device', device: romCopy(memory) });
}

const romCopy = (memory: PhysicalMemory): MappedDevice => ({
  read: (offset, bytes) => {
    const address = romAddress + offset;
    return bytes === 1 ? memory.read8(address) : bytes === 2 ? memory.read16(address) : memory.read32(address) >>> 0;
  },
  write: () => {},
});

/** The image begins with its table of vectors, then the three handlers for all others. */
function installVectors(memory: PhysicalMemory): void {
  const words = new DataView(biosImage.buffer);
  const own = new Map<number, number>();
  let at = 0;
  for (; words.getUint16(at, true) !== endOfVectors; at += 4)
    own.set(words.getUint16(at, true), words.getUint16(at + 2, true));
  const [nothing, endMaster, endSlave] = [2, 4, 6].map(offset => words.getUint16(at + offset, true));
  for (let vector = 0; vector < vectorCount; vector++) {
    const other = within(vector, masterVectors) ? endMaster : within(vector, slaveVectors) ? endSlave : nothing;
    memory.write16(vector * 4, own.get(vector) ?? other);
    memory.write16(vector * 4 + 2, biosSegment);
  }
}

const within = (vector: number, [first, last]: readonly [number, number]): boolean => vector >= first && vector <= last;

const unmasked = { master: 0xf8, slave: 0xff }; // IRQ0, IRQ1 and the cascade
/** Keyboard interrupt on, scan codes translated to set 1, system flag, no mouse. */
const keyboardCommandByte = 0x65;

function setUpDevices(ports: PortSpace): void {
  setUpAsFirmware(ports);
  ports.write(0x21, unmasked.master, 8);
  ports.write(0xa1, unmasked.slave, 8);
  ports.write(0x64, 0x60, 8);
  ports.write(0x60, keyboardCommandByte, 8);
}
