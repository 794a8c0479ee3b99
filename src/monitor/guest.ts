// A guest: what it runs, the processor and the memory that it believes to have, its PC of devices, its clock. Where its registers really
// are while it runs, and what in the machine its memory is, is the technique's business.

import { type GuestPhysical, type HostPhysical, hostPhysical, pageSizeBytes } from '../base/address';
import type { ProcessorObserver } from '../cpu/core';
import type { AccessWatch } from '../cpu/memory/accessWatch';
import type { PhysicalMemory } from '../cpu/memory/physicalMemory';
import type { Processor } from '../cpu/processor';
import type { ProcessorState } from '../cpu/registers/state';
import type { PcDevices } from '../devices/pcDevices';
import type { MicroProgram } from '../ir/microOp';
import { type ExitLedger, exitLedger } from './exitLedger';
import type { GuestFrames } from './guestFrames';
import type { GuestPc } from './guestPc';
import type { GuestProgram } from './guestProgram';
import { InputDoor, type InputTarget } from './inputDoor';
import type { Position } from './inputLog';
import type { Level } from './level';
import { together } from './observers';
import { ProgramSymbols } from '../symbols/programSymbols';

/** How the technique keeps the guest's registers while it runs. */
export interface Residence {
  /** The virtual CPU gets what the guest believes at this moment. The guest stays where it is. */
  synchronize(): void;
  /** The virtual CPU's registers have been changed by somebody else than the guest: it goes on with these. */
  adopt(): void;
  /** The monitor's visits for the guest: how many are over, and the statements that the one under way has come to. */
  visits(): { readonly over: number; readonly statement: number | undefined };
  /** Where there is no monitor to exit to: what the hardware has delivered to the guest's own handlers, by reason. */
  deliveries?(): ReadonlyMap<string, number>;
  /** Tells of what happens to the guest on the hardware while nobody is in between, where that is not the virtual CPU itself. */
  observe(observer: ProcessorObserver | undefined): void;
}

export interface GuestParts {
  readonly program: GuestProgram;
  /** the processor that the guest believes to have */
  readonly vcpu: Processor;
  readonly memory: PhysicalMemory;
  /** the machine's, of which it is a part */
  readonly hostMemory: PhysicalMemory;
  readonly frames: GuestFrames;
  readonly pc: GuestPc;
  readonly residence: Residence;
}

export class Guest implements Level, InputTarget {
  readonly program: GuestProgram;
  readonly symbols: ProgramSymbols;
  readonly vcpu: Processor;
  readonly memory: PhysicalMemory;
  readonly hostMemory: PhysicalMemory;
  readonly pc: GuestPc;
  /** by which all input comes */
  readonly door: InputDoor;
  /** from the guest itself inwards */
  readonly levels: readonly [Level, ...Level[]] = [this];
  private readonly frames: GuestFrames;
  private readonly residence: Residence;
  private readonly exitCounts = new Map<string, number>();
  private readonly hostSwitchCounts = new Map<string, number>();
  private observers: readonly ProcessorObserver[] = [];

  constructor({ program, vcpu, memory, hostMemory, frames, pc, residence }: GuestParts) {
    this.vcpu = vcpu;
    this.memory = memory;
    this.hostMemory = hostMemory;
    this.frames = frames;
    this.pc = pc;
    this.residence = residence;
    this.door = new InputDoor(this);
    this.program = program;
    this.symbols = program.symbolsOf?.(this) ?? ProgramSymbols.empty;
  }

  /** The level whose instructions are running. */
  get level(): Level {
    return this.levels[this.levels.length - 1];
  }

  /** Puts the program in memory, and sets registers and devices as it shall find them. */
  load(): void {
    this.program.load(this.memory, this.vcpu.state, this.devices.ports);
  }

  get devices(): PcDevices {
    return this.pc.devices;
  }

  /** Virtual time in ticks: the guest's own instructions, and the time in which it idled. */
  get now(): number {
    return this.pc.now;
  }

  /** Of that, the time in which it idled. */
  get idleTicks(): number {
    return this.pc.idleTicks;
  }

  /** How far its run has come. Runs repeat exactly, so that this names a stop. */
  get position(): Position {
    const { over, statement } = this.residence.visits();
    return { ticks: this.now, events: this.vcpu.state.deliveryCount + over + this.door.count, statement };
  }

  /**
   * Accesses of the guest to linear addresses, as it believes them to be, that somebody wants to know of: whichever
   * processor made them. Where the hardware reads a monitor's copy of a descriptor table, the guest's own is not accessed.
   */
  get accesses(): AccessWatch {
    return this.vcpu.memory.accesses;
  }

  /** Exits so far, by reason: to the monitor, or where there is none to the guest's own handlers. */
  get exits(): ReadonlyMap<string, number> {
    return this.residence.deliveries?.() ?? this.exitCounts;
  }

  /** How often it has lost control, and for how many of its instructions it has not. */
  get ledger(): ExitLedger {
    return exitLedger(this.exits, this.pc.instructions);
  }

  /** Switches to the host's world so far, by the device that a process there stands for. */
  get hostSwitches(): ReadonlyMap<string, number> {
    return this.hostSwitchCounts;
  }

  countExit(reason: string): void {
    countOne(this.exitCounts, reason);
  }

  countHostSwitch(device: string): void {
    countOne(this.hostSwitchCounts, device);
  }

  /**
   * Tells of events as the guest sees them (its own IDT, its own rings), whoever brings them about, the hardware or a monitor;
   * until what is given is called.
   */
  observe(observer: ProcessorObserver): () => void {
    this.setObservers([...this.observers, observer]);
    return () => this.setObservers(this.observers.filter(other => other !== observer));
  }

  private setObservers(observers: readonly ProcessorObserver[]): void {
    this.observers = observers;
    const observer = together(observers);
    this.vcpu.observer = observer;
    this.residence.observe(observer);
  }

  believed(): ProcessorState {
    this.residence.synchronize();
    return this.vcpu.state;
  }

  edit(change: (state: ProcessorState) => void): void {
    this.door.edit(change);
  }

  writeMemory(address: GuestPhysical, bytes: Uint8Array): void {
    this.door.accept({ kind: 'memory', address, bytes });
  }

  writeHostMemory(address: HostPhysical, bytes: Uint8Array): void {
    this.door.accept({ kind: 'hostMemory', address, bytes });
  }

  /** For the door: registers or memory have been changed. */
  resumeEdited(): void {
    this.vcpu.memory.tlb.flush();
    this.residence.adopt();
  }

  nextInstruction(): MicroProgram | undefined {
    this.residence.synchronize();
    return this.vcpu.peek();
  }

  hostPhysical(address: GuestPhysical): HostPhysical {
    const offset = address % pageSizeBytes;
    return hostPhysical(this.frames.hostFrame((address - offset) / pageSizeBytes) * pageSizeBytes + offset);
  }
}

const countOne = (counts: Map<string, number>, name: string): void =>
  void counts.set(name, (counts.get(name) ?? 0) + 1);
