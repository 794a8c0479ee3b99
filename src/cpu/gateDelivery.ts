// Delivery of an event in protected and virtual-8086 mode, through the IDT's gates (SDM Vol. 3A §6.11–6.13; Vol. 2, INT n,
// "PROTECTED-MODE"; Vol. 3B §20.3.1). Names in capitals are those of the SDM's pseudo-code.

import {
  attributeDpl,
  descriptorAttributes,
  gateOffset,
  gateSelector,
  type SegmentCache,
  SystemType,
} from '../isa/descriptors';
import { SelectorError } from '../isa/exceptions';
import { Eflags } from '../isa/flags';
import { Gpr, Segment } from '../isa/registers';
import type { Core } from './core';
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
import { generalProtection, segmentNotPresent } from './fault';
import { readInnerStack } from './innerStack';
import { externalBit, flagsImage, type PendingEvent } from './pendingEvent';
import { PendingWrites } from './pendingWrites';
import { checkInstructionPointer, nullSegment, setCodeSegment } from './segmentation';
import { StackFrame } from './stackFrame';
import { pushTaskErrorCode, switchTask, taskGateTarget } from './taskSwitch';

/** PROTECTED-MODE */
export function deliverProtected(core: Core, event: PendingEvent): void {
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
  switchTask(core, { tss, cause: 'event', eip: event.returnEip, eflags: flagsImage(core.state, event), external });
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
    const values = [...outer, flagsImage(core.state, event), core.state.selector(Segment.cs), event.returnEip];
    if (event.errorCode !== undefined) values.push(event.errorCode);
    stack.requireRoom(values.length, bytes);
    checkInstructionPointer(this.code, this.eip, this.external);
    for (const value of values) stack.push(value, bytes);
  }

  private enter(code: SegmentCache, cpl: number): void {
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
