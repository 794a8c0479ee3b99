// The A20 gate: with it closed, address bit 20 is forced to 0, so that memory wraps at 1 MB as on an 8086 (IBM PC/AT
// Technical Reference). Both the keyboard controller's output port and system control port A drive it; here the last
// writer wins and both read the same state, as on QEMU and Bochs (on a chipset either one opens it).
import type { Snapshot } from './device';

export interface A20GateState {
  readonly enabled: boolean;
}

export class A20Gate implements Snapshot<A20GateState> {
  private open = true;

  /** `onChange` is for whoever forms addresses. The gate is open after reset, as a PC's firmware leaves it. */
  constructor(private readonly onChange: (enabled: boolean) => void = () => {}) {}

  get enabled(): boolean {
    return this.open;
  }

  set(enabled: boolean): void {
    if (enabled === this.open) return;
    this.open = enabled;
    this.onChange(enabled);
  }

  reset(): void {
    this.set(true);
  }

  save(): A20GateState {
    return { enabled: this.open };
  }

  restore(state: A20GateState): void {
    this.set(state.enabled);
  }
}
