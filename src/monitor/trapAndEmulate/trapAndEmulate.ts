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

import { type GuestPhysical, type HostPhysical, pageSizeBytes } from '../../base/address';
import type { ProcessorObserver } from '../../cpu/core';
import { AccessWatch } from '../../cpu/memory/accessWatch';
import { writeControlRegister } from '../../cpu/privileged/controlRegisters';
import { PhysicalMemory } from '../../cpu/memory/physicalMemory';
import { Processor } from '../../cpu/processor';
import { ProcessorState } from '../../cpu/registers/state';
import type { CpuException } from '../../cpu/registers/fault';
import type { PageAccess, PageTranslation } from '../../cpu/memory/paging';
import { deliverException } from '../../cpu/privileged/transfers/interrupts';
import type { PortDevice } from '../../devices/device';
import { Dr6 } from '../../isa/controlRegisters';
import { PageFaultError, Vector } from '../../isa/exceptions';
import { Gpr, Segment } from '../../isa/registers';
import { Activity, Shadow } from '../../isa/state';
import { Eflags } from '../../isa/flags';
import type { GuestOptions } from '../guestOptions';
import { GuestPc } from '../guestPc';
import { HostTimer, type Machine } from '../../machine/machine';
import { type Exit, exitReason } from '../exit';
import { Guest, type Residence } from '../guest';
import { framesFrom } from '../guestFrames';
import type { System, SystemStep } from '../system';
import { type Purpose, Visit } from '../visit';
import { continueEmulation, handleTrap } from './handlers';
import type { Emulated, GuestInstruction, Monitor } from './monitor';
import { DirectEvents } from '../deprivileged/directEvents';
import { hostTimerVector, monitorBase, MonitorMemory, monitorSizeBytes } from '../deprivileged/monitorMemory';
import { believedRing, truncatedLimit } from '../deprivileged/ringCompression';
import { ShadowDescriptors } from '../deprivileged/shadowDescriptors';
import { type GuestAccess, ShadowPaging } from '../deprivileged/shadowPaging';
import { localTexts, sentences } from './sentences';
import { exitOf } from '../deprivileged/trap';
import { WatchedFrames } from '../deprivileged/watchedFrames';
import {
  enterGuest,
  enterMonitor,
  liveContext,
  readTrapFrame,
  saveGuest,
  takeRetired,
  type TrapFrame,
} from '../deprivileged/worldSwitch';

/** The hardware's ports: none that a guest could reach, since IOPL and the I/O map close them all. */
const noPorts = { read: () => 0xffffffff, write: () => {} };

/** Elements of a repeated string instruction in one visit to the monitor: so that a pause is heeded soon. */
const mostRepetitions = 4096;

/** The hardware's, and the one that the guest believes to have. */
const processorCount = 2;

/** What the hardware has noted in DR6: B0 to B3, BS. Without any of them it was INT1. */
const debugCauses = 0xf | Dr6.bs;

const allSegments = [Segment.es, Segment.cs, Segment.ss, Segment.ds, Segment.fs, Segment.gs] as const;

export class TrapAndEmulate implements System, Monitor, Residence {
  readonly technique = 'trapAndEmulate';
  readonly machine: Machine;
  readonly running: Guest;
  readonly guests: readonly [Guest];
  frame: TrapFrame | undefined;
  emulated: Emulated = { outcome: 'retired', times: 0 };
  private readonly shadowPaging: ShadowPaging;
  private readonly shadowDescriptors: ShadowDescriptors;
  private readonly watched: WatchedFrames;
  private readonly monitor: MonitorMemory;
  /** the hardware holds the guest's registers: it runs, or is about to */
  private guestOnHardware = false;

  constructor(options: GuestOptions) {
    const memory = PhysicalMemory.ofSize(monitorSizeBytes + options.memoryBytes, processorCount);
    const room = memory.takeRoom();
    const real = ProcessorState.within(room);
    const believed = new ProcessorState();
    const guestMemory = memory.window(monitorSizeBytes, options.memoryBytes);
    const pc = new GuestPc(options, guestMemory, [believed, real]);
    const accesses = new AccessWatch();
    const { ports, interrupts } = pc.devices;
    const vcpu = new Processor({ accesses, state: believed, memory: guestMemory, ports, interrupts });
    const timer = new HostTimer(hostTimerVector, () => pc.clock.nextDeadline <= pc.now);
    const hardware = new Processor({ room, state: real, memory, accesses, ports: noPorts, interrupts: timer });
    this.machine = { memory, hardware };
    const frames = framesFrom(monitorSizeBytes / pageSizeBytes);
    this.running = new Guest({ program: options.program, vcpu, memory: guestMemory, frames, pc, residence: this });
    this.guests = [this.running];

    this.monitor = new MonitorMemory(memory);
    hardware.monitorEntry = this.monitor.entry;
    hardware.memory.fastCeiling = monitorBase - 1;
    this.watched = new WatchedFrames(guestMemory);
    this.shadowDescriptors = new ShadowDescriptors(this.monitor, guestMemory, this.watched);
    const { pageTable: monitorTable, shadowPool: pool } = this.monitor;
    this.shadowPaging = new ShadowPaging({ memory, guest: guestMemory, frames, pool, monitorTable }, this.watched);
    this.setStops(new Set());
    this.reset();
  }

  get hardware(): Processor {
    return this.machine.hardware;
  }

  get vcpu(): Processor {
    return this.running.vcpu;
  }

  get guestMemory(): PhysicalMemory {
    return this.running.memory;
  }

  get now(): number {
    return this.pc.now;
  }

  private get pc(): GuestPc {
    return this.running.pc;
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

  hostPhysical(address: GuestPhysical): HostPhysical {
    return this.running.hostPhysical(address);
  }

  synchronize(): void {
    const { hardware } = this;
    if (!this.guestOnHardware) return;
    const context = hardware.atMonitorEntry ? readTrapFrame(hardware, this.monitor).context : liveContext(hardware);
    saveGuest(this.vcpu.state, hardware.state, context, this.shadowDescriptors);
  }

  adopt(): void {
    if (!this.guestOnHardware) return;
    takeRetired(this.vcpu.state, this.hardware.state);
    enterMonitor(this.hardware, this.monitor, this.shadowPaging.root(this.vcpu.state));
    this.guestOnHardware = false;
    if (this.canRunDirectly()) this.enterGuest();
  }

  observe(observer: ProcessorObserver | undefined): void {
    const isRunning = (): boolean => this.guestOnHardware;
    this.hardware.observer = observer && new DirectEvents(observer, { isRunning, believedRing });
  }

  reset(): void {
    this.guestOnHardware = false;
    this.vcpu.reset();
    this.pc.reset();
    this.running.load();
    this.hardware.reset();
    this.monitor.build();
    this.watched.clear();
    this.shadowPaging.clear();
    this.shadowDescriptors.forget();
    enterMonitor(this.hardware, this.monitor, this.shadowPaging.root(this.vcpu.state));
    if (this.canRunDirectly()) this.enterGuest();
  }

  // --- what the handlers use

  saveGuest(frame: TrapFrame): void {
    saveGuest(this.vcpu.state, this.hardware.state, frame.context, this.shadowDescriptors);
    takeRetired(this.vcpu.state, this.hardware.state);
    this.guestOnHardware = false;
  }

  countExit(exit: Exit): void {
    this.running.countExit(exitReason(exit));
  }

  runDevices(): void {
    this.pc.runDue();
  }

  sleep(): void {
    if (!this.interruptIsDue) this.pc.skipToNextDeadline();
  }

  switchToHost({ title }: PortDevice): void {
    this.running.countHostSwitch(title);
  }

  get interruptIsDue(): boolean {
    return this.vcpu.acceptsInterrupts && this.vcpu.interrupts.pending;
  }

  faultingAccess({ errorCode = 0 }: TrapFrame): PageAccess {
    const isUser = (errorCode & PageFaultError.user) !== 0;
    return { write: (errorCode & PageFaultError.write) !== 0, user: isUser && this.vcpu.state.paging };
  }

  walkGuestTables(linear: number, access: PageAccess): GuestAccess {
    return this.shadowPaging.walkGuest(this.vcpu.state, linear, access);
  }

  fillShadow(linear: number, translation: PageTranslation, access: PageAccess): void {
    this.shadowPaging.fill(this.vcpu.state, linear, translation, access);
  }

  refreshShadows(): void {
    if (this.watched.sync()) this.vcpu.memory.tlb.flush();
  }

  fetchInstruction(): GuestInstruction | undefined {
    const { state, linearEip: linear } = this.vcpu;
    const program = this.vcpu.peek();
    const codeSize = state.codeIs32Bit ? 32 : 16;
    return program && { selector: state.selector(Segment.cs), eip: state.eip, linear, codeSize, program };
  }

  portDevice(fetched: GuestInstruction | undefined): PortDevice | undefined {
    const instruction = fetched?.program.instruction;
    if (instruction?.row.exitReason !== 'io') return undefined;
    const immediate = instruction.operands.find(operand => operand.kind === 'immediate');
    return this.running.devices.ports.deviceAt(
      immediate ? immediate.value & 0xff : this.vcpu.state.gpr(Gpr.edx) & 0xffff,
    );
  }

  /**
   * A repeated string instruction is carried on with until it is done or something else is due: it costs one exit, as in a
   * real monitor, and not one for each element.
   */
  emulate(fetched: GuestInstruction | undefined): void {
    const { state } = this.vcpu;
    const { eip } = state;
    const instruction = fetched?.program.instruction;
    const repeats = instruction !== undefined && instruction.repeat !== 'none';
    let outcome = this.vcpu.step();
    let times = 1;
    for (; repeats && outcome === 'retired' && state.eip === eip && times < mostRepetitions; times++) {
      this.pc.runDue();
      if (this.interruptIsDue || state.pendingDebugTraps !== 0 || this.pc.resetRequested) break;
      if (this.running.accesses.hasNoted) break;
      outcome = this.vcpu.step();
    }
    this.emulated = { outcome, times };
  }

  copyDebugStatus(): void {
    const { state } = this.vcpu;
    state.set('dr6', state.get('dr6') | (this.hardware.state.get('dr6') & debugCauses));
  }

  deliver(exception: CpuException): void {
    const isInt1 = exception.vector === Vector.debug && !(this.hardware.state.get('dr6') & debugCauses);
    deliverException(this.vcpu, exception, isInt1 ? 'privilegedSoftwareException' : 'exception');
    const isDead = this.vcpu.state.activity === Activity.shutdown;
    this.emulated = { outcome: isDead ? 'shutdown' : 'delivered', times: 1 };
  }

  takeInterrupt(): void {
    this.emulated = { outcome: this.vcpu.step(), times: 1 };
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
    if (!state.usesDescriptors) return allSegments.every(segment => state.isRealModeSegment(segment));
    if (state.cpl !== 0 && state.cpl !== 3) return false;
    return allSegments.every(segment => this.shadowDescriptors.canLoad(state, segment));
  }

  enterGuest(): void {
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
    this.frame = frame;
    const purpose = (): Purpose => this.purposeOf(frame);
    return {
      kind: 'monitor',
      visit: Visit.by({ exit, purpose, sentences, localTexts }, handleTrap, this, exit, frame),
    };
  }

  /** The guest cannot run on the hardware now: the monitor goes on for it, one instruction at a time. */
  private stepVirtually(): SystemStep {
    this.pc.runDue();
    if (this.isDead()) return { kind: 'halted' };
    this.frame = undefined;
    const exit: Exit = { kind: 'emulation' };
    const purpose = (): Purpose => 'bookkeeping';
    return { kind: 'monitor', visit: Visit.by({ exit, purpose, sentences, localTexts }, continueEmulation, this) };
  }

  private purposeOf(frame: TrapFrame): Purpose {
    if (frame.vector === hostTimerVector) return 'bookkeeping';
    if (frame.vector !== Vector.pageFault) return 'guest';
    const linear = this.hardware.state.get('cr2') >>> 0;
    const found = this.shadowPaging.peekGuest(this.running.believed(), linear, this.faultingAccess(frame));
    return found.kind === 'allowed' ? 'bookkeeping' : 'guest';
  }

  /** HLT, and nothing that could end it. */
  private isDead(): boolean {
    const { state } = this.vcpu;
    if (state.get('activity') !== Activity.halted) return false;
    return !(state.systemFlags & Eflags.if) || (!this.interruptIsDue && this.pc.clock.nextDeadline === Infinity);
  }
}
