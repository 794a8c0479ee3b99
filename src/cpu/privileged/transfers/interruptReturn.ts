// IRET and IRETD (SDM Vol. 2, IRET, "Operation"; Vol. 3A §6.12.1, §7.4; Vol. 3B §20.2.6). NMIs are not blocked while
// an NMI handler runs, so there is nothing to unblock.

import { selectorRpl } from '../../../isa/descriptors';
import { Eflags } from '../../../isa/flags';
import { dataSegments, Gpr, Segment } from '../../../isa/registers';
import type { Core } from '../../core';
import { type Descriptor, markAccessed } from '../descriptorTables';
import { loadFlagImage } from '../eflags';
import { generalProtection } from '../../registers/fault';
import {
  nullInaccessibleSegments,
  returnCodeSegment,
  returnStackSegment,
  setReturnStack,
  stackPlace,
  stackValue,
} from './outerReturn';
import { checkInstructionPointer, loadCodeSegment, setPrivilegeLevel, setRealModeCode } from '../segmentation';
import { returnToPreviousTask } from './taskSwitch';

interface ReturnFrame {
  readonly eip: number;
  readonly selector: number;
  readonly flags: number;
  readonly bytes: 2 | 4;
  /** see `stackPlace`: of the frame with the outer stack's ESP and SS, whether or not it has them */
  readonly place: number;
}

export function interruptReturn(core: Core, operandSize: number, next: number): void {
  const { state } = core;
  const { usesDescriptors } = state;
  if (usesDescriptors && state.systemFlags & Eflags.nt) return returnToPreviousTask(core, next);
  const frame = readFrame(core, operandSize === 32 ? 4 : 2);
  if (!usesDescriptors) return realModeReturn(core, frame);
  if (frame.flags & Eflags.vm && state.cpl === 0) return returnToVirtual8086(core, frame);
  const code = returnCodeSegment(core, frame.selector);
  if (selectorRpl(frame.selector) > state.cpl) outerReturn(core, frame, code);
  else sameReturn(core, frame, code);
}

function readFrame(core: Core, bytes: 2 | 4): ReturnFrame {
  const place = stackPlace(core, 5 * bytes);
  return {
    eip: frameValue(core, place, 0, bytes),
    selector: frameValue(core, place, bytes, bytes) & 0xffff,
    flags: frameValue(core, place, 2 * bytes, bytes),
    bytes,
    place,
  };
}

/** The value at `displacement`: at once where the frame's place is known, else as any program would read it. */
function frameValue(core: Core, place: number, displacement: number, bytes: 2 | 4): number {
  if (place >= 0) return core.memory.valueAt(place + displacement, bytes) >>> 0;
  return stackValue(core, displacement, bytes);
}

/** REAL-ADDRESS-MODE, and RETURN-FROM-VIRTUAL-8086-MODE with IOPL 3. */
function realModeReturn(core: Core, { eip, selector, flags, bytes }: ReturnFrame): void {
  checkInstructionPointer(core.state.segment(Segment.cs), eip);
  core.state.stackPointer += 3 * bytes;
  setRealModeCode(core, selector, eip);
  loadFlagImage(core.state, flags, bytes);
}

/** In the order in which they lie above ESP in the frame. */
const virtual8086Segments = [Segment.ss, ...dataSegments] as const;

/** RETURN-TO-VIRTUAL-8086-MODE: the frame goes on with ESP and five selectors. */
function returnToVirtual8086(core: Core, { eip, selector, flags }: ReturnFrame): void {
  const { state } = core;
  const esp = stackValue(core, 12, 4);
  const selectors = virtual8086Segments.map((_, index) => stackValue(core, 16 + 4 * index, 4) & 0xffff);
  if (eip > 0xffff) throw generalProtection(0);
  state.eflags = flags;
  virtual8086Segments.forEach((segment, index) => state.setRealModeSegment(segment, selectors[index]));
  state.setGpr(Gpr.esp, esp);
  setRealModeCode(core, selector, eip);
  setPrivilegeLevel(core, 3);
}

/** RETURN-TO-SAME-PRIVILEGE-LEVEL */
function sameReturn(core: Core, { eip, flags, bytes }: ReturnFrame, code: Descriptor): void {
  const { state } = core;
  checkInstructionPointer(code, eip);
  const writes = core.memory.pendingWrites.begin();
  markAccessed(writes, code);
  writes.commit();
  loadFlagImage(state, flags, bytes);
  state.stackPointer += 3 * bytes;
  loadCodeSegment(core, code, state.cpl, eip);
}

/** RETURN-TO-OUTER-PRIVILEGE-LEVEL. What the flags may become is decided by the ring that is left. */
function outerReturn(core: Core, { eip, flags, bytes, place }: ReturnFrame, code: Descriptor): void {
  const { state } = core;
  const cpl = selectorRpl(code.selector);
  const pointer = frameValue(core, place, 3 * bytes, bytes);
  const stack = returnStackSegment(core, frameValue(core, place, 4 * bytes, bytes) & 0xffff, cpl);
  checkInstructionPointer(code, eip);
  const writes = core.memory.pendingWrites.begin();
  markAccessed(writes, code);
  markAccessed(writes, stack);
  writes.commit();
  loadFlagImage(state, flags, bytes);
  setReturnStack(core, stack, pointer);
  loadCodeSegment(core, code, cpl, eip);
  nullInaccessibleSegments(core);
}
