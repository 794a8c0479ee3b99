// The receiving half of a 16550A (National Semiconductor PC16550D data sheet, §8.5 "FIFO Interrupt Mode Operation"):
// the receiver FIFO or, without FIFOs, the one receiver buffer; its trigger level; and the time-out that tells of bytes
// that stay below it.
import { ByteQueue } from './byteQueue';
import type { Clock, Timer } from './device';

export interface UartReceiverState {
  /** Oldest first. */
  readonly received: readonly number[];
  /** From the host, for which the receiver has had no room yet. */
  readonly backlog: readonly number[];
  readonly overrun: boolean;
  readonly timedOut: boolean;
  readonly timeOutDeadline: number | undefined;
}

const fifoSize = 16;

export class UartReceiver {
  overrun = false;
  timedOut = false;
  /** While set (in loopback) the chip does not listen to the line. */
  deaf = false;
  private fifos = false;
  private triggerLevel = 1;
  private received: number[] = [];
  private readonly backlog = new ByteQueue();
  private readonly timer: Timer;

  /** `characterTicks` is how long a character takes at the line's present speed. */
  constructor(
    private readonly clock: Clock,
    private readonly characterTicks: () => number,
    onTimeOut: () => void,
  ) {
    this.timer = clock.createTimer(() => {
      this.timedOut = true;
      onTimeOut();
    });
  }

  get waiting(): number {
    return this.received.length;
  }

  /** Bytes on the line for which there has been no room yet. */
  get onLine(): number {
    return this.backlog.length;
  }

  get reachedTrigger(): boolean {
    return this.received.length >= this.triggerLevel;
  }

  /** Bytes from the line; they wait outside while there is no room. */
  receive(bytes: Iterable<number>): void {
    this.backlog.add(bytes);
    this.fill();
  }

  /** A byte that waits for nobody: a full FIFO loses it; without FIFOs it overwrites the one before. */
  accept(byte: number): void {
    const full = this.received.length >= this.size;
    if (full) this.overrun = true;
    if (full && !this.fifos) this.received = [];
    if (!full || !this.fifos) this.received.push(byte);
    this.armTimeOut();
  }

  /** The oldest byte, or 0 if there is none. */
  read(): number {
    const byte = this.received.shift() ?? 0;
    this.timedOut = false;
    this.fill();
    this.armTimeOut();
    return byte;
  }

  /** Takes in what the line has and there is room for. */
  fill(): void {
    if (this.deaf || this.backlog.length === 0 || this.received.length >= this.size) return;
    while (this.received.length < this.size && this.backlog.length > 0) this.received.push(this.backlog.take());
    this.armTimeOut();
  }

  /** `triggerLevel` counts only with FIFOs. */
  configure(fifos: boolean, triggerLevel: number): void {
    this.fifos = fifos;
    this.triggerLevel = fifos ? triggerLevel : 1;
    this.armTimeOut();
  }

  /** Drops what has been received. What is still on the line stays there. */
  clear(): void {
    this.received = [];
    this.timedOut = false;
    this.fill();
    this.armTimeOut();
  }

  save(): UartReceiverState {
    const { received, backlog, overrun, timedOut } = this;
    return {
      received: [...received],
      backlog: backlog.save(),
      overrun,
      timedOut,
      timeOutDeadline: this.timer.deadline,
    };
  }

  /** Call `configure` and set `deaf` first: they follow from the chip's registers. */
  restore(state: UartReceiverState): void {
    this.received = [...state.received];
    this.backlog.restore(state.backlog);
    this.overrun = state.overrun;
    this.timedOut = state.timedOut;
    if (state.timeOutDeadline === undefined) this.timer.disarm();
    else this.timer.arm(state.timeOutDeadline);
  }

  private get size(): number {
    return this.fifos ? fifoSize : 1;
  }

  /** Four character times with bytes below the trigger level and nothing moving. */
  private armTimeOut(): void {
    const waits = this.fifos && this.received.length > 0 && !this.reachedTrigger;
    if (waits) this.timer.arm(this.clock.now + 4 * this.characterTicks());
    else this.timer.disarm();
  }
}
