// Port 0x80, where a BIOS shows the number of the test that it is running (power-on self-test), on cards with two digits.
// On an AT it is a spare register of the DMA page file, so it reads back; systems write it to let about a microsecond pass.
import { hex } from '../base/hex';
import { marked, t } from '../base/localization';
import type { DeviceField, PortDevice, Snapshot } from './device';

export interface PostPortState {
  readonly code: number;
}

export class PostPort implements PortDevice, Snapshot<PostPortState> {
  readonly name = 'postPort';
  readonly title = marked`POST code port`;
  readonly ports = [{ first: 0x80, last: 0x80, widths: [8] }] as const;
  private code = 0;

  reset(): void {
    this.code = 0;
  }

  readPort(): number {
    return this.code;
  }

  writePort(_port: number, value: number): void {
    this.code = value;
  }

  save(): PostPortState {
    return { code: this.code };
  }

  restore(state: PostPortState): void {
    this.code = state.code;
  }

  describe(): readonly DeviceField[] {
    return [{ name: t`POST code`, value: hex(this.code, 2), explanation: t`the last byte written to port 0x80` }];
  }
}
