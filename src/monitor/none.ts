// Technique `none`: the guest has the machine to itself, as Linux has on x86 without a VMM. Kernel in ring 0, its own
// page tables, real devices. What it believes is what is.

import { type GuestPhysical, type HostPhysical, hostPhysical } from '../base/address';
import type { AccessWatch } from '../cpu/memory/accessWatch';
import type { ProcessorObserver } from '../cpu/core';
import { PhysicalMemory } from '../cpu/memory/physicalMemory';
import { Processor } from '../cpu/processor';
import { ProcessorState } from '../cpu/registers/state';
import type { PcDevices } from '../devices/pcDevices';
import type { MicroProgram } from '../ir/microOp';
import { Eflags } from '../isa/flags';
import { unreachable } from '../base/exhaustive';
import type { GuestOptions } from './guestOptions';
import { GuestPc } from './guestPc';
import type { System, SystemStep } from './system';

export class BareMetal implements System {
  readonly technique = 'none';
  readonly hardware: Processor;
  readonly guestMemory: PhysicalMemory;
  readonly exits: ReadonlyMap<string, number> = new Map();
  readonly hostSwitches: ReadonlyMap<string, number> = new Map();
  private readonly pc: GuestPc;

  constructor(private readonly options: GuestOptions) {
    this.guestMemory = PhysicalMemory.ofSize(options.memoryBytes);
    const room = this.guestMemory.takeRoom();
    const state = ProcessorState.within(room);
    this.pc = new GuestPc(options, this.guestMemory, [state]);
    this.hardware = new Processor({
      room,
      state,
      memory: this.guestMemory,
      ports: this.devices.ports,
      interrupts: this.devices.interrupts,
    });
    this.pc.onDisturbance = () => this.hardware.endRun();
    this.reset();
  }

  get accesses(): AccessWatch {
    return this.hardware.memory.accesses;
  }

  get devices(): PcDevices {
    return this.pc.devices;
  }

  get now(): number {
    return this.pc.now;
  }

  get guestObserver(): ProcessorObserver | undefined {
    return this.hardware.observer;
  }

  set guestObserver(observer: ProcessorObserver | undefined) {
    this.hardware.observer = observer;
  }

  step(): SystemStep {
    this.pc.runDue();
    const outcome = this.hardware.step();
    if (this.pc.resetRequested) this.reset();
    switch (outcome) {
      case 'halted':
        return this.idle();
      case 'shutdown':
        return { kind: 'shutdown' };
      case 'retired':
      case 'delivered':
      case 'monitorEntry':
        return { kind: 'guest' };
      default:
        return unreachable(outcome);
    }
  }

  run(ticks: number): number {
    if (this.pc.resetRequested) return 0;
    this.pc.runDue();
    return this.hardware.run(Math.min(ticks, this.pc.clock.nextDeadline - this.now));
  }

  setStops(addresses: ReadonlySet<number>, seesAll: boolean): void {
    this.hardware.setStops(addresses, seesAll);
  }

  believed(): ProcessorState {
    return this.hardware.state;
  }

  edit(change: (state: ProcessorState) => void): void {
    change(this.hardware.state);
    this.hardware.memory.tlb.flush();
  }

  nextInstruction(): MicroProgram | undefined {
    return this.hardware.peek();
  }

  hostPhysical(address: GuestPhysical): HostPhysical {
    return hostPhysical(address);
  }

  reset(): void {
    this.hardware.reset();
    this.pc.reset();
    this.options.load(this.guestMemory, this.hardware.state, this.devices.ports);
  }

  /** HLT: time passes at once until a device has something to say. */
  private idle(): SystemStep {
    const canWake = (this.hardware.state.systemFlags & Eflags.if) !== 0;
    return { kind: canWake && this.pc.skipToNextDeadline() ? 'guest' : 'halted' };
  }
}
