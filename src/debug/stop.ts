// Why a run came to its end.

import { unreachable } from '../base/exhaustive';
import type { Access } from '../cpu/memory/accessWatch';
import type { DeliveredEvent } from '../cpu/core';
import type { CodeBreakpointKind } from './breakpoints';
import type { GuestEvent } from './guestEvents';

/** Why the guest will not run any further. */
export type Ending =
  /** by the debug-exit port */
  | { readonly kind: 'exit'; readonly code: number }
  /** HLT, and nothing that could end it; with interrupts on, or in the firmware, a guest did not mean it to be the end */
  | { readonly kind: 'halted'; readonly interruptsOn: boolean; readonly inFirmware: boolean }
  /** triple fault */
  | { readonly kind: 'shutdown' };

/**
 * The process's exit code for a guest's end: 0 if it halted or wrote 0 to the debug-exit port; the port's odd code, as QEMU
 * gives it, for any other value; 4 for a triple fault, 8 for a wait that nothing will end, 10 where the firmware has given up.
 */
export function exitCodeOf(ending: Ending): number {
  switch (ending.kind) {
    case 'exit':
      return ending.code === debugExitZero ? 0 : ending.code & 0xff;
    case 'halted':
      return ending.inFirmware ? firmwareExitCode : ending.interruptsOn ? endlessWaitExitCode : 0;
    case 'shutdown':
      return tripleFaultExitCode;
    default:
      return unreachable(ending);
  }
}

export const tripleFaultExitCode = 4;
export const endlessWaitExitCode = 8;
export const firmwareExitCode = 10;
/** (value << 1) | 1 for the value 0 */
const debugExitZero = 1;

/** Has the guest come to an end that it cannot have meant? */
export const isFailure = (ending: Ending): boolean =>
  ending.kind === 'shutdown' || (ending.kind === 'halted' && (ending.interruptsOn || ending.inFirmware));

/** What a data breakpoint has seen. */
export interface WatchedAccess extends Omit<Access, 'now'> {
  /** what was there when the instruction was over, byte by byte */
  readonly after: Uint8Array;
  /** the event for whose delivery the processor made the access by itself, if it was that */
  readonly delivery: DeliveredEvent | undefined;
}

export type Stop =
  /** what was to be reached has been reached */
  | { readonly kind: 'goal' }
  | { readonly kind: 'pause' }
  /** as many steps have been taken as were allowed */
  | { readonly kind: 'limit' }
  | {
      readonly kind: 'breakpoint';
      readonly of: CodeBreakpointKind;
      readonly ids: readonly number[];
      /** what is wrong with the breakpoint's condition, if that is why it stopped */
      readonly problem?: string;
    }
  /** a data breakpoint, after the instruction that made the access */
  | {
      readonly kind: 'access';
      readonly ids: readonly number[];
      readonly access: WatchedAccess;
      readonly problem?: string;
    }
  /** a breakpoint on the change of a register, after the instruction or event that changed it */
  | {
      readonly kind: 'register';
      readonly ids: readonly number[];
      readonly name: string;
      readonly before: number;
      readonly now: number;
      readonly problem?: string | undefined;
    }
  | { readonly kind: 'event'; readonly event: GuestEvent; readonly problem?: string }
  | { readonly kind: 'ended'; readonly ending: Ending };
