// An event on its way to delivery: what its kind says about error codes and flags.

import { exceptionRow, SelectorError } from '../../../isa/exceptions';
import { Eflags } from '../../../isa/flags';
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

/** EFLAGS as pushed: RF is set for faults, so that the instruction breakpoint is not met again on return (Vol. 3B §17.3.1.1). */
export function flagsImage(state: ProcessorState, { vector, kind }: PendingEvent): number {
  const isFault = kind === 'exception' && exceptionRow(vector)?.kind === 'fault';
  return isFault ? state.eflags | Eflags.rf : state.eflags;
}
