// A disk's geometry and its answer to IDENTIFY DEVICE (ANSI X3.298 ATA-3 §7.7 "Identify device", table 7).

/** Cylinders, heads and sectors per track: the address form before LBA. Sectors are numbered from 1. */
export interface DiskGeometry {
  readonly cylinders: number;
  readonly heads: number;
  readonly sectorsPerTrack: number;
}

/** The most sectors that READ and WRITE MULTIPLE move between two interrupts. */
export const largestMultiple = 16;

/** ATA counts at most this many in CHS form; a larger disk shows its whole size only in LBA. */
const largestCylinders = 16_383;
const largestLba28 = 0x0fff_ffff;

/** The geometry that a disk of this size shows after power-on. */
export function defaultGeometry(sectorCount: number): DiskGeometry {
  const heads = 16;
  const sectorsPerTrack = 63;
  const cylinders = Math.max(1, Math.min(largestCylinders, Math.floor(sectorCount / (heads * sectorsPerTrack))));
  return { cylinders, heads, sectorsPerTrack };
}

/** ASCII text, two characters a word, the first in the high byte, filled up with spaces. */
function putText(words: Uint16Array, first: number, last: number, text: string): void {
  const padded = text.padEnd((last - first + 1) * 2);
  for (let word = first; word <= last; word++) {
    const at = (word - first) * 2;
    words[word] = (padded.charCodeAt(at) << 8) | padded.charCodeAt(at + 1);
  }
}

const put32 = (words: Uint16Array, at: number, value: number): void => {
  words[at] = value & 0xffff;
  words[at + 1] = value >>> 16;
};

/** The 512 bytes, little-endian words. `current` is the geometry in force, `multiple` the SET MULTIPLE count or 0. */
export function identifyData(sectorCount: number, current: DiskGeometry, multiple: number): Uint8Array {
  const words = new Uint16Array(256);
  const initial = defaultGeometry(sectorCount);
  const inChs = current.cylinders * current.heads * current.sectorsPerTrack;
  words[0] = 0x0040; // fixed disk
  words[1] = initial.cylinders;
  words[3] = initial.heads;
  words[6] = initial.sectorsPerTrack;
  putText(words, 10, 19, '1');
  putText(words, 23, 26, '1.0');
  putText(words, 27, 46, 'Ringside disk');
  words[47] = 0x8000 | largestMultiple;
  words[48] = 0x0001; // the data port takes 32-bit accesses
  words[49] = 0x0200; // LBA; no DMA
  words[51] = 0x0200; // PIO mode 2
  words[53] = 0x0003; // words 54–58 and 64–70 are valid
  words[54] = current.cylinders;
  words[55] = current.heads;
  words[56] = current.sectorsPerTrack;
  put32(words, 57, inChs);
  words[59] = multiple === 0 ? 0 : 0x0100 | multiple;
  put32(words, 60, Math.min(sectorCount, largestLba28));
  words[64] = 0x0003; // PIO modes 3 and 4
  words[67] = 120; // ns per PIO cycle
  words[68] = 120;
  words[80] = 0x000e; // ATA-1 to ATA-3
  words[82] = 0x0000;
  words[83] = 0x4000; // words 82–83 are valid
  return bytesOf(words);
}

function bytesOf(words: Uint16Array): Uint8Array {
  const bytes = new Uint8Array(words.length * 2);
  const view = new DataView(bytes.buffer);
  words.forEach((word, index) => view.setUint16(index * 2, word, true));
  return bytes;
}
