// Hardware task switches (SDM Vol. 3A §7.3, steps numbered as there; checks: table 7-1). Up to the commit a fault is
// the old task's and leaves no trace; after it, loading the new task's segments may fault in the new task.

import { Cr0, Dr6 } from '../../../isa/controlRegisters';
import { gateSelector, selectorIsLocal, selectorIsNull } from '../../../isa/descriptors';
import { is32BitSystem, isAvailableTss, isBusyTss, isPresent } from '../../../isa/descriptorTypes';
import { Eflags } from '../../../isa/flags';
import { Segment } from '../../../isa/registers';
import { minimumTaskLimit } from '../../../isa/taskState';
import type { Core } from '../../core';
import {
  clearBusy,
  type Descriptor,
  markAccessed,
  markBusy,
  requireDescriptor,
  selectorError,
} from '../descriptorTables';
import { loadCr3 } from '../controlRegisters';
import { generalProtection, invalidTss, segmentNotPresent } from '../../registers/fault';
import type { PendingWrites } from '../../memory/pendingWrites';
import {
  checkInstructionPointer,
  codeSegmentAtRpl,
  dataSegment,
  loadDescriptor,
  nullSegment,
  setPrivilegeLevel,
  stackSegment,
} from '../segmentation';
import { checkLdtDescriptor } from '../systemSegments';
import { readTask, saveTask, type TaskImage } from './taskState';

export interface TaskSwitch {
  /** present, and available or, for a return, busy */
  readonly tss: Descriptor;
  /** `event` is an exception or interrupt through a task gate, `return` an IRET with NT set */
  readonly cause: 'jump' | 'call' | 'event' | 'return';
  /** what to save for the old task */
  readonly eip: number;
  readonly eflags: number;
  /** EXT of error codes */
  readonly external?: number;
}

/** Step 1, through a task gate: the TSS that it names, found available and present. */
export function taskGateTarget(core: Core, gate: Descriptor, external: number): Descriptor {
  const tss = requireDescriptor(core, gateSelector(gate), generalProtection, external);
  checkTaskDescriptor(tss, external);
  return tss;
}

/** Steps 3 and 4, of a switch that is not a return. */
export function checkTaskDescriptor({ selector, attributes }: Descriptor, external: number): void {
  const errorCode = selectorError(selector, external);
  if (selectorIsLocal(selector) || !isAvailableTss(attributes)) throw generalProtection(errorCode);
  if (!isPresent(attributes)) throw segmentNotPresent(errorCode);
}

/** IRET with NT set: to the task whose selector is in the link field of the current TSS. */
export function returnToPreviousTask(core: Core, next: number): void {
  const { state, memory } = core;
  const selector = memory.readSystem(state.base(Segment.tr), 2);
  if (selectorIsLocal(selector)) throw invalidTss(selectorError(selector));
  const tss = requireDescriptor(core, selector, invalidTss);
  if (!isBusyTss(tss.attributes)) throw invalidTss(selectorError(selector));
  if (!isPresent(tss.attributes)) throw segmentNotPresent(selectorError(selector));
  // step 7: the old task is left with NT clear
  switchTask(core, { tss, cause: 'return', eip: next, eflags: state.eflags & ~Eflags.nt });
}

export function switchTask(core: Core, change: TaskSwitch): void {
  const { state } = core;
  const { tss, cause, external = 0 } = change;
  const is32Bit = is32BitSystem(tss.attributes);
  const nested = cause === 'call' || cause === 'event';
  const writes = core.memory.pendingWrites.begin();
  checkTaskLimit(tss.selector, tss.limit, is32Bit, external);
  // the new task is read before the old one is saved, so that a fault still belongs to the old one (step 5)
  const image = readTask(core, tss.base, is32Bit);
  saveOldTask(core, writes, change);
  if (nested) writes.add(tss.base, 2, state.selector(Segment.tr));
  const cache = markBusy(writes, tss);
  writes.commit();
  // step 11
  state.setSegment(Segment.tr, cache);
  state.cr0 |= Cr0.ts;
  loadRegisters(core, image, nested);
  loadSegments(core, image, external);
  if (image.trap) state.pendingDebugTraps |= Dr6.bt;
}

function checkTaskLimit(selector: number, limit: number, is32Bit: boolean, external: number): void {
  if (limit < minimumTaskLimit(is32Bit)) throw invalidTss(selectorError(selector, external));
}

/** Steps 6 and 8. A task that is left by JMP or IRET can be entered again; one that called stays busy. */
function saveOldTask(core: Core, writes: PendingWrites, { cause, eip, eflags, external = 0 }: TaskSwitch): void {
  const { state } = core;
  const is32Bit = is32BitSystem(state.attributes(Segment.tr));
  checkTaskLimit(state.selector(Segment.tr), state.limit(Segment.tr), is32Bit, external);
  saveTask(core, writes, state.base(Segment.tr), is32Bit, eip, eflags);
  if (cause === 'jump' || cause === 'return') clearBusy(core, writes);
}

/** Step 12, and the local breakpoints of DR7, which belong to a task (Vol. 3B §17.2.4). Selectors come without their segments. */
function loadRegisters(core: Core, image: TaskImage, nested: boolean): void {
  const { state } = core;
  if (image.cr3 !== undefined && state.paging) loadCr3(core, image.cr3);
  state.eip = image.eip;
  state.eflags = image.eflags | (nested ? Eflags.nt : 0);
  image.registers.forEach((value, index) => state.setGpr(index, value));
  image.selectors.forEach((selector, index) => state.setSegment(index, nullSegment(selector)));
  state.setSegment(Segment.ldtr, nullSegment(image.ldt));
  state.dr7 &= ~localBreakpoints;
  setPrivilegeLevel(core, state.virtual8086 ? 3 : image.selectors[Segment.cs] & 3);
}

/** L0–L3 and LE */
const localBreakpoints = 0x155;

/** Step 13: in the new task. */
function loadSegments(core: Core, image: TaskImage, external: number): void {
  const { state } = core;
  loadTaskLdt(core, image.ldt, external);
  if (state.virtual8086) {
    image.selectors.forEach((selector, index) => state.setRealModeSegment(index, selector));
  } else {
    loadTaskSegments(core, image.selectors, external);
  }
  checkInstructionPointer(state.segment(Segment.cs), state.eip, external);
}

function loadTaskLdt(core: Core, selector: number, external: number): void {
  if (selectorIsNull(selector)) return;
  const ldt = checkLdtDescriptor(core, selector, invalidTss, invalidTss, external);
  core.state.setSegment(Segment.ldtr, ldt);
}

/** In the order in which they are checked (table 7-1). */
const taskDataSegments = [Segment.ds, Segment.es, Segment.fs, Segment.gs] as const;

function loadTaskSegments(core: Core, selectors: readonly number[], external: number): void {
  const { cpl } = core.state;
  setFromDescriptor(core, Segment.cs, codeSegmentAtRpl(core, selectors[Segment.cs], invalidTss, external));
  setFromDescriptor(core, Segment.ss, stackSegment(core, selectors[Segment.ss], cpl, invalidTss, external));
  for (const segment of taskDataSegments) {
    const descriptor = dataSegment(core, selectors[segment], cpl, invalidTss, external);
    if (descriptor) setFromDescriptor(core, segment, descriptor);
  }
}

function setFromDescriptor(core: Core, segment: number, descriptor: Descriptor): void {
  const writes = core.memory.pendingWrites.begin();
  markAccessed(writes, descriptor);
  writes.commit();
  loadDescriptor(core.state, segment, descriptor);
}

/** After a switch for an exception with an error code: pushed on the new task's stack, at the width of its TSS. */
export function pushTaskErrorCode(core: Core, errorCode: number, external: number): void {
  const { state } = core;
  const writes = core.memory.pendingWrites.begin();
  const bytes = is32BitSystem(state.attributes(Segment.tr)) ? 4 : 2;
  const stack = core.memory.stackFrame.onCurrentStack(external);
  stack.reserve(1, bytes);
  stack.push(errorCode, bytes);
  writes.commit();
  state.stackPointer = stack.pointer;
}
