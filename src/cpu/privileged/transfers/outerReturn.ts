// What far RET and IRET share (SDM Vol. 2, RET and IRET; Vol. 3A §5.8.6): values on the current stack, the checks of
// the return segments, and the data segments that an outer ring must not inherit.

import { attributeDpl, selectorRpl } from '../../../isa/descriptors';
import { isConforming } from '../../../isa/descriptorTypes';
import { dataSegments, Gpr, Segment } from '../../../isa/registers';
import type { Core } from '../../core';
import { type Descriptor, selectorError } from '../descriptorTables';
import { generalProtection } from '../../registers/fault';
import { codeSegmentAtRpl, loadDescriptor, nullSegment, stackSegment } from '../segmentation';

/** The value `displacement` bytes above the top of the stack; unsigned. */
export function stackValue({ state, memory }: Core, displacement: number, bytes: 2 | 4): number {
  const offset = state.stackPointer + displacement;
  return memory.load(Segment.ss, state.stackIs32Bit ? offset >>> 0 : offset & 0xffff, bytes) >>> 0;
}

/** Where the `length` bytes at the top of the current stack lie, if they can be read at once: see `MemoryUnit.place`. */
export function stackPlace({ state, memory }: Core, length: number): number {
  return state.stackIs32Bit ? memory.placeInSegment(Segment.ss, state.gpr(Gpr.esp), length) : -1;
}

/** The return code segment: at its RPL, which must not be that of an inner ring. */
export function returnCodeSegment(core: Core, selector: number): Descriptor {
  if (selectorRpl(selector) < core.state.cpl) throw generalProtection(selectorError(selector));
  return codeSegmentAtRpl(core, selector, generalProtection);
}

/** The return stack segment, for ring `cpl`. */
export const returnStackSegment = (core: Core, selector: number, cpl: number): Descriptor =>
  stackSegment(core, selector, cpl, generalProtection);

/** Sets SS and (E)SP of the ring returned to; a 16-bit stack leaves the high half of ESP as it was. */
export function setReturnStack({ state }: Core, segment: Descriptor, pointer: number): void {
  loadDescriptor(state, Segment.ss, segment);
  state.stackPointer = pointer;
}

/** "FOR each of ES, FS, GS, DS: IF DPL < CPL and data or non-conforming code THEN load null". */
export function nullInaccessibleSegments({ state }: Core): void {
  const { cpl } = state;
  for (const segment of dataSegments) {
    const attributes = state.attributes(segment);
    if (attributeDpl(attributes) < cpl && !isConforming(attributes)) state.setSegment(segment, nullSegment(0));
  }
}
