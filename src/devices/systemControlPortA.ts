// Port 0x92 (IBM PS/2 Hardware Interface Technical Reference, "System Control Port A"): the A20 gate and the fast reset,
// without the detour through the keyboard controller.
// Leaves out: the security lock and the activity lights, whose bits are kept.
import { hex } from '../base/hex';
import { marked, t } from '../base/localization';
import type { A20Gate } from './a20Gate';
import type { DeviceField, PortDevice, Snapshot } from './device';

const bits = { fastReset: 0x01, a20: 0x02 };

export interface SystemControlPortAState {
  readonly written: number;
}

export class SystemControlPortA implements PortDevice, Snapshot<SystemControlPortAState> {
  readonly name = 'systemControlPortA';
  readonly title = marked`System control port A (A20, fast reset)`;
  readonly ports = [{ first: 0x92, last: 0x92, widths: [8] }] as const;
  private written = 0;

  constructor(
    private readonly a20: A20Gate,
    private readonly resetMachine: () => void,
  ) {}

  reset(): void {
    this.written = 0;
  }

  readPort(): number {
    return (this.written & ~bits.a20) | (this.a20.enabled ? bits.a20 : 0);
  }

  /** A reset happens when bit 0 goes from 0 to 1. */
  writePort(_port: number, value: number): void {
    const rises = (value & ~this.written & bits.fastReset) !== 0;
    this.written = value;
    this.a20.set((value & bits.a20) !== 0);
    if (rises) this.resetMachine();
  }

  save(): SystemControlPortAState {
    return { written: this.written };
  }

  restore(state: SystemControlPortAState): void {
    this.written = state.written;
  }

  describe(): readonly DeviceField[] {
    const a20 = this.a20.enabled
      ? t`A20 open: all of memory is reached`
      : t`A20 closed: a PC would wrap addresses at 1 MB; here memory stays whole`;
    return [{ name: t`port A`, value: hex(this.readPort(), 2), explanation: a20 }];
  }
}
