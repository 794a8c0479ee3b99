// Port 0x61 (IBM PC/AT Technical Reference, "System Board: Port B"; Intel 82371AB, NMI Status and Control): the gate of
// timer counter 2 and the speaker's data bit to write; counter 2's OUT and the refresh toggle to read, which programs
// use as a clock.
// Leaves out: memory parity and channel check errors, which never happen here; their enable bits are kept.
import { hex } from '../base/hex';
import { marked, t } from '../base/localization';
import type { DeviceField, PortDevice, Snapshot } from './device';
import type { Pit8254 } from './pit8254';

const bits = { timer2Gate: 0x01, speakerData: 0x02, refreshToggle: 0x10, timer2Out: 0x20 };
const writable = 0x0f;

/** A refresh request every 18 CLK pulses (15 µs), as the BIOS programs counter 1 and chipsets since do by themselves. */
const pulsesPerRefresh = 18;

export interface SystemControlPortBState {
  readonly written: number;
}

export class SystemControlPortB implements PortDevice, Snapshot<SystemControlPortBState> {
  readonly name = 'systemControlPortB';
  readonly title = marked`System control port B (speaker, timer gate)`;
  readonly ports = [{ first: 0x61, last: 0x61, widths: [8] }] as const;
  private written = 0;

  constructor(private readonly pit: Pit8254) {}

  reset(): void {
    this.writePort(0x61, 0);
  }

  readPort(): number {
    const refreshes = Math.floor(this.pit.pulsesNow / pulsesPerRefresh);
    const toggle = refreshes & 1 ? bits.refreshToggle : 0;
    return this.written | toggle | (this.pit.counter2Out ? bits.timer2Out : 0);
  }

  writePort(_port: number, value: number): void {
    this.written = value & writable;
    this.pit.setCounter2Gate((value & bits.timer2Gate) !== 0);
  }

  save(): SystemControlPortBState {
    return { written: this.written };
  }

  /** The gate itself is part of the timer's state. */
  restore(state: SystemControlPortBState): void {
    this.written = state.written;
  }

  describe(): readonly DeviceField[] {
    const gate = this.written & bits.timer2Gate ? t`counter 2 may count` : t`counter 2 held by its gate`;
    return [{ name: t`port B`, value: hex(this.written, 2), explanation: t`${gate}; ${this.speakerText()}` }];
  }

  private speakerText(): string {
    const frequency = this.pit.counter2FrequencyHz;
    const on = (this.written & bits.speakerData) !== 0 && (this.written & bits.timer2Gate) !== 0;
    return on && frequency !== undefined ? t`speaker sounds at ${frequency.toFixed(0)} Hz` : t`speaker silent`;
  }
}
