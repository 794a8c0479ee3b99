// Multiboot 0.6.96: the header by which a kernel says how it wants to be loaded (§3.1), and the information that it finds
// in memory (§3.3). Leaves out modules, video modes and everything of Multiboot 2.

import { t } from '../base/localization';
import { isElf } from '../link/elf';
import { conventionalMemoryEnd, extendedMemoryStart, memoryMap } from './memorySize';
import { badMultiboot } from './imageErrors';
import { placeElf32 } from './elf32';
import type { Placement } from './placement';

const headerMagic = 0x1badb002;
export const loaderMagic = 0x2badb002;
/** §3.1: the header lies in the first 8192 bytes, aligned to 4. */
const searchBytes = 8192;
/** Bits 15:0 of the flags: a loader that does not know one of them must refuse. */
const RequiredFlag = { alignModules: 1 << 0, memoryInformation: 1 << 1, videoMode: 1 << 2 } as const;
const hasAddresses = 1 << 16;
const knownRequired = RequiredFlag.alignModules | RequiredFlag.memoryInformation | RequiredFlag.videoMode;

export interface MultibootHeader {
  /** in the file */
  readonly offset: number;
  readonly flags: number;
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);

export function findMultibootHeader(bytes: Uint8Array): MultibootHeader | undefined {
  const view = viewOf(bytes);
  const last = Math.min(bytes.length, searchBytes) - 12;
  for (let offset = 0; offset <= last; offset += 4) {
    if (view.getUint32(offset, true) !== headerMagic) continue;
    const flags = view.getUint32(offset + 4, true);
    if ((headerMagic + flags + view.getUint32(offset + 8, true)) >>> 0 === 0) return { offset, flags };
  }
  return undefined;
}

/** By the header's own addresses where it has them (§3.1.3), otherwise as ELF. */
export function placeMultiboot(bytes: Uint8Array, header: MultibootHeader): Placement {
  if (header.flags & 0xffff & ~knownRequired) throw badMultiboot(t`it requires a feature that Ringside does not have`);
  if (header.flags & hasAddresses) return placeByAddresses(bytes, header.offset);
  if (isElf(bytes)) return placeElf32(bytes);
  throw badMultiboot(t`the file is not ELF, and the header gives no load addresses (set bit 16 of its flags)`);
}

function placeByAddresses(bytes: Uint8Array, offset: number): Placement {
  if (offset + 32 > bytes.length) throw badMultiboot(t`it is cut off within its address fields`);
  const view = viewOf(bytes);
  const [headerAddress, loadAddress, loadEnd, bssEnd, entry] = [12, 16, 20, 24, 28].map(field =>
    view.getUint32(offset + field, true),
  );
  if (headerAddress < loadAddress || headerAddress - loadAddress > offset)
    throw badMultiboot(t`load_addr must not lie after header_addr, nor before the start of the file`);
  const start = offset - (headerAddress - loadAddress);
  const end = loadEnd === 0 ? bytes.length : start + (loadEnd - loadAddress);
  if (end < start || end > bytes.length) throw badMultiboot(t`load_end_addr lies beyond the end of the file`);
  const sizeBytes = Math.max(end - start, bssEnd === 0 ? 0 : bssEnd - loadAddress);
  return { segments: [{ address: loadAddress, bytes: bytes.subarray(start, end), sizeBytes }], entry };
}

/** `flags` of the information structure: which of its fields are valid (§3.3). */
const InfoFlag = { memory: 1 << 0, commandLine: 1 << 2, memoryMap: 1 << 6, bootLoaderName: 1 << 9 } as const;
const infoBytes = 116;
const mapEntryBytes = 24;

const cString = (text: string): Uint8Array => new TextEncoder().encode(`${text}\0`);

/** The information structure and all that it points to, for a place at `address`. */
export function multibootInformation(address: number, memorySizeBytes: number, commandLine: string): Uint8Array {
  const ranges = memoryMap(memorySizeBytes);
  const command = cString(commandLine);
  const loader = cString('Ringside');
  const mapAt = infoBytes;
  const commandAt = mapAt + ranges.length * mapEntryBytes;
  const loaderAt = commandAt + command.length;
  const bytes = new Uint8Array(loaderAt + loader.length);
  const view = viewOf(bytes);
  const put = (at: number, value: number): void => view.setUint32(at, value, true);
  put(0, InfoFlag.memory | InfoFlag.commandLine | InfoFlag.memoryMap | InfoFlag.bootLoaderName);
  put(4, conventionalMemoryEnd >>> 10);
  put(8, Math.max(0, memorySizeBytes - extendedMemoryStart) >>> 10);
  put(16, address + commandAt);
  put(44, ranges.length * mapEntryBytes);
  put(48, address + mapAt);
  put(64, address + loaderAt);
  ranges.forEach(({ start, sizeBytes, type }, index) => {
    const at = mapAt + index * mapEntryBytes;
    put(at, mapEntryBytes - 4);
    put(at + 4, start);
    put(at + 12, sizeBytes);
    put(at + 20, type);
  });
  bytes.set(command, commandAt);
  bytes.set(loader, loaderAt);
  return bytes;
}
