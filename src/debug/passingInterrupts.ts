// Interrupts that come by while a step is under way: nothing of what the guest's instruction does, only of the time that has
// passed. A step goes over their handlers, unless it is a wait for just that.

import type { DeliveredEvent } from '../cpu/core';
import type { ProcessorState } from '../cpu/registers/state';
import type { System } from '../monitor/system';
import type { Crossings } from './crossings';
import { isInFirmware } from './position';

export interface StepBeginning {
  /** handlers that were under way */
  readonly depth: number;
  /** the guest waits for an interrupt: the handler is entered, if it is the guest's own and not the firmware's */
  readonly wanted: boolean;
}

export class PassingInterrupts {
  constructor(
    private readonly system: System,
    private readonly crossings: Crossings,
    private readonly beginning: StepBeginning,
  ) {}

  /** The interrupt whose handler has not returned yet. */
  underWay(state: ProcessorState): DeliveredEvent | undefined {
    const { depth, wanted } = this.beginning;
    if (this.crossings.isBack(state, depth)) return undefined;
    const event = this.crossings.eventBeyond(depth);
    if (event?.kind !== 'external' && event?.kind !== 'nmi') return undefined;
    return wanted && !isInFirmware(this.system) ? undefined : event;
  }
}
