// A system: a machine, the technique by which it runs guests, and the guests. What a technique builds, and what the
// debugger drives.

import type { Machine } from '../machine/machine';
import type { Guest } from './guest';
import type { Visit } from './visit';

export const techniqueNames = ['none', 'trapAndEmulate'] as const;
export type TechniqueName = (typeof techniqueNames)[number];

export type SystemStep =
  /** a guest instruction has completed, or an event has been delivered, without the monitor */
  | { readonly kind: 'guest' }
  /** the monitor has control: let its visit run, or step it; then step on */
  | { readonly kind: 'monitor'; readonly visit: Visit }
  /** HLT, which no device of the guest's will ever end: nothing happens any more, unless somebody gives the guest input */
  | { readonly kind: 'halted' }
  | { readonly kind: 'shutdown' };

export interface System {
  readonly technique: TechniqueName;
  readonly machine: Machine;
  readonly guests: readonly [Guest, ...Guest[]];
  /** The guest that the machine runs, or has run last. */
  readonly running: Guest;

  /** One instruction, one delivered event, or the entry into the monitor. */
  step(): SystemStep;
  /**
   * Lets the guest run for up to `ticks` instructions while nothing happens that `setStops` asks to see, and gives how many
   * it was. Ends where the monitor gets control, and where the guest halts or exits. After 0, `step`.
   */
  run(ticks: number): number;
  /**
   * Linear addresses before which `run` ends. `seesAll`: it also ends before privileged and sensitive instructions, and
   * whatever raises an exception or interrupts.
   */
  setStops(addresses: ReadonlySet<number>, seesAll: boolean): void;
  /** RESET pressed: the guests start again from their images. */
  reset(): void;
}
