// Where a guest is, and where a run is.

import type { Linear } from '../base/address';
import { Segment } from '../isa/registers';
import { Activity } from '../isa/state';
import type { ProcessorState } from '../cpu/registers/state';
import type { System } from '../monitor/system';
import type { Visit } from '../monitor/visit';

/** Linear address of the instruction that `state` would execute next. */
export const linearEipOf = (state: ProcessorState): Linear => (state.base(Segment.cs) + state.eip) >>> 0;

/** Linear address of the guest's next instruction. */
export const linearEip = (system: System): Linear => linearEipOf(system.running.level.believed());

/** Linear address of the top of the stack. */
export const linearStackPointer = (state: ProcessorState): Linear =>
  (state.base(Segment.ss) + state.stackPointer) >>> 0;

/** Has the processor stopped at HLT, to wait for an interrupt? */
export const isHalted = (state: ProcessorState): boolean => state.get('activity') === Activity.halted;

/** How far a run has come: virtual time, and in the monitor the statements that its visit has come to. Runs repeat exactly, so that this names a stop. */
export interface Position {
  readonly ticks: number;
  readonly statement: number | undefined;
}

export const positionOf = ({ system, visit }: { system: System; visit: Visit | undefined }): Position => ({
  ticks: system.running.now,
  statement: visit?.isUnderWay ? visit.position : undefined,
});

/** `tick 5, statement 3 of the monitor` */
export function positionText(run: { system: System; visit: Visit | undefined }): string {
  const { ticks, statement } = positionOf(run);
  return statement === undefined ? `tick ${ticks}` : `tick ${ticks}, statement ${statement} of the monitor`;
}
