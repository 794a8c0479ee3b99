// SYSENTER and SYSEXIT (SDM Vol. 2): flat segments by fiat, without a look at the descriptor tables.

import {
  Attribute,
  dplShift,
  flatAttributes,
  flatLimit,
  selectorIsNull,
  type SegmentCache,
} from '../../../isa/descriptors';
import { Eflags } from '../../../isa/flags';
import { Gpr, Segment } from '../../../isa/registers';
import type { Core } from '../../core';
import { generalProtection } from '../../registers/fault';
import { setCodeSegment } from '../segmentation';

const flatSegment = (selector: number, dpl: number, kind = 0): SegmentCache => ({
  selector: (selector & 0xfffc) | dpl,
  base: 0,
  limit: flatLimit,
  attributes: flatAttributes | kind | (dpl << dplShift),
});

export function sysenter(core: Core): void {
  const { state } = core;
  const selector = kernelSelector(core);
  state.systemFlags &= ~(Eflags.vm | Eflags.if | Eflags.rf);
  state.setSegment(Segment.ss, flatSegment(selector + 8, 0));
  state.setGpr(Gpr.esp, state.get('sysenterEsp'));
  setCodeSegment(core, flatSegment(selector, 0, Attribute.code), 0, state.get('sysenterEip'));
}

/** To ring 3, at EDX, with the stack at ECX. */
export function sysexit(core: Core): void {
  const { state } = core;
  const selector = kernelSelector(core);
  state.setSegment(Segment.ss, flatSegment(selector + 24, 3));
  state.setGpr(Gpr.esp, state.gpr(Gpr.ecx));
  setCodeSegment(core, flatSegment(selector + 16, 3, Attribute.code), 3, state.gpr(Gpr.edx));
}

/** IA32_SYSENTER_CS, which must be set. */
function kernelSelector({ state }: Core): number {
  const selector = state.get('sysenterCs') & 0xffff;
  if (!state.protectedMode || selectorIsNull(selector)) throw generalProtection(0);
  return selector;
}
