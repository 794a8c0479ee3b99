// What the hardware pushed when a guest lost control to the monitor, and from which stack to which it went: for who looks at the
// crossing.

import type { Linear } from '../base/address';

export interface StackPlace {
  readonly selector: number;
  readonly pointer: number;
}

export interface PushedWord {
  /** as the manuals call it, such as `EIP`; undefined of the error code */
  readonly name: string | undefined;
  readonly value: number;
}

export interface PushedFrame {
  /** of the hardware's gate that it went through */
  readonly vector: number;
  /** of what was pushed last, where the hardware has it */
  readonly address: Linear;
  /** from there upwards, four bytes each */
  readonly words: readonly PushedWord[];
  readonly before: StackPlace;
  readonly after: StackPlace;
}
