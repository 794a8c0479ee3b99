// The standard PC's devices, wired together: what a machine has for real and what a monitor makes up for a guest. The
// owner gives the clock, the ends of the wires and the disk; it gets the port bus, the interrupt controller and each
// device by name.
import { marked } from '../base/localization';
import { A20Gate, type A20GateState } from './a20Gate';
import { AtaChannel, type AtaChannelPlace } from './ataChannel';
import type { AtaDiskState } from './ataDisk';
import type { BlockStore } from './blockStore';
import { CmosRtc, type CmosRtcState } from './cmosRtc';
import { DebugExit, type DebugExitState } from './debugExit';
import { DebugPort, type DebugPortState } from './debugPort';
import type { Clock, InterruptController, InterruptLine, PortDevice, Snapshot } from './device';
import { Display } from './display';
import { InterruptControllers, type InterruptControllersState } from './interruptControllers';
import { KeyboardController8042, type KeyboardControllerState } from './keyboardController8042';
import { Pit8254, type Pit8254State } from './pit8254';
import { PortBus } from './portBus';
import { PostPort, type PostPortState } from './postPort';
import { SystemControlPortA, type SystemControlPortAState } from './systemControlPortA';
import { SystemControlPortB, type SystemControlPortBState } from './systemControlPortB';
import { com1, Uart16550, type Uart16550State } from './uart16550';
import { VgaPorts, type VgaPortsState } from './vgaPorts';

const irq = { timer: 0, keyboard: 1, clock: 8, disk: 14 };

const primaryAta: AtaChannelPlace = {
  name: 'ataDisk',
  title: marked`ATA disks (primary channel)`,
  commandBlock: 0x1f0,
  control: 0x3f6,
};

/**
 * There is no floppy controller (8272A) and no DMA for it: floppies are there for INT 13h only, and the firmware reaches
 * them as it does disks, at ports that no PC uses.
 */
const floppyDrives: AtaChannelPlace = {
  name: 'floppies',
  title: marked`Floppy drives (for the firmware)`,
  commandBlock: 0x5f0,
  control: 0x7f6,
};

/** The guest's memory as devices see it. */
export interface DeviceMemory {
  readonly sizeBytes: number;
  /** The bytes that there are from a guest-physical address on, as a copy. Without side effects. */
  slice(address: number, length: number): Uint8Array;
}

/** The host's ends of the wires. */
export interface DeviceHost {
  /** A byte that the guest has sent on COM1. */
  serialOutput(byte: number): void;
  /** A byte that the guest has written to port 0xE9. */
  debugOutput(byte: number): void;
  /** The guest has ended the run through port 0xF4; `code` is (value << 1) | 1. */
  exit(code: number): void;
}

export interface PcDevicesOptions {
  readonly clock: Clock;
  readonly memory: DeviceMemory;
  readonly host: DeviceHost;
  /**
   * The guest has asked for a reset. Called in the middle of an OUT: take note, and reset everything after the
   * instruction.
   */
  readonly resetMachine: () => void;
  /** Up to two hard disks; without one the channel's ports float. */
  readonly disks?: readonly BlockStore[];
  /** Up to two floppies, of one of the usual sizes. */
  readonly floppies?: readonly BlockStore[];
  readonly a20Changed?: (enabled: boolean) => void;
  /** The wire to the processor's INTR pin. An owner that asks `interrupts.pending` may leave it out. */
  readonly intr?: InterruptLine;
  /** The real-time clock's time at tick 0, in seconds since 1970; `defaultEpochSeconds` otherwise. */
  readonly epochSeconds?: number;
}

/** Everything but the content of the disks, which their stores keep. */
export interface PcDevicesState {
  readonly a20: A20GateState;
  readonly pic: InterruptControllersState;
  readonly pit: Pit8254State;
  readonly portA: SystemControlPortAState;
  readonly portB: SystemControlPortBState;
  readonly keyboard: KeyboardControllerState;
  readonly rtc: CmosRtcState;
  readonly uart: Uart16550State;
  readonly disks: readonly AtaDiskState[];
  readonly floppies: readonly AtaDiskState[];
  readonly vga: VgaPortsState;
  readonly debugPort: DebugPortState;
  readonly debugExit: DebugExitState;
  readonly postPort: PostPortState;
}

/** A PC's standard devices, after reset. */
export class PcDevices implements Snapshot<PcDevicesState> {
  readonly ports = new PortBus();
  readonly a20: A20Gate;
  readonly pic: InterruptControllers;
  readonly pit: Pit8254;
  readonly portA: SystemControlPortA;
  readonly portB: SystemControlPortB;
  readonly keyboard: KeyboardController8042;
  readonly rtc: CmosRtc;
  readonly uart: Uart16550;
  readonly disks: AtaChannel | undefined;
  readonly floppies: AtaChannel | undefined;
  readonly vga: VgaPorts;
  readonly display: Display;
  readonly debugPort: DebugPort;
  readonly debugExit: DebugExit;
  readonly postPort = new PostPort();

  constructor(options: PcDevicesOptions) {
    const { clock, host, memory, resetMachine, epochSeconds, disks = [], floppies = [] } = options;
    this.a20 = new A20Gate(options.a20Changed);
    this.pic = new InterruptControllers(options.intr);
    this.pit = new Pit8254(clock, this.pic.line(irq.timer));
    this.portA = new SystemControlPortA(this.a20, resetMachine);
    this.portB = new SystemControlPortB(this.pit);
    this.keyboard = new KeyboardController8042(clock, this.pic.line(irq.keyboard), this.a20, resetMachine);
    const settings = { memorySizeBytes: memory.sizeBytes, floppies: floppies.map(({ sectorCount }) => sectorCount) };
    this.rtc = new CmosRtc(clock, this.pic.line(irq.clock), { ...settings, epochSeconds });
    this.uart = new Uart16550(clock, this.pic.line(com1.irq), byte => host.serialOutput(byte));
    this.disks = disks.length > 0 ? new AtaChannel(primaryAta, clock, this.pic.line(irq.disk), disks) : undefined;
    this.floppies = floppies.length > 0 ? new AtaChannel(floppyDrives, clock, undefined, floppies) : undefined;
    this.vga = new VgaPorts(clock);
    this.display = new Display((address, length) => memory.slice(address, length), this.vga);
    this.debugPort = new DebugPort(byte => host.debugOutput(byte));
    this.debugExit = new DebugExit(code => host.exit(code));
    this.devices.forEach(device => this.ports.attach(device));
  }

  get interrupts(): InterruptController {
    return this.pic;
  }

  /** Would a key, or a byte on COM1, interrupt the processor now? */
  get inputInterrupts(): boolean {
    const { pic, keyboard, uart } = this;
    return (
      (keyboard.interruptsForKeys && pic.wouldInterrupt(irq.keyboard)) ||
      (uart.interruptsForBytes && pic.wouldInterrupt(com1.irq))
    );
  }

  /** In the order in which the debugger shows them. */
  get devices(): readonly PortDevice[] {
    const { pic, pit, portB, keyboard, portA, rtc, uart, vga, debugPort, debugExit, postPort } = this;
    const drives = [this.disks, this.floppies].filter(channel => channel !== undefined);
    return [pic, pit, portB, keyboard, portA, rtc, uart, ...drives, vga, debugPort, debugExit, postPort];
  }

  /** The RESET line of the bus. What a battery, a disk and memory keep stays. */
  reset(): void {
    this.devices.forEach(device => device.reset());
  }

  save(): PcDevicesState {
    return {
      a20: this.a20.save(),
      pic: this.pic.save(),
      pit: this.pit.save(),
      portA: this.portA.save(),
      portB: this.portB.save(),
      keyboard: this.keyboard.save(),
      rtc: this.rtc.save(),
      uart: this.uart.save(),
      disks: this.disks?.save() ?? [],
      floppies: this.floppies?.save() ?? [],
      vga: this.vga.save(),
      debugPort: this.debugPort.save(),
      debugExit: this.debugExit.save(),
      postPort: this.postPort.save(),
    };
  }

  /** The clock must be at the tick of the snapshot already. */
  restore(state: PcDevicesState): void {
    this.a20.restore(state.a20);
    this.pit.restore(state.pit);
    this.portA.restore(state.portA);
    this.portB.restore(state.portB);
    this.keyboard.restore(state.keyboard);
    this.rtc.restore(state.rtc);
    this.uart.restore(state.uart);
    this.disks?.restore(state.disks);
    this.floppies?.restore(state.floppies);
    this.vga.restore(state.vga);
    this.debugPort.restore(state.debugPort);
    this.debugExit.restore(state.debugExit);
    this.postPort.restore(state.postPort);
    // Last: it holds the levels of all lines, whatever the devices did to them meanwhile.
    this.pic.restore(state.pic);
  }
}
