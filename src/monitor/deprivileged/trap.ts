// Traps in the form that all techniques share, and in words.

import type { Processor } from '../../cpu/processor';
import type { ProcessorState } from '../../cpu/registers/state';
import { exceptionRow, exceptionText } from '../../isa/exceptions';
import { Gpr, Segment, segmentRegisters } from '../../isa/registers';
import { hex } from '../../base/hex';
import type { Trap } from '../exit';
import { hostTimerVector } from './monitorMemory';
import { ringOf, type TrapFrame } from './worldSwitch';

export function exitOf({ vector, errorCode, context }: TrapFrame): Trap {
  const ring = ringOf(context);
  return vector === hostTimerVector ? { kind: 'hostTimer', ring } : { kind: 'exception', vector, errorCode, ring };
}

/** The hardware as it was when the guest trapped: what the frame tells, and what a trap leaves alone. Segments have their selectors only. */
export function trappedState({ state: now }: Processor, { context }: TrapFrame): ProcessorState {
  const state = now.clone();
  state.eip = context.eip;
  state.setGpr(Gpr.esp, context.esp);
  for (const segment of segmentRegisters)
    state.setSegment(segment, { ...state.segment(segment), selector: context.selectors[segment] });
  state.cpl = ringOf(context);
  state.eflags = context.eflags;
  return state;
}

/** Such as `#GP(0) at 0x9:0x100032`. */
export function describeTrap({ vector, errorCode, context }: TrapFrame): string {
  const name = vector === hostTimerVector ? "the host's timer interrupt" : exceptionText(vector, errorCode);
  return `${name} at ${hex(context.selectors[Segment.cs])}:${hex(context.eip, 8)}`;
}

export const describeVector = (vector: number): string => exceptionRow(vector)?.name ?? `interrupt ${hex(vector, 2)}`;
