// What an attribute word says of a segment's or a system descriptor's type (SDM Vol. 3A tables 3-1 and 3-2).

import { Attribute, SystemType } from './descriptors';

const has = (attributes: number, bits: number): boolean => (attributes & bits) === bits;

export const isPresent = (attributes: number): boolean => has(attributes, Attribute.present);
export const isCodeOrData = (attributes: number): boolean => has(attributes, Attribute.notSystem);
export const isCode = (attributes: number): boolean => has(attributes, Attribute.notSystem | Attribute.code);
export const isConforming = (attributes: number): boolean =>
  has(attributes, Attribute.notSystem | Attribute.code | Attribute.expandDownOrConforming);
/** of a segment for data or code */
export const isExpandDown = (attributes: number): boolean =>
  (attributes & (Attribute.code | Attribute.expandDownOrConforming)) === Attribute.expandDownOrConforming;
export const isReadable = (attributes: number): boolean =>
  isCodeOrData(attributes) && (!isCode(attributes) || has(attributes, Attribute.writableOrReadable));
export const isWritableData = (attributes: number): boolean =>
  isCodeOrData(attributes) && !isCode(attributes) && has(attributes, Attribute.writableOrReadable);

/** Type of a system descriptor, a member of `SystemType`; undefined for code and data. */
export const systemType = (attributes: number): number | undefined =>
  isCodeOrData(attributes) ? undefined : attributes & Attribute.typeMask;

export const isAvailableTss = (attributes: number): boolean =>
  systemType(attributes) === SystemType.tss16Available || systemType(attributes) === SystemType.tss32Available;
export const isBusyTss = (attributes: number): boolean =>
  systemType(attributes) === SystemType.tss16Busy || systemType(attributes) === SystemType.tss32Busy;
/** of TSSs and gates: bit 3 of the type */
export const is32BitSystem = (attributes: number): boolean => (attributes & 8) !== 0;

/** What an interrupt may go through (§6.11). */
export function isIdtGate(attributes: number): boolean {
  switch (systemType(attributes)) {
    case SystemType.taskGate:
    case SystemType.interruptGate16:
    case SystemType.trapGate16:
    case SystemType.interruptGate32:
    case SystemType.trapGate32:
      return true;
    default:
      return false;
  }
}

/** As against a trap gate: it closes IF (§6.12.1.2). */
export const isInterruptGate = (attributes: number): boolean =>
  systemType(attributes) === SystemType.interruptGate16 || systemType(attributes) === SystemType.interruptGate32;
