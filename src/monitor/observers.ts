// Several who watch one processor, as the one observer that it knows.

import type { DeliveredEvent, ProcessorObserver } from '../cpu/core';

/** Undefined where nobody watches: then the processor need not tell. */
export function together(observers: readonly ProcessorObserver[]): ProcessorObserver | undefined {
  return observers.length > 1 ? new Together(observers) : observers[0];
}

class Together implements ProcessorObserver {
  readonly seesEach: boolean;

  constructor(private readonly observers: readonly ProcessorObserver[]) {
    this.seesEach = observers.some(({ seesEach }) => seesEach);
  }

  exceptionRaised(vector: number, errorCode: number | undefined): void {
    for (const observer of this.observers) observer.exceptionRaised(vector, errorCode);
  }

  eventDelivered(event: DeliveredEvent): void {
    for (const observer of this.observers) observer.eventDelivered(event);
  }

  interruptReturned(): void {
    for (const observer of this.observers) observer.interruptReturned();
  }

  ringChanged(from: number, to: number): void {
    for (const observer of this.observers) observer.ringChanged(from, to);
  }

  tripleFault(first: number, last: number): void {
    for (const observer of this.observers) observer.tripleFault(first, last);
  }
}
