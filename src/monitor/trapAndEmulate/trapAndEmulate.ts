// Technique `trapAndEmulate`: the classic monitor. The guest's kernel runs in ring 1, its privileged instructions fault,
// the monitor catches the fault, carries the instruction out on the virtual CPU, and lets the guest go on. What x86
// does not trap (POPF, SMSW, PUSH CS, …) runs directly and really goes wrong: that is why this monitor was long thought
// impossible on x86.
//
// Left out: guests in rings 1 and 2 run on the virtual CPU only.

import { AccessWatch } from '../../cpu/memory/accessWatch';
import { PhysicalMemory } from '../../cpu/memory/physicalMemory';
import { Processor } from '../../cpu/processor';
import { ProcessorState } from '../../cpu/registers/state';
import { Activity } from '../../isa/state';
import { HostTimer, type Machine } from '../../machine/machine';
import { hostTimerVector, monitorSizeBytes } from '../deprivileged/monitorMemory';
import { exitOf, pushedFrame, trappedState } from '../deprivileged/trap';
import type { Exit } from '../exit';
import type { Guest } from '../guest';
import type { GuestOptions } from '../guestOptions';
import { GuestPc } from '../guestPc';
import type { PushedFrame } from '../pushedFrame';
import type { System, SystemStep } from '../system';
import { type Purpose, Visit } from '../visit';
import { whyCalled, whyStillEmulating } from './causes';
import { ClassicMonitor } from './classicMonitor';
import { continueEmulation, handleTrap } from './handlers';
import { localTexts, sentences } from './sentences';

/** The hardware's ports: none that a guest could reach, since IOPL and the I/O map close them all. */
const noPorts = { read: () => 0xffffffff, write: () => {} };

/** The hardware's, and the one that the guest believes to have. */
const processorCount = 2;

export class TrapAndEmulate implements System {
  readonly technique = 'trapAndEmulate';
  readonly machine: Machine;
  readonly running: Guest;
  readonly guests: readonly [Guest];
  private readonly monitor: ClassicMonitor;

  constructor(options: GuestOptions) {
    const memory = PhysicalMemory.ofSize(monitorSizeBytes + options.memoryBytes, processorCount);
    const area = memory.takeArea();
    const real = ProcessorState.within(area);
    const believed = new ProcessorState();
    const guestMemory = memory.window(monitorSizeBytes, options.memoryBytes);
    const pc = new GuestPc(options, guestMemory, [believed, real]);
    const accesses = new AccessWatch();
    const { ports, interrupts } = pc.devices;
    const vcpu = new Processor({ accesses, state: believed, memory: guestMemory, ports, interrupts });
    const isDue = (): boolean => pc.clock.nextDeadline <= pc.now && this.hardware.isBetweenGuestInstructions;
    const timer = new HostTimer(hostTimerVector, isDue);
    const hardware = new Processor({ area, state: real, memory, accesses, ports: noPorts, interrupts: timer });
    this.machine = { memory, hardware };
    this.monitor = new ClassicMonitor(this.machine, { program: options.program, vcpu, guestMemory, pc });
    this.running = this.monitor.guest;
    this.guests = [this.running];
    this.setStops(new Set());
    this.reset();
  }

  private get hardware(): Processor {
    return this.machine.hardware;
  }

  private get pc(): GuestPc {
    return this.running.pc;
  }

  step(): SystemStep {
    if (this.pc.resetRequested) this.reset();
    if (this.running.vcpu.state.get('activity') === Activity.shutdown) return { kind: 'shutdown' };
    if (!this.monitor.guestOnHardware) return this.stepVirtually();
    const outcome = this.hardware.step();
    if (this.hardware.atMonitorEntry) return this.trapped();
    return { kind: outcome === 'shutdown' ? 'shutdown' : 'guest' };
  }

  run(ticks: number): number {
    if (!this.monitor.guestOnHardware || this.pc.resetRequested) return 0;
    return this.hardware.run(Math.min(ticks, this.pc.clock.nextDeadline - this.pc.now));
  }

  /** What is privileged traps, so the monitor sees all in any case. */
  setStops(addresses: ReadonlySet<number>): void {
    this.hardware.setStops(addresses, true);
  }

  reset(): void {
    this.monitor.start();
  }

  private trapped(): SystemStep {
    const { monitor } = this;
    const frame = monitor.takeTrap();
    const exit = exitOf(frame);
    const purpose = (): Purpose => monitor.purposeOf(frame);
    const cause = (): string => {
      monitor.synchronize();
      return whyCalled(monitor, frame, monitor.peekAccess(frame));
    };
    const trapped = (): ProcessorState => trappedState(this.hardware, frame);
    const pushed = (): PushedFrame => pushedFrame(frame, monitor.stackTop);
    const parts = { exit, purpose, cause, trapped, pushed, about: monitor.trappedInstruction, sentences, localTexts };
    return this.visited(Visit.by(parts, handleTrap, monitor, exit, frame));
  }

  /** The guest cannot run on the hardware now: the monitor goes on for it, one instruction at a time. */
  private stepVirtually(): SystemStep {
    const { monitor } = this;
    this.pc.runDue();
    if (monitor.guestIsDead) return { kind: 'halted' };
    monitor.forgetTrap();
    const exit: Exit = { kind: 'emulation' };
    const purpose = (): Purpose => 'bookkeeping';
    const cause = (): string => whyStillEmulating(monitor);
    const none = (): undefined => undefined;
    const parts = { exit, purpose, cause, trapped: none, pushed: none, about: undefined, sentences, localTexts };
    return this.visited(Visit.by(parts, continueEmulation, monitor));
  }

  private visited(visit: Visit): SystemStep {
    this.monitor.noteVisit(visit);
    return { kind: 'monitor', visit };
  }
}
