// The bodies behind the names in `semantics/helpers.ts`. Arguments are signed 32-bit numbers, in the order of the rows
// there; results too.

import { Activity } from '../../isa/state';
import type { HelperName } from '../../semantics/helpers';
import { writeControlRegister } from './controlRegisters';
import type { Core } from '../core';
import { cpuid } from './cpuid';
import { readDebugRegister, writeDebugRegister } from './debugRegisters';
import { readEflags, writeEflags } from './eflags';
import { enter } from './enter';
import { farReturn } from './transfers/farReturn';
import { farCall, farJump } from './transfers/farTransfers';
import { sysenter, sysexit } from './transfers/fastSystemCalls';
import { interruptReturn } from './transfers/interruptReturn';
import { softwareInterrupt } from './transfers/interrupts';
import { checkPortPermission, readPort, writePort } from './io';
import { readMsr, writeMsr } from './msr';
import { loadSegment } from './segmentation';
import { accessRights, segmentLimit, selectorIsUsable } from './selectorTests';
import { loadGdtr, loadIdtr, loadLdtr, loadTr } from './systemSegments';
import { readPerformanceCounter, readTimeStampCounter } from './timeStampCounter';

/** HLT: the instruction completes; the processor waits before the next one. */
function halt({ state }: Core): void {
  state.activity = Activity.halted;
}

/** INVLPG: of a linear address, present or not. */
const invalidatePage = ({ state, memory }: Core, segment: number, offset: number): void =>
  memory.tlb.flushPage((state.base(segment) + offset) >>> 0);

export type HelperBody = (core: Core, a: number, b: number, c: number, d: number) => number | void;

export const helperBodies: Readonly<Record<HelperName, HelperBody>> = {
  readEflags,
  writeEflags,
  loadSegment,
  loadLdtr,
  loadTr,
  loadGdtr,
  loadIdtr,
  storeWordIf: ({ memory }, condition, segment, offset, value) => {
    if (condition) memory.store(segment, offset >>> 0, 2, value);
  },
  selectorIsUsable,
  accessRights,
  segmentLimit,
  farJump,
  farCall,
  farReturn,
  interruptReturn: (core, operandSize, next) => {
    interruptReturn(core, operandSize, next);
    core.observer?.interruptReturned();
  },
  softwareInterrupt,
  enter,
  sysenter,
  sysexit,
  writeControlRegister,
  readDebugRegister,
  writeDebugRegister,
  readMsr,
  writeMsr,
  readTimeStampCounter,
  readPerformanceCounter,
  cpuid,
  invalidatePage,
  halt,
  checkPortPermission,
  readPort,
  writePort,
};
