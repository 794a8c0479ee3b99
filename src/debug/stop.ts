// Why a run came to its end.

import { unreachable } from '../base/exhaustive';
import type { GuestEvent } from './guestEvents';

/** Why the guest will not run any further. */
export type Ending =
  /** by the debug-exit port */
  | { readonly kind: 'exit'; readonly code: number }
  /** HLT, and nothing that could end it */
  | { readonly kind: 'halted' }
  /** triple fault */
  | { readonly kind: 'shutdown' };

/**
 * The process's exit code for a guest's end: 0 if it halted or wrote 0 to the debug-exit port; the port's odd code, as QEMU
 * gives it, for any other value; 4 for a triple fault.
 */
export function exitCodeOf(ending: Ending): number {
  switch (ending.kind) {
    case 'exit':
      return ending.code === debugExitZero ? 0 : ending.code & 0xff;
    case 'halted':
      return 0;
    case 'shutdown':
      return tripleFaultExitCode;
    default:
      return unreachable(ending);
  }
}

export const tripleFaultExitCode = 4;
/** (value << 1) | 1 for the value 0 */
const debugExitZero = 1;

export type Stop =
  /** what was to be reached has been reached */
  | { readonly kind: 'goal' }
  | { readonly kind: 'pause' }
  /** as many steps have been taken as were allowed */
  | { readonly kind: 'limit' }
  | {
      readonly kind: 'breakpoint';
      readonly of: 'source' | 'function' | 'instruction';
      readonly ids: readonly number[];
      /** what is wrong with the breakpoint's condition, if that is why it stopped */
      readonly problem?: string;
    }
  | { readonly kind: 'event'; readonly event: GuestEvent; readonly problem?: string }
  | { readonly kind: 'ended'; readonly ending: Ending };
