// Technique `none`: the guest has the machine to itself, as Linux has on x86 without a VMM. Kernel in ring 0, its own
// page tables, real devices. What it believes is what is.

import { unreachable } from '../base/exhaustive';
import { PhysicalMemory } from '../cpu/memory/physicalMemory';
import { Processor } from '../cpu/processor';
import { ProcessorState } from '../cpu/registers/state';
import { Eflags } from '../isa/flags';
import type { Machine } from '../machine/machine';
import { deliveryReasons } from './exitLedger';
import { Guest, type Residence } from './guest';
import { framesFrom } from './guestFrames';
import type { GuestOptions } from './guestOptions';
import { GuestPc } from './guestPc';
import type { System, SystemStep } from './system';

export class BareMetal implements System {
  readonly technique = 'none';
  readonly machine: Machine;
  readonly running: Guest;
  readonly guests: readonly [Guest];

  constructor(options: GuestOptions) {
    const memory = PhysicalMemory.ofSize(options.memoryBytes);
    const area = memory.takeArea();
    const state = ProcessorState.within(area);
    const pc = new GuestPc(options, memory, [state]);
    const { ports, interrupts } = pc.devices;
    const hardware = new Processor({ area, state, memory, ports, interrupts });
    pc.onDisturbance = () => hardware.endRun();
    this.machine = { memory, hardware };
    this.running = new Guest({
      program: options.program,
      hostMemory: memory,
      vcpu: hardware,
      memory,
      frames: framesFrom(0),
      pc,
      residence: atHome(hardware),
    });
    this.guests = [this.running];
    this.reset();
  }

  step(): SystemStep {
    this.runDue();
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
    this.runDue();
    return this.hardware.run(Math.min(ticks, this.pc.clock.nextDeadline - this.pc.now));
  }

  setStops(addresses: ReadonlySet<number>, seesAll: boolean): void {
    this.hardware.setStops(addresses, seesAll);
  }

  reset(): void {
    this.hardware.reset();
    this.pc.reset();
    this.running.load();
  }

  get hardware(): Processor {
    return this.machine.hardware;
  }

  private get pc(): GuestPc {
    return this.running.pc;
  }

  private runDue(): void {
    if (this.hardware.isBetweenGuestInstructions) this.pc.runDue();
  }

  /** HLT: time passes at once until a device has something to say. */
  private idle(): SystemStep {
    const canWake = (this.hardware.state.systemFlags & Eflags.if) !== 0;
    return { kind: canWake && this.pc.skipToNextDeadline() ? 'guest' : 'halted' };
  }
}

/** The processor that the guest believes to have is the one that there is. */
const atHome = (hardware: Processor): Residence => ({
  synchronize: () => {},
  adopt: () => {},
  visits: () => ({ over: 0, statement: undefined }),
  deliveries: () => deliveryReasons(hardware.deliveries.all),
  observe: () => {},
});
