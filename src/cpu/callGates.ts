// Far JMP and CALL through a call gate (SDM Vol. 3A §5.8.3–5.8.5; Vol. 2, CALL, "CALL-GATE"). Only CALL to a
// non-conforming segment of an inner ring changes ring; it takes that ring's stack from the TSS and copies parameters.

import { attributeDpl, gateOffset, gateParameters, gateSelector } from '../isa/descriptors';
import { Gpr, Segment } from '../isa/registers';
import type { Core } from './core';
import {
  checkSystemTarget,
  type Descriptor,
  is32BitSystem,
  isCode,
  isConforming,
  isPresent,
  markAccessed,
  requireDescriptor,
  selectorError,
} from './descriptorTables';
import type { FarTransfer } from './farTransfers';
import { generalProtection, segmentNotPresent } from './fault';
import { readInnerStack } from './innerStack';
import { stackValue } from './outerReturn';
import { PendingWrites } from './pendingWrites';
import { checkInstructionPointer, setCodeSegment } from './segmentation';
import { StackFrame } from './stackFrame';

export function gateTransfer(core: Core, far: FarTransfer, gate: Descriptor): void {
  checkSystemTarget(core.state.cpl, gate);
  const code = gateCodeSegment(core, far, gate);
  const inner = !isConforming(code.attributes) && attributeDpl(code.attributes) < core.state.cpl;
  if (far.kind === 'call' && inner) morePrivilege(core, far, gate, code);
  else samePrivilege(core, far, gate, code);
}

/** The code segment that the gate names. JMP may not go to an inner ring by a gate. */
function gateCodeSegment(core: Core, far: FarTransfer, gate: Descriptor): Descriptor {
  const code = requireDescriptor(core, gateSelector(gate.raw), generalProtection);
  const { selector, attributes } = code;
  const { cpl } = core.state;
  const dpl = attributeDpl(attributes);
  const allowed = far.kind === 'call' || isConforming(attributes) ? dpl <= cpl : dpl === cpl;
  if (!isCode(attributes) || !allowed) throw generalProtection(selectorError(selector));
  if (!isPresent(attributes)) throw segmentNotPresent(selectorError(selector));
  return code;
}

const valueBytes = (gate: Descriptor): 2 | 4 => (is32BitSystem(gate.attributes) ? 4 : 2);
const targetOffset = (gate: Descriptor): number => gateOffset(gate.raw) & (valueBytes(gate) === 4 ? ~0 : 0xffff);

/** SAME-PRIVILEGE */
function samePrivilege(core: Core, far: FarTransfer, gate: Descriptor, code: Descriptor): void {
  const { state } = core;
  const bytes = valueBytes(gate);
  const eip = targetOffset(gate) >>> 0;
  const writes = new PendingWrites(core.memory);
  const stack = StackFrame.current(core, writes);
  if (far.kind === 'call') stack.requireRoom(2, bytes);
  checkInstructionPointer(code, eip);
  if (far.kind === 'call') stack.pushReturnAddress(far.next, bytes);
  const cache = markAccessed(writes, code);
  writes.commit();
  state.stackPointer = stack.pointer;
  setCodeSegment(core, cache, state.cpl, eip);
}

/** MORE-PRIVILEGE */
function morePrivilege(core: Core, far: FarTransfer, gate: Descriptor, code: Descriptor): void {
  const { state } = core;
  const bytes = valueBytes(gate);
  const eip = targetOffset(gate) >>> 0;
  const cpl = attributeDpl(code.attributes);
  const parameters = gateParameters(gate.raw);
  const { segment, pointer } = readInnerStack(core, cpl, 0);
  const writes = new PendingWrites(core.memory);
  const stack = new StackFrame(core, writes, segment, pointer, false, selectorError(segment.selector));
  stack.requireRoom(4 + parameters, bytes);
  checkInstructionPointer(code, eip);
  stack.push(state.selector(Segment.ss), bytes);
  stack.push(state.gpr(Gpr.esp), bytes);
  for (let index = parameters - 1; index >= 0; index--) stack.push(stackValue(core, index * bytes, bytes), bytes);
  stack.pushReturnAddress(far.next, bytes);
  const stackCache = markAccessed(writes, segment);
  const codeCache = markAccessed(writes, code);
  writes.commit();
  state.setSegment(Segment.ss, stackCache);
  state.stackPointer = stack.pointer;
  setCodeSegment(core, codeCache, cpl, eip);
}
