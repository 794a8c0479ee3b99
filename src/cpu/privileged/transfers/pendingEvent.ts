// An event on its way to delivery: what its kind says about error codes and flags.

import { pushedResumeFlag, SelectorError } from '../../../isa/exceptions';
import type { EventKind } from '../../core';
import type { ProcessorState } from '../../registers/state';

/** An event to deliver. */
export interface PendingEvent {
  readonly vector: number;
  readonly kind: EventKind;
  readonly errorCode: number | undefined;
  /** offset to push: of the faulting instruction, or of the next one */
  readonly returnEip: number;
}

/** EXT (§6.13): the event does not come from an INT n, INT3 or INTO of the program. */
export const externalBit = ({ kind }: PendingEvent): number =>
  kind === 'softwareInterrupt' || kind === 'softwareException' ? 0 : SelectorError.external;

/** EFLAGS as pushed. */
export const flagsImage = (state: ProcessorState, { vector, kind }: PendingEvent): number =>
  state.eflags | (kind === 'exception' ? pushedResumeFlag(vector) : 0);
