// The drive behind the ATA protocol: its registers, the sectors that a command still has to move, and the commands that
// move no data (ANSI X3.298 ATA-3 §7 "Command descriptions"). When things happen is the business of `ataDisk.ts`.
import type { AtaCommandName } from './ataCommand';
import { defaultGeometry, identifyData, largestMultiple, type DiskGeometry } from './ataIdentify';
import { addressIn, deviceHead, error, putAddress, registersAfterReset, type AtaRegisters } from './ataRegisters';
import { sectorSizeBytes, type BlockStore } from './blockStore';

export interface AtaDriveState {
  readonly registers: Readonly<AtaRegisters>;
  /** The geometry that CHS addresses use. */
  readonly geometry: DiskGeometry;
  /** Sectors per block of READ and WRITE MULTIPLE; 0 before SET MULTIPLE MODE. */
  readonly multiple: number;
  readonly sectorsLeft: number;
  /** The error that the command will end with, or 0. */
  readonly failure: number;
}

const powerModeActive = 0xff;

/** PIO transfer mode, read look-ahead on and off, write cache on and off: accepted, and without effect here. */
const acceptedFeatures = new Set([0x03, 0xaa, 0x55, 0x02, 0x82]);

export class AtaDrive {
  registers: AtaRegisters = { ...registersAfterReset };
  geometry: DiskGeometry;
  multiple = 0;
  sectorsLeft = 0;
  failure = 0;

  constructor(readonly store: BlockStore) {
    this.geometry = defaultGeometry(store.sectorCount);
  }

  reset(): void {
    this.registers = { ...registersAfterReset };
    this.geometry = defaultGeometry(this.store.sectorCount);
    this.multiple = 0;
    this.sectorsLeft = 0;
    this.failure = 0;
  }

  /** A new command: forgets the last one's error. */
  begin(code: number): void {
    this.registers.command = code;
    this.registers.error = 0;
    this.failure = 0;
    this.sectorsLeft = 0;
  }

  /** A command that moves sectors: a count of 0 means 256. */
  beginTransfer(): void {
    this.sectorsLeft = this.registers.sectorCount || 256;
  }

  /** The sector that the registers name, or undefined if no CHS address is like that. */
  get address(): number | undefined {
    return addressIn(this.registers, this.geometry);
  }

  identify(): Uint8Array {
    return identifyData(this.store.sectorCount, this.geometry, this.multiple);
  }

  /** Up to `count` of the sectors left; fewer, with `failure` set, if one of them does not exist. */
  read(count: number): Uint8Array {
    const bytes = new Uint8Array(Math.min(count, this.sectorsLeft) * sectorSizeBytes);
    let offset = 0;
    for (; offset < bytes.length; offset += sectorSizeBytes) {
      const lba = this.existingAddress();
      if (lba === undefined) break;
      bytes.set(this.store.read(lba), offset);
      this.advance();
    }
    return bytes.slice(0, offset);
  }

  /** Writes whole sectors, up to one that does not exist, which sets `failure`. */
  write(bytes: Uint8Array): void {
    for (let offset = 0; offset < bytes.length; offset += sectorSizeBytes) {
      const lba = this.existingAddress();
      if (lba === undefined) return;
      this.store.write(lba, bytes.subarray(offset, offset + sectorSizeBytes));
      this.advance();
    }
  }

  /** A command that moves no data. Sets `failure` if it cannot be done; `undefined` is a code that the drive lacks. */
  execute(name: AtaCommandName | undefined): void {
    switch (name) {
      case 'RECALIBRATE':
      case 'FLUSH CACHE':
      case 'STANDBY IMMEDIATE':
      case 'IDLE IMMEDIATE':
      case 'STANDBY':
      case 'IDLE':
        return;
      case 'SEEK':
        this.existingAddress();
        return;
      case 'READ VERIFY SECTORS':
        return this.verify();
      case 'CHECK POWER MODE':
        this.registers.sectorCount = powerModeActive;
        return;
      case 'EXECUTE DEVICE DIAGNOSTIC':
        return this.showSignature();
      case 'INITIALIZE DEVICE PARAMETERS':
        return this.initializeParameters();
      case 'SET MULTIPLE MODE':
        return this.setMultiple();
      case 'SET FEATURES':
        if (!acceptedFeatures.has(this.registers.features)) this.abort();
        return;
      default:
        this.abort();
    }
  }

  abort(): void {
    this.failure = error.aborted;
  }

  /** What the registers show after a reset or a diagnostic. */
  showSignature(): void {
    const { features, command, deviceControl, status } = this.registers;
    this.registers = { ...registersAfterReset, features, command, deviceControl, status };
  }

  save(): AtaDriveState {
    const { geometry, multiple, sectorsLeft, failure } = this;
    return { registers: { ...this.registers }, geometry, multiple, sectorsLeft, failure };
  }

  restore(state: AtaDriveState): void {
    this.registers = { ...state.registers };
    this.geometry = state.geometry;
    this.multiple = state.multiple;
    this.sectorsLeft = state.sectorsLeft;
    this.failure = state.failure;
  }

  /** The named sector, or undefined with `failure` set. */
  private existingAddress(): number | undefined {
    const { address } = this;
    if (address !== undefined && address < this.store.sectorCount) return address;
    this.failure = error.idNotFound;
    return undefined;
  }

  /** One sector done: the registers go on to the next, and stay at the last one. */
  private advance(): void {
    const { address } = this;
    this.sectorsLeft--;
    this.registers.sectorCount = this.sectorsLeft & 0xff;
    if (this.sectorsLeft > 0 && address !== undefined) putAddress(this.registers, address + 1, this.geometry);
  }

  private verify(): void {
    this.beginTransfer();
    while (this.sectorsLeft > 0 && this.existingAddress() !== undefined) this.advance();
  }

  /** Heads and sectors per track in the form that CHS addresses will use from now on. */
  private initializeParameters(): void {
    const sectorsPerTrack = this.registers.sectorCount;
    const heads = (this.registers.device & deviceHead.head) + 1;
    if (sectorsPerTrack === 0) return this.abort();
    const cylinders = Math.min(65_535, Math.floor(this.store.sectorCount / (heads * sectorsPerTrack)));
    this.geometry = { cylinders, heads, sectorsPerTrack };
  }

  /** A power of two; 0 switches the MULTIPLE commands off. */
  private setMultiple(): void {
    const count = this.registers.sectorCount;
    const isPowerOfTwo = (count & (count - 1)) === 0;
    if (count > largestMultiple || !isPowerOfTwo) return this.abort();
    this.multiple = count;
  }
}
