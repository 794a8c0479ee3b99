// Executable ELF files as guests: what to put where, and where to start. How such a file is built is `link/elf.ts`'s affair.

import { t } from '../base/localization';
import { ElfError, ElfType, type ProgramHeader, ProgramType, readElf } from '../link/elf';
import { notElf32 } from './imageErrors';
import type { ImageSegment, Placement } from './placement';

/** Segments at their physical addresses, and the entry point. Throws `ImageError` where the file is damaged or of another kind. */
export function placeElf32(bytes: Uint8Array): Placement {
  const { entry, programHeaders } = readExecutable(bytes);
  const segments: ImageSegment[] = [];
  let physicalEntry = entry;
  for (const header of programHeaders) {
    if (header.type !== ProgramType.load || header.memoryBytes === 0) continue;
    segments.push(loadSegment(bytes, header));
    // The entry is a virtual address; without paging the guest starts where that part was loaded.
    if (entry >= header.virtual && entry - header.virtual < header.memoryBytes)
      physicalEntry = entry - header.virtual + header.physical;
  }
  if (segments.length === 0) throw notElf32(t`it has nothing to load (no PT_LOAD segment)`);
  return { segments, entry: physicalEntry };
}

function readExecutable(bytes: Uint8Array): ReturnType<typeof readElf> {
  try {
    const file = readElf(bytes);
    if (file.type !== ElfType.executable) throw new ElfError(t`it is not an executable file`);
    return file;
  } catch (error) {
    throw error instanceof ElfError ? notElf32(error.message) : error;
  }
}

function loadSegment(bytes: Uint8Array, header: ProgramHeader): ImageSegment {
  const { offset, physical, fileBytes, memoryBytes } = header;
  if (offset + fileBytes > bytes.length) throw notElf32(t`it is cut off: a segment lies beyond the end of the file`);
  if (fileBytes > memoryBytes) throw notElf32(t`a segment is larger in the file than in memory`);
  return { address: physical, bytes: bytes.subarray(offset, offset + fileBytes), sizeBytes: memoryBytes };
}
