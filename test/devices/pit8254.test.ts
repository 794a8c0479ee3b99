import assert from 'node:assert/strict';
import { Pit8254 } from '../../src/devices/pit8254';
import { SystemControlPortB } from '../../src/devices/systemControlPortB';
import { Oscillator, ticksPerSecond } from '../../src/devices/virtualTime';
import { ManualClock, Wire } from './rig';

const control = 0x43;
const oscillator = new Oscillator(1_193_182);

class Rig {
  readonly clock = new ManualClock();
  readonly irq0 = new Wire();
  readonly pit = new Pit8254(this.clock, this.irq0);

  write(port: number, ...values: number[]): void {
    values.forEach(value => this.pit.writePort(port, value));
  }

  read(port: number, count: number): number[] {
    return Array.from({ length: count }, () => this.pit.readPort(port));
  }

  /** To the tick of CLK pulse `pulse`, counted from tick 0. */
  toPulse(pulse: number): void {
    this.clock.advance(oscillator.tickOf(pulse) - this.clock.now);
  }
}

describe('interval timer', () => {
  it('mode 2 raises IRQ0 once per period, without drift', () => {
    const rig = new Rig();
    rig.write(control, 0x34);
    rig.write(0x40, 0xa9, 0x04); // 1193: 1000.15 Hz
    const before = rig.irq0.rises;
    rig.clock.advance(ticksPerSecond * 10);
    assert.equal(rig.irq0.rises - before, Math.floor((1_193_182 * 10 - 1) / 1193));
    assert.equal(rig.irq0.high, true);
  });

  it('loses no edge when the clock comes late, and is at the same point afterwards', () => {
    const late = new Rig();
    const exact = new Rig();
    for (const rig of [late, exact]) {
      rig.write(control, 0x34);
      rig.write(0x40, 100, 0);
    }
    for (let step = 0; step < 50; step++) late.clock.jump(12_345);
    exact.clock.advance(50 * 12_345);
    assert.deepEqual(late.read(0x40, 2), exact.read(0x40, 2));
    assert.equal(late.irq0.rises, exact.irq0.rises);
    assert.deepEqual(late.pit.save(), exact.pit.save());
  });

  it('mode 3 drives IRQ0 as a square wave', () => {
    const rig = new Rig();
    rig.write(control, 0x36);
    rig.write(0x40, 0x00, 0x00);
    rig.toPulse(1 + 32_767);
    assert.equal(rig.irq0.high, true);
    rig.toPulse(1 + 32_768);
    assert.equal(rig.irq0.high, false);
    rig.toPulse(1 + 65_536);
    assert.equal(rig.irq0.high, true);
  });

  it('mode 0 raises IRQ0 once, n + 1 pulses after the count', () => {
    const rig = new Rig();
    rig.write(control, 0x30);
    rig.write(0x40, 10, 0);
    rig.toPulse(10);
    assert.equal(rig.irq0.high, false);
    rig.toPulse(11);
    assert.equal(rig.irq0.high, true);
    assert.equal(rig.clock.nextDeadline, Infinity);
  });

  it('schedules nothing while counter 0 does not count', () => {
    const rig = new Rig();
    rig.write(control, 0x34);
    rig.write(control, 0xb6);
    rig.write(0x42, 0x00, 0x10);
    assert.equal(rig.clock.nextDeadline, Infinity);
  });

  it('a latched count stays until both bytes have been read', () => {
    const rig = new Rig();
    rig.write(control, 0x34);
    rig.write(0x40, 0x00, 0x10);
    rig.toPulse(1 + 0x123);
    rig.write(control, 0x00);
    rig.toPulse(1 + 0x456);
    rig.write(control, 0x00);
    assert.deepEqual(rig.read(0x40, 2), [0xdd, 0x0e]);
    assert.deepEqual(rig.read(0x40, 2), [0xaa, 0x0b]);
  });

  it('read-back latches status, then count, of the counters it names', () => {
    const rig = new Rig();
    rig.write(control, 0x36);
    rig.write(0x40, 0x06, 0x00);
    rig.toPulse(2);
    rig.write(control, 0xc2);
    // OUT high, count loaded, low then high byte, mode 3, binary; then the count, 6 - 2.
    assert.deepEqual(rig.read(0x40, 3), [0xb6, 0x04, 0x00]);
  });

  it('status shows the null count until the count is loaded', () => {
    const rig = new Rig();
    rig.write(control, 0x70); // counter 1, mode 0
    rig.write(0x41, 5);
    rig.write(control, 0xe4);
    assert.equal(rig.pit.readPort(0x41), 0x70);
    rig.write(0x41, 0);
    rig.toPulse(1);
    rig.write(control, 0xe4);
    assert.equal(rig.pit.readPort(0x41), 0x30);
    rig.toPulse(6);
    rig.write(control, 0xe4);
    assert.equal(rig.pit.readPort(0x41), 0xb0);
  });

  it('counts in BCD', () => {
    const rig = new Rig();
    rig.write(control, 0x35);
    rig.write(0x40, 0x00, 0x10); // 1000
    rig.toPulse(2);
    rig.write(control, 0x00);
    assert.deepEqual(rig.read(0x40, 2), [0x99, 0x09]);
  });

  const byteModes: readonly [string, number, number[], number[]][] = [
    ['low byte only', 0x14, [0x80], [0x7f, 0x7f]],
    ['high byte only', 0x24, [0x80], [0x7f, 0x7f]],
    ['low then high byte', 0x34, [0x80, 0x40], [0x7f, 0x40]],
  ];
  for (const [name, word, writes, reads] of byteModes) {
    it(`reads and writes ${name}`, () => {
      const rig = new Rig();
      rig.write(control, word);
      rig.write(0x40, ...writes);
      rig.toPulse(2);
      assert.deepEqual(rig.read(0x40, 2), reads);
    });
  }

  it('takes mode 6 as 2, and shows it as it was written', () => {
    const rig = new Rig();
    rig.write(control, 0x3c);
    rig.write(0x40, 3, 0);
    rig.toPulse(3);
    assert.equal(rig.irq0.high, false);
    rig.toPulse(4);
    assert.equal(rig.irq0.high, true);
    rig.write(control, 0xe2);
    assert.equal(rig.pit.readPort(0x40), 0xbc);
  });

  it('the control port reads nothing', () => {
    assert.equal(new Rig().pit.readPort(control), 0xff);
  });
});

describe('system control port B', () => {
  function rigWithPort(): Rig & { portB: SystemControlPortB } {
    const rig = new Rig();
    return Object.assign(rig, { portB: new SystemControlPortB(rig.pit) });
  }

  it('gates counter 2 and shows its OUT in bit 5', () => {
    const rig = rigWithPort();
    rig.write(control, 0xb0); // counter 2, mode 0
    rig.write(0x42, 20, 0);
    rig.toPulse(100);
    assert.equal(rig.portB.readPort() & 0x21, 0x00);
    rig.portB.writePort(0x61, 0x01);
    rig.toPulse(119);
    assert.equal(rig.portB.readPort() & 0x21, 0x01);
    rig.toPulse(120);
    assert.equal(rig.portB.readPort() & 0x21, 0x21);
  });

  it('toggles the refresh bit every 18 pulses, 15 µs', () => {
    const rig = rigWithPort();
    const seen = [0, 17, 18, 35, 36, 54].map(pulse => {
      rig.toPulse(pulse);
      return rig.portB.readPort() & 0x10;
    });
    assert.deepEqual(seen, [0, 0, 0x10, 0x10, 0, 0x10]);
  });

  it('keeps its low four bits', () => {
    const rig = rigWithPort();
    rig.portB.writePort(0x61, 0xfe);
    assert.equal(rig.portB.readPort() & 0xcf, 0x0e);
  });
});
