// Technique `trapAndEmulate`: the classic monitor. The guest's kernel runs in ring 1, its privileged instructions fault,
// the monitor catches the fault, carries the instruction out on the virtual CPU, and lets the guest go on. What x86
// does not trap (POPF, SMSW, PUSH CS, …) runs directly and really goes wrong: that is why this monitor was long thought
// impossible on x86.
//
// The virtual CPU is a second processor over the guest's own view: its registers as the guest believes them, the guest's
// memory, the virtual devices. It has the one meaning of every instruction, so emulating one is letting it take a step.
// It also steps whenever the guest's state cannot be loaded into the hardware: in the instructions around a change of
// mode, in the shadow of STI.
//
// Left out: guests in rings 1 and 2 run on the virtual CPU only.

import { type GuestPhysical, type HostPhysical, hostPhysical } from '../../base/address';
import { AccessWatch } from '../../cpu/memory/accessWatch';
import { writeControlRegister } from '../../cpu/privileged/controlRegisters';
import type { ProcessorObserver } from '../../cpu/core';
import { PhysicalMemory } from '../../cpu/memory/physicalMemory';
import { Processor, type StepOutcome } from '../../cpu/processor';
import { ProcessorState } from '../../cpu/registers/state';
import type { PcDevices } from '../../devices/pcDevices';
import type { MicroProgram } from '../../ir/microOp';
import { Segment } from '../../isa/registers';
import { Activity, Shadow } from '../../isa/state';
import { Eflags } from '../../isa/flags';
import { Attribute } from '../../isa/descriptors';
import type { GuestOptions } from '../guestOptions';
import { GuestPc } from '../guestPc';
import { peekInstruction } from '../peekInstruction';
import type { Stages } from '../stage';
import type { Exit, System, SystemStep } from '../system';
import { continueEmulation, handleTrap } from './handlers';
import { hostTimerVector, monitorBase, MonitorMemory, monitorSizeBytes } from './monitorMemory';
import { truncatedLimit } from './ringCompression';
import { ShadowDescriptors } from './shadowDescriptors';
import { ShadowPaging } from './shadowPaging';
import { exitOf } from './trap';
import { WatchedFrames } from './watchedFrames';
import { enterGuest, enterMonitor, liveContext, readTrapFrame, saveGuest, type TrapFrame } from './worldSwitch';

/** The hardware's ports: none that a guest could reach, since IOPL and the I/O map close them all. */
const noPorts = { read: () => 0xffffffff, write: () => {} };

/** Elements of a repeated string instruction in one visit to the monitor: so that a pause is heeded soon. */
const mostRepetitions = 4096;

const allSegments = [Segment.es, Segment.cs, Segment.ss, Segment.ds, Segment.fs, Segment.gs] as const;

export class TrapAndEmulate implements System {
  readonly technique = 'trapAndEmulate';
  readonly hardware: Processor;
  readonly guestMemory: PhysicalMemory;
  readonly accesses: AccessWatch;
  /** The processor that the guest believes to have. */
  readonly vcpu: Processor;
  readonly shadowPaging: ShadowPaging;
  readonly shadowDescriptors: ShadowDescriptors;
  readonly watched: WatchedFrames;
  readonly pc: GuestPc;
  private readonly monitor: MonitorMemory;
  private readonly remembered = new ProcessorState();
  private readonly exitCounts = new Map<string, number>();
  /** the hardware holds the guest's registers: it runs, or is about to */
  private guestOnHardware = false;

  constructor(private readonly options: GuestOptions) {
    const memory = PhysicalMemory.ofSize(monitorSizeBytes + options.memoryBytes, 2);
    this.guestMemory = memory.window(monitorSizeBytes, options.memoryBytes);
    this.monitor = new MonitorMemory(memory);
    const believed = new ProcessorState();
    const room = memory.takeRoom();
    const real = ProcessorState.within(room);
    this.pc = new GuestPc(options, this.guestMemory, [believed, real]);
    this.accesses = new AccessWatch();
    const { accesses } = this;
    this.vcpu = new Processor({
      accesses,
      state: believed,
      memory: this.guestMemory,
      ports: this.devices.ports,
      interrupts: this.devices.interrupts,
    });
    this.hardware = new Processor({
      room,
      state: real,
      memory,
      accesses,
      ports: noPorts,
      interrupts: this.hostTimer(),
    });
    this.hardware.monitorEntry = this.monitor.entry;
    this.hardware.memory.fastCeiling = monitorBase - 1;
    this.watched = new WatchedFrames(this.guestMemory);
    this.shadowDescriptors = new ShadowDescriptors(this.monitor, this.guestMemory, this.watched);
    const { pageTable: monitorTable, shadowPool: pool } = this.monitor;
    const places = { memory, guest: this.guestMemory, guestOffset: monitorSizeBytes, pool, monitorTable };
    this.shadowPaging = new ShadowPaging(places, this.watched);
    this.setStops(new Set());
    this.reset();
  }

  get devices(): PcDevices {
    return this.pc.devices;
  }

  get now(): number {
    return this.pc.now;
  }

  get exits(): ReadonlyMap<string, number> {
    return this.exitCounts;
  }

  get guestObserver(): ProcessorObserver | undefined {
    return this.vcpu.observer;
  }

  set guestObserver(observer: ProcessorObserver | undefined) {
    this.vcpu.observer = observer;
  }

  step(): SystemStep {
    if (this.pc.resetRequested) this.reset();
    if (this.vcpu.state.get('activity') === Activity.shutdown) return { kind: 'shutdown' };
    if (!this.guestOnHardware) return this.stepVirtually();
    const outcome = this.hardware.step();
    if (this.hardware.atMonitorEntry) return this.trapped();
    return { kind: outcome === 'shutdown' ? 'shutdown' : 'guest' };
  }

  run(ticks: number): number {
    if (!this.guestOnHardware || this.pc.resetRequested) return 0;
    return this.hardware.run(Math.min(ticks, this.pc.clock.nextDeadline - this.now));
  }

  /** What is privileged traps, so the monitor sees all in any case. */
  setStops(addresses: ReadonlySet<number>): void {
    this.hardware.setStops(addresses, true);
  }

  believed(): ProcessorState {
    this.synchronize();
    return this.vcpu.state;
  }

  edit(change: (state: ProcessorState) => void): void {
    const wasOnHardware = this.guestOnHardware;
    this.synchronize();
    change(this.vcpu.state);
    this.vcpu.memory.tlb.flush();
    if (!wasOnHardware) return;
    enterMonitor(this.hardware, this.monitor, this.shadowPaging.root(this.vcpu.state));
    this.guestOnHardware = false;
    if (this.canRunDirectly()) this.runDirectly();
  }

  nextInstruction(): MicroProgram | undefined {
    this.synchronize();
    return peekInstruction(this.vcpu);
  }

  hostPhysical(address: GuestPhysical): HostPhysical {
    return hostPhysical(address + monitorSizeBytes);
  }

  reset(): void {
    this.guestOnHardware = false;
    this.vcpu.reset();
    this.pc.reset();
    this.options.load(this.guestMemory, this.vcpu.state, this.devices.ports);
    this.hardware.reset();
    this.monitor.build();
    this.watched.clear();
    this.shadowPaging.clear();
    this.shadowDescriptors.forget();
    enterMonitor(this.hardware, this.monitor, this.shadowPaging.root(this.vcpu.state));
    if (this.canRunDirectly()) this.runDirectly();
  }

  // --- what the handlers use

  /** The guest's registers are in the hardware; put them where the guest believes they are. */
  save(frame: TrapFrame): void {
    saveGuest(this.vcpu.state, this.hardware.state, frame.context, this.shadowDescriptors);
    this.guestOnHardware = false;
    this.pc.runDue();
  }

  /** What the guest believes now, to be compared with what it believes after the next step: good until the next call. */
  remember(): ProcessorState {
    this.remembered.copyFrom(this.vcpu.state);
    return this.remembered;
  }

  /** An interrupt of the virtual devices that the guest would take now. */
  get interruptIsDue(): boolean {
    return this.vcpu.acceptsInterrupts && this.vcpu.interrupts.pending;
  }

  /**
   * The virtual CPU takes its next instruction, `program`. A repeated string instruction is carried on with until it is done
   * or something else is due: it costs one exit, as in a real monitor, and not one for each element.
   */
  emulate(program: MicroProgram | undefined): { readonly outcome: StepOutcome; readonly times: number } {
    const { state } = this.vcpu;
    const { eip } = state;
    const repeats = program?.instruction !== undefined && program.instruction.repeat !== 'none';
    let outcome = this.vcpu.step();
    let times = 1;
    for (; repeats && outcome === 'retired' && state.eip === eip && times < mostRepetitions; times++) {
      this.pc.runDue();
      if (this.interruptIsDue || state.pendingDebugTraps !== 0 || this.pc.resetRequested) break;
      if (this.accesses.hasNoted) break;
      outcome = this.vcpu.step();
    }
    return { outcome, times };
  }

  /** Brings shadows up to date with whatever has been written to the guest's tables. */
  refreshShadows(): void {
    if (this.watched.sync()) this.vcpu.memory.tlb.flush();
  }

  /**
   * Can the hardware hold this state? Not while an event waits for the next instruction's end, only if each segment is what
   * its selector would load, and not if the next instruction lies where the monitor does.
   */
  canRunDirectly(): boolean {
    const { state } = this.vcpu;
    if (state.get('activity') !== Activity.active || state.get('interruptShadow') !== Shadow.none) return false;
    if (state.get('pendingDebugTraps') !== 0 || this.interruptIsDue) return false;
    if (state.eip > truncatedLimit(state.segment(Segment.cs))) return false;
    if (!state.usesDescriptors) return allSegments.every(segment => isRealModeSegment(state, segment));
    if (state.cpl !== 0 && state.cpl !== 3) return false;
    return allSegments.every(segment => this.shadowDescriptors.canLoad(state, state.segment(segment)));
  }

  /** Loads the vCPU's registers into the hardware and leaves the monitor by IRET. */
  runDirectly(): void {
    const { state } = this.vcpu;
    this.refreshShadows();
    const root = this.shadowPaging.root(state);
    this.shadowDescriptors.update(state);
    if (this.hardware.state.get('cr3') !== root || this.shadowPaging.tlbIsStale) {
      writeControlRegister(this.hardware, 3, root);
      this.shadowPaging.tlbIsStale = false;
    }
    enterGuest(state, this.hardware, this.monitor);
    this.guestOnHardware = true;
  }

  // --- stepping

  private trapped(): SystemStep {
    const frame = readTrapFrame(this.hardware, this.monitor);
    const exit = exitOf(frame);
    this.exitCounts.set(exit.reason, (this.exitCounts.get(exit.reason) ?? 0) + 1);
    return this.inMonitor(exit, handleTrap(this, frame, exit));
  }

  /** The guest cannot run on the hardware now: the monitor goes on for it, one instruction at a time. */
  private stepVirtually(): SystemStep {
    this.pc.runDue();
    if (this.isDead()) return { kind: 'halted' };
    const exit: Exit = { reason: 'emulation', vector: undefined, errorCode: undefined, ring: 0 };
    return this.inMonitor(exit, continueEmulation(this));
  }

  private inMonitor(exit: Exit, stages: Stages): SystemStep {
    return { kind: 'monitor', exit, stages };
  }

  /** HLT, and nothing that could end it. */
  private isDead(): boolean {
    const { state } = this.vcpu;
    if (state.get('activity') !== Activity.halted) return false;
    return !(state.systemFlags & Eflags.if) || (!this.interruptIsDue && this.pc.clock.nextDeadline === Infinity);
  }

  private synchronize(): void {
    if (!this.guestOnHardware || this.hardware.atMonitorEntry) return;
    saveGuest(this.vcpu.state, this.hardware.state, liveContext(this.hardware), this.shadowDescriptors);
  }

  /** The host's timer chip: interrupts when one of the virtual devices has something to do. */
  private hostTimer(): { readonly pending: boolean; acknowledge(): number } {
    const { pc } = this;
    return {
      get pending() {
        return pc.clock.nextDeadline <= pc.now;
      },
      acknowledge: () => hostTimerVector,
    };
  }
}

/** Segments that virtual-8086 mode can stand for: 64 KiB at selector * 16. */
function isRealModeSegment(state: ProcessorState, segment: number): boolean {
  const { selector, base, limit, attributes } = state.segment(segment);
  return base === selector << 4 && limit === 0xffff && !(attributes & (Attribute.big | Attribute.unusable));
}
