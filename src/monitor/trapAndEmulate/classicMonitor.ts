// The classic monitor of one guest: it owns the hardware whenever the guest does not run on it, and does what the handlers ask.
//
// The virtual CPU is a second processor over the guest's own view: its registers as the guest believes them, the guest's
// memory, the virtual devices. It has the one meaning of every instruction, so emulating one is letting it take a step.
// It also steps whenever the guest's state cannot be loaded into the hardware: in the instructions around a change of
// mode, in the shadow of STI.

import { type GuestPhysical, type HostPhysical, type Linear, pageSizeBytes } from '../../base/address';
import type { ProcessorObserver } from '../../cpu/core';
import { writeControlRegister } from '../../cpu/privileged/controlRegisters';
import type { PhysicalMemory } from '../../cpu/memory/physicalMemory';
import type { Processor } from '../../cpu/processor';
import type { CpuException } from '../../cpu/registers/fault';
import type { PageAccess, PageTranslation } from '../../cpu/memory/paging';
import { deliverException } from '../../cpu/privileged/transfers/interrupts';
import type { PortDevice } from '../../devices/device';
import { Dr6 } from '../../isa/controlRegisters';
import { PageFaultError, Vector } from '../../isa/exceptions';
import { Eflags } from '../../isa/flags';
import { isRepeated, portAccess } from '../../isa/instruction';
import { Gpr, Segment, segmentRegisters } from '../../isa/registers';
import { Activity, Shadow } from '../../isa/state';
import type { Machine } from '../../machine/machine';
import { DirectEvents } from '../deprivileged/directEvents';
import { hostTimerVector, monitorBase, MonitorMemory, monitorSizeBytes } from '../deprivileged/monitorMemory';
import { believedRing, truncatedLimit } from '../deprivileged/ringCompression';
import { ShadowDescriptors } from '../deprivileged/shadowDescriptors';
import { type GuestAccess, ShadowPaging } from '../deprivileged/shadowPaging';
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
import { type Exit, exitReason } from '../exit';
import { Guest, type Residence } from '../guest';
import { framesFrom } from '../guestFrames';
import type { GuestPc } from '../guestPc';
import type { GuestProgram } from '../guestProgram';
import type { TrappedInstruction } from '../trappedInstruction';
import type { Purpose, Visit } from '../visit';
import type { Emulated, GuestInstruction, Monitor } from './monitor';

/** Elements of a repeated string instruction in one visit to the monitor: so that a pause is heeded soon. */
const mostRepetitions = 4096;

/** What the hardware has noted in DR6: B0 to B3, BS. Without any of them it was INT1. */
const debugCauses = 0xf | Dr6.bs;

const unknownTrap: TrappedInstruction = {
  linear: undefined,
  codeSize: 32,
  codeBase: 0,
  instruction: undefined,
  port: undefined,
};

export interface MonitoredParts {
  readonly program: GuestProgram;
  readonly vcpu: Processor;
  readonly guestMemory: PhysicalMemory;
  readonly pc: GuestPc;
}

export class ClassicMonitor implements Monitor, Residence {
  readonly guest: Guest;
  readonly hardware: Processor;
  readonly vcpu: Processor;
  readonly guestMemory: PhysicalMemory;
  frame: TrapFrame | undefined;
  emulated: Emulated = { outcome: 'retired', times: 0 };
  /** the hardware holds the guest's registers: it runs, or is about to */
  guestOnHardware = false;
  /** what the last trap was about */
  trappedInstruction: TrappedInstruction = unknownTrap;
  private readonly pc: GuestPc;
  private readonly memory: MonitorMemory;
  private readonly watched: WatchedFrames;
  private readonly shadowDescriptors: ShadowDescriptors;
  private readonly shadowPaging: ShadowPaging;
  /** under way, or the last one */
  private visit: Visit | undefined;
  private visitsBegun = 0;

  constructor({ memory, hardware }: Machine, { program, vcpu, guestMemory, pc }: MonitoredParts) {
    this.hardware = hardware;
    this.vcpu = vcpu;
    this.guestMemory = guestMemory;
    this.pc = pc;
    const frames = framesFrom(monitorSizeBytes / pageSizeBytes);
    this.guest = new Guest({ program, vcpu, memory: guestMemory, hostMemory: memory, frames, pc, residence: this });
    this.memory = new MonitorMemory(memory);
    hardware.monitorEntry = this.memory.entry;
    hardware.memory.fastCeiling = monitorBase - 1;
    this.watched = new WatchedFrames(guestMemory);
    this.shadowDescriptors = new ShadowDescriptors(this.memory, guestMemory, this.watched);
    const { pageTable: monitorTable, shadowPool: pool } = this.memory;
    this.shadowPaging = new ShadowPaging({ memory, guest: guestMemory, frames, pool, monitorTable }, this.watched);
  }

  /** Loads itself and the guest, as at RESET, and lets the guest go. */
  start(): void {
    this.guestOnHardware = false;
    this.vcpu.reset();
    this.pc.reset();
    this.guest.load();
    this.hardware.reset();
    this.memory.build();
    this.watched.clear();
    this.shadowPaging.clear();
    this.shadowDescriptors.forget();
    enterMonitor(this.hardware, this.memory, this.shadowPaging.root(this.vcpu.state));
    if (this.canRunDirectly()) this.enterGuest();
  }

  /** Where the hardware's stack begins in ring 0. */
  get stackTop(): Linear {
    return this.memory.stackTop;
  }

  /** What the hardware has pushed: the guest has trapped. */
  takeTrap(): TrapFrame {
    const frame = readTrapFrame(this.hardware, this.memory);
    this.frame = frame;
    this.trappedInstruction = { ...unknownTrap };
    return frame;
  }

  /** The monitor goes on without one: what it carries out from here on has not trapped. */
  forgetTrap(): void {
    this.frame = undefined;
    this.trappedInstruction = { ...unknownTrap };
  }

  purposeOf(frame: TrapFrame): Purpose {
    if (frame.vector === hostTimerVector) return 'bookkeeping';
    return this.peekAccess(frame)?.kind === 'allowed' ? 'bookkeeping' : 'guest';
  }

  /** What the guest's own tables say of the access that has faulted; undefined if it was no page fault. Only looks. */
  peekAccess(frame: TrapFrame): GuestAccess | undefined {
    if (frame.vector !== Vector.pageFault) return undefined;
    const linear = this.hardware.state.get('cr2') >>> 0;
    return this.shadowPaging.peekGuest(this.guest.believed(), linear, this.faultingAccess(frame));
  }

  /** HLT, and nothing that could end it. */
  get guestIsDead(): boolean {
    const { state } = this.vcpu;
    if (state.get('activity') !== Activity.halted) return false;
    return !(state.systemFlags & Eflags.if) || (!this.interruptIsDue && this.pc.clock.nextDeadline === Infinity);
  }

  // --- where the guest's registers are

  synchronize(): void {
    const { hardware } = this;
    if (!this.guestOnHardware) return;
    const context = hardware.atMonitorEntry ? readTrapFrame(hardware, this.memory).context : liveContext(hardware);
    saveGuest(this.vcpu.state, hardware.state, context, this.shadowDescriptors);
  }

  adopt(): void {
    if (!this.guestOnHardware) return;
    takeRetired(this.vcpu.state, this.hardware.state);
    enterMonitor(this.hardware, this.memory, this.shadowPaging.root(this.vcpu.state));
    this.guestOnHardware = false;
    if (this.canRunDirectly()) this.enterGuest();
  }

  /** Begins now. */
  noteVisit(visit: Visit): void {
    this.visit = visit;
    this.visitsBegun++;
  }

  visits(): { over: number; statement: number | undefined } {
    const { visit, visitsBegun } = this;
    if (!visit || visit.isOver) return { over: visitsBegun, statement: undefined };
    return { over: visitsBegun - 1, statement: visit.position };
  }

  observe(observer: ProcessorObserver | undefined): void {
    const isRunning = (): boolean => this.guestOnHardware;
    this.hardware.observer = observer && new DirectEvents(observer, { isRunning, believedRing });
  }

  // --- what the handlers use

  get now(): number {
    return this.pc.now;
  }

  hostPhysical(address: GuestPhysical): HostPhysical {
    return this.guest.hostPhysical(address);
  }

  saveGuest(frame: TrapFrame): void {
    saveGuest(this.vcpu.state, this.hardware.state, frame.context, this.shadowDescriptors);
    takeRetired(this.vcpu.state, this.hardware.state);
    this.guestOnHardware = false;
    this.noteTrap();
  }

  private noteTrap(): void {
    const { vcpu, trappedInstruction } = this;
    trappedInstruction.linear = vcpu.linearEip;
    trappedInstruction.codeSize = vcpu.state.codeIs32Bit ? 32 : 16;
    trappedInstruction.codeBase = vcpu.state.base(Segment.cs);
  }

  countExit(exit: Exit): void {
    this.guest.countExit(exitReason(exit));
  }

  runDevices(): void {
    this.pc.runDue();
  }

  sleep(): void {
    if (!this.interruptIsDue) this.pc.skipToNextDeadline();
  }

  switchToHost({ title }: PortDevice): void {
    this.guest.countHostSwitch(title);
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
    if (instruction?.row.privilege !== 'io') return undefined;
    const { operand } = portAccess(instruction);
    const port = operand.kind === 'immediate' ? operand.value & 0xff : this.vcpu.state.gpr(Gpr.edx) & 0xffff;
    this.trappedInstruction.port = port;
    return this.guest.devices.ports.deviceAt(port);
  }

  /**
   * A repeated string instruction is carried on with until it is done or something else is due: it costs one exit, as in a
   * real monitor, and not one for each element.
   */
  emulate(fetched: GuestInstruction | undefined): void {
    const { state } = this.vcpu;
    const { eip } = state;
    this.trappedInstruction.instruction = fetched?.program.instruction;
    const repeats = isRepeated(fetched?.program.instruction);
    let outcome = this.vcpu.step();
    let times = 1;
    for (; repeats && outcome === 'retired' && state.eip === eip && times < mostRepetitions; times++) {
      this.pc.runDue();
      if (this.interruptIsDue || state.pendingDebugTraps !== 0 || this.pc.resetRequested) break;
      if (this.guest.accesses.hasNoted) break;
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
    if (!state.usesDescriptors) return segmentRegisters.every(segment => state.isRealModeSegment(segment));
    if (state.cpl !== 0 && state.cpl !== 3) return false;
    return segmentRegisters.every(segment => this.shadowDescriptors.canLoad(state, segment));
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
    enterGuest(state, this.hardware, this.memory);
    this.guestOnHardware = true;
  }
}
