// Loading segment registers (SDM Vol. 3A §5.4–5.7; Vol. 2, MOV, POP, LDS). The checks on code, stack and data segments
// stand here once; far transfers, gates, returns and task switches use them with the vector that each calls for.

import { Attribute, attributeDpl, type SegmentCache, selectorIsNull, selectorRpl } from '../../isa/descriptors';
import { isCode, isConforming, isPresent, isReadable, isWritableData } from '../../isa/descriptorTypes';
import { Segment } from '../../isa/registers';
import { Shadow } from '../../isa/state';
import type { Core } from '../core';
import {
  type Descriptor,
  markAccessed,
  requireDescriptor,
  selectorError,
  type SelectorFault,
} from './descriptorTables';
import { generalProtection, segmentNotPresent, stackFault } from '../registers/fault';
import type { ProcessorState } from '../registers/state';

/** A data segment register with a null selector: any access through it is #GP(0). */
export const nullSegment = (selector: number): SegmentCache => ({
  selector,
  base: 0,
  limit: 0,
  attributes: Attribute.unusable,
});

/** Caches a segment as it is when loaded: accessed. */
export function loadDescriptor(state: ProcessorState, segment: number, descriptor: Descriptor): void {
  state.cacheDescriptor(segment, descriptor.selector, descriptor, Attribute.accessed);
}

/** Loads CS, CPL and EIP together. The stack of the new ring must be in place: observers are told here. */
export function loadCodeSegment(core: Core, code: Descriptor, cpl: number, eip: number): void {
  const { state } = core;
  state.cacheDescriptor(Segment.cs, (code.selector & ~3) | cpl, code, Attribute.accessed);
  state.eip = eip;
  setPrivilegeLevel(core, cpl);
}

/** The same with a segment that comes from no table. */
export function setCodeSegment(core: Core, code: SegmentCache, cpl: number, eip: number): void {
  const { selector, base, limit, attributes } = code;
  core.state.cacheSegment(Segment.cs, (selector & ~3) | cpl, base, limit, attributes);
  core.state.eip = eip;
  setPrivilegeLevel(core, cpl);
}

export function setPrivilegeLevel(core: Core, cpl: number): void {
  const from = core.state.cpl;
  core.state.cpl = cpl;
  if (from !== cpl) core.observer?.ringChanged(from, cpl);
}

/** CS:EIP in real and virtual-8086 mode, where transfers do not change CPL. */
export function setRealModeCode({ state }: Core, selector: number, eip: number): void {
  state.setRealModeSegment(Segment.cs, selector);
  state.eip = eip;
}

/** MOV Sreg, POP Sreg, LDS and kin. After a load of SS events wait for one more instruction (§6.8.3). */
export function loadSegment(core: Core, segment: number, selectorValue: number): void {
  const selector = selectorValue & 0xffff;
  if (core.state.usesDescriptors) loadFromDescriptor(core, segment, selector);
  else core.state.setRealModeSegment(segment, selector);
  if (segment === Segment.ss) core.state.interruptShadow = Shadow.movSs;
}

function loadFromDescriptor(core: Core, segment: number, selector: number): void {
  const { state } = core;
  const descriptor =
    segment === Segment.ss
      ? stackSegment(core, selector, state.cpl, generalProtection)
      : dataSegment(core, selector, state.cpl, generalProtection);
  if (!descriptor) return state.setSegment(segment, nullSegment(selector));
  const writes = core.memory.pendingWrites.begin();
  markAccessed(writes, descriptor);
  writes.commit();
  loadDescriptor(state, segment, descriptor);
}

/** Checks a selector for SS at privilege level `cpl`. Null is `fault(EXT)`; not present is #SS. */
export function stackSegment(
  core: Core,
  selector: number,
  cpl: number,
  fault: SelectorFault,
  external = 0,
): Descriptor {
  const descriptor = requireDescriptor(core, selector, fault, external);
  const { attributes } = descriptor;
  const errorCode = selectorError(selector, external);
  if (selectorRpl(selector) !== cpl || attributeDpl(attributes) !== cpl) throw fault(errorCode);
  if (!isWritableData(attributes)) throw fault(errorCode);
  if (!isPresent(attributes)) throw stackFault(errorCode);
  return descriptor;
}

/** Checks a selector for DS, ES, FS or GS. Nothing for a null selector, which may be loaded; not present is #NP. */
export function dataSegment(
  core: Core,
  selector: number,
  cpl: number,
  fault: SelectorFault,
  external = 0,
): Descriptor | undefined {
  if (selectorIsNull(selector)) return undefined;
  const descriptor = requireDescriptor(core, selector, fault, external);
  const { attributes } = descriptor;
  const errorCode = selectorError(selector, external);
  if (!isReadable(attributes)) throw fault(errorCode);
  if (!isConforming(attributes) && attributeDpl(attributes) < Math.max(cpl, selectorRpl(selector)))
    throw fault(errorCode);
  if (!isPresent(attributes)) throw segmentNotPresent(errorCode);
  return descriptor;
}

/** Checks a selector for CS whose RPL is to become the CPL: returns, and the new task of a task switch. */
export function codeSegmentAtRpl(core: Core, selector: number, fault: SelectorFault, external = 0): Descriptor {
  const descriptor = requireDescriptor(core, selector, fault, external);
  const { attributes } = descriptor;
  const errorCode = selectorError(selector, external);
  if (!isCode(attributes)) throw fault(errorCode);
  const dpl = attributeDpl(attributes);
  const rpl = selectorRpl(selector);
  if (isConforming(attributes) ? dpl > rpl : dpl !== rpl) throw fault(errorCode);
  if (!isPresent(attributes)) throw segmentNotPresent(errorCode);
  return descriptor;
}

/** "IF instruction pointer is not within code segment limit THEN #GP". */
export function checkInstructionPointer(code: SegmentCache, eip: number, external = 0): void {
  if (eip > code.limit) throw generalProtection(external);
}
