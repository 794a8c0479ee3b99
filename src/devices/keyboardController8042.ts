// The 8042 keyboard controller (IBM PC/AT Technical Reference, "Keyboard Controller"; IBM PS/2 Hardware Interface
// Technical Reference, "Keyboard and Auxiliary Device Controller"): ports 0x60 and 0x64, IRQ1, the A20 gate, and the
// processor's reset line. Answers of the controller itself are there at once; each byte from the keyboard takes
// `keyboardByteTicks` on its cable, so a handler that reads the port twice sees the same byte twice, as on hardware.
// Leaves out: a mouse (nothing is plugged in), the controller's translation table, passwords.
import { hex } from '../base/hex';
import { marked, t } from '../base/localization';
import type { A20Gate } from './a20Gate';
import type { Clock, DeviceField, InterruptLine, PortDevice, Snapshot, Timer } from './device';
import { Keyboard, type KeyboardSnapshot } from './keyboard';
import { ticksOfMicroseconds } from './virtualTime';

const dataPort = 0x60;

const status = { outputFull: 0x01, systemFlag: 0x04, lastWriteWasCommand: 0x08, unlocked: 0x10 };
const statusOfAuxiliary = { outputFromAuxiliary: 0x20, timeOut: 0x40 };
const commandByte = {
  keyboardInterrupt: 0x01,
  systemFlag: 0x04,
  keyboardOff: 0x10,
  auxiliaryOff: 0x20,
  translate: 0x40,
};
const outputPort = { notReset: 0x01, a20: 0x02, keyboardInterrupt: 0x10 };
/** Bit 7: keyboard not locked; bit 4: 512 KB on the board. */
const inputPortValue = 0x90;

const command = {
  readCommandByte: 0x20,
  writeCommandByte: 0x60,
  disableAuxiliary: 0xa7,
  enableAuxiliary: 0xa8,
  testAuxiliary: 0xa9,
  selfTest: 0xaa,
  testKeyboard: 0xab,
  disableKeyboard: 0xad,
  enableKeyboard: 0xae,
  readInputPort: 0xc0,
  readOutputPort: 0xd0,
  writeOutputPort: 0xd1,
  writeKeyboardBuffer: 0xd2,
  writeToAuxiliary: 0xd4,
  closeA20: 0xdd,
  openA20: 0xdf,
};
const selfTestPassed = 0x55;
const interfaceGood = 0x00;
const interfaceClockStuckLow = 0x01;
const nobodyAnswered = 0xfe;

/** About a tenth of the real 1 ms, for the patience of those who step through a driver. */
export const keyboardByteTicks = ticksOfMicroseconds(100);

interface ControllerState {
  commandByte: number;
  /** The byte at port 0x60; it stays readable after it has been read. */
  output: number;
  outputFull: boolean;
  outputFromAuxiliary: boolean;
  lastWriteWasCommand: boolean;
  /** The command whose argument comes to port 0x60 next, or undefined. */
  awaitingArgumentOf: number | undefined;
}

export interface KeyboardControllerState {
  readonly controller: Readonly<ControllerState>;
  readonly keyboard: KeyboardSnapshot;
  readonly byteDeadline: number | undefined;
}

/** As the BIOS leaves it: keyboard on, its interrupt on, translation on. */
const poweredOn: ControllerState = {
  commandByte:
    commandByte.translate | commandByte.systemFlag | commandByte.keyboardInterrupt | commandByte.auxiliaryOff,
  output: 0,
  outputFull: false,
  outputFromAuxiliary: false,
  lastWriteWasCommand: false,
  awaitingArgumentOf: undefined,
};

export class KeyboardController8042 implements PortDevice, Snapshot<KeyboardControllerState> {
  readonly name = 'keyboardController';
  readonly title = marked`Keyboard controller (8042)`;
  readonly ports = [
    { first: dataPort, last: dataPort, widths: [8] },
    { first: 0x64, last: 0x64, widths: [8] },
  ] as const;
  private state: ControllerState = { ...poweredOn };
  private readonly keyboard = new Keyboard();
  private readonly cable: Timer;

  constructor(
    private readonly clock: Clock,
    private readonly irq1: InterruptLine,
    private readonly a20: A20Gate,
    private readonly resetMachine: () => void,
  ) {
    this.cable = clock.createTimer(() => this.byteArrived());
  }

  /** Keys from the host, as set 1 scan codes (make code, and make code | 0x80 on release). */
  type(scanCodes: Iterable<number>): void {
    this.keyboard.type(scanCodes);
    this.update();
  }

  /** Codes typed that the guest has not been sent yet. */
  get waiting(): number {
    return this.keyboard.waiting;
  }

  /** Does a key that is pressed ask for an interrupt? */
  get interruptsForKeys(): boolean {
    return this.interruptEnabled && !this.keyboardOff && this.keyboard.isScanning;
  }

  reset(): void {
    this.state = { ...poweredOn };
    this.keyboard.reset();
    this.cable.disarm();
    this.a20.reset();
    this.update();
  }

  readPort(port: number): number {
    if (port !== dataPort) return this.status;
    this.state.outputFull = false;
    this.state.outputFromAuxiliary = false;
    this.update();
    return this.state.output;
  }

  writePort(port: number, value: number): void {
    this.state.lastWriteWasCommand = port !== dataPort;
    if (port === dataPort) this.writeData(value);
    else this.execute(value);
    this.update();
  }

  save(): KeyboardControllerState {
    return {
      controller: { ...this.state },
      keyboard: this.keyboard.save(),
      byteDeadline: this.cable.deadline,
    };
  }

  restore(state: KeyboardControllerState): void {
    this.state = { ...state.controller };
    this.keyboard.restore(state.keyboard);
    if (state.byteDeadline === undefined) this.cable.disarm();
    else this.cable.arm(state.byteDeadline);
  }

  describe(): readonly DeviceField[] {
    const { state } = this;
    const { lights, scanning } = this.keyboard.save();
    const { waiting } = this.keyboard;
    const keyboardOn = state.commandByte & commandByte.keyboardOff ? t`keyboard switched off` : t`keyboard on`;
    const interrupt =
      state.commandByte & commandByte.keyboardInterrupt
        ? t`${keyboardOn}, IRQ1 when a byte arrives`
        : t`${keyboardOn}, no interrupt`;
    const full = state.outputFull ? t`a byte waits at port 0x60` : t`nothing to read`;
    const lit = hex(lights);
    const scan = scanning ? t`scanning; lights ${lit}` : t`not scanning; lights ${lit}`;
    return [
      { name: t`status`, value: hex(this.status, 2), explanation: full },
      { name: t`output`, value: hex(state.output, 2), explanation: t`what port 0x60 reads` },
      { name: t`command byte`, value: hex(state.commandByte, 2), explanation: interrupt },
      {
        name: t`output port`,
        value: hex(this.outputPort, 2),
        explanation: this.a20.enabled ? t`A20 open` : t`A20 closed`,
      },
      { name: t`keyboard`, value: t`${waiting} codes queued`, explanation: scan },
    ];
  }

  private get status(): number {
    const { state } = this;
    return (
      status.unlocked |
      (state.outputFull ? status.outputFull : 0) |
      (state.commandByte & commandByte.systemFlag ? status.systemFlag : 0) |
      (state.lastWriteWasCommand ? status.lastWriteWasCommand : 0) |
      (state.outputFromAuxiliary ? statusOfAuxiliary.outputFromAuxiliary | statusOfAuxiliary.timeOut : 0)
    );
  }

  private get outputPort(): number {
    const a20 = this.a20.enabled ? outputPort.a20 : 0;
    return outputPort.notReset | a20 | (this.interruptWanted ? outputPort.keyboardInterrupt : 0);
  }

  private get interruptWanted(): boolean {
    const { outputFull, outputFromAuxiliary } = this.state;
    return this.interruptEnabled && outputFull && !outputFromAuxiliary;
  }

  private get interruptEnabled(): boolean {
    return (this.state.commandByte & commandByte.keyboardInterrupt) !== 0;
  }

  private update(): void {
    if (this.interruptWanted) this.irq1.raise();
    else this.irq1.lower();
    const mayStart = this.keyboard.hasByte && !this.state.outputFull && !this.keyboardOff;
    if (mayStart && this.cable.deadline === undefined) this.cable.arm(this.clock.now + keyboardByteTicks);
  }

  private get keyboardOff(): boolean {
    return (this.state.commandByte & commandByte.keyboardOff) !== 0;
  }

  /** The controller may have been switched off, or have answered a command, while the byte was on its way. */
  private byteArrived(): void {
    if (!this.state.outputFull && !this.keyboardOff && this.keyboard.hasByte) this.put(this.keyboard.takeByte());
    this.update();
  }

  private put(byte: number): void {
    this.state.output = byte;
    this.state.outputFull = true;
    this.state.outputFromAuxiliary = false;
  }

  private writeData(value: number): void {
    const of = this.state.awaitingArgumentOf;
    this.state.awaitingArgumentOf = undefined;
    if (of !== undefined) return this.takeArgument(of, value);
    // A byte for the keyboard switches it on again.
    this.state.commandByte &= ~commandByte.keyboardOff;
    this.keyboard.send(value);
  }

  private takeArgument(of: number, value: number): void {
    switch (of) {
      case command.writeCommandByte:
        this.state.commandByte = value;
        return;
      case command.writeOutputPort:
        this.a20.set((value & outputPort.a20) !== 0);
        if (!(value & outputPort.notReset)) this.resetMachine();
        return;
      case command.writeKeyboardBuffer:
        return this.put(value);
      case command.writeToAuxiliary:
        this.put(nobodyAnswered);
        this.state.outputFromAuxiliary = true;
        return;
      default: // the controller's other RAM, which nothing here reads
    }
  }

  private execute(value: number): void {
    if (value >= 0xf0) return this.pulseOutputPort(value);
    switch (value) {
      case command.readCommandByte:
        return this.put(this.state.commandByte);
      case command.writeCommandByte:
      case command.writeOutputPort:
      case command.writeKeyboardBuffer:
      case command.writeToAuxiliary:
        this.state.awaitingArgumentOf = value;
        return;
      case command.disableAuxiliary:
        this.state.commandByte |= commandByte.auxiliaryOff;
        return;
      case command.enableAuxiliary:
        this.state.commandByte &= ~commandByte.auxiliaryOff;
        return;
      case command.testAuxiliary:
        return this.put(interfaceClockStuckLow);
      case command.selfTest:
        this.state.commandByte |= commandByte.systemFlag;
        return this.put(selfTestPassed);
      case command.testKeyboard:
        return this.put(interfaceGood);
      case command.disableKeyboard:
        this.state.commandByte |= commandByte.keyboardOff;
        return;
      case command.enableKeyboard:
        this.state.commandByte &= ~commandByte.keyboardOff;
        return;
      case command.readInputPort:
        return this.put(inputPortValue);
      case command.readOutputPort:
        return this.put(this.outputPort);
      case command.closeA20:
      case command.openA20:
        return this.a20.set(value === command.openA20);
      default:
        this.executeRamCommand(value);
    }
  }

  /** 0x21–0x3f read the controller's RAM, 0x61–0x7f write it; the rest are no commands. */
  private executeRamCommand(value: number): void {
    if (value > 0x20 && value < 0x40) this.put(0);
    if (value > 0x60 && value < 0x80) this.state.awaitingArgumentOf = value;
  }

  /** Bits 0–3 that are 0 pulse that line low; bit 0 is the processor's reset, so 0xfe resets the machine. */
  private pulseOutputPort(value: number): void {
    if (!(value & outputPort.notReset)) this.resetMachine();
  }
}
