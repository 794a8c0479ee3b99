// Traps in the form that all techniques share, and in words.

import { exceptionRow, exceptionText } from '../../isa/exceptions';
import { Segment } from '../../isa/registers';
import { hex } from '../../base/hex';
import type { Trap } from '../exit';
import { hostTimerVector } from './monitorMemory';
import { ringOf, type TrapFrame } from './worldSwitch';

export function exitOf({ vector, errorCode, context }: TrapFrame): Trap {
  const ring = ringOf(context);
  return vector === hostTimerVector ? { kind: 'hostTimer', ring } : { kind: 'exception', vector, errorCode, ring };
}

/** Such as `#GP(0) at 0x9:0x100032`. */
export function describeTrap({ vector, errorCode, context }: TrapFrame): string {
  const name = vector === hostTimerVector ? "the host's timer interrupt" : exceptionText(vector, errorCode);
  return `${name} at ${hex(context.selectors[Segment.cs])}:${hex(context.eip, 8)}`;
}

export const describeVector = (vector: number): string => exceptionRow(vector)?.name ?? `interrupt ${hex(vector, 2)}`;
