// Where a guest is, and where a run is.

import type { Linear } from '../base/address';
import { t } from '../base/localization';
import { Segment } from '../isa/registers';
import { Activity } from '../isa/state';
import type { ProcessorState } from '../cpu/registers/state';
import type { Position } from '../monitor/inputLog';
import type { System } from '../monitor/system';

/** Linear address of the instruction that `state` would execute next. */
export const linearEipOf = (state: ProcessorState): Linear => (state.base(Segment.cs) + state.eip) >>> 0;

/** Linear address of the guest's next instruction. */
export const linearEip = (system: System): Linear => linearEipOf(system.running.level.believed());

/** Linear address of the top of the stack. */
export const linearStackPointer = (state: ProcessorState): Linear =>
  (state.base(Segment.ss) + state.stackPointer) >>> 0;

/** Has the processor stopped at HLT, to wait for an interrupt? */
export const isHalted = (state: ProcessorState): boolean => state.get('activity') === Activity.halted;

/** Is the guest in the BIOS? It runs without paging, where linear addresses are physical. */
export function isInFirmware(system: System): boolean {
  const { level, memory } = system.running;
  return !level.believed().paging && memory.isRom(linearEip(system));
}

/** `tick 5, event 2, statement 3 of the monitor` */
export function positionText({ ticks, events, statement }: Position): string {
  return statement === undefined
    ? t`tick ${ticks}, event ${events}`
    : t`tick ${ticks}, event ${events}, statement ${statement} of the monitor`;
}
