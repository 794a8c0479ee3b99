// The switch between the guest's world and the monitor's. The virtual CPU (vCPU) is what the guest believes: its rings
// are 0 and 3, its interrupts may be off. The hardware holds the same registers in another form: ring 0 as ring 1 (or
// as virtual-8086 mode, for a guest in real mode), interrupts always on, IOPL 0.

import { Eflags } from '../../isa/flags';
import { Cr0, Cr4, Dr6, Dr7 } from '../../isa/controlRegisters';
import { segmentCache, selectorRpl } from '../../isa/descriptors';
import { exceptionRow } from '../../isa/exceptions';
import { dataSegments, Gpr, Segment, segmentRegisters } from '../../isa/registers';
import type { Processor } from '../../cpu/processor';
import type { ProcessorState } from '../../cpu/registers/state';
import { helperBodies } from '../../cpu/privileged/helperBodies';
import { nullSegment, setCodeSegment } from '../../cpu/privileged/segmentation';
import {
  hostTimerVector,
  monitorBase,
  monitorCode,
  monitorCodeAttributes,
  monitorData,
  monitorReturnStack,
  type MonitorMemory,
  monitorTss,
  shadowLdtSelector,
} from './monitorMemory';
import type { ShadowDescriptors } from './shadowDescriptors';

/** What the hardware pushed on the monitor's stack, or what it would push now. Selectors are the hardware's. */
export interface GuestContext {
  readonly eip: number;
  readonly eflags: number;
  readonly esp: number;
  /** by segment number: ES, CS, SS, DS, FS, GS */
  readonly selectors: readonly number[];
}

/** The ring that the guest really was in: in virtual-8086 mode it is 3, whatever CS holds. */
export const ringOf = ({ eflags, selectors }: GuestContext): number =>
  eflags & Eflags.vm ? 3 : selectorRpl(selectors[Segment.cs]);

export interface TrapFrame {
  readonly vector: number;
  readonly errorCode: number | undefined;
  readonly context: GuestContext;
}

/** Flags that the vCPU keeps for itself: what the hardware holds in their place is the monitor's. */
const virtualFlags = Eflags.if | Eflags.iopl | Eflags.vm | Eflags.vif | Eflags.vip;
/** The bits of CR0 that the hardware takes over from the vCPU: about the coprocessor, and alignment checks in ring 3. */
const sharedCr0 = Cr0.mp | Cr0.em | Cr0.ts | Cr0.am;
/** RDTSC traps: the real counter does not tell the guest's time. */
const monitorCr4 = Cr4.tsd;
const monitorCr0 = Cr0.pe | Cr0.pg | Cr0.wp | Cr0.et | Cr0.ne;

/** Reads the frame that a trap left on the monitor's stack, when the hardware stands in the monitor page. */
export function readTrapFrame(hardware: Processor, monitor: MonitorMemory): TrapFrame {
  const { state, memory } = hardware;
  const vector = monitor.vectorAt(hardware.linearEip);
  let top = state.gpr(Gpr.esp) >>> 0;
  const pop = (): number => {
    const value = memory.readSystem(top, 4);
    top += 4;
    return value;
  };
  const hasErrorCode = vector !== hostTimerVector && exceptionRow(vector)?.hasErrorCode === true;
  const errorCode = hasErrorCode ? pop() : undefined;
  const [eip, cs, eflags, esp, ss] = [pop() >>> 0, pop() & 0xffff, pop(), pop(), pop() & 0xffff];
  const pushed = (eflags & Eflags.vm) !== 0;
  const [es, ds, fs, gs] = dataSegments.map(segment => (pushed ? pop() & 0xffff : state.selector(segment)));
  return { vector, errorCode, context: { eip, eflags, esp, selectors: [es, cs, ss, ds, fs, gs] } };
}

/** The same, of a guest that is running at this moment. */
export const liveContext = ({ state }: Processor): GuestContext => ({
  eip: state.eip,
  eflags: state.eflags,
  esp: state.gpr(Gpr.esp),
  selectors: segmentRegisters.map(segment => state.selector(segment)),
});

/** What the hardware has retired was the guest's: its virtual CPU has the count, and the time stamp counter. */
export function takeRetired(vcpu: ProcessorState, hardware: ProcessorState): void {
  vcpu.instructionCount += hardware.instructionCount;
  hardware.instructionCount = 0;
}

/** Hardware → vCPU. Segments whose selector is unchanged are as they were: the tables cannot change while the guest runs. */
export function saveGuest(
  vcpu: ProcessorState,
  hardware: ProcessorState,
  context: GuestContext,
  tables: ShadowDescriptors,
): void {
  for (let index = 0; index < 8; index++) vcpu.setGpr(index, hardware.gpr(index));
  vcpu.setGpr(Gpr.esp, context.esp);
  vcpu.eip = context.eip;
  vcpu.eflags = (context.eflags & ~virtualFlags) | (vcpu.eflags & virtualFlags);
  const cpl = virtualCpl(vcpu, context);
  for (const segment of segmentRegisters) {
    const selector = virtualSelector(vcpu, segment, context.selectors[segment], cpl);
    if (selector !== vcpu.selector(segment)) loadVirtualSegment(vcpu, segment, selector, tables);
  }
  vcpu.cpl = cpl;
}

/** vCPU → hardware, and into the guest: the monitor's own IRET. The hardware is in ring 0 when this is called. */
export function enterGuest(vcpu: ProcessorState, hardware: Processor, monitor: MonitorMemory): void {
  const { state } = hardware;
  state.cr0 = monitorCr0 | (vcpu.cr0 & sharedCr0);
  for (const field of ['dr0', 'dr1', 'dr2', 'dr3'] as const) state.set(field, vcpu.get(field));
  state.set('dr6', Dr6.fixedOnes);
  state.dr7 = directBreakpoints(vcpu);
  for (let index = 0; index < 8; index++) if (index !== Gpr.esp) state.setGpr(index, vcpu.gpr(index));
  const inV86 = !vcpu.usesDescriptors;
  if (!inV86)
    for (const segment of dataSegments) helperBodies.loadSegment(hardware, segment, vcpu.selector(segment), 0, 0);
  pushReturnFrame(vcpu, hardware, monitor, inV86);
  helperBodies.interruptReturn(hardware, 32, 0, 0, 0);
  state.interruptShadow = 0;
}

/** DR7 without the breakpoints in the monitor's part of memory: the guest reaches that only through the virtual CPU. */
function directBreakpoints(vcpu: ProcessorState): number {
  if (!(vcpu.dr7 & Dr7.enables)) return vcpu.dr7;
  const hidden = (['dr0', 'dr1', 'dr2', 'dr3'] as const)
    .map((field, index) => (vcpu.get(field) >>> 0 < monitorBase ? 0 : 3 << (index * 2)))
    .reduce((all, enables) => all | enables);
  return vcpu.dr7 & ~hidden;
}

function pushReturnFrame(vcpu: ProcessorState, hardware: Processor, monitor: MonitorMemory, inV86: boolean): void {
  const { state, memory } = hardware;
  const eflags = (vcpu.eflags & ~virtualFlags) | Eflags.if | (inV86 ? Eflags.vm : 0);
  const outer = (selector: number): number => (vcpu.cpl === 0 && !inV86 ? selector | 1 : selector);
  const frame = [
    vcpu.eip,
    outer(vcpu.selector(Segment.cs)),
    eflags,
    vcpu.gpr(Gpr.esp),
    outer(vcpu.selector(Segment.ss)),
  ];
  if (inV86) frame.push(...dataSegments.map(segment => vcpu.selector(segment)));
  const top = monitor.stackTop - frame.length * 4;
  frame.forEach((value, index) => memory.writeSystem(top + index * 4, 4, value));
  state.setGpr(Gpr.esp, top | 0);
  if (!inV86 && !vcpu.stackIs32Bit) moveReturnStack(vcpu, hardware, monitor, top);
}

/**
 * IRET to a 16-bit stack loads SP only: the high half of ESP would stay the monitor's. So the monitor's stack is moved to a
 * segment in which the same place has the guest's high half in its offset.
 */
function moveReturnStack(vcpu: ProcessorState, hardware: Processor, monitor: MonitorMemory, top: number): void {
  const esp = (vcpu.gpr(Gpr.esp) & 0xffff0000) | (top & 0xffff);
  monitor.writeReturnStack(top, esp);
  helperBodies.loadSegment(hardware, Segment.ss, monitorReturnStack, 0, 0);
  hardware.state.setGpr(Gpr.esp, esp);
}

/** Puts the hardware into the monitor's own environment, as when a VMM has loaded and switched to its page tables. */
export function enterMonitor(hardware: Processor, monitor: MonitorMemory, root: number): void {
  const { state } = hardware;
  state.eflags = Eflags.reserved1;
  state.set('cr3', root);
  state.set('cr0', monitorCr0);
  state.set('cr4', monitorCr4);
  hardware.memory.tlb.flush();
  state.set('gdtrBase', monitor.gdtBase);
  state.set('gdtrLimit', 0xffff);
  state.set('idtrBase', monitor.idtBase);
  state.set('idtrLimit', 0x7ff);
  state.setGpr(Gpr.esp, monitor.stackTop | 0);
  state.cpl = 0;
  const code = { selector: monitorCode, base: 0, limit: 0xffffffff, attributes: monitorCodeAttributes };
  setCodeSegment(hardware, code, 0, monitor.entry.first);
  helperBodies.loadSegment(hardware, Segment.ss, monitorData, 0, 0);
  helperBodies.loadLdtr(hardware, shadowLdtSelector, 0, 0, 0);
  // LTR refuses a task that is busy, as the monitor's is from the first time on
  if (state.selector(Segment.tr) !== monitorTss) helperBodies.loadTr(hardware, monitorTss, 0, 0, 0);
}

const virtualCpl = (vcpu: ProcessorState, context: GuestContext): number =>
  vcpu.protectedMode && ringOf(context) === 3 ? 3 : 0;

/** CS and SS carry the real ring in their RPL; the guest's kernel is to believe in ring 0. In real mode there is no RPL. */
function virtualSelector(vcpu: ProcessorState, segment: number, selector: number, cpl: number): number {
  const carriesRing = segment === Segment.cs || segment === Segment.ss;
  return vcpu.usesDescriptors && cpl === 0 && carriesRing ? selector & 0xfffc : selector;
}

function loadVirtualSegment(vcpu: ProcessorState, segment: number, selector: number, tables: ShadowDescriptors): void {
  if (!vcpu.usesDescriptors) {
    vcpu.setRealModeSegment(segment, selector);
    return;
  }
  const raw = tables.guestDescriptor(vcpu, selector);
  vcpu.setSegment(segment, raw ? segmentCache(selector, raw) : nullSegment(selector));
}
