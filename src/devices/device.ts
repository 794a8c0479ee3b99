// What a device of the PC is, to whoever owns it: the machine (technique `none`) or a monitor that shows the guest a
// virtual one. A device knows ports, virtual time and lines; it never knows its owner, the processor or memory.
//
// Rules for every device: no wall clock and no randomness; the same accesses at the same ticks give the same results.
// All port values are unsigned. `save()` gives plain structured-clonable data that later activity does not change;
// after `restore(state)` the device behaves exactly as it did when `state` was saved, provided that the clock has been
// set back to the same tick first.

/** Bits moved by one IN or OUT. */
export type AccessWidth = 8 | 16 | 32;

/** Ports `first` to `last` inclusive, and the access widths that the device takes whole; the bus splits the others. */
export interface PortRange {
  readonly first: number;
  readonly last: number;
  readonly widths: readonly AccessWidth[];
}

/** One row of the debugger's Devices view: live state in plain words, in the user's language. */
export interface DeviceField {
  /** The data sheet's name, such as `IMR`. */
  readonly name: string;
  /** Such as `0xfe`. */
  readonly value: string;
  /** Such as `only IRQ0 unmasked`. */
  readonly explanation: string;
}

export interface Device {
  /** Short and unique in one machine, such as `pic`. */
  readonly name: string;
  /** For people, such as `Interrupt controllers (8259A pair)`; translated where it is shown. */
  readonly title: string;
  /** What the RESET line of the bus does. What a battery or a disk keeps stays. */
  reset(): void;
  /** Never changes the device's state. */
  describe(): readonly DeviceField[];
}

/** A device that answers IN and OUT. */
export interface PortDevice extends Device {
  readonly ports: readonly PortRange[];
  /** `port` is in one of `ports`, `width` among its widths. Unsigned result of `width` bits. May change state. */
  readPort(port: number, width: AccessWidth): number;
  /** `value` is unsigned and fits `width`. */
  writePort(port: number, value: number, width: AccessWidth): void;
}

/** What time travel and whole-machine snapshots need. `State` is a plain, readonly, structured-clonable type. */
export interface Snapshot<State> {
  save(): State;
  restore(state: State): void;
}

/** Virtual time. A tick is one guest instruction done (see `virtualTime.ts` for its length in seconds). */
export interface Clock {
  readonly now: number;
  /** `expired` runs once `now` has reached the deadline. Timers due together run in order of creation. */
  createTimer(expired: () => void): Timer;
}

/** One event of one device; a device creates its timers once, when it is built. */
export interface Timer {
  /** The tick it is armed for, or undefined. */
  readonly deadline: number | undefined;
  /** Replaces an earlier deadline. A deadline that has passed expires as soon as possible. */
  arm(deadline: number): void;
  disarm(): void;
}

/** A wire into an interrupt controller, or out of one to a processor. Raising a raised line does nothing. */
export interface InterruptLine {
  raise(): void;
  lower(): void;
}

/** What a processor sees of the interrupt controller. */
export interface InterruptController {
  /** Is INTR asserted? */
  readonly pending: boolean;
  /** The INTA cycle: takes the highest request into service and gives its vector, 0–255 (the spurious one if it has gone). */
  acknowledge(): number;
  /** IRQ 0–15. */
  line(irq: number): InterruptLine;
}
