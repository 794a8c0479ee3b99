// One disk on an ATA channel (ANSI X3.298 ATA-3 §8 "Protocol"): PIO, LBA28 and CHS. This file is the protocol: BSY, DRQ, the
// interrupt, the data port; the commands are in `ataDrive.ts`, the ports and which disk is spoken to in `ataChannel.ts`.
//
// A command keeps BSY set for `commandTicks` before its first data or its end, and again between data blocks: a modelled
// delay, short so that a polling loop stays walkable, long enough that a driver that does not wait fails. Only the first
// block of a write is taken at once: drives have a buffer for it, and there are kernels that do not ask.
// Leaves out: DMA, LBA48, ATAPI, power modes beyond their acknowledgement.
import { hex } from '../base/hex';
import { t } from '../base/localization';
import { ataCommand, type AtaTransfer } from './ataCommand';
import { AtaDrive, type AtaDriveState } from './ataDrive';
import {
  deviceControl,
  deviceHead,
  error,
  idle,
  readRegister,
  register,
  status,
  statusText,
  writeRegister,
} from './ataRegisters';
import { sectorSizeBytes, type BlockStore } from './blockStore';
import type { Clock, DeviceField, Snapshot, Timer } from './device';
import { ticksOfMicroseconds } from './virtualTime';

/** 10 µs; a real disk of the time took milliseconds, one with the sector in its buffer tens of microseconds. */
export const commandTicks = ticksOfMicroseconds(10);

/** What happens when BSY goes away. */
type AfterBusy = 'finish' | 'offerBlock' | 'takeBlock' | 'finishReset';

export interface AtaDiskState {
  readonly drive: AtaDriveState;
  readonly interruptPending: boolean;
  readonly afterBusy: AfterBusy | undefined;
  readonly busyUntil: number | undefined;
  /** The block that is being transferred, and the next byte of it. */
  readonly buffer: Uint8Array;
  readonly bufferOffset: number;
}

export class AtaDisk implements Snapshot<AtaDiskState> {
  private readonly drive: AtaDrive;
  private readonly timer: Timer;
  private interruptPending = false;
  private afterBusy: AfterBusy | undefined;
  private buffer: Uint8Array = new Uint8Array(0);
  private bufferOffset = 0;

  /** `number` is 0 or 1; `interruptChanged` is told when INTRQ may have another level. */
  constructor(
    private readonly number: 0 | 1,
    private readonly clock: Clock,
    store: BlockStore,
    private readonly interruptChanged: () => void,
  ) {
    this.drive = new AtaDrive(store);
    this.timer = clock.createTimer(() => this.busyEnded());
  }

  reset(): void {
    this.abandonTransfer();
    this.drive.reset();
    this.setInterrupt(false);
  }

  get sectorCount(): number {
    return this.drive.store.sectorCount;
  }

  /** Does the device register, which both disks of a channel keep, name this one? */
  get isSelected(): boolean {
    return ((this.drive.registers.device & deviceHead.device1) !== 0) === (this.number === 1);
  }

  /** INTRQ: a device that is not selected, or told to be quiet (nIEN), lets go of the line. */
  get interrupts(): boolean {
    const enabled = !(this.drive.registers.deviceControl & deviceControl.interruptsOff);
    return this.interruptPending && enabled && this.isSelected;
  }

  get status(): number {
    return this.drive.registers.status;
  }

  /** Reading the status register, not its alternate, takes the interrupt back. */
  readStatus(): number {
    this.setInterrupt(false);
    return this.status;
  }

  /** Registers 1–6. */
  readRegister(index: number): number {
    return readRegister(this.drive.registers, index);
  }

  /** Registers 1–6. While the device owns them it does not look at what is written, but for the bit that selects a device. */
  writeRegister(index: number, value: number): void {
    const { registers } = this.drive;
    if (!this.ownsRegisters) writeRegister(registers, index, value);
    else if (index === register.device)
      registers.device = (registers.device & ~deviceHead.device1) | (value & deviceHead.device1);
    this.interruptChanged();
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
    const { registers, geometry, address } = this.drive;
    const interrupts =
      registers.deviceControl & deviceControl.interruptsOff ? t`interrupts off (nIEN)` : t`interrupts on`;
    const { cylinders, heads, sectorsPerTrack } = geometry;
    const shape = t`of ${sectorSizeBytes} bytes; ${cylinders} cylinders, ${heads} heads, ${sectorsPerTrack} sectors per track`;
    return [
      { name: t`status`, value: hex(this.status, 2), explanation: statusText(this.status) },
      { name: t`error`, value: hex(registers.error, 2), explanation: this.errorText() },
      { name: t`command`, value: hex(registers.command, 2), explanation: this.commandText() },
      {
        name: t`address`,
        value: address === undefined ? t`none` : `LBA ${address}`,
        explanation:
          address === undefined ? t`no sector has this cylinder, head and sector` : t`sector of the next block`,
      },
      {
        name: t`transfer`,
        value: t`${this.buffer.length - this.bufferOffset} bytes`,
        explanation: this.transferText(),
      },
      { name: t`device control`, value: hex(registers.deviceControl, 2), explanation: interrupts },
      { name: t`size`, value: t`${this.sectorCount} sectors`, explanation: shape },
    ];
  }

  private get ownsRegisters(): boolean {
    return (this.status & (status.busy | status.dataRequest)) !== 0;
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
  writeDeviceControl(value: number): void {
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
    this.interruptChanged();
  }

  startCommand(code: number): void {
    if (this.ownsRegisters) return;
    const command = ataCommand(code);
    this.setInterrupt(false);
    this.abandonTransfer();
    this.drive.begin(code);
    switch (command?.transfer) {
      case 'identify':
        return this.beBusy('offerBlock');
      case 'read':
      case 'readMultiple':
        return this.startTransfer(() => this.beBusy('offerBlock'));
      case 'write':
      case 'writeMultiple':
        return this.startTransfer(() => this.requestBlock());
      case 'none':
      case undefined:
        this.drive.execute(command?.name);
        return this.beBusy('finish');
    }
  }

  private startTransfer(first: () => void): void {
    this.drive.beginTransfer();
    if (this.blockSectors === 0) this.drive.abort();
    if (this.drive.failure) this.beBusy('finish');
    else first();
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

  readData(bytes: number): number {
    if (!this.transferring || this.hostWrites) return 2 ** (bytes * 8) - 1;
    let value = 0;
    for (let index = 0; index < bytes; index++) value += (this.buffer[this.bufferOffset++] ?? 0) * 2 ** (8 * index);
    if (this.bufferOffset >= this.buffer.length) this.blockTaken();
    return value;
  }

  writeData(value: number, bytes: number): void {
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
    this.interruptChanged();
  }

  private errorText(): string {
    const { registers } = this.drive;
    if (!(registers.status & status.error)) return t`the last command did not fail`;
    return registers.error & error.idNotFound ? t`IDNF: no sector has that address` : t`ABRT: command aborted`;
  }

  private commandText(): string {
    const { command } = this.drive.registers;
    return ataCommand(command)?.name ?? (command === 0 ? t`no command yet` : t`not a command of this disk`);
  }

  private transferText(): string {
    if (!this.transferring) return t`no data to move`;
    const { sectorsLeft } = this.drive;
    return this.hostWrites
      ? t`to be written to the data port; after them ${sectorsLeft - this.buffer.length / sectorSizeBytes} sectors`
      : t`to be read from the data port; after them ${sectorsLeft} sectors`;
  }
}
