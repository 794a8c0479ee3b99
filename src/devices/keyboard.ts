// The keyboard at the end of the cable: its queue of scan codes, and the commands that it understands (IBM PS/2 Hardware
// Interface Technical Reference, "101- and 102-Key Keyboards": commands from the system).
// Simplified: keys arrive as the set 1 codes that programs see when the controller translates, as it does by default;
// choosing another scan code set is acknowledged and remembered, but the codes stay set 1. A typist who is faster than the guest
// waits, so that nothing is lost and there is no overrun.
import { ByteQueue } from './byteQueue';
import type { Snapshot } from './device';

const acknowledge = 0xfa;
const resend = 0xfe;
const selfTestPassed = 0xaa;
/** MF2 keyboard: 0xab 0x83, of which the second byte is translated to 0x41. */
const identity = [0xab, 0x41];
const queueSize = 16;

const command = {
  setLights: 0xed,
  echo: 0xee,
  scanCodeSet: 0xf0,
  identify: 0xf2,
  setRate: 0xf3,
  enable: 0xf4,
  disable: 0xf5,
  setDefaults: 0xf6,
  resend: 0xfe,
  reset: 0xff,
};

export interface KeyboardState {
  readonly scanning: boolean;
  readonly lights: number;
  readonly scanCodeSet: number;
  /** The command whose argument comes next, or undefined. */
  readonly awaitingArgumentOf: number | undefined;
  readonly lastSent: number;
  /** Still to be sent: answers before keys. */
  readonly answers: readonly number[];
  readonly keys: readonly number[];
}

export interface KeyboardSnapshot extends KeyboardState {
  /** Typed while there was no room among `keys`. */
  readonly backlog: readonly number[];
}

const poweredOn: KeyboardState = {
  scanning: true,
  lights: 0,
  scanCodeSet: 2,
  awaitingArgumentOf: undefined,
  lastSent: 0,
  answers: [],
  keys: [],
};

export class Keyboard implements Snapshot<KeyboardSnapshot> {
  private state: KeyboardState = poweredOn;
  private readonly backlog = new ByteQueue();

  get hasByte(): boolean {
    return this.state.answers.length + this.state.keys.length > 0;
  }

  /** Does it send what is typed? */
  get isScanning(): boolean {
    return this.state.scanning;
  }

  /** Codes typed and not sent yet. */
  get waiting(): number {
    return this.state.keys.length + this.backlog.length;
  }

  reset(): void {
    this.state = poweredOn;
    this.backlog.restore([]);
  }

  /** Keys pressed and released, as set 1 codes. */
  type(codes: Iterable<number>): void {
    if (!this.state.scanning) return;
    this.backlog.add(codes);
    this.fill();
  }

  /** The next byte on the cable; only while `hasByte`. */
  takeByte(): number {
    const { answers, keys } = this.state;
    const [byte = 0, ...rest] = answers.length > 0 ? answers : keys;
    this.state = { ...this.state, lastSent: byte, ...(answers.length > 0 ? { answers: rest } : { keys: rest }) };
    this.fill();
    return byte;
  }

  /** A byte from the controller: a command, or the argument of the one before. */
  send(byte: number): void {
    const of = this.state.awaitingArgumentOf;
    this.state = { ...this.state, awaitingArgumentOf: undefined };
    if (of === undefined || byte >= command.setLights) this.execute(byte);
    else this.takeArgument(of, byte);
  }

  save(): KeyboardSnapshot {
    return { ...this.state, backlog: this.backlog.save() };
  }

  restore({ backlog, ...state }: KeyboardSnapshot): void {
    this.state = state;
    this.backlog.restore(backlog);
  }

  /** Lets in what has waited, as far as there is room. */
  private fill(): void {
    const { scanning, keys } = this.state;
    const room = scanning ? Math.min(queueSize - keys.length, this.backlog.length) : 0;
    if (room === 0) return;
    this.state = { ...this.state, keys: [...keys, ...Array.from({ length: room }, () => this.backlog.take())] };
  }

  private answer(...bytes: number[]): void {
    const answers = [...this.state.answers, ...bytes];
    this.state = { ...this.state, answers: answers.slice(0, queueSize) };
  }

  private execute(byte: number): void {
    switch (byte) {
      case command.setLights:
      case command.setRate:
      case command.scanCodeSet:
        this.state = { ...this.state, awaitingArgumentOf: byte };
        return this.answer(acknowledge);
      case command.echo:
        return this.answer(command.echo);
      case command.identify:
        return this.answer(acknowledge, ...identity);
      case command.enable:
      case command.disable:
      case command.setDefaults:
        this.setScanning(byte !== command.disable);
        return this.answer(acknowledge);
      case command.resend:
        return this.answer(this.state.lastSent);
      case command.reset:
        this.state = poweredOn;
        this.fill();
        return this.answer(acknowledge, selfTestPassed);
      default:
        return this.answer(resend);
    }
  }

  /** All three commands also forget the keys that were not sent yet. */
  private setScanning(scanning: boolean): void {
    this.state = { ...this.state, scanning, keys: [] };
    this.fill();
  }

  private takeArgument(of: number, byte: number): void {
    if (of === command.scanCodeSet && byte === 0) return this.answer(acknowledge, this.state.scanCodeSet);
    if (of === command.scanCodeSet) this.state = { ...this.state, scanCodeSet: byte };
    if (of === command.setLights) this.state = { ...this.state, lights: byte & 7 };
    this.answer(acknowledge);
  }
}
