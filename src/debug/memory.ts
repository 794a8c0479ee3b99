// The guest's memory as a debugger reads and writes it, under each of the three kinds of address: guest-virtual (linear,
// through the guest's own page tables), guest-physical, host-physical. Looking leaves no trace: no accessed flags, no faults.

import { guestPhysical, hostPhysical, type Linear, pageSizeBytes } from '../base/address';
import { hex } from '../base/hex';
import { t } from '../base/localization';
import { physicalOf } from '../cpu/memory/paging';
import type { RawDescriptor } from '../isa/descriptors';
import type { PhysicalMemory } from '../cpu/memory/physicalMemory';
import type { Machine } from '../machine/machine';
import type { Level } from '../monitor/level';
import { parseNumber } from './expressions/tokens';

export const addressSpaces = ['gva', 'gpa', 'hpa'] as const;
/** guest-virtual, guest-physical, host-physical */
export type AddressSpace = (typeof addressSpaces)[number];

export interface MemoryPlace {
  readonly space: AddressSpace;
  readonly address: number;
}

const highest = 2 ** 32;

/** `gva:0x7c00`, or `0x7c00` for the same; undefined if it is neither. */
export function parseMemoryPlace(text: string): MemoryPlace | undefined {
  const [, space = 'gva', digits = ''] = /^\s*(?:(gva|gpa|hpa):)?(\S+)\s*$/i.exec(text) ?? [];
  const address = parseNumber(digits);
  if (address === undefined) return undefined;
  return { space: space.toLowerCase() as AddressSpace, address };
}

export const memoryReference = ({ space, address }: MemoryPlace): string => `${space}:${hex(address, 8)}`;

/** `4 bytes` */
export const bytesText = (bytes: number): string => (bytes === 1 ? t`1 byte` : t`${bytes} bytes`);

export interface ReadBytes {
  /** those that could be read before the first hole */
  readonly bytes: Uint8Array;
  /** length of the hole, as far as it was asked for */
  readonly unreadable: number;
}

interface PhysicalPlace {
  readonly memory: PhysicalMemory;
  readonly address: number;
  readonly write: (address: number, bytes: Uint8Array) => void;
}

export class MemoryView {
  /** `level` gives whose memory it is; without the machine, host-physical addresses lead nowhere. */
  constructor(
    private readonly level: () => Level,
    private readonly machine?: Machine,
  ) {}

  /** Guest-physical address of a linear one, or undefined where the guest has mapped nothing. */
  guestPhysicalOf(linear: Linear): number | undefined {
    const level = this.level();
    return physicalOf(level.memory, level.believed(), linear);
  }

  /** The host-physical address behind a linear one, for people. */
  hostPhysicalOf(linear: Linear): number | undefined {
    const physical = this.guestPhysicalOf(linear);
    return physical === undefined ? undefined : this.level().hostPhysical(guestPhysical(physical));
  }

  /** Little-endian and unsigned, or undefined if any byte of it is not there. */
  read(linear: Linear, bytes: 1 | 2 | 4): number | undefined {
    const { bytes: found } = this.readBytes({ space: 'gva', address: linear >>> 0 }, bytes);
    if (found.length < bytes) return undefined;
    return found.reduceRight((value, byte) => value * 256 + byte, 0);
  }

  /** The two doublewords of a descriptor, or undefined if any byte of it is not there. */
  readDescriptor(linear: Linear): RawDescriptor | undefined {
    const low = this.read(linear, 4);
    const high = this.read(linear + 4, 4);
    return low === undefined || high === undefined ? undefined : { low, high };
  }

  /** False, with nothing written, if any byte of it is not there. */
  write(linear: Linear, bytes: 1 | 2 | 4, value: number): boolean {
    const place = { space: 'gva', address: linear >>> 0 } as const;
    if (this.readBytes(place, bytes).bytes.length < bytes) return false;
    const content = Uint8Array.from({ length: bytes }, (_, index) => Math.floor(value / 256 ** index) % 256);
    return this.writeBytes(place, content) === bytes;
  }

  /** Reads until `length` bytes or a hole. */
  readBytes({ space, address }: MemoryPlace, length: number): ReadBytes {
    const pieces: Uint8Array[] = [];
    let readable = 0;
    let unreadable = 0;
    for (let done = 0; done < length;) {
      const piece = this.piece(space, address + done, length - done);
      if (piece.bytes === undefined) unreadable += piece.length;
      else if (unreadable > 0) break;
      else {
        pieces.push(piece.bytes);
        readable += piece.length;
      }
      done += piece.length;
    }
    return { bytes: joined(pieces, readable), unreadable };
  }

  /** Writes until the end of `content`, a hole or ROM; returns how many bytes were written. */
  writeBytes({ space, address }: MemoryPlace, content: Uint8Array): number {
    let done = 0;
    while (done < content.length) {
      const place = this.physical(space, address + done);
      if (!place?.memory.isRam(Math.floor(place.address / pageSizeBytes))) break;
      const inPage = Math.min(content.length - done, pageSizeBytes - (place.address % pageSizeBytes));
      place.write(place.address, content.slice(done, done + inPage));
      done += inPage;
    }
    return done;
  }

  /** What lies within one page, or the length of the hole in it. */
  private piece(space: AddressSpace, address: number, length: number): { bytes?: Uint8Array; length: number } {
    if (address >= highest) return { length };
    if (address < 0) return { length: Math.min(length, -address) };
    const inPage = Math.min(length, pageSizeBytes - (address % pageSizeBytes));
    const place = this.physical(space, address);
    if (place === undefined || !place.memory.contains(place.address)) return { length: inPage };
    return { bytes: place.memory.slice(place.address, inPage), length: inPage };
  }

  private physical(space: AddressSpace, address: number): PhysicalPlace | undefined {
    if (address < 0 || address >= highest) return undefined;
    const level = this.level();
    if (space === 'hpa') {
      const write = (at: number, bytes: Uint8Array): void => level.writeHostMemory(hostPhysical(at), bytes);
      return this.machine && { memory: this.machine.memory, address, write };
    }
    const physical = space === 'gpa' ? address : this.guestPhysicalOf(address);
    if (physical === undefined) return undefined;
    const write = (at: number, bytes: Uint8Array): void => level.writeMemory(guestPhysical(at), bytes);
    return { memory: level.memory, address: physical, write };
  }
}

function joined(pieces: readonly Uint8Array[], length: number): Uint8Array {
  const whole = new Uint8Array(length);
  let position = 0;
  for (const piece of pieces) {
    whole.set(piece, position);
    position += piece.length;
  }
  return whole;
}
