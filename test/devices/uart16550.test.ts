import assert from 'node:assert/strict';
import { Uart16550 } from '../../src/devices/uart16550';
import { ManualClock, Wire } from './rig';

const base = 0x3f8;
const register = { data: 0, ier: 1, iir: 2, fcr: 2, lcr: 3, mcr: 4, lsr: 5, msr: 6, scratch: 7 };

class Rig {
  readonly clock = new ManualClock();
  readonly irq = new Wire();
  readonly sent: number[] = [];
  readonly uart = new Uart16550(this.clock, this.irq, byte => this.sent.push(byte));

  constructor() {
    this.write('lcr', 0x03);
    this.write('mcr', 0x08);
  }

  read(name: keyof typeof register): number {
    return this.uart.readPort(base + register[name]);
  }

  write(name: keyof typeof register, value: number): void {
    this.uart.writePort(base + register[name], value);
  }
}

describe('serial port', () => {
  it('sends bytes, and THR is always empty', () => {
    const rig = new Rig();
    for (const byte of [0x48, 0x69]) {
      assert.equal(rig.read('lsr'), 0x60);
      rig.write('data', byte);
    }
    assert.deepEqual(rig.sent, [0x48, 0x69]);
  });

  it('keeps the divisor behind DLAB', () => {
    const rig = new Rig();
    rig.write('lcr', 0x83);
    rig.write('data', 0x01);
    rig.write('ier', 0x02);
    assert.deepEqual([rig.read('data'), rig.read('ier')], [0x01, 0x02]);
    rig.write('lcr', 0x03);
    assert.equal(rig.read('ier'), 0x00);
    assert.deepEqual(rig.sent, []);
  });

  it('keeps the scratch register, and five bits of MCR', () => {
    const rig = new Rig();
    rig.write('scratch', 0xa5);
    rig.write('mcr', 0xff);
    assert.deepEqual([rig.read('scratch'), rig.read('mcr')], [0xa5, 0x1f]);
  });

  it('IIR: bits 7–6 show the FIFOs, as drivers probe for a 16550A', () => {
    const rig = new Rig();
    assert.equal(rig.read('iir'), 0x01);
    rig.write('fcr', 0x01);
    assert.equal(rig.read('iir'), 0xc1);
    rig.write('fcr', 0xc0);
    assert.equal(rig.read('iir'), 0x01);
  });

  it('receives in order, without losing what the buffer has no room for', () => {
    const rig = new Rig();
    const bytes = Array.from({ length: 40 }, (_, index) => index);
    rig.uart.receive(bytes);
    const read: number[] = [];
    while (rig.read('lsr') & 1) read.push(rig.read('data'));
    assert.deepEqual(read, bytes);
  });

  it('interrupts for received data until the buffer is empty, only with OUT2', () => {
    const rig = new Rig();
    rig.write('ier', 0x01);
    rig.uart.receive([0x41, 0x42]);
    assert.equal(rig.irq.high, true);
    assert.equal(rig.read('iir'), 0x04);
    rig.write('mcr', 0x00);
    assert.equal(rig.irq.high, false);
    rig.write('mcr', 0x08);
    rig.read('data');
    assert.equal(rig.irq.high, true);
    rig.read('data');
    assert.equal(rig.irq.high, false);
    assert.equal(rig.read('iir'), 0x01);
  });

  it('with FIFOs interrupts at the trigger level, and times out after four characters', () => {
    const rig = new Rig();
    rig.write('lcr', 0x83);
    rig.write('data', 0x01);
    rig.write('ier', 0x00);
    rig.write('lcr', 0x03);
    rig.write('fcr', 0x81); // trigger level 8
    rig.write('ier', 0x01);
    rig.uart.receive([1, 2, 3, 4, 5, 6, 7]);
    assert.equal(rig.irq.high, false);
    // Ten bits at 115200 baud are 8680.6 ticks.
    rig.clock.advance(4 * 8681 - 1);
    assert.equal(rig.irq.high, false);
    rig.clock.advance(1);
    assert.equal(rig.irq.high, true);
    assert.equal(rig.read('iir'), 0xcc);
    rig.read('data');
    assert.equal(rig.irq.high, false);
    rig.uart.receive([8, 9]);
    assert.equal(rig.read('iir'), 0xc4);
  });

  it('the transmitter interrupt comes when enabled and after each byte, and goes when IIR names it', () => {
    const rig = new Rig();
    rig.write('ier', 0x02);
    assert.equal(rig.irq.rises, 1);
    assert.equal(rig.read('iir'), 0x02);
    assert.equal(rig.irq.high, false);
    rig.write('data', 0x41);
    assert.equal(rig.irq.rises, 2);
    rig.write('data', 0x42);
    assert.equal(rig.irq.rises, 3);
    assert.equal(rig.read('iir'), 0x02);
    assert.equal(rig.read('iir'), 0x01);
  });

  it('received data ranks before the transmitter', () => {
    const rig = new Rig();
    rig.write('ier', 0x03);
    rig.uart.receive([0x41]);
    assert.equal(rig.read('iir'), 0x04);
    rig.read('data');
    assert.equal(rig.read('iir'), 0x02);
  });

  it('loopback returns bytes and the modem outputs, and keeps both from the line', () => {
    const rig = new Rig();
    rig.write('mcr', 0x10);
    rig.read('msr');
    rig.write('data', 0xae);
    assert.deepEqual(rig.sent, []);
    assert.equal(rig.read('lsr'), 0x61);
    assert.equal(rig.read('data'), 0xae);
    const pairs = [0x11, 0x12, 0x14, 0x18].map(mcr => {
      rig.write('mcr', mcr);
      return rig.read('msr') & 0xf0;
    });
    assert.deepEqual(pairs, [0x20, 0x10, 0x40, 0x80]);
  });

  it('MSR reports changes once; of the ring indicator only its end', () => {
    const rig = new Rig();
    assert.equal(rig.read('msr'), 0xb0);
    rig.write('mcr', 0x10);
    assert.equal(rig.read('msr'), 0x0b);
    rig.write('mcr', 0x14);
    assert.equal(rig.read('msr'), 0x40);
    rig.write('mcr', 0x10);
    assert.equal(rig.read('msr'), 0x04);
    assert.equal(rig.read('msr'), 0x00);
  });

  it('overruns in loopback: reported once, in LSR and as an interrupt', () => {
    const rig = new Rig();
    rig.write('mcr', 0x18);
    rig.write('ier', 0x04);
    rig.write('data', 1);
    rig.write('data', 2);
    assert.equal(rig.read('iir'), 0x06);
    assert.equal(rig.irq.high, true);
    assert.equal(rig.read('lsr'), 0x63);
    assert.equal(rig.read('lsr'), 0x61);
    assert.equal(rig.read('data'), 2);
    rig.write('fcr', 0x01);
    for (let byte = 0; byte < 17; byte++) rig.write('data', byte);
    assert.equal(rig.read('lsr'), 0x63);
    assert.deepEqual(
      Array.from({ length: 16 }, () => rig.read('data')),
      Array.from({ length: 16 }, (_, index) => index),
    );
  });

  it('FCR bit 1 drops what was received', () => {
    const rig = new Rig();
    rig.write('fcr', 0x01);
    rig.uart.receive([1, 2, 3]);
    rig.write('fcr', 0x03);
    assert.equal(rig.read('lsr'), 0x60);
  });
});
