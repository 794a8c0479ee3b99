// The battery-backed clock and CMOS memory of a PC (Motorola MC146818A data sheet: "Address Map", "Registers", "Update
// Cycle"; IBM PC/AT Technical Reference, "Real-Time Clock/CMOS RAM Information"): index port 0x70, data port 0x71, IRQ8.
// Bit 7 of the index port masks NMI.
//
// Its time is virtual: it starts at `epochSeconds` at tick 0, not at the host's time, so that every run is the same.
// The time registers are computed from the clock when they are read. While software holds the clock (SET, or the
// divider off), they rest in `held`.
// Leaves out: daylight saving (DSE) and the square-wave pin.
import { hex } from '../base/hex';
import { listed, marked, t } from '../base/localization';
import { calendarTimeOf, secondsOf, type CalendarTime } from './calendar';
import { cmosMemory, type CmosSettings } from './cmosMemory';
import type { Clock, DeviceField, InterruptLine, PortDevice, Snapshot, Timer } from './device';
import { alarmMatches, readTimeRegister, timeRegister, withTimeRegister, type RtcFormat } from './rtcRegisters';
import { Oscillator } from './virtualTime';

const indexPort = 0x70;
const register = { a: 0x0a, b: 0x0b, c: 0x0c, d: 0x0d };
const registerA = { updateInProgress: 0x80, divider: 0x70, dividerRunning: 0x20, rate: 0x0f };
const registerB = { set: 0x80, binary: 0x04, hours24: 0x02 };
/** The same bits enable in register B and report in register C. */
const interrupt = { periodic: 0x40, alarm: 0x20, update: 0x10, all: 0x70 };
const interruptRequest = 0x80;
const validRamAndTime = 0x80;

const oscillatorHz = 32_768;
/** UIP comes 244 µs before the update, which takes 1984 µs; the new second shows at its end. */
const updateCycles = 8 + 65;
/** After the divider is released the first update comes half a second later. */
const dividerReleasePhase = oscillatorHz / 2;

/** 2012-01-01 00:00:00, in seconds since 1970. */
export const defaultEpochSeconds = 1_325_376_000;

export interface CmosRtcOptions extends CmosSettings {
  /** The clock's time at tick 0. */
  readonly epochSeconds?: number;
}

export interface CmosRtcState {
  readonly index: number;
  readonly nmiMasked: boolean;
  /** All 128 bytes; the time registers among them are not used. */
  readonly memory: Uint8Array;
  readonly registerA: number;
  readonly registerB: number;
  readonly registerC: number;
  /** The time at `baseCycle`. */
  readonly baseSeconds: number;
  readonly baseCycle: number;
  /** The register values while the clock is held, or undefined while it runs. */
  readonly held: CalendarTime | undefined;
  /** Days by which software has set the weekday off the calendar's. */
  readonly weekdayOffset: number;
  /** Up to where flags have been collected. */
  readonly settledCycle: number;
}

export class CmosRtc implements PortDevice, Snapshot<CmosRtcState> {
  readonly name = 'cmosRtc';
  readonly title = marked`CMOS memory and real-time clock (MC146818)`;
  readonly ports = [{ first: indexPort, last: indexPort + 1, widths: [8] }] as const;
  private readonly oscillator = new Oscillator(oscillatorHz);
  private readonly timer: Timer;
  private index = 0;
  private masked = false;
  private memory: Uint8Array;
  private a = registerA.dividerRunning | 6;
  private b = registerB.hours24;
  private c = 0;
  private baseSeconds: number;
  private baseCycle = 0;
  private held: CalendarTime | undefined;
  private weekdayOffset = 0;
  private settledCycle: number;

  constructor(
    private readonly clock: Clock,
    private readonly irq8: InterruptLine,
    options: CmosRtcOptions,
  ) {
    this.memory = cmosMemory(options);
    this.baseSeconds = options.epochSeconds ?? defaultEpochSeconds;
    this.settledCycle = this.cycle;
    this.timer = clock.createTimer(() => this.settle());
  }

  /** Is NMI kept from the processor? */
  get nmiMasked(): boolean {
    return this.masked;
  }

  /** The chip's RESET pin: interrupts off. Time and memory live on the battery. */
  reset(): void {
    this.settle();
    this.b &= ~interrupt.all;
    this.c = 0;
    this.index = 0;
    this.masked = false;
    this.settle();
  }

  /** The index port cannot be read. */
  readPort(port: number): number {
    if (port === indexPort) return 0xff;
    this.settle();
    const value = this.readRegister(this.index);
    if (this.index === register.c) {
      this.c = 0;
      this.settle();
    }
    return value;
  }

  writePort(port: number, value: number): void {
    if (port === indexPort) {
      this.index = value & 0x7f;
      this.masked = (value & 0x80) !== 0;
      return;
    }
    this.settle();
    this.writeRegister(this.index, value);
    this.settle();
  }

  save(): CmosRtcState {
    const { index, masked, a, b, c, baseSeconds, baseCycle, held, weekdayOffset, settledCycle } = this;
    const registers = { registerA: a, registerB: b, registerC: c };
    const time = { baseSeconds, baseCycle, held, weekdayOffset, settledCycle };
    return { index, nmiMasked: masked, memory: this.memory.slice(), ...registers, ...time };
  }

  restore(state: CmosRtcState): void {
    this.index = state.index;
    this.masked = state.nmiMasked;
    this.memory = state.memory.slice();
    this.a = state.registerA;
    this.b = state.registerB;
    this.c = state.registerC;
    this.baseSeconds = state.baseSeconds;
    this.baseCycle = state.baseCycle;
    this.held = state.held;
    this.weekdayOffset = state.weekdayOffset;
    this.settledCycle = state.settledCycle;
    this.armForNextEvent();
  }

  describe(): readonly DeviceField[] {
    const row = (name: string, value: number, explanation: string): DeviceField => ({
      name,
      value: hex(value, 2),
      explanation,
    });
    const hours = this.b & registerB.hours24 ? 24 : 12;
    const format = this.b & registerB.binary ? t`binary, ${hours} hours` : t`BCD, ${hours} hours`;
    const enabled = interruptNames(this.b);
    const index = hex(this.index, 2);
    return [
      { name: t`time`, value: timeText(this.time), explanation: this.running ? t`virtual time` : t`held by software` },
      row(
        t`index`,
        this.index,
        this.masked ? t`port 0x71 is register ${index}; NMI masked` : t`port 0x71 is register ${index}; NMI allowed`,
      ),
      row(t`register A`, this.a, this.periodText()),
      row(
        t`register B`,
        this.b,
        enabled.length === 0
          ? t`${format}; no interrupts enabled`
          : t`${format}; ${listed(enabled)} interrupts enabled`,
      ),
      row(t`register C`, this.c, this.c & interruptRequest ? t`IRQ8 asserted until this is read` : t`no interrupt`),
    ];
  }

  private get cycle(): number {
    return this.oscillator.cyclesAt(this.clock.now);
  }

  private get running(): boolean {
    return this.held === undefined;
  }

  private get format(): RtcFormat {
    return { binary: (this.b & registerB.binary) !== 0, hours24: (this.b & registerB.hours24) !== 0 };
  }

  private secondsAt(cycle: number): number {
    return this.baseSeconds + Math.floor((cycle - this.baseCycle) / oscillatorHz);
  }

  private get time(): CalendarTime {
    return this.held ?? calendarTimeOf(this.secondsAt(this.cycle));
  }

  /** Where in the second the divider chain is, in oscillator cycles. SET does not disturb it. */
  private get phase(): number {
    return (this.cycle - this.baseCycle) % oscillatorHz;
  }

  private get updateInProgress(): boolean {
    return this.running && this.phase >= oscillatorHz - updateCycles;
  }

  /** Oscillator cycles between periodic interrupts, or 0 if there are none. */
  private get periodCycles(): number {
    const rate = this.a & registerA.rate;
    if (rate === 0 || !this.dividerRuns) return 0;
    return 1 << (rate < 3 ? rate + 6 : rate - 1);
  }

  private get dividerRuns(): boolean {
    return (this.a & registerA.divider) === registerA.dividerRunning;
  }

  private readRegister(index: number): number {
    const value = readTimeRegister(index, this.time, this.weekdayOffset, this.format);
    if (value !== undefined) return value;
    switch (index) {
      case register.a:
        return this.a | (this.updateInProgress ? registerA.updateInProgress : 0);
      case register.b:
        return this.b;
      case register.c:
        return this.c;
      case register.d:
        return validRamAndTime;
      default:
        return this.memory[index] ?? 0xff;
    }
  }

  private writeRegister(index: number, value: number): void {
    switch (index) {
      case register.a:
        return this.control(value & ~registerA.updateInProgress, this.b);
      case register.b:
        // SET also switches the update interrupt off.
        return this.control(this.a, value & registerB.set ? value & ~interrupt.update : value);
      case register.c:
      case register.d:
        return;
      default:
        if (!this.writeTime(index, value)) this.memory[index] = value;
    }
  }

  /** Takes new registers A and B, and stops or starts the clock if they say so. */
  private control(a: number, b: number): void {
    const time = this.time;
    const dividerWasRunning = this.dividerRuns;
    this.a = a;
    this.b = b;
    const runs = this.dividerRuns && !(b & registerB.set);
    if (!runs) this.held = time;
    else if (this.held) this.start(this.held, dividerWasRunning ? this.phase : dividerReleasePhase);
  }

  /** `phase` is how much of the current second has passed already, in oscillator cycles. */
  private start(time: CalendarTime, phase: number): void {
    this.held = undefined;
    this.baseSeconds = secondsOf(time);
    this.baseCycle = this.cycle - phase;
    this.settledCycle = this.cycle;
  }

  /**
   * A time register that is written while the clock runs changes the time from then on, within the same second. The
   * weekday is a counter of its own: a new date does not change it.
   */
  private writeTime(index: number, value: number): boolean {
    const weekday = this.readRegister(timeRegister.weekday);
    if (index === timeRegister.weekday) {
      this.setWeekday(value);
      return true;
    }
    const time = withTimeRegister(index, value, this.time, this.format);
    if (time === undefined) return false;
    if (this.held) this.held = time;
    else this.start(time, this.phase);
    this.setWeekday(weekday);
    return true;
  }

  private setWeekday(value: number): void {
    const calendarWeekday = readTimeRegister(timeRegister.weekday, this.time, 0, this.format) ?? 1;
    this.weekdayOffset = (value - calendarWeekday + 14) % 7;
  }

  /** Collects the flags that time has set since the last look, then shows the interrupt. */
  private settle(): void {
    const { cycle } = this;
    const period = this.periodCycles;
    const passed = (length: number): boolean => this.countOf(length, cycle) > this.countOf(length, this.settledCycle);
    if (period && passed(period)) this.c |= interrupt.periodic;
    if (this.running && passed(oscillatorHz)) {
      this.c |= interrupt.update;
      if (this.alarmPassed(cycle)) this.c |= interrupt.alarm;
    }
    this.settledCycle = cycle;
    this.driveIrq8();
    this.armForNextEvent();
  }

  /** Whole lengths of the divider chain at `cycle`. */
  private countOf(length: number, cycle: number): number {
    return Math.floor((cycle - this.baseCycle) / length);
  }

  private alarmPassed(cycle: number): boolean {
    const last = this.secondsAt(cycle);
    const first = Math.max(this.secondsAt(this.settledCycle) + 1, last - 86_399);
    for (let second = first; second <= last; second++) {
      if (alarmMatches(this.memory, calendarTimeOf(second), this.format)) return true;
    }
    return false;
  }

  private driveIrq8(): void {
    const asserted = (this.c & this.b & interrupt.all) !== 0;
    this.c = asserted ? this.c | interruptRequest : this.c & ~interruptRequest;
    if (asserted) this.irq8.raise();
    else this.irq8.lower();
  }

  /** Without an enabled interrupt nobody needs to be woken: flags are collected when they are read. */
  private armForNextEvent(): void {
    const secondly = this.running && (this.b & (interrupt.update | interrupt.alarm)) !== 0;
    const period = this.b & interrupt.periodic ? this.periodCycles : 0;
    const lengths = [...(secondly ? [oscillatorHz] : []), ...(period ? [period] : [])];
    if (lengths.length === 0) return this.timer.disarm();
    const next = Math.min(...lengths.map(length => (this.countOf(length, this.settledCycle) + 1) * length));
    this.timer.arm(this.oscillator.tickOf(this.baseCycle + next));
  }

  private periodText(): string {
    return this.periodCycles ? t`periodic rate ${`${oscillatorHz / this.periodCycles} Hz`}` : t`periodic rate off`;
  }
}

const interruptNames = (bits: number): readonly string[] => [
  ...(bits & interrupt.periodic ? [t`periodic`] : []),
  ...(bits & interrupt.alarm ? [t`alarm`] : []),
  ...(bits & interrupt.update ? [t`update`] : []),
];

function timeText(time: CalendarTime): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const date = `${time.year}-${two(time.month)}-${two(time.day)}`;
  return `${date} ${two(time.hours)}:${two(time.minutes)}:${two(time.seconds)}`;
}
