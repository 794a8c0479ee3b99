// A serial port with a 16550A (National Semiconductor PC16550D data sheet, §8 "Registers"), COM1 unless told otherwise.
// The wire is simplified: a byte that is sent has left at once, so THR is always empty; a byte from the host waits
// outside the chip until the receiver has room, so overruns happen only in loopback. The line's speed counts only for
// the receiver's time-out, and a byte keeps its 8 bits whatever the word length, so that a program that prints without
// having set up the line is readable, as on QEMU. As on a PC, OUT2 lets the interrupt through to the bus.
// Leaves out: parity, framing and break on the wire, DMA pins (FCR bit 3), and hardware flow control.
import { hex } from '../base/hex';
import { listed, marked, t, translated } from '../base/localization';
import type { Clock, DeviceField, InterruptLine, PortDevice, Snapshot } from './device';
import { UartReceiver, type UartReceiverState } from './uartReceiver';
import { ticksPerSecond } from './virtualTime';

export const com1 = { port: 0x3f8, irq: 4 } as const;

const interruptEnable = { receivedData: 1, transmitterEmpty: 2, lineStatus: 4, modemStatus: 8 };
const fifoControl = { enable: 0x01, resetReceiver: 0x02, writable: 0xc9 };
const divisorLatchAccess = 0x80;
const modemControl = { dtr: 0x01, rts: 0x02, out1: 0x04, out2: 0x08, loop: 0x10 };
const lineStatus = { dataReady: 0x01, overrun: 0x02, transmitterEmpty: 0x60 };
const modemStatus = { cts: 0x10, dsr: 0x20, ri: 0x40, dcd: 0x80 };
/** What the interrupt identification register says, highest priority first. */
const identification = { lineStatus: 6, receivedData: 4, timeOut: 0xc, transmitterEmpty: 2, modemStatus: 0, none: 1 };

const triggerLevels = [1, 4, 8, 14];
const baudBase = 115_200;
/** The terminal at the other end is always ready. */
const terminalStatus = modemStatus.cts | modemStatus.dsr | modemStatus.dcd;

interface UartRegisters {
  interruptEnable: number;
  fifoControl: number;
  lineControl: number;
  modemControl: number;
  scratch: number;
  divisor: number;
  /** MSR's low four bits: what changed since it was read. */
  modemDeltas: number;
  /** THR has become empty and nobody has been told. */
  transmitterInterrupt: boolean;
}

export interface Uart16550State {
  readonly registers: Readonly<UartRegisters>;
  readonly receiver: UartReceiverState;
}

const poweredOn: UartRegisters = {
  interruptEnable: 0,
  fifoControl: 0,
  lineControl: 0,
  modemControl: 0,
  scratch: 0,
  divisor: 12,
  modemDeltas: 0,
  transmitterInterrupt: false,
};

export class Uart16550 implements PortDevice, Snapshot<Uart16550State> {
  readonly name = 'uart';
  readonly title = marked`Serial port at 0x3f8 (16550A)`;
  readonly ports = [{ first: com1.port, last: com1.port + 7, widths: [8] }] as const;
  private registers: UartRegisters = { ...poweredOn };
  private readonly receiver: UartReceiver;

  /** `transmit` takes each byte that the guest sends. */
  constructor(
    clock: Clock,
    private readonly irq: InterruptLine,
    private readonly transmit: (byte: number) => void,
  ) {
    this.receiver = new UartReceiver(
      clock,
      () => this.characterTicks,
      () => this.updateInterrupt(),
    );
  }

  /** Bytes from the other end of the line. The caller decides at which tick, and records it if runs are to repeat. */
  receive(bytes: Iterable<number>): void {
    this.receiver.receive(bytes);
    this.updateInterrupt();
  }

  /** Does a byte that comes ask for an interrupt? */
  get interruptsForBytes(): boolean {
    const isEnabled = (this.registers.interruptEnable & interruptEnable.receivedData) !== 0;
    return isEnabled && this.interruptsLeaveCard && !this.inLoopback;
  }

  /** Bytes that have been sent to the guest, and wait on the line until it reads. */
  get onLine(): number {
    return this.receiver.onLine;
  }

  /** Master reset. Bytes that the host has sent and the chip has not taken are still on the line. */
  reset(): void {
    this.registers = { ...poweredOn };
    this.receiver.overrun = false;
    this.configureReceiver();
    this.receiver.clear();
    this.updateInterrupt();
  }

  readPort(port: number): number {
    const value = this.readRegister(port & 7);
    this.updateInterrupt();
    return value;
  }

  writePort(port: number, value: number): void {
    this.writeRegister(port & 7, value);
    this.updateInterrupt();
  }

  save(): Uart16550State {
    return { registers: { ...this.registers }, receiver: this.receiver.save() };
  }

  restore(state: Uart16550State): void {
    this.registers = { ...state.registers };
    this.configureReceiver();
    this.receiver.restore(state.receiver);
  }

  describe(): readonly DeviceField[] {
    const { registers } = this;
    const row = (name: string, value: number, explanation: string): DeviceField => ({
      name,
      value: hex(value, 2),
      explanation,
    });
    const enabled = namesOf(registers.interruptEnable, interruptNames);
    const source = translated(identificationNames.get(this.interruptSource) ?? '');
    const modemInputs = namesOf(this.modemStatus >> 4, ['CTS', 'DSR', 'RI', 'DCD']);
    return [
      row('IER', registers.interruptEnable, enabled ? t`interrupts for ${enabled}` : t`no interrupts enabled`),
      row('IIR', this.identification, this.fifosEnabled ? t`${source}; FIFOs on` : t`${source}; FIFOs off`),
      row('LCR', registers.lineControl, this.lineText()),
      row('MCR', registers.modemControl, this.modemText()),
      row('LSR', this.lineStatus, t`transmitter empty; ${this.receiver.waiting} received and not read`),
      row('MSR', this.modemStatus, modemInputs ? t`${modemInputs} asserted` : t`no modem input asserted`),
      row('SCR', registers.scratch, t`scratch: means what the program wants`),
    ];
  }

  private get fifosEnabled(): boolean {
    return (this.registers.fifoControl & fifoControl.enable) !== 0;
  }

  private get inLoopback(): boolean {
    return (this.registers.modemControl & modemControl.loop) !== 0;
  }

  private get divisorLatched(): boolean {
    return (this.registers.lineControl & divisorLatchAccess) !== 0;
  }

  private get lineStatus(): number {
    const data = this.receiver.waiting > 0 ? lineStatus.dataReady : 0;
    return lineStatus.transmitterEmpty | data | (this.receiver.overrun ? lineStatus.overrun : 0);
  }

  private get modemStatus(): number {
    return this.registers.modemDeltas | this.modemInputs;
  }

  /** In loopback the chip's own outputs: CTS is RTS, DSR is DTR, RI is OUT1, DCD is OUT2. */
  private get modemInputs(): number {
    if (!this.inLoopback) return terminalStatus;
    const outputs = this.registers.modemControl;
    return (
      (outputs & modemControl.rts ? modemStatus.cts : 0) |
      (outputs & modemControl.dtr ? modemStatus.dsr : 0) |
      (outputs & modemControl.out1 ? modemStatus.ri : 0) |
      (outputs & modemControl.out2 ? modemStatus.dcd : 0)
    );
  }

  /** IIR without side effects. */
  private get identification(): number {
    return this.interruptSource | (this.fifosEnabled ? 0xc0 : 0);
  }

  private get interruptSource(): number {
    const { registers, receiver } = this;
    const enabled = (bit: number): boolean => (registers.interruptEnable & bit) !== 0;
    if (enabled(interruptEnable.lineStatus) && receiver.overrun) return identification.lineStatus;
    if (enabled(interruptEnable.receivedData) && receiver.reachedTrigger) return identification.receivedData;
    if (enabled(interruptEnable.receivedData) && receiver.timedOut) return identification.timeOut;
    if (enabled(interruptEnable.transmitterEmpty) && registers.transmitterInterrupt)
      return identification.transmitterEmpty;
    if (enabled(interruptEnable.modemStatus) && registers.modemDeltas) return identification.modemStatus;
    return identification.none;
  }

  private readRegister(register: number): number {
    const { registers } = this;
    switch (register) {
      case 0:
        return this.divisorLatched ? registers.divisor & 0xff : this.receiver.read();
      case 1:
        return this.divisorLatched ? registers.divisor >> 8 : registers.interruptEnable;
      case 2:
        return this.readIdentification();
      case 3:
        return registers.lineControl;
      case 4:
        return registers.modemControl;
      case 5:
        return this.readLineStatus();
      case 6:
        return this.readModemStatus();
      default:
        return registers.scratch;
    }
  }

  private writeRegister(register: number, value: number): void {
    const { registers } = this;
    switch (register) {
      case 0:
        if (this.divisorLatched) registers.divisor = (registers.divisor & 0xff00) | value;
        else this.send(value);
        return;
      case 1:
        if (this.divisorLatched) registers.divisor = (registers.divisor & 0x00ff) | (value << 8);
        else this.writeInterruptEnable(value & 0x0f);
        return;
      case 2:
        return this.writeFifoControl(value);
      case 3:
        registers.lineControl = value;
        return;
      case 4:
        return this.writeModemControl(value & 0x1f);
      case 7:
        registers.scratch = value;
        return;
      default: // LSR and MSR are not for writing
    }
  }

  /** Reading IIR while it names the transmitter clears that interrupt. */
  private readIdentification(): number {
    const value = this.identification;
    if (this.interruptSource === identification.transmitterEmpty) this.registers.transmitterInterrupt = false;
    return value;
  }

  private readLineStatus(): number {
    const value = this.lineStatus;
    this.receiver.overrun = false;
    return value;
  }

  private readModemStatus(): number {
    const value = this.modemStatus;
    this.registers.modemDeltas = 0;
    return value;
  }

  private send(byte: number): void {
    // Writing THR takes the request back; the byte leaves at once, which makes a new edge.
    this.registers.transmitterInterrupt = false;
    this.updateInterrupt();
    if (this.inLoopback) this.receiver.accept(byte);
    else this.transmit(byte);
    this.registers.transmitterInterrupt = true;
  }

  /** Enabling the transmitter's interrupt while THR is empty raises it. */
  private writeInterruptEnable(value: number): void {
    const newly = value & ~this.registers.interruptEnable;
    this.registers.interruptEnable = value;
    if (newly & interruptEnable.transmitterEmpty) this.registers.transmitterInterrupt = true;
  }

  private writeFifoControl(value: number): void {
    const switched = ((value ^ this.registers.fifoControl) & fifoControl.enable) !== 0;
    // The other bits can be programmed only together with the enable bit.
    this.registers.fifoControl = value & fifoControl.enable ? value & fifoControl.writable : 0;
    this.configureReceiver();
    if (switched || value & fifoControl.resetReceiver) this.receiver.clear();
  }

  private writeModemControl(value: number): void {
    const before = this.modemInputs;
    this.registers.modemControl = value;
    const changed = before ^ this.modemInputs;
    // Of the ring indicator only its end is reported.
    const reported = changed & (~modemStatus.ri | before);
    this.registers.modemDeltas |= reported >> 4;
    this.configureReceiver();
    this.receiver.fill();
  }

  private configureReceiver(): void {
    const trigger = triggerLevels[this.registers.fifoControl >> 6] ?? 1;
    this.receiver.deaf = this.inLoopback;
    this.receiver.configure(this.fifosEnabled, trigger);
  }

  private get characterTicks(): number {
    const { lineControl } = this.registers;
    const bits = 1 + 5 + (lineControl & 3) + (lineControl & 4 ? 2 : 1) + (lineControl & 8 ? 1 : 0);
    return Math.ceil((bits * this.divisor * ticksPerSecond) / baudBase);
  }

  private get divisor(): number {
    return this.registers.divisor || 0x10000;
  }

  private updateInterrupt(): void {
    if (this.interruptsLeaveCard && this.interruptSource !== identification.none) this.irq.raise();
    else this.irq.lower();
  }

  private get interruptsLeaveCard(): boolean {
    return (this.registers.modemControl & modemControl.out2) !== 0;
  }

  private lineText(): string {
    const { lineControl } = this.registers;
    const parity = lineControl & 8 ? (lineControl & 0x10 ? 'E' : 'O') : 'N';
    const baud = Math.round(baudBase / this.divisor);
    const format = `${5 + (lineControl & 3)}${parity}${lineControl & 4 ? 2 : 1}`;
    return this.divisorLatched
      ? t`${format} at ${baud} baud; DLAB: ports 0 and 1 are the divisor`
      : t`${format} at ${baud} baud`;
  }

  private modemText(): string {
    const set = namesOf(this.registers.modemControl, ['DTR', 'RTS', 'OUT1', 'OUT2', marked`loopback`]);
    const text = set === '' ? t`nothing set` : t`${set} set`;
    return this.interruptsLeaveCard ? text : t`${text}; without OUT2 no interrupt leaves the card`;
  }
}

const identificationNames = new Map([
  [identification.none, marked`no interrupt`],
  [identification.lineStatus, marked`line status interrupt`],
  [identification.receivedData, marked`received data interrupt`],
  [identification.timeOut, marked`receiver time-out interrupt`],
  [identification.transmitterEmpty, marked`transmitter empty interrupt`],
  [identification.modemStatus, marked`modem status interrupt`],
]);

/** of the bits of IER */
const interruptNames = [marked`received data`, marked`transmitter empty`, marked`line status`, marked`modem`];

/** Of the bits that are set. */
const namesOf = (bits: number, names: readonly string[]): string => {
  const set = names.filter((_, index) => bits & (1 << index)).map(translated);
  return set.length === 0 ? '' : listed(set);
};
