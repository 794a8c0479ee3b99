// Descriptors in the GDT and the LDT (SDM Vol. 3A §3.5): finding them, judging their types, and the marks that the
// processor makes in them.

import type { Linear } from '../../base/address';
import {
  Attribute,
  attributeDpl,
  descriptorAttributes,
  descriptorBase,
  descriptorLimit,
  gateOffset,
  type RawDescriptor,
  type SegmentCache,
  selectorIsLocal,
  selectorIsNull,
  selectorOffset,
  selectorRpl,
} from '../../isa/descriptors';
import { is32BitSystem, isPresent } from '../../isa/descriptorTypes';
import { Segment } from '../../isa/registers';
import type { Core } from '../core';
import { type CpuException, generalProtection, segmentNotPresent } from '../registers/fault';
import type { MemoryUnit } from '../memory/memoryUnit';
import type { PendingWrites } from '../memory/pendingWrites';

/** A descriptor as read, and the segment that it describes (base and limit of a gate mean nothing). */
export class Descriptor implements RawDescriptor, SegmentCache {
  readonly attributes: number;

  constructor(
    readonly selector: number,
    /** linear address of the descriptor within its table */
    readonly address: Linear,
    /** the two doublewords, signed */
    readonly low: number,
    readonly high: number,
  ) {
    this.attributes = descriptorAttributes(this);
  }

  get base(): Linear {
    return descriptorBase(this);
  }

  get limit(): number {
    return descriptorLimit(this);
  }
}

/** Makes the exception for a bad selector: #GP, #TS, #NP or #SS by the occasion. */
export type SelectorFault = (errorCode: number) => CpuException;

/** Error code naming a selector (§6.13). `external` is 1 while an event is delivered, else 0. */
export const selectorError = (selector: number, external = 0): number => (selector & 0xfffc) | external;

const accessByte = 5;
const busy = 2;

/** The descriptor of a selector that is not null, or nothing if it lies beyond its table. */
export function findDescriptor(core: Core, selector: number): Descriptor | undefined {
  const { state, memory } = core;
  const offset = selectorOffset(selector);
  const local = selectorIsLocal(selector);
  if (local && state.attributes(Segment.ldtr) & Attribute.unusable) return undefined;
  const limit = local ? state.limit(Segment.ldtr) : state.gdtrLimit;
  if (offset + 7 > limit) return undefined;
  return readDescriptor(memory, ((local ? state.base(Segment.ldtr) : state.gdtrBase) + offset) >>> 0, selector);
}

/** Reads the eight bytes at `address`, whatever they are: `selector` only names them. */
export function readDescriptor(memory: MemoryUnit, address: Linear, selector: number): Descriptor {
  const place = memory.place(address, 8, false, false);
  if (place >= 0) return new Descriptor(selector, address, memory.valueAt(place, 4), memory.valueAt(place + 4, 4));
  const low = memory.readSystem(address, 4);
  return new Descriptor(selector, address, low, memory.readSystem(address + 4, 4));
}

/** The descriptor of a selector that must be neither null (`fault(EXT)`) nor beyond its table (`fault(selector)`). */
export function requireDescriptor(core: Core, selector: number, fault: SelectorFault, external = 0): Descriptor {
  if (selectorIsNull(selector)) throw fault(external);
  const descriptor = findDescriptor(core, selector);
  if (!descriptor) throw fault(selectorError(selector, external));
  return descriptor;
}

// --- gates

/** What a gate pushes, and the width of the offset that it leads to. */
export const gateBytes = ({ attributes }: Descriptor): 2 | 4 => (is32BitSystem(attributes) ? 4 : 2);
export const gateTarget = (gate: Descriptor): number =>
  gateBytes(gate) === 4 ? gateOffset(gate) : gateOffset(gate) & 0xffff;

/** What JMP and CALL ask of a gate or TSS before they use it. */
export function checkSystemTarget(cpl: number, { selector, attributes }: Descriptor): void {
  const dpl = attributeDpl(attributes);
  if (dpl < cpl || dpl < selectorRpl(selector)) throw generalProtection(selectorError(selector));
  if (!isPresent(attributes)) throw segmentNotPresent(selectorError(selector));
}

// --- marks

/** A code or data segment is about to be loaded: its accessed flag is set in the table at the commit. */
export function markAccessed(writes: PendingWrites, { attributes, address }: Descriptor): void {
  if (!(attributes & Attribute.accessed)) writes.add(address + accessByte, 1, attributes | Attribute.accessed);
}

/** The TSS as it is cached when loaded into TR: busy, in the table too at the commit. */
export function markBusy(writes: PendingWrites, descriptor: Descriptor): SegmentCache {
  const { selector, base, limit, attributes, address } = descriptor;
  if (!(attributes & busy)) writes.add(address + accessByte, 1, attributes | busy);
  return { selector, base, limit, attributes: attributes | busy };
}

/** Makes the TSS in TR available again, in its descriptor. */
export function clearBusy({ state, memory }: Core, writes: PendingWrites): void {
  const address = state.gdtrBase + selectorOffset(state.selector(Segment.tr)) + accessByte;
  writes.add(address, 1, memory.readSystem(address, 1) & ~busy);
}
