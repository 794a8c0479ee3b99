// Why a guest lost control to the monitor: one shape for each cause. A technique adds the causes that are its own.

import { unreachable } from '../base/exhaustive';
import { marked } from '../base/localization';
import { vectorName } from '../isa/exceptions';

export type Exit =
  /** an exception or software interrupt of the guest, which the hardware has delivered to the monitor */
  | {
      readonly kind: 'exception';
      readonly vector: number;
      readonly errorCode: number | undefined;
      /** ring that the guest was really in */
      readonly ring: number;
    }
  /** the host's own timer, set for the first virtual device that has something to do; and the ring that it interrupted */
  | { readonly kind: 'hostTimer'; readonly ring: number }
  /** the hardware cannot hold the guest's state, so that the monitor goes on for it */
  | { readonly kind: 'emulation' };

/** What the hardware itself hands to the monitor. */
export type Trap = Exclude<Exit, { readonly kind: 'emulation' }>;

/** Such as `#GP`, `host timer`, `emulation`: what exits are counted by, translated where it is shown. */
export function exitReason(exit: Exit): string {
  switch (exit.kind) {
    case 'exception':
      return vectorName(exit.vector);
    case 'hostTimer':
      return marked`host timer`;
    case 'emulation':
      return marked`emulation`;
    default:
      return unreachable(exit);
  }
}
