// Port 0xE9, the debug port of Bochs and QEMU (`port_e9_hack`, `isa-debugcon`): a byte written goes to the host, and
// the port reads as its own number, so that a program can tell that it is there. No real machine has it.
import { marked, t } from '../base/localization';
import type { DeviceField, PortDevice, Snapshot } from './device';

const debugPortNumber = 0xe9;

export interface DebugPortState {
  readonly bytesWritten: number;
}

export class DebugPort implements PortDevice, Snapshot<DebugPortState> {
  readonly name = 'debugPort';
  readonly title = marked`Debug port`;
  readonly ports = [{ first: debugPortNumber, last: debugPortNumber, widths: [8] }] as const;
  private bytesWritten = 0;

  constructor(private readonly output: (byte: number) => void) {}

  reset(): void {
    this.bytesWritten = 0;
  }

  readPort(): number {
    return debugPortNumber;
  }

  writePort(_port: number, value: number): void {
    this.bytesWritten++;
    this.output(value);
  }

  save(): DebugPortState {
    return { bytesWritten: this.bytesWritten };
  }

  restore(state: DebugPortState): void {
    this.bytesWritten = state.bytesWritten;
  }

  describe(): readonly DeviceField[] {
    return [{ name: t`written`, value: String(this.bytesWritten), explanation: t`bytes sent to the debug console` }];
  }
}
