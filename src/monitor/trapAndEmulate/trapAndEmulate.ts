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
import { Processor } from '../../cpu/processor';
import { ProcessorState } from '../../cpu/registers/state';
import type { CpuException } from '../../cpu/registers/fault';
import type { PageAccess, PageTranslation } from '../../cpu/memory/paging';
import { deliverException } from '../../cpu/privileged/transfers/interrupts';
import type { PortDevice } from '../../devices/device';
import type { PcDevices } from '../../devices/pcDevices';
import type { MicroProgram } from '../../ir/microOp';
import { Dr6 } from '../../isa/controlRegisters';
import { PageFaultError, Vector } from '../../isa/exceptions';
import { Gpr, Segment } from '../../isa/registers';
import { Activity, Shadow } from '../../isa/state';
import { Eflags } from '../../isa/flags';
import { Attribute } from '../../isa/descriptors';
import type { GuestOptions } from '../guestOptions';
import { GuestPc } from '../guestPc';
import type { Exit } from '../exit';
import type { System, SystemStep } from '../system';
import { type Purpose, Visit } from '../visit';
import { continueEmulation, handleTrap } from './handlers';
import type { Emulated, GuestInstruction, Monitor } from './monitor';
import { hostTimerVector, monitorBase, MonitorMemory, monitorSizeBytes } from './monitorMemory';
import { truncatedLimit } from './ringCompression';
import { ShadowDescriptors } from './shadowDescriptors';
import { type GuestAccess, ShadowPaging } from './shadowPaging';
import { localTexts, sentences } from './sentences';
import { exitOf } from './trap';
import { WatchedFrames } from './watchedFrames';
import {
  enterGuest,
  enterMonitor,
  liveContext,
  readTrapFrame,
  saveGuest,
  takeRetired,
  type TrapFrame,
} from './worldSwitch';

/** The hardware's ports: none that a guest could reach, since IOPL and the I/O map close them all. */
const noPorts = { read: () => 0xffffffff, write: () => {} };

/** Elements of a repeated string instruction in one visit to the monitor: so that a pause is heeded soon. */
const mostRepetitions = 4096;

/** What the hardware has noted in DR6: B0 to B3, BS. Without any of them it was INT1. */
const debugCauses = 0xf | Dr6.bs;

const allSegments = [Segment.es, Segment.cs, Segment.ss, Segment.ds, Segment.fs, Segment.gs] as const;

export class TrapAndEmulate implements System, Monitor {
  readonly technique = 'trapAndEmulate';
  readonly hardware: Processor;
  readonly guestMemory: PhysicalMemory;
  readonly accesses: AccessWatch;
  /** The processor that the guest believes to have. */
  readonly vcpu: Processor;
  frame: TrapFrame | undefined;
  emulated: Emulated = { outcome: 'retired', times: 0 };
  private readonly shadowPaging: ShadowPaging;
  private readonly shadowDescriptors: ShadowDescriptors;
  private readonly watched: WatchedFrames;
  private readonly pc: GuestPc;
  private readonly monitor: MonitorMemory;
  private readonly exitCounts = new Map<string, number>();
  private readonly hostSwitchCounts = new Map<string, number>();
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

  get hostSwitches(): ReadonlyMap<string, number> {
    return this.hostSwitchCounts;
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
    takeRetired(this.vcpu.state, this.hardware.state);
    enterMonitor(this.hardware, this.monitor, this.shadowPaging.root(this.vcpu.state));
    this.guestOnHardware = false;
    if (this.canRunDirectly()) this.enterGuest();
  }

  nextInstruction(): MicroProgram | undefined {
    this.synchronize();
    return this.vcpu.peek();
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
    if (this.canRunDirectly()) this.enterGuest();
  }

  // --- what the handlers use

  saveGuest(frame: TrapFrame): void {
    saveGuest(this.vcpu.state, this.hardware.state, frame.context, this.shadowDescriptors);
    takeRetired(this.vcpu.state, this.hardware.state);
    this.guestOnHardware = false;
  }

  countExit({ reason }: Exit): void {
    countOne(this.exitCounts, reason);
  }

  runDevices(): void {
    this.pc.runDue();
  }

  sleep(): void {
    if (!this.interruptIsDue) this.pc.skipToNextDeadline();
  }

  switchToHost({ title }: PortDevice): void {
    countOne(this.hostSwitchCounts, title);
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
    return this.devices.ports.deviceAt(immediate ? immediate.value & 0xff : this.vcpu.state.gpr(Gpr.edx) & 0xffff);
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
      if (this.accesses.hasNoted) break;
      outcome = this.vcpu.step();
    }
    this.emulated = { outcome, times };
  }

  copyDebugStatus(): void {
    const { state } = this.vcpu;
    state.set('dr6', state.get('dr6') | (this.hardware.state.get('dr6') & debugCauses));
  }

  deliver(exception: CpuException): void {
    deliverException(this.vcpu, exception);
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
    if (!state.usesDescriptors) return allSegments.every(segment => isRealModeSegment(state, segment));
    if (state.cpl !== 0 && state.cpl !== 3) return false;
    return allSegments.every(segment => this.shadowDescriptors.canLoad(state, state.segment(segment)));
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
    const exit: Exit = { reason: 'emulation', vector: undefined, errorCode: undefined, ring: 0 };
    const purpose = (): Purpose => 'bookkeeping';
    return { kind: 'monitor', visit: Visit.by({ exit, purpose, sentences, localTexts }, continueEmulation, this) };
  }

  private purposeOf(frame: TrapFrame): Purpose {
    if (frame.vector === hostTimerVector) return 'bookkeeping';
    if (frame.vector !== Vector.pageFault) return 'guest';
    const linear = this.hardware.state.get('cr2') >>> 0;
    const found = this.shadowPaging.peekGuest(this.believed(), linear, this.faultingAccess(frame));
    return found.kind === 'allowed' ? 'bookkeeping' : 'guest';
  }

  /** HLT, and nothing that could end it. */
  private isDead(): boolean {
    const { state } = this.vcpu;
    if (state.get('activity') !== Activity.halted) return false;
    return !(state.systemFlags & Eflags.if) || (!this.interruptIsDue && this.pc.clock.nextDeadline === Infinity);
  }

  private synchronize(): void {
    const { hardware } = this;
    if (!this.guestOnHardware) return;
    const context = hardware.atMonitorEntry ? readTrapFrame(hardware, this.monitor).context : liveContext(hardware);
    saveGuest(this.vcpu.state, hardware.state, context, this.shadowDescriptors);
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

const countOne = (counts: Map<string, number>, name: string): void =>
  void counts.set(name, (counts.get(name) ?? 0) + 1);

/** Segments that virtual-8086 mode can stand for: 64 KiB at selector * 16. */
function isRealModeSegment(state: ProcessorState, segment: number): boolean {
  const { selector, base, limit, attributes } = state.segment(segment);
  return base === selector << 4 && limit === 0xffff && !(attributes & (Attribute.big | Attribute.unusable));
}
