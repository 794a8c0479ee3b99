// Ports 0xF4–0xF7, QEMU's `isa-debug-exit`: a write ends the run with exit code (value << 1) | 1, so that no value means
// success by accident. Not on a real machine, where it is used by nothing.
import { marked, t } from '../base/localization';
import type { AccessWidth, DeviceField, PortDevice, Snapshot } from './device';

export interface DebugExitState {
  readonly exitCode: number | undefined;
}

export class DebugExit implements PortDevice, Snapshot<DebugExitState> {
  readonly name = 'debugExit';
  readonly title = marked`Debug exit port`;
  readonly ports = [{ first: 0xf4, last: 0xf7, widths: [8, 16, 32] }] as const;
  private exitCode: number | undefined;

  /** `exit` gets the whole code; a process keeps its low 8 bits. */
  constructor(private readonly exit: (code: number) => void) {}

  reset(): void {
    this.exitCode = undefined;
  }

  readPort(_port: number, width: AccessWidth): number {
    return 2 ** width - 1;
  }

  writePort(_port: number, value: number): void {
    this.exitCode = ((value << 1) | 1) >>> 0;
    this.exit(this.exitCode);
  }

  save(): DebugExitState {
    return { exitCode: this.exitCode };
  }

  restore(state: DebugExitState): void {
    this.exitCode = state.exitCode;
  }

  describe(): readonly DeviceField[] {
    const value = this.exitCode === undefined ? t`none` : String(this.exitCode);
    return [{ name: t`exit code`, value, explanation: t`a write of n ends the run with code 2n + 1` }];
  }
}
