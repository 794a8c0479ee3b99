// Traps in the form that all techniques share, and in words.

import type { Linear } from '../../base/address';
import type { Processor } from '../../cpu/processor';
import type { ProcessorState } from '../../cpu/registers/state';
import { exceptionName, exceptionText } from '../../isa/exceptions';
import { Eflags } from '../../isa/flags';
import { dataSegments, Gpr, Segment, segmentNames, segmentRegisters } from '../../isa/registers';
import { hex } from '../../base/hex';
import { t } from '../../base/localization';
import type { Trap } from '../exit';
import type { PushedFrame, PushedWord } from '../pushedFrame';
import { hostTimerVector, monitorData } from './monitorMemory';
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

/** The frame as it lay on the monitor's stack, which it was the first thing on. */
export function pushedFrame({ vector, errorCode, context }: TrapFrame, stackTop: Linear): PushedFrame {
  const selector = (segment: number): PushedWord => ({
    name: segmentNames[segment].toUpperCase(),
    value: context.selectors[segment],
  });
  const words: readonly PushedWord[] = [
    ...(errorCode === undefined ? [] : [{ name: undefined, value: errorCode }]),
    { name: 'EIP', value: context.eip },
    selector(Segment.cs),
    { name: 'EFLAGS', value: context.eflags >>> 0 },
    { name: 'ESP', value: context.esp >>> 0 },
    selector(Segment.ss),
    ...(context.eflags & Eflags.vm ? dataSegments.map(selector) : []),
  ];
  const address = stackTop - words.length * 4;
  const before = { selector: context.selectors[Segment.ss], pointer: context.esp >>> 0 };
  return { vector, address, words, before, after: { selector: monitorData, pointer: address } };
}

/** Such as `#GP(0) at 0x9:0x100032`. */
export function describeTrap({ vector, errorCode, context }: TrapFrame): string {
  const name = vector === hostTimerVector ? t`the host's timer interrupt` : exceptionText(vector, errorCode);
  return t`${name} at ${`${hex(context.selectors[Segment.cs])}:${hex(context.eip, 8)}`}`;
}

export const describeVector = (vector: number): string => exceptionName(vector) ?? t`interrupt ${hex(vector, 2)}`;
