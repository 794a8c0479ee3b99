// What device tests stand on: a clock that is moved by hand, wires that remember what happened on them, and a PC with a
// small disk.
import { CopyOnWriteStore } from '../../src/devices/blockStore';
import type { InterruptLine } from '../../src/devices/device';
import { EventQueue } from '../../src/devices/eventQueue';
import { PcDevices } from '../../src/devices/pcDevices';

export class ManualClock extends EventQueue {
  private readonly time: { ticks: number };

  constructor() {
    const time = { ticks: 0 };
    super(() => time.ticks);
    this.time = time;
  }

  /** Stops at each deadline on the way, as a machine does. */
  advance(ticks: number): void {
    const end = this.now + ticks;
    while (this.nextDeadline <= end) {
      this.time.ticks = Math.max(this.now, this.nextDeadline);
      this.runDue();
    }
    this.time.ticks = end;
  }

  /** Jumps over deadlines, as a processor that finishes a block of instructions first; then runs what is due. */
  jump(ticks: number): void {
    this.time.ticks += ticks;
    this.runDue();
  }

  setTo(ticks: number): void {
    this.time.ticks = ticks;
  }
}

export class Wire implements InterruptLine {
  high = false;
  rises = 0;

  raise(): void {
    if (!this.high) this.rises++;
    this.high = true;
  }

  lower(): void {
    this.high = false;
  }
}

export interface Pc {
  readonly clock: ManualClock;
  readonly devices: PcDevices;
  readonly store: CopyOnWriteStore;
  readonly memory: Uint8Array;
  readonly serial: number[];
  readonly debug: number[];
  readonly exits: number[];
  readonly a20: boolean[];
  resets: number;
  in(port: number, width?: 8 | 16 | 32): number;
  out(port: number, value: number, width?: 8 | 16 | 32): void;
}

export const memorySizeBytes = 64 * 1024 * 1024;

/** A disk of 64 sectors, each filled with its own number. */
export function numberedImage(sectors = 64): Uint8Array {
  return Uint8Array.from({ length: sectors * 512 }, (_, index) => (index >> 9) & 0xff);
}

/** `second` is the image of a second disk. */
export function makePc(image: Uint8Array = numberedImage(), second?: Uint8Array): Pc {
  const clock = new ManualClock();
  const store = new CopyOnWriteStore(image);
  const memory = new Uint8Array(0x100000);
  const serial: number[] = [];
  const debug: number[] = [];
  const exits: number[] = [];
  const a20: boolean[] = [];
  const devices = new PcDevices({
    clock,
    disks: second ? [store, new CopyOnWriteStore(second)] : [store],
    memory: { sizeBytes: memorySizeBytes, slice: (address, length) => memory.slice(address, address + length) },
    host: {
      serialOutput: byte => serial.push(byte),
      debugOutput: byte => debug.push(byte),
      exit: code => exits.push(code),
    },
    resetMachine: () => pc.resets++,
    a20Changed: enabled => a20.push(enabled),
  });
  const pc: Pc = {
    ...{ clock, devices, store, memory, serial, debug, exits, a20 },
    resets: 0,
    in: (port, width = 8) => devices.ports.read(port, width),
    out: (port, value, width = 8) => devices.ports.write(port, value, width),
  };
  return pc;
}

/** The usual initialization: vectors 0x20 and 0x28, nothing masked. */
export function initializePic(pc: Pc, masterWord4 = 0x01, slaveWord4 = 0x01): void {
  const words = [0x11, 0x20, 0x04, masterWord4];
  const slaveWords = [0x11, 0x28, 0x02, slaveWord4];
  words.forEach((word, index) => pc.out(index === 0 ? 0x20 : 0x21, word));
  slaveWords.forEach((word, index) => pc.out(index === 0 ? 0xa0 : 0xa1, word));
}
