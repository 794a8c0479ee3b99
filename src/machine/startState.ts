// The registers that a guest finds when it starts: real mode as a BIOS hands over to a boot sector (IBM PC/AT Technical
// Reference, INT 19h), or flat protected mode as a Multiboot loader does (Multiboot 0.6.96 §3.2). All other registers are 0.

import { Cr0 } from '../isa/controlRegisters';
import { Attribute, encodeDescriptor, flatAttributes, flatLimit, segmentCache, SystemType } from '../isa/descriptors';
import { Eflags } from '../isa/flags';
import { dataSegments, Gpr, Segment, segmentRegisters } from '../isa/registers';
import type { ProcessorState } from '../cpu/registers/state';

export interface RealModeStart {
  readonly segment: number;
  readonly ip: number;
  readonly stackPointer: number;
  /** a BIOS is there, so interrupts may come */
  readonly interrupts: boolean;
}

export function startInRealMode(state: ProcessorState, start: RealModeStart): void {
  resetToZero(state);
  for (const segment of segmentRegisters) state.setRealModeSegment(segment, start.segment);
  state.set('idtrLimit', 0x3ff);
  state.set('cr0', Cr0.et);
  state.eflags = Eflags.reserved1 | (start.interrupts ? Eflags.if : 0);
  state.setGpr(Gpr.esp, start.stackPointer);
  state.eip = start.ip;
}

const codeDescriptor = encodeDescriptor(0, flatLimit, flatAttributes | Attribute.code);
const dataDescriptor = encodeDescriptor(0, flatLimit, flatAttributes);

export const bootCodeSelector = 0x08;
export const bootDataSelector = 0x10;

/** Null, flat code, flat data: so that the segment registers agree with a table that the guest may look at. */
export const bootGdt: readonly number[] = [
  ...[0, 0],
  ...[codeDescriptor.low, codeDescriptor.high],
  ...[dataDescriptor.low, dataDescriptor.high],
];
export const bootGdtBytes = bootGdt.length * 4;

export interface ProtectedModeStart {
  readonly entry: number;
  readonly gdtBase: number;
  readonly stackPointer: number;
}

/** CPL 0, flat 4 GiB segments, paging off, interrupts off, no IDT. */
export function startInProtectedMode(state: ProcessorState, start: ProtectedModeStart): void {
  resetToZero(state);
  state.setSegment(Segment.cs, segmentCache(bootCodeSelector, codeDescriptor));
  for (const segment of [Segment.ss, ...dataSegments])
    state.setSegment(segment, segmentCache(bootDataSelector, dataDescriptor));
  const noLdt = Attribute.unusable | SystemType.ldt;
  state.setSegment(Segment.ldtr, { selector: 0, base: 0, limit: 0, attributes: noLdt });
  state.set('gdtrBase', start.gdtBase);
  state.set('gdtrLimit', bootGdtBytes - 1);
  state.set('idtrLimit', 0);
  state.set('cr0', Cr0.et | Cr0.pe);
  state.eflags = Eflags.reserved1;
  state.setGpr(Gpr.esp, start.stackPointer);
  state.eip = start.entry;
}

function resetToZero(state: ProcessorState): void {
  state.reset();
  state.setGpr(Gpr.edx, 0);
}
