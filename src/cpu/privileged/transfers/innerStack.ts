// The stack of an inner ring, from the current TSS (SDM Vol. 3A §5.8.5, §7.2.1): for call gates and for interrupts.

import { is32BitSystem } from '../../../isa/descriptorTypes';
import { Segment } from '../../../isa/registers';
import { innerStackOffset } from '../../../isa/taskState';
import type { Core } from '../../core';
import { type Descriptor, selectorError } from '../descriptorTables';
import { invalidTss } from '../../registers/fault';
import { stackSegment } from '../segmentation';

export interface InnerStack {
  readonly segment: Descriptor;
  readonly pointer: number;
}

/** SSn:ESPn for ring `dpl`, checked. `external` is 1 while an event is delivered. */
export function readInnerStack(core: Core, dpl: number, external: number): InnerStack {
  const { state, memory } = core;
  const bytes = is32BitSystem(state.attributes(Segment.tr)) ? 4 : 2;
  // TSSstackAddress
  const offset = innerStackOffset(dpl, bytes);
  if (offset + bytes + 1 > state.limit(Segment.tr))
    throw invalidTss(selectorError(state.selector(Segment.tr), external));
  const address = state.base(Segment.tr) + offset;
  const selector = memory.readSystem(address + bytes, 2);
  const pointer = memory.readSystem(address, bytes) >>> 0;
  return { segment: stackSegment(core, selector, dpl, invalidTss, external), pointer };
}
