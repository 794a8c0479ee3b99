// Why a run came to its end.

import type { GuestEvent } from './guestEvents';

/** Why the guest will not run any further. */
export type Ending =
  /** by the debug-exit port */
  | { readonly kind: 'exit'; readonly code: number }
  /** HLT, and nothing that could end it */
  | { readonly kind: 'halted' }
  /** triple fault */
  | { readonly kind: 'shutdown' };

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
