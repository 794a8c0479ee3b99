// Delivery of an event in protected and virtual-8086 mode, through the IDT's gates (SDM Vol. 3A §6.11–6.13; Vol. 2, INT n,
// "PROTECTED-MODE"; Vol. 3B §20.3.1). Names in capitals are those of the SDM's pseudo-code.

import { attributeDpl, gateSelector, SystemType } from '../../../isa/descriptors';
import { isCode, isConforming, isIdtGate, isInterruptGate, isPresent, systemType } from '../../../isa/descriptorTypes';
import { SelectorError } from '../../../isa/exceptions';
import { Eflags } from '../../../isa/flags';
import { dataSegments, Gpr, Segment } from '../../../isa/registers';
import type { Core } from '../../core';
import {
  type Descriptor,
  gateBytes,
  gateTarget,
  markAccessed,
  readDescriptor,
  requireDescriptor,
  selectorError,
} from '../descriptorTables';
import { generalProtection, segmentNotPresent } from '../../registers/fault';
import { readInnerStack } from './innerStack';
import { externalBit, flagsImage, type PendingEvent } from './pendingEvent';
import { checkInstructionPointer, loadDescriptor, nullSegment, loadCodeSegment } from '../segmentation';
import type { StackFrame } from '../../memory/stackFrame';
import { pushTaskErrorCode, switchTask, taskGateTarget } from './taskSwitch';

/** PROTECTED-MODE */
export function deliverProtected(core: Core, event: PendingEvent): void {
  const external = externalBit(event);
  const gate = readGate(core, event.vector, external);
  if (systemType(gate.attributes) === SystemType.taskGate) deliverToTask(core, event, gate, external);
  else deliverThroughGate(core, event, gate, external);
}

function readGate({ state, memory }: Core, vector: number, external: number): Descriptor {
  const errorCode = vector * 8 + SelectorError.idt + external;
  if (vector * 8 + 7 > state.idtrLimit) throw generalProtection(errorCode);
  const gate = readDescriptor(memory, (state.idtrBase + vector * 8) >>> 0, 0);
  const { attributes } = gate;
  if (!isIdtGate(attributes)) throw generalProtection(errorCode);
  // "IF software interrupt (does not apply to INT1) THEN IF gate DPL < CPL"
  if (external === 0 && attributeDpl(attributes) < state.cpl) throw generalProtection(errorCode);
  if (!isPresent(attributes)) throw segmentNotPresent(errorCode);
  return gate;
}

/** TASK-GATE */
function deliverToTask(core: Core, event: PendingEvent, gate: Descriptor, external: number): void {
  const tss = taskGateTarget(core, gate, external);
  switchTask(core, { tss, cause: 'event', eip: event.returnEip, eflags: flagsImage(core.state, event), external });
  if (event.errorCode !== undefined) pushTaskErrorCode(core, event.errorCode, external);
}

/** TRAP-OR-INTERRUPT-GATE */
function deliverThroughGate(core: Core, event: PendingEvent, gate: Descriptor, external: number): void {
  const { state } = core;
  const code = requireDescriptor(core, gateSelector(gate), generalProtection, external);
  const errorCode = selectorError(code.selector, external);
  const dpl = attributeDpl(code.attributes);
  if (!isCode(code.attributes) || dpl > state.cpl) throw generalProtection(errorCode);
  if (!isPresent(code.attributes)) throw segmentNotPresent(errorCode);
  const changesRing = !isConforming(code.attributes) && dpl < state.cpl;
  // a handler that interrupts virtual-8086 mode must run in ring 0
  if (state.virtual8086 && (!changesRing || dpl !== 0)) throw generalProtection(errorCode);
  if (changesRing) deliverToInnerRing(core, event, gate, code, external);
  else deliverToSameRing(core, event, gate, code, external);
}

/** INTRA-PRIVILEGE-LEVEL-INTERRUPT */
function deliverToSameRing(
  core: Core,
  event: PendingEvent,
  gate: Descriptor,
  code: Descriptor,
  external: number,
): void {
  const { state, memory } = core;
  const writes = memory.pendingWrites.begin();
  const stack = memory.stackFrame.onCurrentStack(external);
  const eip = gateTarget(gate);
  const bytes = gateBytes(gate);
  const values = frameValues(event);
  stack.requireRoom(values, bytes);
  checkInstructionPointer(code, eip, external);
  stack.reserve(values, bytes);
  markAccessed(writes, code);
  pushReturn(core, stack, event, bytes);
  writes.commit();
  state.stackPointer = stack.pointer;
  state.systemFlags &= flagsKept(gate.attributes);
  loadCodeSegment(core, code, state.cpl, eip);
}

/** INTER-PRIVILEGE-LEVEL-INTERRUPT, INTERRUPT-FROM-VIRTUAL-8086-MODE: the inner stack takes the outer one's SS:ESP too. */
function deliverToInnerRing(
  core: Core,
  event: PendingEvent,
  gate: Descriptor,
  code: Descriptor,
  external: number,
): void {
  const { state, memory } = core;
  const { virtual8086 } = state;
  const cpl = attributeDpl(code.attributes);
  const { segment, pointer } = readInnerStack(core, cpl, external);
  const writes = memory.pendingWrites.begin();
  const stack = memory.stackFrame.onInnerStack(segment, pointer, selectorError(segment.selector, external));
  const eip = gateTarget(gate);
  const bytes = gateBytes(gate);
  const values = (virtual8086 ? dataSegments.length : 0) + 2 + frameValues(event);
  stack.requireRoom(values, bytes);
  checkInstructionPointer(code, eip, external);
  stack.reserve(values, bytes);
  markAccessed(writes, segment);
  markAccessed(writes, code);
  if (virtual8086) for (const old of dataSegments.toReversed()) stack.push(state.selector(old), bytes);
  stack.push(state.selector(Segment.ss), bytes);
  stack.push(state.gpr(Gpr.esp), bytes);
  pushReturn(core, stack, event, bytes);
  writes.commit();
  if (virtual8086) nullDataSegments(core);
  loadDescriptor(state, Segment.ss, segment);
  state.stackPointer = stack.pointer;
  state.systemFlags &= flagsKept(gate.attributes);
  loadCodeSegment(core, code, cpl, eip);
}

/** EFLAGS, CS, EIP, and an error code if there is one. */
const frameValues = ({ errorCode }: PendingEvent): number => (errorCode === undefined ? 3 : 4);

/** 16- or 32-bit values, by the gate's type. */
function pushReturn({ state }: Core, stack: StackFrame, event: PendingEvent, bytes: 2 | 4): void {
  stack.push(flagsImage(state, event), bytes);
  stack.push(state.selector(Segment.cs), bytes);
  stack.push(event.returnEip, bytes);
  if (event.errorCode !== undefined) stack.push(event.errorCode, bytes);
}

/** The system flags that a handler finds as they were, by its gate's attributes: an interrupt gate closes IF too. */
export function flagsKept(attributes: number): number {
  return ~(Eflags.tf | Eflags.vm | Eflags.rf | Eflags.nt | (isInterruptGate(attributes) ? Eflags.if : 0));
}

function nullDataSegments({ state }: Core): void {
  for (const segment of dataSegments) state.setSegment(segment, nullSegment(0));
}
