// The I/O address space: 65,536 ports, apart from memory (SDM Vol. 1 ch. 20). Finds the device behind a port and splits
// an access that the device does not take whole into halves, low half first, as a bus with narrow slots does (the 80386
// Hardware Reference's BS16#, and the ISA bus's byte swapper). A port that nobody claims floats: it reads all ones and
// forgets what is written.
// Leaves out: wait states and bus errors.
import { hex } from '../base/hex';
import type { AccessWidth, PortDevice } from './device';

/** One access as the processor made it, before any splitting. */
export interface PortAccess {
  readonly direction: 'in' | 'out';
  readonly port: number;
  readonly width: AccessWidth;
  readonly value: number;
  /** The device that owns `port`, or undefined if nobody does. */
  readonly device: PortDevice | undefined;
}

export type PortObserver = (access: PortAccess) => void;

/** What a device has claimed. */
interface Claim {
  readonly device: PortDevice;
  /** the access widths that it takes whole: 8 | 16 | 32 as bits */
  readonly widths: number;
}

const portMask = 0xffff;
const half = (width: AccessWidth): 8 | 16 => (width === 32 ? 16 : 8);

export class PortBus {
  /** Called after each access; for the debugger and the log. */
  observer: PortObserver | undefined;
  /** for each port the number of its claim in `claims`, or 0: nobody's */
  private readonly claimAt = new Uint16Array(portMask + 1);
  private readonly claims: (Claim | undefined)[] = [undefined];
  private readonly attached: PortDevice[] = [];

  get devices(): readonly PortDevice[] {
    return this.attached;
  }

  /** The device that claims `port`. */
  deviceAt(port: number): PortDevice | undefined {
    return this.claims[this.claimAt[port & portMask]]?.device;
  }

  /** Throws, and changes nothing, if another device already claims one of the ports. */
  attach(device: PortDevice): void {
    this.requireFree(device);
    for (const { first, last, widths } of device.ports) {
      this.claimAt.fill(this.claims.length, first, last + 1);
      this.claims.push({ device, widths: widths.reduce((all: number, width) => all | width, 0) });
    }
    this.attached.push(device);
  }

  /** IN: `width` bits, unsigned. */
  read(port: number, width: AccessWidth): number {
    const value = this.readWhole(port & portMask, width);
    this.observer?.({ direction: 'in', port, width, value, device: this.deviceAt(port) });
    return value;
  }

  /** OUT: the low `width` bits of `value`. */
  write(port: number, value: number, width: AccessWidth): void {
    const unsigned = width === 32 ? value >>> 0 : value & ((1 << width) - 1);
    this.writeWhole(port & portMask, unsigned, width);
    this.observer?.({ direction: 'out', port, width, value: unsigned, device: this.deviceAt(port) });
  }

  private requireFree(device: PortDevice): void {
    const wanted = new Set<number>();
    for (const { first, last } of device.ports) {
      for (let port = first; port <= last; port++) {
        const owner = wanted.has(port) ? device : this.deviceAt(port);
        if (owner) throw new Error(`port ${hex(port)} of ${device.title} is already claimed by ${owner.title}`);
        wanted.add(port);
      }
    }
  }

  private readWhole(port: number, width: AccessWidth): number {
    const claim = this.claims[this.claimAt[port]];
    if (claim && claim.widths & width) return claim.device.readPort(port, width);
    if (width === 8) return 0xff;
    const part = half(width);
    const low = this.readWhole(port, part);
    const high = this.readWhole((port + part / 8) & portMask, part);
    return ((high << part) | low) >>> 0;
  }

  private writeWhole(port: number, value: number, width: AccessWidth): void {
    const claim = this.claims[this.claimAt[port]];
    if (claim && claim.widths & width) return claim.device.writePort(port, value, width);
    if (width === 8) return;
    const part = half(width);
    this.writeWhole(port, value & ((1 << part) - 1), part);
    this.writeWhole((port + part / 8) & portMask, value >>> part, part);
  }
}
