// What may stop a guest on its way: breakpoints at the instruction that it has come to, filters on that instruction, and
// filters on what happened while it took a step. Where nothing is set, nothing is looked at.

import type { Linear } from '../base/address';
import type { DeliveredEvent, ProcessorObserver } from '../cpu/core';
import type { ProcessorState } from '../cpu/registers/state';
import { Eflags } from '../isa/flags';
import { isRepeated } from '../isa/instruction';
import type { Statement } from '../monitor/statements';
import type { System } from '../monitor/system';
import type { Breakpoints } from './breakpoints';
import type { Crossings } from './crossings';
import type { GuestContext } from './expressions/guestContext';
import { eventFacts, filterRows, type GuestEvent } from './guestEvents';
import { RegisterWatch } from './registerWatch';
import { isHalted, linearEipOf } from './position';
import { isPrivileged, silentReason } from './sensitivity';
import type { Stop } from './stop';

export interface StopCheckParts {
  readonly system: System;
  readonly breakpoints: Breakpoints;
  readonly crossings: Crossings;
  /** What a logpoint says. */
  readonly log: (text: string, place: Linear | Statement) => void;
}

export class StopChecks {
  /** what conditions are judged in; without it nothing stops */
  context: GuestContext | undefined;
  /** exception that began the end, and the last one, after a triple fault */
  tripleFault: { readonly first: number; readonly last: number } | undefined;
  /** what happened during the step, if a filter may want it */
  private happened: GuestEvent[] = [];
  /** the last exception raised, until it is delivered */
  private lastException: Extract<GuestEvent, { kind: 'exception' }> | undefined;
  /** where breakpoints were last asked, so that one arrival is not judged twice */
  private judged: { readonly linear: Linear; readonly now: number } | undefined;
  /** the last arrival judged, if an event came before its instruction; and the handlers under way before that event */
  private interrupted: { readonly linear: Linear; readonly depth: number; readonly byFault: boolean } | undefined;
  /** the last event delivered that may have made the accesses noted since */
  private lastDelivery: DeliveredEvent | undefined;
  private readonly system: System;
  private readonly breakpoints: Breakpoints;
  readonly registers: RegisterWatch;
  private endObserving: () => void;

  constructor(private readonly parts: StopCheckParts) {
    this.system = parts.system;
    this.breakpoints = parts.breakpoints;
    this.registers = new RegisterWatch(parts.breakpoints);
    this.endObserving = this.observe(undefined);
  }

  /** `tell` is told of every exception and interrupt that reaches a handler of the guest; and all of them are looked at, which takes time. */
  tellOfEach(tell: (event: DeliveredEvent) => void): void {
    this.endObserving();
    this.endObserving = this.observe(tell);
  }

  /** Whichever guest runs. */
  private observe(tell: ((event: DeliveredEvent) => void) | undefined): () => void {
    const observer = this.observer(tell);
    const ends = this.system.guests.map(guest => guest.observe(observer));
    return () => ends.forEach(end => end());
  }

  /** Is there anything that could stop the guest before an instruction? */
  get looksBefore(): boolean {
    return this.breakpoints.addresses.size > 0 || this.watchesInstructions;
  }

  /** The addresses of breakpoints: another map whenever they have changed. */
  get addresses(): ReadonlyMap<number, unknown> {
    return this.breakpoints.addresses;
  }

  get watchesMonitorEntry(): boolean {
    return this.breakpoints.isOn('monitorEntry');
  }

  // --- in the monitor

  /** Is there a breakpoint in the monitor's source? */
  get watchesStatements(): boolean {
    return this.breakpoints.statements.size > 0;
  }

  /** Breakpoints at the statement that the monitor has come to. */
  beforeStatement(statement: Statement): Stop | undefined {
    return this.breakpoints.statements.has(statement) ? this.judgeBreakpoints(statement) : undefined;
  }

  // --- before an instruction

  /** Breakpoints at the address that the guest has come to, and filters on the instruction there. */
  beforeNext(): Stop | undefined {
    const { watchesInstructions } = this;
    const state = this.system.running.level.believed();
    const linear = linearEipOf(state);
    if (!watchesInstructions && !this.breakpoints.addresses.has(linear)) return undefined;
    if (isHalted(state) || !this.isNewArrival(state)) return undefined;
    return this.judgeBreakpoints(linear) ?? (watchesInstructions ? this.judgeInstruction(state) : undefined);
  }

  /** Is there a data breakpoint, or a filter on more than the guest's end? */
  get seesEvents(): boolean {
    const watches = this.breakpoints.ranges.length > 0 || this.registers.isOn;
    return watches || filterRows.some(({ filter }) => filter !== 'tripleFault' && this.breakpoints.isOn(filter));
  }

  private get watchesInstructions(): boolean {
    return this.breakpoints.isOn('privileged') || this.breakpoints.isOn('sensitive');
  }

  /** An instruction that is retried, is interrupted before it begins, or repeats, is one arrival. */
  private isNewArrival(state: ProcessorState): boolean {
    const { judged } = this;
    this.noteArrivalAt(state);
    const linear = linearEipOf(state);
    if (this.resumes(linear, state)) return false;
    if (judged?.linear !== linear) return true;
    const { now } = this.system.running;
    if (judged.now === now) return false;
    return judged.now + 1 !== now || !isRepeated(this.system.running.level.nextInstruction()?.instruction);
  }

  /**
   * Is this the return to an instruction that has been judged, from what interrupted it? RF tells it from another arrival after
   * a fault whose handler has gone elsewhere (SDM Vol. 3B §17.3.1.1).
   */
  private resumes(linear: Linear, state: ProcessorState): boolean {
    const { interrupted } = this;
    if (interrupted?.linear !== linear || !this.parts.crossings.isBack(state, interrupted.depth)) return false;
    this.interrupted = undefined;
    return !interrupted.byFault || (state.systemFlags & Eflags.rf) !== 0;
  }

  /** Wherever a run sets out from has had its stop. */
  noteArrival(): undefined {
    if (this.context) this.registers.note(this.context);
    this.noteArrivalAt(this.system.running.level.believed());
  }

  private noteArrivalAt(state: ProcessorState): void {
    this.judged = { linear: linearEipOf(state), now: this.system.running.now };
  }

  private noteInterruption({ returnLinear, kind }: DeliveredEvent): void {
    const { judged } = this;
    if (judged?.linear !== returnLinear || judged.now !== this.system.running.now) return;
    const byFault = kind === 'exception';
    this.interrupted = { linear: judged.linear, depth: this.parts.crossings.depth, byFault };
  }

  private judgeBreakpoints(place: Linear | Statement): Stop | undefined {
    const hit = this.context && this.breakpoints.judge(place, this.context);
    if (!hit) return undefined;
    for (const text of hit.logs) this.parts.log(text, place);
    return hit.stops ? { kind: 'breakpoint', of: hit.kind, ids: hit.ids, problem: hit.problem } : undefined;
  }

  private judgeInstruction(state: ProcessorState): Stop | undefined {
    const instruction = this.system.running.level.nextInstruction()?.instruction;
    if (instruction === undefined) return undefined;
    if (isPrivileged(instruction, state)) {
      const stop = this.judgeEvent({ kind: 'privileged', instruction });
      if (stop) return stop;
    }
    const reason = silentReason(instruction, state, this.system.machine.hardware.state);
    return reason === undefined ? undefined : this.judgeEvent({ kind: 'sensitive', instruction, reason });
  }

  // --- data breakpoints

  /** To be called before each turn: data breakpoints may have changed. */
  watchData(): void {
    for (const { accesses } of this.system.guests)
      if (accesses.ranges !== this.breakpoints.ranges) accesses.ranges = this.breakpoints.ranges;
  }

  /** Data breakpoints on what the guest has read and written since the last call. */
  judgeAccesses(): Stop | undefined {
    const { accesses } = this.system.running;
    if (!accesses.hasNoted || !this.context) return undefined;
    const hit = this.breakpoints.judgeAccesses(accesses.take(), this.context);
    const delivery = this.lastDelivery;
    this.lastDelivery = undefined;
    if (!hit) return undefined;
    const { ids, problem, access } = hit;
    const byDelivery = delivery?.kind !== 'softwareInterrupt' && delivery?.returnLinear === access.by;
    const told = { ...access, after: access.now(), delivery: byDelivery ? delivery : undefined };
    return { kind: 'access', ids, access: told, problem };
  }

  // --- events

  /** Data breakpoints, and filters on what happened, since the last call. */
  afterStep(): Stop | undefined {
    return this.judgeAccesses() ?? this.judgeRegisters() ?? this.judgeEvents();
  }

  private judgeRegisters(): Stop | undefined {
    return this.context && this.registers.isOn ? this.registers.judge(this.context) : undefined;
  }

  private judgeEvents(): Stop | undefined {
    if (this.happened.length === 0) return undefined;
    const events = this.happened;
    this.happened = [];
    for (const event of events) {
      const stop = this.judgeEvent(event);
      if (stop) return stop;
    }
    return undefined;
  }

  /** Does the event's filter stop here? */
  judgeEvent(event: GuestEvent): Stop | undefined {
    const { kind: filter } = event;
    if (!this.context || !this.breakpoints.isOn(filter)) return undefined;
    this.context.event = eventFacts(event);
    const { stops, problem } = this.breakpoints.judgeFilter(filter, this.context);
    this.context.event = undefined;
    return stops ? { kind: 'event', event, problem } : undefined;
  }

  private note(event: GuestEvent): void {
    if (this.breakpoints.isOn(event.kind)) this.happened.push(event);
  }

  /** Where a filter wants to see events, runs leave them to steps anyway. */
  private observer(tell: ((event: DeliveredEvent) => void) | undefined): ProcessorObserver {
    return {
      seesEach: tell !== undefined,
      exceptionRaised: (vector, errorCode) => {
        this.lastException = { kind: 'exception', vector, errorCode, delivery: undefined };
        this.note(this.lastException);
      },
      eventDelivered: event => {
        this.noteInterruption(event);
        this.parts.crossings.delivered(event);
        if (this.system.running.accesses.hasNoted) this.lastDelivery = event;
        tell?.(event);
        if (event.kind === 'external' || event.kind === 'nmi')
          this.note({ kind: 'interrupt', vector: event.vector, delivery: event });
        else if (this.lastException?.vector === event.vector) this.lastException.delivery = event;
      },
      interruptReturned: () => {
        const { crossings } = this.parts;
        if (crossings.depth > 0) crossings.noteReturn(this.system.running.level.believed());
      },
      ringChanged: (from, to) => this.note({ kind: 'ringChange', from, to }),
      tripleFault: (first, last) => {
        this.tripleFault = { first, last };
        this.note({ kind: 'tripleFault', first, last });
      },
    };
  }
}
