// The primary ATA channel with one disk, device 0 (ANSI X3.298 ATA-3 §8 "Protocol"): ports 0x1F0–0x1F7 and 0x3F6, IRQ14,
// PIO, LBA28 and CHS. This file is the protocol: BSY, DRQ, the interrupt, the data port; the commands are in
// `ataDrive.ts`.
//
// Every command keeps BSY set for `commandTicks` before its first data or its end, and again between data blocks: a
// modelled delay, short so that a polling loop stays walkable, long enough that a driver that does not wait fails.
// Leaves out: DMA, LBA48, ATAPI, power modes beyond their acknowledgement, and device 1 (its status reads 0).
import { hex } from '../base/hex';
import { ataCommand, type AtaTransfer } from './ataCommand';
import { AtaDrive, type AtaDriveState } from './ataDrive';
import {
  deviceControl,
  deviceHead,
  error,
  idle,
  primaryAta,
  readRegister,
  register,
  status,
  statusText,
  writeRegister,
} from './ataRegisters';
import { sectorSizeBytes, type BlockStore } from './blockStore';
import type { AccessWidth, Clock, DeviceField, InterruptLine, PortDevice, Snapshot, Timer } from './device';
import { ticksOfMicroseconds } from './virtualTime';

/** 10 µs; a real disk of the time took milliseconds, one with the sector in its buffer tens of microseconds. */
export const commandTicks = ticksOfMicroseconds(10);

/** What happens when BSY goes away. */
type AfterBusy = 'finish' | 'offerBlock' | 'requestBlock' | 'takeBlock' | 'finishReset';

export interface AtaDiskState {
  readonly drive: AtaDriveState;
  readonly interruptPending: boolean;
  readonly afterBusy: AfterBusy | undefined;
  readonly busyUntil: number | undefined;
  /** The block that is being transferred, and the next byte of it. */
  readonly buffer: Uint8Array;
  readonly bufferOffset: number;
}

export class AtaDisk implements PortDevice, Snapshot<AtaDiskState> {
  readonly name = 'ataDisk';
  readonly title = 'ATA disk (primary channel, device 0)';
  readonly ports = [
    { first: primaryAta.commandBlock, last: primaryAta.commandBlock, widths: [16, 32] },
    { first: primaryAta.commandBlock + 1, last: primaryAta.commandBlock + 7, widths: [8] },
    { first: primaryAta.control, last: primaryAta.control, widths: [8] },
  ] as const;
  private readonly drive: AtaDrive;
  private readonly timer: Timer;
  private interruptPending = false;
  private afterBusy: AfterBusy | undefined;
  private buffer: Uint8Array = new Uint8Array(0);
  private bufferOffset = 0;

  constructor(
    private readonly clock: Clock,
    private readonly irq14: InterruptLine,
    store: BlockStore,
  ) {
    this.drive = new AtaDrive(store);
    this.timer = clock.createTimer(() => this.busyEnded());
  }

  reset(): void {
    this.abandonTransfer();
    this.drive.reset();
    this.setInterrupt(false);
  }

  readPort(port: number, width: AccessWidth): number {
    if (port === primaryAta.control) return this.visibleStatus;
    const index = port - primaryAta.commandBlock;
    if (index === register.data) return this.readData(width / 8);
    if (index !== register.statusOrCommand) return readRegister(this.drive.registers, index);
    this.setInterrupt(false);
    return this.visibleStatus;
  }

  writePort(port: number, value: number, width: AccessWidth): void {
    if (port === primaryAta.control) return this.writeDeviceControl(value);
    const index = port - primaryAta.commandBlock;
    if (index === register.data) return this.writeData(value, width / 8);
    // While the device owns the registers it does not look at what is written.
    if (this.drive.registers.status & (status.busy | status.dataRequest)) return;
    if (index === register.statusOrCommand) return this.startCommand(value);
    writeRegister(this.drive.registers, index, value);
    this.driveIrq14();
  }

  save(): AtaDiskState {
    const { interruptPending, afterBusy, bufferOffset } = this;
    const busyUntil = this.timer.deadline;
    return {
      drive: this.drive.save(),
      buffer: this.buffer.slice(),
      interruptPending,
      afterBusy,
      bufferOffset,
      busyUntil,
    };
  }

  restore(state: AtaDiskState): void {
    this.drive.restore(state.drive);
    this.buffer = state.buffer.slice();
    this.interruptPending = state.interruptPending;
    this.afterBusy = state.afterBusy;
    this.bufferOffset = state.bufferOffset;
    if (state.busyUntil === undefined) this.timer.disarm();
    else this.timer.arm(state.busyUntil);
  }

  describe(): readonly DeviceField[] {
    const { registers, geometry, store, address } = this.drive;
    const interrupts =
      registers.deviceControl & deviceControl.interruptsOff ? 'interrupts off (nIEN)' : 'interrupts on';
    const shape = `${geometry.cylinders} cylinders, ${geometry.heads} heads, ${geometry.sectorsPerTrack} sectors per track`;
    return [
      { name: 'status', value: hex(this.visibleStatus, 2), explanation: statusText(this.visibleStatus) },
      { name: 'error', value: hex(registers.error, 2), explanation: this.errorText() },
      { name: 'command', value: hex(registers.command, 2), explanation: this.commandText() },
      {
        name: 'address',
        value: address === undefined ? 'none' : `LBA ${address}`,
        explanation:
          address === undefined ? 'no sector has this cylinder, head and sector' : 'sector of the next block',
      },
      { name: 'transfer', value: `${this.buffer.length - this.bufferOffset} bytes`, explanation: this.transferText() },
      { name: 'device control', value: hex(registers.deviceControl, 2), explanation: interrupts },
      { name: 'size', value: `${store.sectorCount} sectors`, explanation: `of ${sectorSizeBytes} bytes; ${shape}` },
    ];
  }

  private get device1Selected(): boolean {
    return (this.drive.registers.device & deviceHead.device1) !== 0;
  }

  /** With device 1 absent, device 0 answers for it with a status of 0. */
  private get visibleStatus(): number {
    return this.device1Selected ? 0 : this.drive.registers.status;
  }

  private get transfer(): AtaTransfer {
    return ataCommand(this.drive.registers.command)?.transfer ?? 'none';
  }

  private get hostWrites(): boolean {
    return this.transfer === 'write' || this.transfer === 'writeMultiple';
  }

  private get transferring(): boolean {
    return (this.drive.registers.status & status.dataRequest) !== 0;
  }

  /** Sectors between two interrupts; 0 for a MULTIPLE command before SET MULTIPLE MODE. */
  private get blockSectors(): number {
    return this.transfer === 'readMultiple' || this.transfer === 'writeMultiple' ? this.drive.multiple : 1;
  }

  /** The device stays busy while SRST is set, and for a command's time after it is cleared. */
  private writeDeviceControl(value: number): void {
    const { registers } = this.drive;
    const wasInReset = (registers.deviceControl & deviceControl.softwareReset) !== 0;
    registers.deviceControl = value;
    if (value & deviceControl.softwareReset) {
      this.abandonTransfer();
      this.interruptPending = false;
      registers.status = status.busy;
      registers.device = 0;
    } else if (wasInReset) {
      this.beBusy('finishReset');
    }
    this.driveIrq14();
  }

  private startCommand(code: number): void {
    const command = ataCommand(code);
    // Only the diagnostic is for both devices, whichever is selected.
    if (this.device1Selected && command?.name !== 'EXECUTE DEVICE DIAGNOSTIC') return;
    this.setInterrupt(false);
    this.abandonTransfer();
    this.drive.begin(code);
    switch (command?.transfer) {
      case 'identify':
        return this.beBusy('offerBlock');
      case 'read':
      case 'readMultiple':
        return this.startTransfer('offerBlock');
      case 'write':
      case 'writeMultiple':
        return this.startTransfer('requestBlock');
      case 'none':
      case undefined:
        this.drive.execute(command?.name);
        return this.beBusy('finish');
    }
  }

  private startTransfer(first: AfterBusy): void {
    this.drive.beginTransfer();
    if (this.blockSectors === 0) this.drive.abort();
    this.beBusy(this.drive.failure ? 'finish' : first);
  }

  private beBusy(then: AfterBusy): void {
    this.afterBusy = then;
    this.drive.registers.status = status.busy;
    this.timer.arm(this.clock.now + commandTicks);
  }

  private busyEnded(): void {
    const then = this.afterBusy;
    this.afterBusy = undefined;
    switch (then) {
      case 'offerBlock':
        return this.offerBlock();
      case 'requestBlock':
        return this.requestBlock();
      case 'takeBlock':
        return this.takeBlock();
      case 'finishReset':
        return this.finishReset();
      case 'finish':
        return this.finish();
      case undefined:
    }
  }

  /** Data to the host: a block, or what there is of it before a sector that does not exist. */
  private offerBlock(): void {
    const block = this.transfer === 'identify' ? this.drive.identify() : this.drive.read(this.blockSectors);
    if (block.length === 0) return this.finish();
    this.openBuffer(block);
    this.setInterrupt(true);
  }

  /** Data from the host. The first block is asked for without an interrupt. */
  private requestBlock(): void {
    const sectors = Math.min(this.blockSectors, this.drive.sectorsLeft);
    this.openBuffer(new Uint8Array(sectors * sectorSizeBytes));
  }

  private takeBlock(): void {
    this.drive.write(this.buffer);
    if (this.drive.failure || this.drive.sectorsLeft === 0) return this.finish();
    this.requestBlock();
    this.setInterrupt(true);
  }

  private finish(): void {
    const { drive } = this;
    this.abandonTransfer();
    if (drive.failure) drive.registers.error = drive.failure;
    drive.registers.status = idle | (drive.failure ? status.error : 0);
    this.setInterrupt(true);
  }

  /** A software reset ends without an interrupt. */
  private finishReset(): void {
    this.drive.showSignature();
    this.drive.registers.status = idle;
  }

  private openBuffer(block: Uint8Array): void {
    this.buffer = block;
    this.bufferOffset = 0;
    this.drive.registers.status = idle | status.dataRequest;
  }

  private abandonTransfer(): void {
    this.timer.disarm();
    this.afterBusy = undefined;
    this.buffer = new Uint8Array(0);
    this.bufferOffset = 0;
  }

  private readData(bytes: number): number {
    if (!this.transferring || this.hostWrites) return 2 ** (bytes * 8) - 1;
    let value = 0;
    for (let index = 0; index < bytes; index++) value += (this.buffer[this.bufferOffset++] ?? 0) * 2 ** (8 * index);
    if (this.bufferOffset >= this.buffer.length) this.blockTaken();
    return value;
  }

  private writeData(value: number, bytes: number): void {
    if (!this.transferring || !this.hostWrites) return;
    for (let index = 0; index < bytes; index++) this.buffer[this.bufferOffset++] = (value >>> (8 * index)) & 0xff;
    if (this.bufferOffset >= this.buffer.length) this.beBusy('takeBlock');
  }

  /** After the last block of a read nothing more happens; a failure shows after the sectors before it. */
  private blockTaken(): void {
    if (this.drive.failure) return this.beBusy('finish');
    if (this.drive.sectorsLeft > 0) return this.beBusy('offerBlock');
    this.abandonTransfer();
    this.drive.registers.status = idle;
  }

  private setInterrupt(pending: boolean): void {
    this.interruptPending = pending;
    this.driveIrq14();
  }

  /** A device that is not selected, or told to be quiet (nIEN), lets go of the line. */
  private driveIrq14(): void {
    const enabled = !(this.drive.registers.deviceControl & deviceControl.interruptsOff);
    if (this.interruptPending && enabled && !this.device1Selected) this.irq14.raise();
    else this.irq14.lower();
  }

  private errorText(): string {
    const { registers } = this.drive;
    if (!(registers.status & status.error)) return 'the last command did not fail';
    return registers.error & error.idNotFound ? 'IDNF: no sector has that address' : 'ABRT: command aborted';
  }

  private commandText(): string {
    const { command } = this.drive.registers;
    return ataCommand(command)?.name ?? (command === 0 ? 'no command yet' : 'not a command of this disk');
  }

  private transferText(): string {
    if (!this.transferring) return 'no data to move';
    const direction = this.hostWrites ? 'to be written to' : 'to be read from';
    const inBuffer = this.hostWrites ? this.buffer.length / sectorSizeBytes : 0;
    return `${direction} port 0x1f0; after them ${this.drive.sectorsLeft - inBuffer} sectors`;
  }
}
