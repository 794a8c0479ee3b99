// Delivery of exceptions and interrupts (SDM Vol. 3A §6.10–6.12; Vol. 2, INT n, "Operation"; Vol. 3B §20.1.4, §20.3).
// Everything is checked before anything is written: a fault in delivery leaves the interrupted state as it was.

import { attributeDpl, descriptorAttributes, gateOffset, gateSelector, SystemType } from '../isa/descriptors';
import { exceptionRow, SelectorError, Vector } from '../isa/exceptions';
import { Eflags } from '../isa/flags';
import { Gpr, Segment } from '../isa/registers';
import { Activity, Shadow } from '../isa/state';
import { Dr7 } from '../isa/controlRegisters';
import { SoftwareInterrupt } from '../semantics/helpers';
import type { Core, EventKind } from './core';
import {
  type Descriptor,
  is32BitSystem,
  isCode,
  isConforming,
  isPresent,
  markAccessed,
  requireDescriptor,
  selectorError,
  systemType,
} from './descriptorTables';
import { combineFaults } from './doubleFault';
import { CpuException, generalProtection, segmentNotPresent } from './fault';
import { readInnerStack } from './innerStack';
import { PendingWrites } from './pendingWrites';
import { checkInstructionPointer, nullSegment, setCodeSegment, setRealModeCode } from './segmentation';
import { StackFrame } from './stackFrame';
import { pushTaskErrorCode, switchTask, taskGateTarget } from './taskSwitch';

/** An event to deliver. */
export interface PendingEvent {
  readonly vector: number;
  readonly kind: EventKind;
  readonly errorCode: number | undefined;
  /** offset to push: of the faulting instruction, or of the next one */
  readonly returnEip: number;
}

/** Delivers an exception of the current instruction, and what comes of it: other exceptions, #DF, shutdown. */
export function deliverException(core: Core, exception: CpuException): void {
  const { state } = core;
  for (let current = exception; ;) {
    const { vector, errorCode } = current;
    core.observer?.exceptionRaised(vector, errorCode);
    try {
      return deliverEvent(core, { vector, kind: 'exception', errorCode, returnEip: state.eip });
    } catch (second) {
      if (!(second instanceof CpuException)) throw second;
      const next = combineFaults(current, second);
      if (!next) {
        state.set('activity', Activity.shutdown);
        core.observer?.tripleFault(exception.vector, second.vector);
        return;
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

/** Delivers one event. Raises what goes wrong on the way. */
export function deliverEvent(core: Core, event: PendingEvent): void {
  const { state } = core;
  const returnSelector = state.selector(Segment.cs);
  const fromCpl = state.cpl;
  if (state.protectedMode) deliverProtected(core, event);
  else deliverRealMode(core, event);
  state.set('interruptShadow', Shadow.none);
  state.set('activity', Activity.active);
  // the handler may use the debug registers (Vol. 3B §17.2.4)
  if (event.vector === Vector.debug && event.kind === 'exception') state.set('dr7', state.get('dr7') & ~Dr7.gd);
  core.observer?.eventDelivered({ ...event, returnSelector, fromCpl, toCpl: state.cpl });
}

/** Vol. 3B §20.1.4: the vector's four bytes in the IDT are CS:IP; FLAGS, CS and IP are pushed. */
function deliverRealMode(core: Core, event: PendingEvent): void {
  const { state, memory } = core;
  const { vector } = event;
  if (vector * 4 + 3 > state.get('idtrLimit')) throw generalProtection(0);
  const target = memory.readSystem(state.get('idtrBase') + vector * 4, 4);
  const writes = new PendingWrites(memory);
  const stack = StackFrame.current(core, writes);
  for (const value of [flagsImage(core, event), state.selector(Segment.cs), event.returnEip]) stack.push(value, 2);
  writes.commit();
  state.stackPointer = stack.pointer;
  state.systemFlags &= ~(Eflags.if | Eflags.tf | Eflags.ac);
  setRealModeCode(core, target >>> 16, target & 0xffff);
}

// --- PROTECTED-MODE

/** EXT (§6.13): the event does not come from an INT n, INT3 or INTO of the program. */
const externalBit = ({ kind }: PendingEvent): number =>
  kind === 'softwareInterrupt' || kind === 'softwareException' ? 0 : SelectorError.external;

function deliverProtected(core: Core, event: PendingEvent): void {
  const gate = readGate(core, event);
  if (systemType(gate.attributes) === SystemType.taskGate) deliverToTask(core, event, gate);
  else deliverThroughGate(core, event, gate);
}

function readGate(core: Core, event: PendingEvent): Descriptor {
  const { state, memory } = core;
  const { vector } = event;
  const errorCode = vector * 8 + SelectorError.idt + externalBit(event);
  if (vector * 8 + 7 > state.get('idtrLimit')) throw generalProtection(errorCode);
  const address = (state.get('idtrBase') + vector * 8) >>> 0;
  const raw = { low: memory.readSystem(address, 4) >>> 0, high: memory.readSystem(address + 4, 4) >>> 0 };
  const attributes = descriptorAttributes(raw);
  if (!isIdtGate(attributes)) throw generalProtection(errorCode);
  // "IF software interrupt (does not apply to INT1) THEN IF gate DPL < CPL"
  if (externalBit(event) === 0 && attributeDpl(attributes) < state.cpl) throw generalProtection(errorCode);
  if (!isPresent(attributes)) throw segmentNotPresent(errorCode);
  return { selector: gateSelector(raw), base: 0, limit: 0, attributes, raw, address };
}

function isIdtGate(attributes: number): boolean {
  switch (systemType(attributes)) {
    case SystemType.taskGate:
    case SystemType.interruptGate16:
    case SystemType.trapGate16:
    case SystemType.interruptGate32:
    case SystemType.trapGate32:
      return true;
    default:
      return false;
  }
}

/** TASK-GATE */
function deliverToTask(core: Core, event: PendingEvent, gate: Descriptor): void {
  const external = externalBit(event);
  const tss = taskGateTarget(core, gate, external);
  switchTask(core, { tss, cause: 'event', eip: event.returnEip, eflags: flagsImage(core, event), external });
  if (event.errorCode !== undefined) pushTaskErrorCode(core, event.errorCode, external);
}

/** TRAP-OR-INTERRUPT-GATE */
function deliverThroughGate(core: Core, event: PendingEvent, gate: Descriptor): void {
  const { state } = core;
  const external = externalBit(event);
  const code = requireDescriptor(core, gateSelector(gate.raw), generalProtection, external);
  const errorCode = selectorError(code.selector, external);
  const dpl = attributeDpl(code.attributes);
  if (!isCode(code.attributes) || dpl > state.cpl) throw generalProtection(errorCode);
  if (!isPresent(code.attributes)) throw segmentNotPresent(errorCode);
  const changesRing = !isConforming(code.attributes) && dpl < state.cpl;
  // a handler that interrupts virtual-8086 mode must run in ring 0
  if (state.virtual8086 && (!changesRing || dpl !== 0)) throw generalProtection(errorCode);
  const delivery = new GateDelivery(core, event, gate, code);
  if (changesRing) delivery.toInnerRing(dpl);
  else delivery.toSameRing();
}

/** The frame of an interrupt or trap gate: 16- or 32-bit values by the gate's type. */
class GateDelivery {
  private readonly external: number;
  private readonly bytes: 2 | 4;
  private readonly eip: number;
  private readonly writes: PendingWrites;

  constructor(
    private readonly core: Core,
    private readonly event: PendingEvent,
    private readonly gate: Descriptor,
    private readonly code: Descriptor,
  ) {
    this.external = externalBit(event);
    this.bytes = is32BitSystem(gate.attributes) ? 4 : 2;
    this.eip = this.bytes === 4 ? gateOffset(gate.raw) : gateOffset(gate.raw) & 0xffff;
    this.writes = new PendingWrites(core.memory);
  }

  /** INTRA-PRIVILEGE-LEVEL-INTERRUPT */
  toSameRing(): void {
    const { state } = this.core;
    const stack = StackFrame.current(this.core, this.writes, this.external);
    this.pushFrame(stack, []);
    const code = markAccessed(this.writes, this.code);
    this.writes.commit();
    state.stackPointer = stack.pointer;
    this.enter(code, state.cpl);
  }

  /** INTER-PRIVILEGE-LEVEL-INTERRUPT, INTERRUPT-FROM-VIRTUAL-8086-MODE */
  toInnerRing(cpl: number): void {
    const { core, writes, external } = this;
    const { state } = core;
    const { segment, pointer } = readInnerStack(core, cpl, external);
    const stack = new StackFrame(core, writes, segment, pointer, false, selectorError(segment.selector, external));
    const old = [state.selector(Segment.ss), state.gpr(Gpr.esp)];
    this.pushFrame(stack, state.virtual8086 ? [...this.virtual8086Selectors(), ...old] : old);
    const stackCache = markAccessed(writes, segment);
    const code = markAccessed(writes, this.code);
    writes.commit();
    if (state.virtual8086) nullDataSegments(core);
    state.setSegment(Segment.ss, stackCache);
    state.stackPointer = stack.pointer;
    this.enter(code, cpl);
  }

  private virtual8086Selectors(): number[] {
    return dataSegments.map(segment => this.core.state.selector(segment));
  }

  private pushFrame(stack: StackFrame, outer: readonly number[]): void {
    const { core, event, bytes } = this;
    const values = [...outer, flagsImage(core, event), core.state.selector(Segment.cs), event.returnEip];
    if (event.errorCode !== undefined) values.push(event.errorCode);
    stack.requireRoom(values.length, bytes);
    checkInstructionPointer(this.code, this.eip, this.external);
    for (const value of values) stack.push(value, bytes);
  }

  private enter(code: Parameters<typeof setCodeSegment>[1], cpl: number): void {
    const { state } = this.core;
    const type = systemType(this.gate.attributes);
    const isInterruptGate = type === SystemType.interruptGate16 || type === SystemType.interruptGate32;
    state.systemFlags &= ~(Eflags.tf | Eflags.vm | Eflags.rf | Eflags.nt | (isInterruptGate ? Eflags.if : 0));
    setCodeSegment(this.core, code, cpl, this.eip);
  }
}

/** In the order in which they are pushed. */
const dataSegments = [Segment.gs, Segment.fs, Segment.ds, Segment.es] as const;

function nullDataSegments({ state }: Core): void {
  for (const segment of dataSegments) state.setSegment(segment, nullSegment(0));
}

/** EFLAGS as pushed: RF is set for faults, so that the instruction breakpoint is not met again on return (Vol. 3B §17.3.1.1). */
function flagsImage({ state }: Core, { vector, kind }: PendingEvent): number {
  const isFault = kind === 'exception' && exceptionRow(vector)?.kind === 'fault';
  return isFault ? state.eflags | Eflags.rf : state.eflags;
}
