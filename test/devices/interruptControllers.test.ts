// Sequences from the 8259A data sheet, on the PC's pair.
import assert from 'node:assert/strict';
import { InterruptControllers } from '../../src/devices/interruptControllers';
import { Wire } from './rig';

const master = { command: 0x20, data: 0x21 };
const slave = { command: 0xa0, data: 0xa1 };
const nonSpecificEoi = 0x20;
const readRequests = 0x0a;
const readInService = 0x0b;

class Rig {
  readonly intr = new Wire();
  readonly pic = new InterruptControllers(this.intr);

  constructor({ masterWord4 = 0x01, slaveWord4 = 0x01 } = {}) {
    this.initialize(master, [0x11, 0x20, 0x04, masterWord4]);
    this.initialize(slave, [0x11, 0x28, 0x02, slaveWord4]);
  }

  initialize(chip: { command: number; data: number }, [word1, ...rest]: [number, ...number[]]): void {
    this.pic.writePort(chip.command, word1);
    rest.forEach(word => this.pic.writePort(chip.data, word));
  }

  raise(...irqs: number[]): void {
    irqs.forEach(irq => this.pic.line(irq).raise());
  }

  lower(...irqs: number[]): void {
    irqs.forEach(irq => this.pic.line(irq).lower());
  }

  pulse(...irqs: number[]): void {
    this.raise(...irqs);
    this.lower(...irqs);
    this.raise(...irqs);
  }

  inService(chip = master): number {
    this.pic.writePort(chip.command, readInService);
    return this.pic.readPort(chip.command);
  }

  requests(chip = master): number {
    this.pic.writePort(chip.command, readRequests);
    return this.pic.readPort(chip.command);
  }

  command(value: number, chip = master): void {
    this.pic.writePort(chip.command, value);
  }

  mask(value: number, chip = master): void {
    this.pic.writePort(chip.data, value);
  }
}

describe('interrupt controllers', () => {
  it('is silent until it is initialized', () => {
    const pic = new InterruptControllers();
    for (const irq of [0, 1, 4, 8, 15]) pic.line(irq).raise();
    assert.equal(pic.pending, false);
  });

  it('gives the vector of ICW2, holds the level in service, and frees it on EOI', () => {
    const rig = new Rig();
    rig.raise(4);
    assert.equal(rig.intr.high, true);
    assert.equal(rig.requests(), 0x10);
    assert.equal(rig.pic.acknowledge(), 0x24);
    assert.equal(rig.intr.high, false);
    assert.equal(rig.requests(), 0);
    assert.equal(rig.inService(), 0x10);
    rig.command(nonSpecificEoi);
    assert.equal(rig.inService(), 0);
    assert.equal(rig.pic.pending, false);
  });

  it('serves by priority, and only a higher level interrupts the one in service', () => {
    const rig = new Rig();
    rig.raise(5, 3);
    assert.equal(rig.pic.acknowledge(), 0x23);
    assert.equal(rig.pic.pending, false);
    rig.raise(1);
    assert.equal(rig.pic.acknowledge(), 0x21);
    rig.command(nonSpecificEoi);
    assert.equal(rig.inService(), 0x08);
    rig.command(nonSpecificEoi);
    assert.equal(rig.pic.acknowledge(), 0x25);
  });

  it('holds a masked request until it is unmasked', () => {
    const rig = new Rig();
    rig.mask(0xfe);
    rig.raise(3);
    assert.equal(rig.pic.pending, false);
    assert.equal(rig.requests(), 0x08);
    assert.equal(rig.pic.readPort(master.data), 0xfe);
    rig.mask(0xf6);
    assert.equal(rig.pic.acknowledge(), 0x23);
  });

  it('cascades: the slave ranks between IRQ1 and IRQ3 and both chips need an EOI', () => {
    const rig = new Rig();
    rig.raise(3, 8, 14, 1);
    const vectors: number[] = [];
    for (let count = 0; count < 4; count++) {
      vectors.push(rig.pic.acknowledge());
      if (rig.inService(slave)) rig.command(nonSpecificEoi, slave);
      rig.command(nonSpecificEoi);
    }
    assert.deepEqual(vectors, [0x21, 0x28, 0x2e, 0x23]);
    assert.equal(rig.pic.pending, false);
  });

  it('holds back the slave while the master has no EOI', () => {
    const rig = new Rig();
    rig.raise(10);
    rig.pic.acknowledge();
    rig.command(nonSpecificEoi, slave);
    rig.raise(12);
    assert.equal(rig.pic.pending, false);
    rig.command(nonSpecificEoi);
    assert.equal(rig.pic.acknowledge(), 0x2c);
  });

  it('lets a slave interrupt itself in special fully nested mode', () => {
    const rig = new Rig({ masterWord4: 0x11 });
    rig.raise(12);
    assert.equal(rig.pic.acknowledge(), 0x2c);
    rig.raise(9);
    assert.equal(rig.pic.acknowledge(), 0x29);
    assert.equal(rig.inService(slave), 0x12);
  });

  it('needs a new edge for a new request', () => {
    const rig = new Rig();
    rig.raise(4);
    rig.pic.acknowledge();
    rig.command(nonSpecificEoi);
    assert.equal(rig.pic.pending, false);
    rig.pulse(4);
    assert.equal(rig.pic.pending, true);
  });

  it('asks again while a level-triggered line stays high', () => {
    const rig = new Rig();
    rig.pic.writePort(0x4d0, 0xff);
    rig.pic.writePort(0x4d1, 0xff);
    assert.deepEqual([rig.pic.readPort(0x4d0), rig.pic.readPort(0x4d1)], [0xf8, 0xde]);
    rig.raise(11);
    assert.equal(rig.pic.acknowledge(), 0x2b);
    rig.command(nonSpecificEoi, slave);
    rig.command(nonSpecificEoi);
    assert.equal(rig.pic.acknowledge(), 0x2b);
    rig.lower(11);
    rig.command(nonSpecificEoi, slave);
    rig.command(nonSpecificEoi);
    assert.equal(rig.pic.pending, false);
  });

  it('gives the vector of IR7 for a request that has gone, with nothing in service', () => {
    const rig = new Rig();
    rig.raise(3);
    rig.lower(3);
    assert.equal(rig.pic.pending, false);
    assert.equal(rig.pic.acknowledge(), 0x27);
    assert.equal(rig.inService(), 0);
  });

  it('gives IRQ15 for a slave request that goes between the two chips, with IR2 in service in the master', () => {
    const rig = new Rig();
    rig.pic.writePort(0x4d0, 0);
    rig.raise(9);
    // Masking in the slave takes its INT back, but a master that polls has seen it.
    rig.command(0x0c);
    assert.equal(rig.pic.readPort(master.command), 0x82);
    rig.lower(9);
    rig.command(0x0c, slave);
    assert.equal(rig.pic.readPort(slave.command), 0x00);
    assert.equal(rig.inService(), 0x04);
  });

  it('ends nothing for a wrong specific EOI, and the right one by number', () => {
    const rig = new Rig();
    rig.raise(5);
    rig.pic.acknowledge();
    rig.command(0x63);
    assert.equal(rig.inService(), 0x20);
    rig.command(0x65);
    assert.equal(rig.inService(), 0);
  });

  it('keeps nothing in service with automatic EOI', () => {
    const rig = new Rig({ masterWord4: 0x03 });
    rig.raise(6, 7);
    assert.equal(rig.pic.acknowledge(), 0x26);
    assert.equal(rig.inService(), 0);
    assert.equal(rig.pic.acknowledge(), 0x27);
  });

  it('rotates on automatic EOI when told to', () => {
    const rig = new Rig({ masterWord4: 0x03 });
    rig.command(0x80);
    rig.raise(0, 1);
    assert.equal(rig.pic.acknowledge(), 0x20);
    rig.pulse(0);
    assert.equal(rig.pic.acknowledge(), 0x21);
    assert.equal(rig.pic.acknowledge(), 0x20);
  });

  const rotations: readonly [string, number, number[]][] = [
    ['rotate on non-specific EOI', 0xa0, [0x25, 0x20, 0x24]],
    ['rotate on specific EOI', 0xe4, [0x25, 0x20, 0x24]],
  ];
  for (const [name, eoi, vectors] of rotations) {
    it(name, () => {
      const rig = new Rig();
      rig.raise(4);
      rig.pic.acknowledge();
      rig.command(eoi);
      rig.pulse(4);
      rig.raise(5, 0);
      const served = vectors.map(() => {
        const vector = rig.pic.acknowledge();
        rig.command(nonSpecificEoi);
        return vector;
      });
      assert.deepEqual(served, vectors);
    });
  }

  it('sets priority: the named level becomes the lowest', () => {
    const rig = new Rig();
    rig.command(0xc0 | 5);
    rig.raise(0, 5, 6);
    assert.equal(rig.pic.acknowledge(), 0x26);
    rig.command(nonSpecificEoi);
    assert.equal(rig.pic.acknowledge(), 0x20);
  });

  it('special mask mode lets lower levels through a masked one in service', () => {
    const rig = new Rig();
    rig.raise(3);
    rig.pic.acknowledge();
    rig.raise(6);
    assert.equal(rig.pic.pending, false);
    rig.mask(0x08);
    assert.equal(rig.pic.pending, false);
    rig.command(0x68);
    assert.equal(rig.pic.acknowledge(), 0x26);
    // The non-specific EOI passes over the masked level.
    rig.command(nonSpecificEoi);
    assert.equal(rig.inService(), 0x08);
    rig.command(0x48);
    rig.mask(0x00);
    rig.command(nonSpecificEoi);
    assert.equal(rig.inService(), 0);
  });

  it('polls: the next read acknowledges and gives the level', () => {
    const rig = new Rig();
    rig.raise(6);
    rig.command(0x0c);
    assert.equal(rig.pic.readPort(master.command), 0x86);
    assert.equal(rig.inService(), 0x40);
    rig.command(0x0c);
    assert.equal(rig.pic.readPort(master.command), 0x00);
  });

  it('ICW1 clears mask and requests, and an edge must come anew', () => {
    const rig = new Rig();
    rig.mask(0x55);
    rig.raise(4);
    rig.initialize(master, [0x11, 0x40, 0x04, 0x01]);
    assert.equal(rig.pic.readPort(master.data), 0x00);
    assert.equal(rig.requests(), 0);
    assert.equal(rig.pic.pending, false);
    rig.pulse(4);
    assert.equal(rig.pic.acknowledge(), 0x44);
  });

  it('without ICW4 (IC4 = 0) and in single mode the sequence is shorter', () => {
    const rig = new Rig();
    rig.initialize(master, [0x12, 0x50, 0xfb]);
    assert.equal(rig.pic.readPort(master.data), 0xfb);
    rig.raise(8);
    assert.equal(rig.pic.acknowledge(), 0x52);
  });

  it('refuses lines that a PC does not have', () => {
    const pic = new InterruptControllers();
    assert.throws(() => pic.line(2), /IRQ 9/);
    assert.throws(() => pic.line(16), /IRQ 0 to 15/);
  });

  it('describes masks and levels in words', () => {
    const rig = new Rig();
    rig.mask(0xfe);
    rig.raise(0);
    rig.pic.acknowledge();
    const rows = new Map(rig.pic.describe().map(row => [row.name, row]));
    assert.deepEqual(rows.get('master IMR'), {
      name: 'master IMR',
      value: '0xfe',
      explanation: 'only IRQ0 unmasked',
    });
    assert.match(rows.get('master ISR')?.explanation ?? '', /IRQ0 in service/);
    assert.match(rows.get('slave ICW2')?.explanation ?? '', /IRQ8–15 are vectors 0x28–0x2f/);
  });
});
