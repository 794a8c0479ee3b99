// Far JMP and CALL (SDM Vol. 2, JMP and CALL, "Operation"; Vol. 3A §5.8): to code segments, and to whatever else a
// selector may name: call gates (callGates.ts), task gates and TSSs (taskSwitch.ts).

import { attributeDpl, selectorRpl, SystemType } from '../../../isa/descriptors';
import { isCode, isConforming, isPresent, systemType } from '../../../isa/descriptorTypes';
import { Segment } from '../../../isa/registers';
import type { Core } from '../../core';
import { gateTransfer } from './callGates';
import { type FarTransfer, pushReturnAddress, transferInRing } from './transferInRing';
import { checkSystemTarget, type Descriptor, requireDescriptor, selectorError } from '../descriptorTables';
import { generalProtection, segmentNotPresent } from '../../registers/fault';
import { checkInstructionPointer, setRealModeCode } from '../segmentation';
import { checkTaskDescriptor, switchTask, taskGateTarget } from './taskSwitch';

export function farJump(core: Core, selector: number, offset: number, operandSize: number, next: number): void {
  transfer(core, farTransfer('jump', selector, offset, operandSize, next));
}

export function farCall(core: Core, selector: number, offset: number, operandSize: number, next: number): void {
  transfer(core, farTransfer('call', selector, offset, operandSize, next));
}

const farTransfer = (
  kind: FarTransfer['kind'],
  selector: number,
  offset: number,
  operandSize: number,
  next: number,
): FarTransfer => ({
  kind,
  selector: selector & 0xffff,
  offset: operandSize === 32 ? offset >>> 0 : offset & 0xffff,
  bytes: operandSize === 32 ? 4 : 2,
  next,
});

function transfer(core: Core, far: FarTransfer): void {
  if (!core.state.usesDescriptors) return realModeTransfer(core, far);
  const descriptor = requireDescriptor(core, far.selector, generalProtection);
  switch (systemType(descriptor.attributes)) {
    case undefined:
      return codeTransfer(core, far, descriptor);
    case SystemType.callGate16:
    case SystemType.callGate32:
      return gateTransfer(core, far, descriptor);
    case SystemType.taskGate:
      return taskGateTransfer(core, far, descriptor);
    case SystemType.tss16Available:
    case SystemType.tss32Available:
      return taskTransfer(core, far, descriptor);
    default:
      throw generalProtection(selectorError(far.selector));
  }
}

/** REAL-ADDRESS-MODE or VIRTUAL-8086-MODE. */
function realModeTransfer(core: Core, far: FarTransfer): void {
  const writes = core.memory.pendingWrites.begin();
  const stack = core.memory.stackFrame.onCurrentStack();
  if (far.kind === 'call') stack.reserve(2, far.bytes);
  // the limit of CS does not change with its selector
  checkInstructionPointer(core.state.segment(Segment.cs), far.offset);
  if (far.kind === 'call') pushReturnAddress(core, stack, far.next, far.bytes);
  writes.commit();
  core.state.stackPointer = stack.pointer;
  setRealModeCode(core, far.selector, far.offset);
}

/** CONFORMING-CODE-SEGMENT and NONCONFORMING-CODE-SEGMENT: CPL stays as it is. */
function codeTransfer(core: Core, far: FarTransfer, code: Descriptor): void {
  checkDirectTarget(core.state.cpl, code);
  transferInRing(core, far, code, far.offset, far.bytes);
}

function checkDirectTarget(cpl: number, { selector, attributes }: Descriptor): void {
  const dpl = attributeDpl(attributes);
  const allowed = isConforming(attributes) ? dpl <= cpl : selectorRpl(selector) <= cpl && dpl === cpl;
  if (!isCode(attributes) || !allowed) throw generalProtection(selectorError(selector));
  if (!isPresent(attributes)) throw segmentNotPresent(selectorError(selector));
}

/** TASK-GATE */
function taskGateTransfer(core: Core, far: FarTransfer, gate: Descriptor): void {
  checkSystemTarget(core.state.cpl, gate);
  const { state } = core;
  switchTask(core, { tss: taskGateTarget(core, gate, 0), cause: far.kind, eip: far.next, eflags: state.eflags });
}

/** TASK-STATE-SEGMENT */
function taskTransfer(core: Core, far: FarTransfer, tss: Descriptor): void {
  checkSystemTarget(core.state.cpl, tss);
  checkTaskDescriptor(tss, 0);
  switchTask(core, { tss, cause: far.kind, eip: far.next, eflags: core.state.eflags });
}
