// LLDT, LTR, LGDT, LIDT (SDM Vol. 2; Vol. 3A §2.4, §3.5.1, §7.2.4).

import { selectorIsLocal, selectorIsNull, type SegmentCache, SystemType } from '../../isa/descriptors';
import { isAvailableTss, isPresent, systemType } from '../../isa/descriptorTypes';
import { Segment } from '../../isa/registers';
import type { Core } from '../core';
import { markBusy, requireDescriptor, selectorError, type SelectorFault } from './descriptorTables';
import { generalProtection, segmentNotPresent } from '../registers/fault';
import { nullSegment } from './segmentation';

/** A null selector is allowed: then any use of the LDT is #GP. */
export function loadLdtr(core: Core, selectorValue: number): void {
  const selector = selectorValue & 0xffff;
  const ldt = selectorIsNull(selector)
    ? nullSegment(selector)
    : checkLdtDescriptor(core, selector, generalProtection, segmentNotPresent);
  core.state.setSegment(Segment.ldtr, ldt);
}

/** The LDT that a selector names, which must be in the GDT. Task switches use #TS for both faults. */
export function checkLdtDescriptor(
  core: Core,
  selector: number,
  fault: SelectorFault,
  absent: SelectorFault,
  external = 0,
): SegmentCache {
  const errorCode = selectorError(selector, external);
  if (selectorIsLocal(selector)) throw fault(errorCode);
  const { base, limit, attributes } = requireDescriptor(core, selector, fault, external);
  if (systemType(attributes) !== SystemType.ldt) throw fault(errorCode);
  if (!isPresent(attributes)) throw absent(errorCode);
  return { selector, base, limit, attributes };
}

/** The TSS must be available; it becomes busy. No task is switched. */
export function loadTr(core: Core, selectorValue: number): void {
  const selector = selectorValue & 0xffff;
  if (selectorIsLocal(selector)) throw generalProtection(selectorError(selector));
  const tss = requireDescriptor(core, selector, generalProtection);
  if (!isAvailableTss(tss.attributes)) throw generalProtection(selectorError(selector));
  if (!isPresent(tss.attributes)) throw segmentNotPresent(selectorError(selector));
  const writes = core.memory.pendingWrites.begin();
  const cache = markBusy(writes, tss);
  writes.commit();
  core.state.setSegment(Segment.tr, cache);
}

/** `base` has 24 bits where the operand size is 16: that is the caller's to see to. */
export function loadGdtr({ state }: Core, limit: number, base: number): void {
  state.set('gdtrLimit', limit & 0xffff);
  state.set('gdtrBase', base);
}

export function loadIdtr({ state }: Core, limit: number, base: number): void {
  state.set('idtrLimit', limit & 0xffff);
  state.set('idtrBase', base);
}
