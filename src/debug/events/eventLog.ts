// What has passed between rings, or to a handler, newest last and bounded: deliveries of exceptions and interrupts, returns from
// them, calls by other means, entries into the monitor. Kept as data; sentences are made when somebody asks.
//
// Transfers that routines make by themselves are not told of one by one, unless somebody wants to be told of each: these are
// counted only (`unseen`).

import type { DeliveredEvent, ProcessorObserver } from '../../cpu/core';
import { Vector } from '../../isa/exceptions';
import { Segment } from '../../isa/registers';
import type { Trap } from '../../monitor/exit';
import type { Guest } from '../../monitor/guest';
import type { System } from '../../monitor/system';
import type { TrappedInstruction } from '../../monitor/trappedInstruction';
import type { Visit } from '../../monitor/visit';

export type Happening =
  | {
      readonly kind: 'delivery';
      readonly event: DeliveredEvent;
      /** SS that the frame was pushed by */
      readonly stackSelector: number;
      /** of a page fault: the address */
      readonly cr2: number | undefined;
    }
  | { readonly kind: 'interruptReturn' }
  | { readonly kind: 'sysenter' }
  /** call gate, far return, SYSEXIT, task switch */
  | { readonly kind: 'ringChange' }
  | {
      readonly kind: 'monitorEntry';
      readonly exit: Trap;
      readonly cr2: number | undefined;
      /** filled in while the visit goes on */
      readonly about: Readonly<TrappedInstruction> | undefined;
    }
  | { readonly kind: 'tripleFault'; readonly first: number; readonly last: number };

export type NotedEvent = Happening & {
  /** from 1, in the order of what is noted */
  readonly number: number;
  /** virtual time */
  readonly ticks: number;
  /** rings: the hardware's at the entry of the monitor, otherwise those that the guest believes in */
  readonly from: number;
  readonly to: number;
  /** deliveries so far that were not noted */
  readonly unseen: number;
};

/** How many are kept at least. */
export const keptEvents = 10_000;

export class EventLog {
  /** the newest `keptEvents`, and up to as many older ones */
  private kept: NotedEvent[] = [];
  /** that began with the newest entry of the monitor */
  lastVisit: Visit | undefined;
  private noted = 0;
  private deliveriesNoted = 0;
  /** those that are not told of yet, while a visit is under way */
  private untold: NotedEvent[] = [];
  private tell: ((event: NotedEvent) => void) | undefined;
  private endObserving: readonly (() => void)[] = [];
  /** a change of rings of which it is not known yet what has brought it about */
  private ringChange: { readonly from: number; readonly to: number; readonly bySysenter: boolean } | undefined;

  constructor(private readonly system: System) {
    this.observe(false);
  }

  /** From now on all are noted, which takes time; `tell` is told of each, in their order, once all is known of it. */
  tellOfEach(tell: (event: NotedEvent) => void): void {
    this.tell = tell;
    this.observe(true);
  }

  /** From now on: are those noted too that would be made at full speed? */
  observe(seesEach: boolean): void {
    this.endObserving.forEach(end => end());
    this.endObserving = this.system.guests.map(guest => guest.observe(this.observer(guest, seesEach)));
  }

  /** Oldest first. */
  get events(): readonly NotedEvent[] {
    this.settle(this.system.running);
    return this.kept.slice(-keptEvents);
  }

  get newest(): NotedEvent | undefined {
    this.settle(this.system.running);
    return this.kept.at(-1);
  }

  /** All that can be known of what has happened so far is known. */
  private settle(guest: Guest): void {
    this.settleRingChange(guest);
    if (this.lastVisit?.isOver !== false) this.tellUntold();
  }

  /** The run has ended: there is nothing more to be known. */
  tellRest(): void {
    this.settleRingChange(this.system.running);
    this.tellUntold();
  }

  private tellUntold(): void {
    const { untold, tell } = this;
    if (untold.length === 0 || !tell) return;
    this.untold = [];
    untold.forEach(tell);
  }

  /** The newest one that is of this kind. */
  newestOf<Kind extends Happening['kind']>(kind: Kind): Extract<NotedEvent, { kind: Kind }> | undefined {
    const isOf = (event: NotedEvent): event is Extract<NotedEvent, { kind: Kind }> => event.kind === kind;
    return this.kept.findLast(isOf);
  }

  /** Deliveries so far that were not noted: they were made at full speed, and the guest has returned from them. */
  get unseen(): number {
    return this.system.running.vcpu.state.deliveryCount - this.deliveriesNoted;
  }

  /** The guest has lost control; what becomes of it has not begun yet. */
  monitorEntered(visit: Visit): void {
    const { exit } = visit;
    const guest = this.system.running;
    this.settle(guest);
    if (exit.kind === 'emulation') return;
    const isPageFault = exit.kind === 'exception' && exit.vector === Vector.pageFault;
    const cr2 = isPageFault ? this.system.machine.hardware.state.get('cr2') >>> 0 : undefined;
    this.note(guest, { kind: 'monitorEntry', exit, cr2, about: visit.about }, exit.ring, 0);
    this.lastVisit = visit;
  }

  private note(guest: Guest, happening: Happening, from: number, to: number): void {
    this.settle(guest);
    const noted = { ...happening, number: ++this.noted, ticks: guest.now, from, to, unseen: this.unseen };
    this.kept.push(noted);
    if (this.kept.length >= 2 * keptEvents) this.kept = this.kept.slice(-keptEvents);
    if (this.tell) this.untold.push(noted);
  }

  private settleRingChange(guest: Guest): void {
    const { ringChange } = this;
    if (!ringChange) return;
    this.ringChange = undefined;
    const { from, to, bySysenter } = ringChange;
    this.note(guest, { kind: bySysenter ? 'sysenter' : 'ringChange' }, from, to);
  }

  private observer(guest: Guest, seesEach: boolean): ProcessorObserver {
    const { state } = guest.vcpu;
    return {
      seesEach,
      exceptionRaised: () => {},
      eventDelivered: event => {
        this.ringChange = undefined;
        this.deliveriesNoted++;
        const isPageFault = event.kind === 'exception' && event.vector === Vector.pageFault;
        const stackSelector = state.selector(Segment.ss) & 0xffff;
        const cr2 = isPageFault ? state.get('cr2') >>> 0 : undefined;
        this.note(guest, { kind: 'delivery', event, stackSelector, cr2 }, event.fromCpl, event.toCpl);
      },
      interruptReturned: () => {
        const { from, to } = this.ringChange ?? { from: state.cpl, to: state.cpl };
        this.ringChange = undefined;
        this.note(guest, { kind: 'interruptReturn' }, from, to);
      },
      ringChanged: (from, to) => {
        this.settleRingChange(guest);
        const bySysenter = to === 0 && state.get('sysenterEip') >>> 0 === state.eip && state.get('sysenterCs') !== 0;
        this.ringChange = { from, to, bySysenter };
      },
      tripleFault: (first, last) => {
        this.note(guest, { kind: 'tripleFault', first, last }, state.cpl, state.cpl);
      },
    };
  }
}
