// Far JMP and CALL through a call gate (SDM Vol. 3A §5.8.3–5.8.5; Vol. 2, CALL, "CALL-GATE"). Only CALL to a
// non-conforming segment of an inner ring changes ring; it takes that ring's stack from the TSS and copies parameters.

import { attributeDpl, gateParameters, gateSelector } from '../../../isa/descriptors';
import { isCode, isConforming, isPresent } from '../../../isa/descriptorTypes';
import { Gpr, Segment } from '../../../isa/registers';
import type { Core } from '../../core';
import {
  checkSystemTarget,
  type Descriptor,
  gateBytes,
  gateTarget,
  markAccessed,
  requireDescriptor,
  selectorError,
} from '../descriptorTables';
import { type FarTransfer, pushReturnAddress, transferInRing } from './transferInRing';
import { generalProtection, segmentNotPresent } from '../../registers/fault';
import { readInnerStack } from './innerStack';
import { stackValue } from './outerReturn';
import { checkInstructionPointer, loadDescriptor, loadCodeSegment } from '../segmentation';

export function gateTransfer(core: Core, far: FarTransfer, gate: Descriptor): void {
  checkSystemTarget(core.state.cpl, gate);
  const code = gateCodeSegment(core, far, gate);
  // JMP does not come here with an inner ring's
  const inner = !isConforming(code.attributes) && attributeDpl(code.attributes) < core.state.cpl;
  if (inner) morePrivilege(core, far, gate, code);
  // SAME-PRIVILEGE
  else transferInRing(core, far, code, gateTarget(gate), gateBytes(gate));
}

/** The code segment that the gate names. JMP may not go to an inner ring by a gate. */
function gateCodeSegment(core: Core, far: FarTransfer, gate: Descriptor): Descriptor {
  const code = requireDescriptor(core, gateSelector(gate), generalProtection);
  const { selector, attributes } = code;
  const { cpl } = core.state;
  const dpl = attributeDpl(attributes);
  const allowed = far.kind === 'call' || isConforming(attributes) ? dpl <= cpl : dpl === cpl;
  if (!isCode(attributes) || !allowed) throw generalProtection(selectorError(selector));
  if (!isPresent(attributes)) throw segmentNotPresent(selectorError(selector));
  return code;
}

/** MORE-PRIVILEGE */
function morePrivilege(core: Core, far: FarTransfer, gate: Descriptor, code: Descriptor): void {
  const { state } = core;
  const bytes = gateBytes(gate);
  const eip = gateTarget(gate);
  const cpl = attributeDpl(code.attributes);
  const parameters = gateParameters(gate);
  const { segment, pointer } = readInnerStack(core, cpl, 0);
  const writes = core.memory.pendingWrites.begin();
  const stack = core.memory.stackFrame.onInnerStack(segment, pointer, selectorError(segment.selector));
  stack.requireRoom(4 + parameters, bytes);
  checkInstructionPointer(code, eip);
  stack.reserve(2, bytes);
  const copied: number[] = [];
  for (let index = parameters - 1; index >= 0; index--) {
    copied.push(stackValue(core, index * bytes, bytes));
    stack.reserve(1, bytes);
  }
  stack.reserve(2, bytes);
  markAccessed(writes, segment);
  markAccessed(writes, code);
  stack.push(state.selector(Segment.ss), bytes);
  stack.push(state.gpr(Gpr.esp), bytes);
  for (const value of copied) stack.push(value, bytes);
  pushReturnAddress(core, stack, far.next, bytes);
  writes.commit();
  loadDescriptor(state, Segment.ss, segment);
  state.stackPointer = stack.pointer;
  loadCodeSegment(core, code, cpl, eip);
}
