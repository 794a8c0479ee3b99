// The 8254 programmable interval timer as a PC has it (Intel data sheet 231164: "Programming the 8254", "Read
// Operations"): ports 0x40–0x43, CLK of 1.193182 MHz. Counter 0's OUT is IRQ0, counter 1 once refreshed memory, and
// counter 2's GATE and OUT go to port 0x61 (`systemControlPortB.ts`). The counters themselves are in `pitCounter.ts`.
//
// The counters are brought up to the present only when somebody looks, and for each edge of counter 0's OUT, for which
// a timer is armed. CLK pulse n is at the exact tick of `Oscillator.tickOf(n)`, so nothing drifts.
import { hex } from '../base/hex';
import { marked, t, translated } from '../base/localization';
import type { Clock, DeviceField, InterruptLine, PortDevice, Snapshot, Timer } from './device';
import { PitChannel, readWrite, type PitChannelState } from './pitChannel';
import { PitCounter, type PitCounterState } from './pitCounter';
import { Oscillator } from './virtualTime';

export const pitFrequencyHz = 1_193_182;

export interface Pit8254State {
  readonly channels: readonly PitChannelState[];
  /** The CLK pulse up to which the counters have been advanced. */
  readonly pulses: number;
}

export class Pit8254 implements PortDevice, Snapshot<Pit8254State> {
  readonly name = 'pit';
  readonly title = marked`Interval timer (8254)`;
  readonly ports = [{ first: 0x40, last: 0x43, widths: [8] }] as const;
  /** GATE 0 and 1 are tied high; GATE 2 is software's. */
  private readonly channels = [new PitChannel(true), new PitChannel(true), new PitChannel(false)] as const;
  private readonly oscillator = new Oscillator(pitFrequencyHz);
  private readonly edge: Timer;
  private pulses = 0;
  /** the tick of the pulse after those */
  private nextPulseTick = 0;
  /** the pulse at which counter 0's OUT changes next, as things are, or Infinity */
  private nextEdge = Infinity;

  constructor(
    private readonly clock: Clock,
    private readonly irq0: InterruptLine,
  ) {
    this.edge = clock.createTimer(() => this.settle());
    this.startNow();
  }

  /** CLK pulses up to now. */
  get pulsesNow(): number {
    this.catchUp();
    return this.pulses;
  }

  get counter2Out(): boolean {
    this.catchUp();
    return this.channels[2].counter.state.out;
  }

  setCounter2Gate(high: boolean): void {
    this.catchUp();
    this.channels[2].counter.setGate(high);
  }

  /** The frequency that counter 2 makes in a speaker, or undefined if it is not dividing. */
  get counter2FrequencyHz(): number | undefined {
    return frequencyOf(this.channels[2].counter.state);
  }

  reset(): void {
    this.channels.forEach(channel => channel.reset());
    this.channels[2].counter.setGate(false);
    this.startNow();
    this.settle();
  }

  readPort(port: number): number {
    this.catchUp();
    const channel = this.channelAt(port);
    return channel ? channel.read() : 0xff;
  }

  writePort(port: number, value: number): void {
    this.catchUp();
    const channel = this.channelAt(port);
    if (channel) channel.write(value);
    else this.writeControlWord(value);
    this.settle();
  }

  save(): Pit8254State {
    return { channels: this.channels.map(channel => channel.save()), pulses: this.pulses };
  }

  restore(state: Pit8254State): void {
    this.setPulses(state.pulses);
    state.channels.forEach((channel, index) => this.channels[index]?.restore(channel));
    this.armForNextEdge();
  }

  describe(): readonly DeviceField[] {
    return this.channels.flatMap((channel, index) => {
      const now = new PitCounter(false);
      now.restore(channel.counter.state);
      now.advance(this.oscillator.cyclesAt(this.clock.now) - this.pulses);
      return describeCounter(index, now.state);
    });
  }

  private channelAt(port: number): PitChannel | undefined {
    return this.channels[port - 0x40];
  }

  private writeControlWord(word: number): void {
    const select = word >> 6;
    if (select === 3) return this.readBack(word);
    const channel = this.channels[select];
    if (((word >> 4) & 3) === readWrite.latch) channel?.latchCount();
    else channel?.program(word);
  }

  /** Bit 5 low latches counts, bit 4 low status; bits 3–1 choose counters 2–0. */
  private readBack(word: number): void {
    this.channels.forEach((channel, index) => {
      if (!(word & (2 << index))) return;
      if (!(word & 0x20)) channel.latchCount();
      if (!(word & 0x10)) channel.latchStatus();
    });
  }

  /** Lets time pass up to now and shows counter 0's OUT to the interrupt controller. */
  private settle(): void {
    this.catchUp();
    this.driveIrq0();
    this.armForNextEdge();
  }

  /** Stops at each edge of counter 0's OUT, so that a short pulse is not lost when the clock comes late. */
  private catchUp(): void {
    const { now } = this.clock;
    if (now < this.nextPulseTick) return;
    const target = this.oscillator.cyclesAt(now);
    while (this.pulses < target) {
      const step = Math.min(target, this.nextEdge) - this.pulses;
      for (const { counter } of this.channels) counter.advance(step);
      this.pulses += step;
      if (this.pulses === this.nextEdge) this.passEdge();
    }
    this.setPulses(target);
  }

  /** No pulse before the present one has been for us. */
  private startNow(): void {
    this.setPulses(this.oscillator.cyclesAt(this.clock.now));
  }

  private setPulses(pulses: number): void {
    this.pulses = pulses;
    this.nextPulseTick = this.oscillator.tickOf(pulses + 1);
  }

  private passEdge(): void {
    this.driveIrq0();
    this.findNextEdge();
  }

  private findNextEdge(): void {
    this.nextEdge = this.pulses + this.channels[0].counter.pulsesToEdge();
  }

  private driveIrq0(): void {
    if (this.channels[0].counter.state.out) this.irq0.raise();
    else this.irq0.lower();
  }

  private armForNextEdge(): void {
    this.findNextEdge();
    if (this.nextEdge === Infinity) this.edge.disarm();
    else this.edge.arm(this.oscillator.tickOf(this.nextEdge));
  }
}

const modeNames = [
  marked`interrupt on terminal count`,
  marked`hardware-retriggerable one-shot`,
  marked`rate generator`,
  marked`square wave`,
  marked`software-triggered strobe`,
  marked`hardware-triggered strobe`,
];

/** of the counters, in their order */
const purposes = [marked`OUT is IRQ0`, marked`once memory refresh`, marked`OUT is the speaker and port 0x61 bit 5`];

function frequencyOf({ mode, bcd, loaded, loadedCount }: PitCounterState): number | undefined {
  if (!loaded || (mode !== 2 && mode !== 3) || loadedCount === 1) return undefined;
  return pitFrequencyHz / (loadedCount || (bcd ? 10_000 : 0x10000));
}

function describeCounter(index: number, state: PitCounterState): DeviceField[] {
  const frequency = frequencyOf(state);
  const mode = translated(modeNames[state.mode] ?? '');
  const counts = frequency === undefined ? mode : t`${mode}, ${frequency.toFixed(2)} Hz`;
  const purpose = translated(purposes[index] ?? '');
  const count = state.bcd ? `${state.countingElement} (BCD)` : hex(state.countingElement, 4);
  return [
    {
      name: t`counter ${index} mode`,
      value: String(state.mode),
      explanation: state.loaded ? counts : t`no count loaded: does not count`,
    },
    { name: t`counter ${index} count`, value: count, explanation: t`counts down from ${hex(state.loadedCount, 4)}` },
    {
      name: t`counter ${index} OUT`,
      value: state.out ? t`high` : t`low`,
      explanation: state.gate ? t`${purpose}; GATE is high` : t`${purpose}; GATE is low`,
    },
  ];
}
