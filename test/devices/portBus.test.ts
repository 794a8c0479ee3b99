import assert from 'node:assert/strict';
import type { AccessWidth, DeviceField, PortDevice, PortRange } from '../../src/devices/device';
import { PortBus, type PortAccess } from '../../src/devices/portBus';

/** Reads give the port's low byte in every byte; accesses are logged as `w16 300=1234`. */
class Probe implements PortDevice {
  readonly title = 'Probe';
  readonly log: string[] = [];

  constructor(
    readonly ports: readonly PortRange[],
    readonly name = 'probe',
  ) {}

  readPort(port: number, width: AccessWidth): number {
    this.log.push(`r${width} ${port.toString(16)}`);
    return ((port & 0xff) * 0x01010101) % 2 ** width;
  }

  writePort(port: number, value: number, width: AccessWidth): void {
    this.log.push(`w${width} ${port.toString(16)}=${value.toString(16)}`);
  }

  reset(): void {}

  describe(): readonly DeviceField[] {
    return [];
  }
}

describe('port bus', () => {
  const rows: readonly [string, readonly AccessWidth[], number, AccessWidth, number, string][] = [
    ['takes a byte whole', [8], 0x300, 8, 0x00, 'r8 300'],
    ['splits a word into bytes, low first', [8], 0x300, 16, 0x0100, 'r8 300,r8 301'],
    ['splits a doubleword into bytes', [8], 0x300, 32, 0x03020100, 'r8 300,r8 301,r8 302,r8 303'],
    ['takes a word whole where the device can', [8, 16], 0x302, 16, 0x0202, 'r16 302'],
    ['splits a doubleword into words where that suffices', [16], 0x300, 32, 0x02020000, 'r16 300,r16 302'],
    ['takes a doubleword whole where the device can', [32], 0x301, 32, 0x01010101, 'r32 301'],
    ['reads ones where the device has nothing so narrow', [16], 0x300, 8, 0xff, ''],
    ['reads ones beyond the device', [8], 0x303, 32, 0xffffff03, 'r8 303'],
    ['reads ones where nobody is', [8], 0x400, 32, 0xffffffff, ''],
  ];
  for (const [name, widths, port, width, expected, log] of rows) {
    it(name, () => {
      const bus = new PortBus();
      const probe = new Probe([{ first: 0x300, last: 0x303, widths }]);
      bus.attach(probe);
      assert.equal(bus.read(port, width), expected);
      assert.equal(probe.log.join(), log);
    });
  }

  it('splits writes the same way and drops those to nobody', () => {
    const bus = new PortBus();
    const probe = new Probe([{ first: 0x300, last: 0x302, widths: [8] }]);
    bus.attach(probe);
    bus.write(0x300, -2, 32);
    bus.write(0x301, 0x12345, 16);
    bus.write(0x400, 1, 8);
    assert.deepEqual(probe.log, ['w8 300=fe', 'w8 301=ff', 'w8 302=ff', 'w8 301=45', 'w8 302=23']);
  });

  it('wraps at port 0xffff', () => {
    const bus = new PortBus();
    bus.attach(new Probe([{ first: 0, last: 0, widths: [8] }]));
    assert.equal(bus.read(0xffff, 16), 0x00ff);
  });

  it('refuses overlapping ranges, naming both, and attaches nothing then', () => {
    const bus = new PortBus();
    bus.attach(new Probe([{ first: 0x300, last: 0x303, widths: [8] }]));
    const second = new Probe([
      { first: 0x200, last: 0x200, widths: [8] },
      { first: 0x303, last: 0x305, widths: [8] },
    ]);
    assert.throws(() => bus.attach(second), /port 0x303 of Probe is already claimed by Probe/);
    assert.equal(bus.deviceAt(0x200), undefined);
    assert.equal(bus.devices.length, 1);
  });

  it('shows each access once, unsplit, to the observer', () => {
    const bus = new PortBus();
    const probe = new Probe([{ first: 0x300, last: 0x303, widths: [8] }]);
    const seen: PortAccess[] = [];
    bus.attach(probe);
    bus.observer = access => seen.push(access);
    bus.read(0x302, 16);
    bus.write(0x500, 7, 8);
    assert.deepEqual(seen, [
      { direction: 'in', port: 0x302, width: 16, value: 0x0302, device: probe },
      { direction: 'out', port: 0x500, width: 8, value: 7, device: undefined },
    ]);
  });
});
