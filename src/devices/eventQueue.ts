// The clock that devices see: it reads the owner's tick counter and keeps the timers. The owner runs guest
// instructions until `nextDeadline`, then calls `runDue()`. With a processor in HLT it advances its counter to
// `nextDeadline` at once, so an idle guest costs nothing.
//
// A snapshot of the queue is not needed: each device saves its own deadlines and arms its timers again on restore. Ties
// are settled by creation order, which does not depend on when the timers were armed, so a restored run repeats.
import type { Clock, Timer } from './device';

class QueuedTimer implements Timer {
  deadline: number | undefined;

  constructor(
    private readonly queue: EventQueue,
    readonly expired: () => void,
  ) {}

  arm(deadline: number): void {
    this.change(deadline);
  }

  disarm(): void {
    if (this.deadline !== undefined) this.change(undefined);
  }

  private change(deadline: number | undefined): void {
    const { deadline: before = Infinity } = this;
    this.deadline = deadline;
    this.queue.deadlineChanged(before, deadline ?? Infinity);
  }
}

export class EventQueue implements Clock {
  /** Called when `nextDeadline` may have changed, so that a running processor can be told to stop earlier. */
  observer: (() => void) | undefined;
  private readonly timers: QueuedTimer[] = [];
  private earliest = Infinity;

  /** `ticks` reads the owner's count: guest instructions done, and ticks skipped while halted. */
  constructor(private readonly ticks: () => number) {}

  get now(): number {
    return this.ticks();
  }

  /** The earliest armed deadline, or Infinity. */
  get nextDeadline(): number {
    return this.earliest;
  }

  createTimer(expired: () => void): Timer {
    const timer = new QueuedTimer(this, expired);
    this.timers.push(timer);
    return timer;
  }

  /** Runs every timer that is due, in order of deadline, including those that become due meanwhile. */
  runDue(): void {
    for (let timer = this.firstDue(); timer; timer = this.firstDue()) {
      timer.disarm();
      timer.expired();
    }
  }

  /** For the queue's own timers; Infinity stands for none. */
  deadlineChanged(before: number, after: number): void {
    if (after <= this.earliest) this.earliest = after;
    else if (before === this.earliest) this.earliest = this.findEarliest();
    this.observer?.();
  }

  private findEarliest(): number {
    let earliest = Infinity;
    for (const { deadline } of this.timers) if (deadline !== undefined && deadline < earliest) earliest = deadline;
    return earliest;
  }

  private firstDue(): QueuedTimer | undefined {
    if (this.earliest > this.now) return undefined;
    return this.timers.find(timer => timer.deadline === this.earliest);
  }
}
