// A guest on virtual or real hardware: what a technique builds, and what the debugger drives. The guest believes that it
// has a whole PC to itself; `hardware` is what really runs.

import type { GuestPhysical, HostPhysical } from '../base/address';
import type { AccessWatch } from '../cpu/memory/accessWatch';
import type { PhysicalMemory } from '../cpu/memory/physicalMemory';
import type { MicroProgram } from '../ir/microOp';
import type { Processor } from '../cpu/processor';
import type { ProcessorObserver } from '../cpu/core';
import type { ProcessorState } from '../cpu/registers/state';
import type { PcDevices } from '../devices/pcDevices';
import type { Visit } from './visit';

export const techniqueNames = ['none', 'trapAndEmulate'] as const;
export type TechniqueName = (typeof techniqueNames)[number];

export type SystemStep =
  /** a guest instruction has completed, or an event has been delivered, without the monitor */
  | { readonly kind: 'guest' }
  /** the monitor has control: let its visit run, or step it; then step on */
  | { readonly kind: 'monitor'; readonly visit: Visit }
  /** HLT with interrupts off: nothing will ever happen again */
  | { readonly kind: 'halted' }
  | { readonly kind: 'shutdown' };

/** The CPU as a debugger shows it: what the guest believes, from whatever places it is kept in. */
export interface System {
  readonly technique: TechniqueName;
  readonly hardware: Processor;
  /** the guest's RAM, under guest-physical addresses */
  readonly guestMemory: PhysicalMemory;
  readonly devices: PcDevices;
  /**
   * Accesses of the guest to linear addresses, as it believes them to be, that somebody wants to know of: whichever
   * processor made them. Where the hardware reads a monitor's copy of a descriptor table, the guest's own is not accessed.
   */
  readonly accesses: AccessWatch;
  /** Virtual time in ticks: guest instructions retired, and idle time. */
  readonly now: number;
  /** Exits so far, by reason. */
  readonly exits: ReadonlyMap<string, number>;
  /** Switches to the host's world so far, by the device that a process there stands for. */
  readonly hostSwitches: ReadonlyMap<string, number>;
  /** Told of events as the guest sees them (its own IDT, its own rings). */
  guestObserver: ProcessorObserver | undefined;

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
  /** What the guest believes its registers to be. A view: read it, do not keep or change it. */
  believed(): ProcessorState;
  /** Changes the guest's registers as if the guest had done it itself. */
  edit(change: (state: ProcessorState) => void): void;
  /** The instruction that comes next, or undefined where it cannot be fetched. Only looks. */
  nextInstruction(): MicroProgram | undefined;
  /** Where guest-physical memory lies in the machine. */
  hostPhysical(address: GuestPhysical): HostPhysical;
  /** RESET pressed: the guest starts again from its image. */
  reset(): void;
}
