// Delivery of an event in protected and virtual-8086 mode, through the IDT's gates (SDM Vol. 3A §6.11–6.13; Vol. 2, INT n,
// "PROTECTED-MODE"; Vol. 3B §20.3.1). Names in capitals are those of the SDM's pseudo-code.

import { attributeDpl, gateSelector, SystemType } from '../isa/descriptors';
import { SelectorError } from '../isa/exceptions';
import { Eflags } from '../isa/flags';
import { Gpr, Segment } from '../isa/registers';
import type { Core } from './core';
import {
  type Descriptor,
  gateBytes,
  gateTarget,
  isCode,
  isConforming,
  isPresent,
  markAccessed,
  readDescriptor,
  requireDescriptor,
  selectorError,
  systemType,
} from './descriptorTables';
import { generalProtection, segmentNotPresent } from './fault';
import { readInnerStack } from './innerStack';
import { externalBit, flagsImage, type PendingEvent } from './pendingEvent';
import { checkInstructionPointer, loadDescriptor, nullSegment, setCodeSegment } from './segmentation';
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
  if (vector * 8 + 7 > state.idtrLimit) throw generalProtection(errorCode);
  const gate = readDescriptor(memory, (state.idtrBase + vector * 8) >>> 0, 0);
  const { attributes } = gate;
  if (!isIdtGate(attributes)) throw generalProtection(errorCode);
  // "IF software interrupt (does not apply to INT1) THEN IF gate DPL < CPL"
  if (externalBit(event) === 0 && attributeDpl(attributes) < state.cpl) throw generalProtection(errorCode);
  if (!isPresent(attributes)) throw segmentNotPresent(errorCode);
  return gate;
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
  const code = requireDescriptor(core, gateSelector(gate), generalProtection, external);
  const errorCode = selectorError(code.selector, external);
  const dpl = attributeDpl(code.attributes);
  if (!isCode(code.attributes) || dpl > state.cpl) throw generalProtection(errorCode);
  if (!isPresent(code.attributes)) throw segmentNotPresent(errorCode);
  const changesRing = !isConforming(code.attributes) && dpl < state.cpl;
  // a handler that interrupts virtual-8086 mode must run in ring 0
  if (state.virtual8086 && (!changesRing || dpl !== 0)) throw generalProtection(errorCode);
  if (changesRing) deliverToInnerRing(core, event, gate, code, dpl);
  else deliverToSameRing(core, event, gate, code);
}

/** INTRA-PRIVILEGE-LEVEL-INTERRUPT */
function deliverToSameRing(core: Core, event: PendingEvent, gate: Descriptor, code: Descriptor): void {
  const { state } = core;
  const writes = core.memory.pendingWrites.begin();
  const stack = StackFrame.current(core, writes, externalBit(event));
  checkRoom(stack, event, gate, code, 0);
  pushReturn(core, stack, event, gateBytes(gate));
  markAccessed(writes, code);
  writes.commit();
  state.stackPointer = stack.pointer;
  enterHandler(core, gate, code, state.cpl);
}

/** INTER-PRIVILEGE-LEVEL-INTERRUPT, INTERRUPT-FROM-VIRTUAL-8086-MODE: the inner stack takes the outer one's SS:ESP too. */
function deliverToInnerRing(core: Core, event: PendingEvent, gate: Descriptor, code: Descriptor, cpl: number): void {
  const { state } = core;
  const external = externalBit(event);
  const bytes = gateBytes(gate);
  const { segment, pointer } = readInnerStack(core, cpl, external);
  const writes = core.memory.pendingWrites.begin();
  const stack = new StackFrame(core, writes, segment, pointer, false, selectorError(segment.selector, external));
  checkRoom(stack, event, gate, code, state.virtual8086 ? 2 + dataSegments.length : 2);
  if (state.virtual8086) for (const old of dataSegments) stack.push(state.selector(old), bytes);
  stack.push(state.selector(Segment.ss), bytes);
  stack.push(state.gpr(Gpr.esp), bytes);
  pushReturn(core, stack, event, bytes);
  markAccessed(writes, segment);
  markAccessed(writes, code);
  writes.commit();
  if (state.virtual8086) nullDataSegments(core);
  loadDescriptor(state, Segment.ss, segment);
  state.stackPointer = stack.pointer;
  enterHandler(core, gate, code, cpl);
}

/** Room for EFLAGS, CS, EIP, an error code if there is one, and `outer` values before them; and for the handler's EIP in its segment. */
function checkRoom(stack: StackFrame, event: PendingEvent, gate: Descriptor, code: Descriptor, outer: number): void {
  stack.requireRoom(outer + (event.errorCode === undefined ? 3 : 4), gateBytes(gate));
  checkInstructionPointer(code, gateTarget(gate), externalBit(event));
}

/** 16- or 32-bit values, by the gate's type. */
function pushReturn({ state }: Core, stack: StackFrame, event: PendingEvent, bytes: 2 | 4): void {
  stack.push(flagsImage(state, event), bytes);
  stack.push(state.selector(Segment.cs), bytes);
  stack.push(event.returnEip, bytes);
  if (event.errorCode !== undefined) stack.push(event.errorCode, bytes);
}

function enterHandler(core: Core, gate: Descriptor, code: Descriptor, cpl: number): void {
  const type = systemType(gate.attributes);
  const isInterruptGate = type === SystemType.interruptGate16 || type === SystemType.interruptGate32;
  core.state.systemFlags &= ~(Eflags.tf | Eflags.vm | Eflags.rf | Eflags.nt | (isInterruptGate ? Eflags.if : 0));
  setCodeSegment(core, code, cpl, gateTarget(gate));
}

/** In the order in which they are pushed. */
const dataSegments = [Segment.gs, Segment.fs, Segment.ds, Segment.es] as const;

function nullDataSegments({ state }: Core): void {
  for (const segment of dataSegments) state.setSegment(segment, nullSegment(0));
}
