// Port I/O and its permission (SDM Vol. 1 §18.5; IN and OUT in Vol. 2).

import type { Linear } from '../../base/address';
import { is32BitSystem } from '../../isa/descriptorTypes';
import { Segment } from '../../isa/registers';
import type { Core } from '../core';
import { generalProtection } from '../registers/fault';
import type { ProcessorState } from '../registers/state';

/** Offset of the I/O map's offset in a 32-bit TSS. */
const mapBaseOffset = 0x66;

/** §18.5.2: by IOPL, except in virtual-8086 mode (in real mode CPL is 0); else by the I/O map of the TSS. */
export function checkPortPermission(core: Core, portValue: number, width: number): void {
  const { state } = core;
  if (!state.virtual8086 && state.cpl <= state.iopl) return;
  const { memory } = core;
  const read = (linear: Linear): number => memory.readSystem(linear, 2);
  if (!ioMapAllows(state, portValue & 0xffff, width / 8, read)) throw generalProtection(0);
}

/**
 * Are the bits of so many ports clear? Two bytes of the map are always read, so that ports across a byte are covered; both must lie
 * within the TSS's limit. `read` gives two bytes; undefined, for who only looks, where nothing can be read.
 */
export function ioMapAllows(
  state: ProcessorState,
  port: number,
  ports: number,
  read: (linear: Linear) => number | undefined,
): boolean {
  if (!is32BitSystem(state.attributes(Segment.tr))) return false;
  const base = state.base(Segment.tr);
  const limit = state.limit(Segment.tr);
  if (mapBaseOffset + 1 > limit) return false;
  const mapBase = read(base + mapBaseOffset);
  if (mapBase === undefined) return false;
  const offset = mapBase + (port >> 3);
  if (offset + 1 > limit) return false;
  const bits = read(base + offset);
  return bits !== undefined && ((bits >> (port & 7)) & ((1 << ports) - 1)) === 0;
}

export const readPort = ({ ports }: Core, port: number, width: number): number =>
  ports.read(port & 0xffff, portWidth(width)) | 0;

export function writePort({ ports }: Core, port: number, value: number, width: number): void {
  const bits = portWidth(width);
  ports.write(port & 0xffff, bits === 32 ? value >>> 0 : value & ((1 << bits) - 1), bits);
}

const portWidth = (width: number): 8 | 16 | 32 => (width === 8 ? 8 : width === 16 ? 16 : 32);
