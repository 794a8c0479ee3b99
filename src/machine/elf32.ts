// Executable ELF files for 32-bit x86 (System V ABI, "Object Files" ch. 4 and "Program Loading" ch. 5): what to put where,
// and where to start. Leaves out sections, symbols, relocation and dynamic linking.

import { notElf32 } from './imageErrors';
import type { ImageSegment, Placement } from './placement';

const headerBytes = 52;
const programHeaderBytes = 32;
const magic = 0x7f454c46;
const ElfClass = { elf32: 1 } as const;
const ElfData = { littleEndian: 1 } as const;
const ElfType = { executable: 2 } as const;
const ElfMachine = { i386: 3 } as const;
const ProgramType = { load: 1 } as const;

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);

export const isElf = (bytes: Uint8Array): boolean => bytes.length >= 4 && viewOf(bytes).getUint32(0) === magic;

/** Segments at their physical addresses, and the entry point. Throws `ImageError` where the file is damaged or of another kind. */
export function placeElf32(bytes: Uint8Array): Placement {
  checkHeader(bytes);
  const view = viewOf(bytes);
  const entry = view.getUint32(24, true);
  const table = view.getUint32(28, true);
  const entrySize = view.getUint16(42, true);
  const count = view.getUint16(44, true);
  if (entrySize < programHeaderBytes || table + count * entrySize > bytes.length)
    throw notElf32('its program header table lies outside the file');
  const segments: ImageSegment[] = [];
  let physicalEntry = entry;
  for (let index = 0; index < count; index++) {
    const header = programHeader(view, table + index * entrySize);
    if (header.type !== ProgramType.load || header.memoryBytes === 0) continue;
    segments.push(loadSegment(bytes, header));
    // The entry is a virtual address; without paging the guest starts where that part was loaded.
    if (entry >= header.virtual && entry - header.virtual < header.memoryBytes)
      physicalEntry = entry - header.virtual + header.physical;
  }
  if (segments.length === 0) throw notElf32('it has nothing to load (no PT_LOAD segment)');
  return { segments, entry: physicalEntry };
}

function checkHeader(bytes: Uint8Array): void {
  const view = viewOf(bytes);
  if (bytes.length < headerBytes) throw notElf32('it is cut off within its header');
  if (bytes[4] !== ElfClass.elf32) throw notElf32('it is a 64-bit file');
  if (bytes[5] !== ElfData.littleEndian) throw notElf32('it is big-endian');
  if (view.getUint16(18, true) !== ElfMachine.i386) throw notElf32('it is for another processor');
  if (view.getUint16(16, true) !== ElfType.executable) throw notElf32('it is not an executable file');
}

interface ProgramHeader {
  readonly type: number;
  readonly offset: number;
  readonly virtual: number;
  readonly physical: number;
  readonly fileBytes: number;
  readonly memoryBytes: number;
}

const programHeader = (view: DataView, at: number): ProgramHeader => ({
  type: view.getUint32(at, true),
  offset: view.getUint32(at + 4, true),
  virtual: view.getUint32(at + 8, true),
  physical: view.getUint32(at + 12, true),
  fileBytes: view.getUint32(at + 16, true),
  memoryBytes: view.getUint32(at + 20, true),
});

function loadSegment(bytes: Uint8Array, header: ProgramHeader): ImageSegment {
  const { offset, physical, fileBytes, memoryBytes } = header;
  if (offset + fileBytes > bytes.length) throw notElf32('it is cut off: a segment lies beyond the end of the file');
  if (fileBytes > memoryBytes) throw notElf32('a segment is larger in the file than in memory');
  return { address: physical, bytes: bytes.subarray(offset, offset + fileBytes), sizeBytes: memoryBytes };
}
