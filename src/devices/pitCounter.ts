// One counter of the 8254 programmable interval timer: its counting element and OUT pin in modes 0–5, pulse by pulse as
// the data sheet's "Mode Definitions" (Intel 231164) tell it. Pulses in which nothing but a decrement happens are taken
// in one leap, so a long wait costs no more than a short one. Counts are kept as plain numbers, also in BCD mode, where
// they run modulo 10,000; a count register of 0 stands for the whole modulus.
// Leaves out: what a count of 1 does in modes 2 and 3, where it is illegal (here OUT stays high).

export interface PitCounterState {
  /** 0–5. */
  mode: number;
  bcd: boolean;
  gate: boolean;
  out: boolean;
  /** CR: the count that the next load takes. Undefined after a control word, until a count has been written. */
  countRegister: number | undefined;
  /** CE, as it is now. */
  countingElement: number;
  /** The count that CE was last loaded from. */
  loadedCount: number;
  /** CE has been loaded since the control word: before that it does not count. */
  loaded: boolean;
  /** The next pulse loads CE from CR. */
  loadPending: boolean;
  /** Modes 0, 1, 4, 5: OUT has not reacted yet to this load. */
  armed: boolean;
  /** Mode 0: counting waits for the second byte of a new count. */
  awaitingSecondByte: boolean;
  /** CR has been written and not loaded: the status byte's null count. */
  nullCount: boolean;
}

const isPeriodic = (mode: number): boolean => mode === 2 || mode === 3;
const isTriggeredByGate = (mode: number): boolean => mode === 1 || mode === 5;

export class PitCounter {
  state: PitCounterState;
  /** runs ahead of this counter; made when it is first wanted */
  private scout: PitCounter | undefined;

  constructor(gate: boolean) {
    this.state = unprogrammed(gate);
  }

  reset(): void {
    this.state = unprogrammed(this.state.gate);
  }

  restore(state: PitCounterState): void {
    this.state = { ...state };
  }

  /** A control word: OUT goes to the mode's initial level, and counting waits for a count. */
  program(mode: number, bcd: boolean): void {
    this.state = { ...unprogrammed(this.state.gate), mode, bcd, out: mode !== 0, nullCount: true };
  }

  /** The first of two bytes has been written. In mode 0 that stops the counter; in the others it has no effect. */
  beginCount(): void {
    if (this.state.mode !== 0) return;
    this.state.awaitingSecondByte = true;
    this.state.out = false;
  }

  /** A complete count, 0 for the modulus. */
  writeCount(count: number): void {
    const { state } = this;
    const first = state.countRegister === undefined;
    state.countRegister = count;
    state.nullCount = true;
    state.awaitingSecondByte = false;
    if (state.mode === 0) state.out = false;
    // A gate-triggered mode loads at its trigger, a periodic one at the end of its period, the others at once.
    if (state.mode === 0 || state.mode === 4 || (first && isPeriodic(state.mode))) state.loadPending = true;
  }

  setGate(high: boolean): void {
    const { state } = this;
    if (state.gate === high) return;
    state.gate = high;
    if (!high && isPeriodic(state.mode) && state.loaded) state.out = true;
    const triggered = isTriggeredByGate(state.mode) || isPeriodic(state.mode);
    if (high && triggered && state.countRegister !== undefined) state.loadPending = true;
  }

  /** Lets `pulses` CLK pulses pass. */
  advance(pulses: number): void {
    let left = pulses;
    while (left > 0) {
      const plain = Math.min(left, this.plainPulses());
      this.decrement(plain);
      left -= plain;
      if (left === 0) return;
      this.pulse();
      left--;
      if (this.atStartOfPeriod) left %= this.period;
    }
  }

  /** Pulses until OUT next changes, or Infinity if it will not without an access or a gate edge. */
  pulsesToEdge(): number {
    const ahead = (this.scout ??= new PitCounter(false));
    ahead.restore(this.state);
    let pulses = 0;
    while (ahead.state.out === this.state.out) {
      const plain = ahead.plainPulses();
      if (plain === Infinity) return Infinity;
      ahead.decrement(plain);
      ahead.pulse();
      pulses += plain + 1;
    }
    return pulses;
  }

  private get modulus(): number {
    return this.state.bcd ? 10_000 : 0x10000;
  }

  /** Pulses of one period of mode 2 or 3. */
  private get period(): number {
    return this.state.loadedCount || this.modulus;
  }

  private get toZero(): number {
    return this.state.countingElement || this.modulus;
  }

  private get atStartOfPeriod(): boolean {
    const { mode, out, countingElement, loadedCount, countRegister, loadPending } = this.state;
    if (!isPeriodic(mode) || !out || loadPending || countRegister !== loadedCount) return false;
    return countingElement === this.initialElement(loadedCount);
  }

  /** How many of the next pulses only decrement CE. */
  private plainPulses(): number {
    const { state } = this;
    if (state.loadPending || this.strobing) return 0;
    if (!this.counts()) return Infinity;
    switch (state.mode) {
      case 2:
        return state.countingElement === 1 ? 0 : this.toZero - 2;
      case 3:
        return this.inLongHalf() ? state.countingElement / 2 : this.toZero / 2 - 1;
      default:
        return state.armed ? this.toZero - 1 : Infinity;
    }
  }

  /** OUT is low for the one pulse of mode 4 or 5, whatever the gate does. */
  private get strobing(): boolean {
    return this.state.mode >= 4 && !this.state.out;
  }

  private counts(): boolean {
    const { mode, gate, loaded, loadedCount, awaitingSecondByte } = this.state;
    if (!loaded || awaitingSecondByte) return false;
    if (isPeriodic(mode) && loadedCount === 1) return false;
    return gate || isTriggeredByGate(mode);
  }

  private decrement(pulses: number): void {
    const { state } = this;
    if (!this.counts()) return;
    const element = state.countingElement - pulses * (state.mode === 3 ? 2 : 1);
    state.countingElement = ((element % this.modulus) + this.modulus) % this.modulus;
  }

  /** The pulse after the plain ones: a load, or one that moves OUT. */
  private pulse(): void {
    const { state } = this;
    if (state.loadPending) return this.load();
    switch (state.mode) {
      case 2:
        return this.pulseRateGenerator();
      case 3:
        return this.pulseSquareWave();
      case 4:
      case 5:
        return this.pulseStrobe();
      default:
        this.decrement(1);
        state.out = true;
        state.armed = false;
    }
  }

  private load(): void {
    const { state } = this;
    this.reload();
    state.loadPending = false;
    state.loaded = true;
    state.armed = true;
    if (state.mode === 1) state.out = false;
    else if (state.mode !== 0) state.out = true;
  }

  private reload(): void {
    const { state } = this;
    state.loadedCount = state.countRegister ?? 0;
    state.countingElement = this.initialElement(state.loadedCount);
    state.nullCount = false;
  }

  /** Mode 3 counts by two, from the count less one if it is odd. */
  private initialElement(count: number): number {
    return this.state.mode === 3 ? count & ~1 : count;
  }

  /** Mode 2: low for the one pulse in which CE is 1, then a new period. */
  private pulseRateGenerator(): void {
    const { state } = this;
    if (state.countingElement === 1) this.reload();
    else this.decrement(1);
    state.out = state.countingElement !== 1;
  }

  /** An odd count's high half is one pulse longer than its low half: it lets CE rest at 0 for a pulse. */
  private inLongHalf(): boolean {
    return this.state.out && (this.state.loadedCount & 1) === 1;
  }

  private pulseSquareWave(): void {
    this.state.out = !this.state.out;
    this.reload();
  }

  /** Modes 4 and 5: low for one pulse, once for each load. */
  private pulseStrobe(): void {
    const { state } = this;
    this.decrement(1);
    state.out = !state.out;
    state.armed = false;
  }
}

function unprogrammed(gate: boolean): PitCounterState {
  return {
    mode: 0,
    bcd: false,
    gate,
    out: false,
    countRegister: undefined,
    countingElement: 0,
    loadedCount: 0,
    loaded: false,
    loadPending: false,
    armed: false,
    awaitingSecondByte: false,
    nullCount: true,
  };
}
