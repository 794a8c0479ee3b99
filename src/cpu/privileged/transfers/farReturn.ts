// Far RET (SDM Vol. 2, RET, "Operation"; Vol. 3A §5.8.6).

import { selectorRpl } from '../../../isa/descriptors';
import { Segment } from '../../../isa/registers';
import type { Core } from '../../core';
import { type Descriptor, markAccessed } from '../descriptorTables';
import {
  nullInaccessibleSegments,
  returnCodeSegment,
  returnStackSegment,
  setReturnStack,
  stackValue,
} from './outerReturn';
import { checkInstructionPointer, loadCodeSegment, setRealModeCode } from '../segmentation';

/** RETF and RETF imm16: `popBytes` parameters are released, on both stacks if the ring changes. */
export function farReturn(core: Core, popBytes: number, operandSize: number): void {
  const bytes = operandSize === 32 ? 4 : 2;
  const eip = stackValue(core, 0, bytes);
  const selector = stackValue(core, bytes, bytes) & 0xffff;
  if (!core.state.usesDescriptors) return realModeReturn(core, selector, eip, 2 * bytes + popBytes);
  const code = returnCodeSegment(core, selector);
  if (selectorRpl(selector) > core.state.cpl) outerReturn(core, code, eip, popBytes, bytes);
  else sameReturn(core, code, eip, 2 * bytes + popBytes);
}

function realModeReturn(core: Core, selector: number, eip: number, release: number): void {
  checkInstructionPointer(core.state.segment(Segment.cs), eip);
  core.state.stackPointer += release;
  setRealModeCode(core, selector, eip);
}

/** RETURN-SAME-PRIVILEGE-LEVEL */
function sameReturn(core: Core, code: Descriptor, eip: number, release: number): void {
  checkInstructionPointer(code, eip);
  const writes = core.memory.pendingWrites.begin();
  markAccessed(writes, code);
  writes.commit();
  core.state.stackPointer += release;
  loadCodeSegment(core, code, core.state.cpl, eip);
}

/** RETURN-OUTER-PRIVILEGE-LEVEL: SS:ESP of the outer ring lie above the parameters. */
function outerReturn(core: Core, code: Descriptor, eip: number, popBytes: number, bytes: 2 | 4): void {
  const cpl = selectorRpl(code.selector);
  const pointer = stackValue(core, 2 * bytes + popBytes, bytes);
  const stack = returnStackSegment(core, stackValue(core, 3 * bytes + popBytes, bytes) & 0xffff, cpl);
  checkInstructionPointer(code, eip);
  const writes = core.memory.pendingWrites.begin();
  markAccessed(writes, code);
  markAccessed(writes, stack);
  writes.commit();
  setReturnStack(core, stack, pointer + popBytes);
  loadCodeSegment(core, code, cpl, eip);
  nullInaccessibleSegments(core);
}
