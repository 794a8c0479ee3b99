// The ATA command block: registers, their bits, and the address that they spell in LBA or CHS (ANSI X3.298 ATA-3 §6
// "Register descriptions").
import { listed, marked, t, translated } from '../base/localization';
import type { DiskGeometry } from './ataIdentify';

/** Offsets from the command block's first port. */
export const register = {
  data: 0,
  errorOrFeatures: 1,
  sectorCount: 2,
  low: 3,
  mid: 4,
  high: 5,
  device: 6,
  statusOrCommand: 7,
};

export const status = { busy: 0x80, ready: 0x40, seekComplete: 0x10, dataRequest: 0x08, error: 0x01 };
export const idle = status.ready | status.seekComplete;
export const error = { idNotFound: 0x10, aborted: 0x04 };
export const deviceHead = { lba: 0x40, device1: 0x10, obsoleteOnes: 0xa0, head: 0x0f };
export const deviceControl = { softwareReset: 0x04, interruptsOff: 0x02 };

export interface AtaRegisters {
  error: number;
  features: number;
  sectorCount: number;
  low: number;
  mid: number;
  high: number;
  device: number;
  status: number;
  command: number;
  deviceControl: number;
}

const diagnosticPassed = 0x01;

/** With the signature that a disk without the PACKET feature shows (ATA-3 §7.3). */
export const registersAfterReset: Readonly<AtaRegisters> = {
  error: diagnosticPassed,
  features: 0,
  sectorCount: 1,
  low: 1,
  mid: 0,
  high: 0,
  device: 0,
  status: idle,
  command: 0,
  deviceControl: 0,
};

/** Registers 1–6 as the host writes them; `statusOrCommand` and `data` are not for here. */
export function writeRegister(registers: AtaRegisters, index: number, value: number): void {
  switch (index) {
    case register.errorOrFeatures:
      registers.features = value;
      return;
    case register.sectorCount:
      registers.sectorCount = value;
      return;
    case register.low:
      registers.low = value;
      return;
    case register.mid:
      registers.mid = value;
      return;
    case register.high:
      registers.high = value;
      return;
    case register.device:
      registers.device = value;
      return;
    default:
  }
}

/** Registers 1–6 as the host reads them. */
export function readRegister(registers: AtaRegisters, index: number): number {
  const { error, sectorCount, low, mid, high, device } = registers;
  return [0xff, error, sectorCount, low, mid, high, device | deviceHead.obsoleteOnes][index] ?? 0xff;
}

/** The sector that the registers name, or undefined if no CHS address is like that. */
export function addressIn(registers: AtaRegisters, { heads, sectorsPerTrack }: DiskGeometry): number | undefined {
  const { low, mid, high, device } = registers;
  const head = device & deviceHead.head;
  if (device & deviceHead.lba) return (head << 24) | (high << 16) | (mid << 8) | low;
  if (low === 0 || low > sectorsPerTrack || head >= heads) return undefined;
  return (((high << 8) | mid) * heads + head) * sectorsPerTrack + low - 1;
}

/** Writes the address into the registers, in the form that the device register chooses. */
export function putAddress(registers: AtaRegisters, lba: number, { heads, sectorsPerTrack }: DiskGeometry): void {
  const inLba = (registers.device & deviceHead.lba) !== 0;
  const track = Math.floor(lba / sectorsPerTrack);
  const cylinder = Math.floor(track / heads);
  registers.low = inLba ? lba & 0xff : (lba % sectorsPerTrack) + 1;
  registers.mid = inLba ? (lba >> 8) & 0xff : cylinder & 0xff;
  registers.high = inLba ? (lba >> 16) & 0xff : (cylinder >> 8) & 0xff;
  const head = inLba ? (lba >> 24) & deviceHead.head : track % heads;
  registers.device = (registers.device & ~deviceHead.head) | head;
}

const statusNames: readonly (readonly [bit: number, name: string])[] = [
  [status.busy, marked`busy`],
  [status.ready, marked`ready`],
  [status.dataRequest, marked`data request`],
  [status.error, marked`error`],
];

/** Such as `ready, data request`. */
export function statusText(bits: number): string {
  const set = statusNames.filter(([bit]) => bits & bit).map(([, name]) => translated(name));
  return set.length > 0 ? listed(set) : t`no device`;
}
