// LAR, LSL, VERR, VERW (SDM Vol. 2): what a program may learn about a selector without loading it. Their only faults
// are page faults on the descriptor tables.

import {
  Attribute,
  attributeDpl,
  descriptorLimit,
  selectorIsNull,
  selectorRpl,
  SystemType,
} from '../../isa/descriptors';
import { isCodeOrData, isConforming, isReadable, isWritableData, systemType } from '../../isa/descriptorTypes';
import { SelectorUse } from '../../semantics/helpers';
import type { Core } from '../core';
import { type Descriptor, findDescriptor } from './descriptorTables';

const limitTypes: readonly number[] = [
  SystemType.tss16Available,
  SystemType.ldt,
  SystemType.tss16Busy,
  SystemType.tss32Available,
  SystemType.tss32Busy,
];
const accessRightsTypes: readonly number[] = [
  ...limitTypes,
  SystemType.callGate16,
  SystemType.taskGate,
  SystemType.callGate32,
];

/** 1 if the instruction would succeed (ZF). */
export function selectorIsUsable(core: Core, selectorValue: number, use: number): number {
  const selector = selectorValue & 0xffff;
  const descriptor = selectorIsNull(selector) ? undefined : findDescriptor(core, selector);
  return descriptor && typeServes(descriptor.attributes, use) && isVisible(core.state.cpl, descriptor) ? 1 : 0;
}

function typeServes(attributes: number, use: number): boolean {
  switch (use) {
    case SelectorUse.read:
      return isReadable(attributes);
    case SelectorUse.write:
      return isWritableData(attributes);
    case SelectorUse.limit:
      return isCodeOrData(attributes) || limitTypes.includes(attributes & Attribute.typeMask);
    default:
      return isCodeOrData(attributes) || accessRightsTypes.includes(systemType(attributes) ?? 0);
  }
}

/** Conforming code is visible from everywhere; all else from CPL and RPL up to its DPL. */
function isVisible(cpl: number, { selector, attributes }: Descriptor): boolean {
  if (isConforming(attributes)) return true;
  return attributeDpl(attributes) >= Math.max(cpl, selectorRpl(selector));
}

/**
 * LAR's result: type, DPL, P, AVL, L, D/B, G at their places in the second doubleword; and bits 19:16 of the limit between
 * them, which the manual leaves undefined and processors leave in.
 */
export function accessRights(core: Core, selectorValue: number): number {
  const selector = selectorValue & 0xffff;
  const descriptor = selectorIsNull(selector) ? undefined : findDescriptor(core, selector);
  return descriptor ? descriptor.high & 0x00ffff00 : 0;
}

/** LSL's result, in bytes. */
export function segmentLimit(core: Core, selectorValue: number): number {
  const selector = selectorValue & 0xffff;
  const descriptor = selectorIsNull(selector) ? undefined : findDescriptor(core, selector);
  return descriptor ? descriptorLimit(descriptor) | 0 : 0;
}
