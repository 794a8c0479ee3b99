// Delivery of exceptions and interrupts (SDM Vol. 3A §6.10–6.15; Vol. 2, INT n, "Operation"; Vol. 3B §20.1.4, §20.3).
// Everything is checked before anything is written: a fault in delivery leaves the interrupted state as it was.

import { Dr7 } from '../../../isa/controlRegisters';
import { Vector } from '../../../isa/exceptions';
import { Eflags } from '../../../isa/flags';
import { Segment } from '../../../isa/registers';
import { Activity, Shadow } from '../../../isa/state';
import { SoftwareInterrupt } from '../../../semantics/helpers';
import type { Core, EventKind } from '../../core';
import type { DeliveryCause } from '../../memory/deliveryCounts';
import { combineFaults } from './doubleFault';
import { CpuException, generalProtection } from '../../registers/fault';
import { deliverProtected } from './gateDelivery';
import { flagsImage, type PendingEvent } from './pendingEvent';
import { setRealModeCode } from '../segmentation';

/**
 * Delivers an exception of the current instruction, and what comes of it: other exceptions, #DF, shutdown. Gives the one that
 * has reached its handler. `kind`: what brought the first about.
 */
export function deliverException(
  core: Core,
  exception: CpuException,
  kind: EventKind = 'exception',
): CpuException | undefined {
  const { state } = core;
  for (let current = exception, currentKind = kind; ; currentKind = 'exception') {
    const { vector, errorCode } = current;
    if (currentKind === 'exception') core.observer?.exceptionRaised(vector, errorCode);
    try {
      deliverEvent(core, { vector, kind: currentKind, errorCode, returnEip: state.eip });
      return current;
    } catch (second) {
      if (!(second instanceof CpuException)) throw second;
      const next = combineFaults(current, second);
      if (!next) {
        state.activity = Activity.shutdown;
        core.observer?.tripleFault(exception.vector, second.vector);
        return undefined;
      }
      current = next;
    }
  }
}

/** INT n, INT3, INTO, INT1. */
export function softwareInterrupt(core: Core, vector: number, kind: number, next: number): void {
  const eventKind =
    kind === SoftwareInterrupt.intN
      ? 'softwareInterrupt'
      : kind === SoftwareInterrupt.int1
        ? 'privilegedSoftwareException'
        : 'softwareException';
  deliverEvent(core, { vector: vector & 0xff, kind: eventKind, errorCode: undefined, returnEip: next });
}

/** What each counts as. */
const causes: Readonly<Record<EventKind, DeliveryCause>> = {
  external: 'device',
  nmi: 'exception',
  exception: 'exception',
  softwareInterrupt: 'softwareInterrupt',
  softwareException: 'exception',
  privilegedSoftwareException: 'exception',
};

/** Delivers one event. Raises what goes wrong on the way. */
export function deliverEvent(core: Core, event: PendingEvent): void {
  const { state } = core;
  const returnSelector = state.selector(Segment.cs);
  const returnLinear = (state.base(Segment.cs) + event.returnEip) >>> 0;
  const fromCpl = state.cpl;
  if (state.protectedMode) deliverProtected(core, event);
  else deliverRealMode(core, event);
  state.interruptShadow = Shadow.none;
  state.activity = Activity.active;
  state.deliveryCount++;
  core.deliveries.count(causes[event.kind], event.vector);
  // the handler may use the debug registers (Vol. 3B §17.2.4)
  if (event.vector === Vector.debug && event.kind === 'exception') state.dr7 &= ~Dr7.gd;
  const frame = (state.base(Segment.ss) + state.stackPointer) >>> 0;
  core.observer?.eventDelivered({ ...event, returnSelector, returnLinear, fromCpl, toCpl: state.cpl, frame });
}

/** Vol. 3B §20.1.4: the vector's four bytes in the IDT are CS:IP; FLAGS, CS and IP are pushed. */
function deliverRealMode(core: Core, event: PendingEvent): void {
  const { state, memory } = core;
  const { vector } = event;
  if (vector * 4 + 3 > state.idtrLimit) throw generalProtection(0);
  const target = memory.readSystem(state.idtrBase + vector * 4, 4);
  const writes = memory.pendingWrites.begin();
  const stack = memory.stackFrame.onCurrentStack();
  stack.reserve(3, 2);
  for (const value of [flagsImage(state, event), state.selector(Segment.cs), event.returnEip]) stack.push(value, 2);
  writes.commit();
  state.stackPointer = stack.pointer;
  state.systemFlags &= ~(Eflags.if | Eflags.tf | Eflags.ac);
  setRealModeCode(core, target >>> 16, target & 0xffff);
}
