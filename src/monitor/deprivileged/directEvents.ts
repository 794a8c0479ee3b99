// What happens to a guest on the hardware with no monitor in between: an event that its own handler gets, an IRET that does not
// trap. Whoever observes the guest is told of it as the guest sees it. What leads into the monitor or out of it is the
// monitor's own affair: the virtual CPU tells what becomes of that.

import type { DeliveredEvent, ProcessorObserver } from '../../cpu/core';

/** The guest as the hardware runs it. */
export interface DirectGuest {
  /** Has the guest control, and not the monitor? */
  isRunning(): boolean;
  /** the ring that the guest believes in where the hardware has this one; undefined for the monitor's */
  believedRing(ring: number): number | undefined;
}

export class DirectEvents implements ProcessorObserver {
  readonly seesEach: boolean;
  /** an exception of which it is not known yet whose handler gets it */
  private raised: { readonly vector: number; readonly errorCode: number | undefined } | undefined;

  constructor(
    private readonly observer: ProcessorObserver,
    private readonly guest: DirectGuest,
  ) {
    this.seesEach = observer.seesEach;
  }

  exceptionRaised(vector: number, errorCode: number | undefined): void {
    this.raised = { vector, errorCode };
  }

  eventDelivered(event: DeliveredEvent): void {
    const [fromCpl, toCpl] = [event.fromCpl, event.toCpl].map(ring => this.guest.believedRing(ring));
    if (fromCpl !== undefined && toCpl !== undefined) {
      this.tellRaised();
      const returnSelector = (event.returnSelector & ~3) | fromCpl;
      this.observer.eventDelivered({ ...event, returnSelector, fromCpl, toCpl });
    }
    this.raised = undefined;
  }

  interruptReturned(): void {
    if (this.guest.isRunning()) this.observer.interruptReturned();
  }

  ringChanged(from: number, to: number): void {
    const [believedFrom, believedTo] = [from, to].map(ring => this.guest.believedRing(ring));
    if (believedFrom === undefined || believedTo === undefined || believedFrom === believedTo) return;
    this.tellRaised();
    this.observer.ringChanged(believedFrom, believedTo);
  }

  /** The hardware under a monitor does not shut down for anything that a guest does. */
  tripleFault(): void {
    this.raised = undefined;
  }

  private tellRaised(): void {
    if (this.raised) this.observer.exceptionRaised(this.raised.vector, this.raised.errorCode);
    this.raised = undefined;
  }
}
