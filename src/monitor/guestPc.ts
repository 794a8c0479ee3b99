// The PC that the guest sees around its processor: the same devices whether they are real (technique `none`) or made up
// by a monitor. What differs is who reaches them.

import { PcDevices } from '../devices/pcDevices';
import { EventQueue } from '../devices/eventQueue';
import type { PhysicalMemory } from '../cpu/memory/physicalMemory';
import type { ProcessorState } from '../cpu/registers/state';
import type { GuestOptions } from './guestOptions';

const com1LineControl = 0x3fb;
const eightBitsNoParity = 3;

export class GuestPc {
  readonly clock: EventQueue;
  readonly devices: PcDevices;
  /** set by a device in the middle of an instruction; carried out after it */
  resetRequested = false;
  /** Called when something has come up that a run under way should not go past: another deadline, a reset, the end. */
  onDisturbance: () => void = () => {};
  private idleSoFar = 0;

  /** Time passes with the guest's instructions that `processors` do between them, and while the guest idles. */
  constructor(
    options: GuestOptions,
    memory: PhysicalMemory,
    private readonly processors: readonly ProcessorState[],
  ) {
    this.clock = new EventQueue(() => this.now);
    this.clock.observer = () => this.onDisturbance();
    this.devices = new PcDevices({
      clock: this.clock,
      memory,
      host: {
        serialOutput: byte => options.host.serialOutput(byte),
        debugOutput: byte => options.host.debugOutput(byte),
        exit: code => {
          this.onDisturbance();
          options.host.exit(code);
        },
      },
      resetMachine: () => this.requestReset(),
      disks: options.disks,
      ...(options.floppies ? { floppies: options.floppies } : {}),
    });
  }

  /** The guest, or who presses the button, wants a reset after the instruction under way. */
  requestReset(): void {
    this.resetRequested = true;
    this.onDisturbance();
  }

  /** RESET, and what a PC's firmware does before a guest starts: COM1 at 8 data bits, no parity, 1 stop bit. */
  reset(): void {
    this.resetRequested = false;
    this.devices.reset();
    this.devices.ports.write(com1LineControl, eightBitsNoParity, 8);
  }

  get now(): number {
    return this.idleSoFar + this.instructions;
  }

  /** Of the guest, so far. */
  get instructions(): number {
    let instructions = 0;
    for (const { instructionCount } of this.processors) instructions += instructionCount;
    return instructions;
  }

  /** of `now`, what the guest has spent in HLT */
  get idleTicks(): number {
    return this.idleSoFar;
  }

  /** Lets the devices do what is due by now. */
  runDue(): void {
    if (this.clock.nextDeadline <= this.now) this.clock.runDue();
  }

  /** HLT: time passes at once until a device has something to do. False if none ever will. */
  skipToNextDeadline(): boolean {
    const { nextDeadline } = this.clock;
    if (nextDeadline === Infinity) return false;
    this.idleSoFar += Math.max(0, nextDeadline - this.now);
    this.clock.runDue();
    return true;
  }
}
