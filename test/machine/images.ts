// Small images for tests, made by the formats' own rules.

/** Little-endian doublewords. */
export function words(...values: number[]): Uint8Array {
  const bytes = new Uint8Array(values.length * 4);
  const view = new DataView(bytes.buffer);
  values.forEach((value, index) => view.setUint32(index * 4, value, true));
  return bytes;
}

const magic = 0x1badb002;

export const multibootHeader = (flags: number): Uint8Array => words(magic, flags, -(magic + flags));

/** A flat kernel: the header, then code; `headerAddress` where the header claims to stand. */
export function multibootFlat(loadAddress: number, entry: number, headerAddress = loadAddress): Uint8Array {
  const flags = 0x10003;
  const header = words(magic, flags, -(magic + flags), headerAddress, loadAddress, 0, 0, entry);
  const bytes = new Uint8Array(64).fill(0xf4);
  bytes.set(header);
  return bytes;
}

export interface ElfSegment {
  physical: number;
  virtual?: number;
  bytes: Uint8Array;
  memoryBytes?: number;
}

/** An executable for the i386: header, program headers, the segments' bytes. */
export function elf32(segments: ElfSegment[], entry = segments[0]?.physical ?? 0): Uint8Array {
  const dataStart = 52 + segments.length * 32;
  const total = segments.reduce((length, { bytes }) => length + bytes.length, dataStart);
  const file = new Uint8Array(total);
  const view = new DataView(file.buffer);
  file.set([0x7f, 0x45, 0x4c, 0x46, 1, 1, 1]);
  view.setUint16(16, 2, true);
  view.setUint16(18, 3, true);
  view.setUint32(20, 1, true);
  view.setUint32(24, entry, true);
  view.setUint32(28, 52, true);
  view.setUint16(40, 52, true);
  view.setUint16(42, 32, true);
  view.setUint16(44, segments.length, true);
  let offset = dataStart;
  segments.forEach(({ physical, virtual = physical, bytes, memoryBytes = bytes.length }, index) => {
    const header = words(1, offset, virtual, physical, bytes.length, memoryBytes, 7, 4);
    file.set(header, 52 + index * 32);
    file.set(bytes, offset);
    offset += bytes.length;
  });
  return file;
}
