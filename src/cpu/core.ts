// What the pieces of the processor share: state, memory, and the outside world. Privileged machinery is written as
// functions over a `Core`.

import type { Linear } from '../base/address';
import type { DeliveryCounts } from './memory/deliveryCounts';
import type { MemoryUnit } from './memory/memoryUnit';
import type { ProcessorState } from './registers/state';

/** The port side of the bus. Values are unsigned. */
export interface PortSpace {
  read(port: number, width: 8 | 16 | 32): number;
  write(port: number, value: number, width: 8 | 16 | 32): void;
}

/** The INTR pin and its acknowledge cycle. */
export interface InterruptSource {
  readonly pending: boolean;
  /** INTA: the vector to deliver */
  acknowledge(): number;
}

/** Where an interrupt or exception came from (SDM Vol. 3A §6.3, §6.4); privilege checks of the gate depend on it. */
export type EventKind =
  | 'external'
  | 'nmi'
  | 'exception'
  /** INT n */
  | 'softwareInterrupt'
  /** INT3, INTO */
  | 'softwareException'
  /** INT1 */
  | 'privilegedSoftwareException';

export interface DeliveredEvent {
  readonly vector: number;
  readonly kind: EventKind;
  readonly errorCode: number | undefined;
  /** CS:EIP that was pushed, and the ring it ran in */
  readonly returnSelector: number;
  readonly returnEip: number;
  /** the linear address of these, as CS stood then */
  readonly returnLinear: Linear;
  readonly fromCpl: number;
  readonly toCpl: number;
  /** linear address of what was pushed last: the top of the handler's stack */
  readonly frame: Linear;
}

/** Told of what debuggers and ledgers care about. Called after the fact; must not change the machine. */
export interface ProcessorObserver {
  /**
   * Is it told of everything? If not, routines of threaded code make transfers that are known by themselves: it is told late of interrupts and
   * page faults, and not at all of those from which the guest has returned, nor of the page fault's being raised.
   */
  readonly seesEach: boolean;
  /** an instruction raised an exception; delivery follows */
  exceptionRaised(vector: number, errorCode: number | undefined): void;
  eventDelivered(event: DeliveredEvent): void;
  /** IRET has completed */
  interruptReturned(): void;
  /** CPL changed, by whatever means */
  ringChanged(from: number, to: number): void;
  /** the processor shut down: the exception that began the chain, and the last one */
  tripleFault(first: number, last: number): void;
}

export interface Core {
  readonly state: ProcessorState;
  readonly memory: MemoryUnit;
  readonly ports: PortSpace;
  readonly interrupts: InterruptSource;
  readonly deliveries: DeliveryCounts;
  observer: ProcessorObserver | undefined;
}
