import assert from 'node:assert/strict';
import { commandTicks } from '../../src/devices/ataDisk';
import { makePc, numberedImage, type Pc } from './rig';

const data = 0x1f0;
const port = { error: 0x1f1, features: 0x1f1, count: 0x1f2, low: 0x1f3, mid: 0x1f4, high: 0x1f5, device: 0x1f6 };
const statusPort = 0x1f7;
const commandPort = 0x1f7;
const controlPort = 0x3f6;
const lba = 0xe0;

/** Vectors by IRQ14 since the last look, from the slave's IRR. */
function interrupted(pc: Pc): boolean {
  pc.out(0xa0, 0x0a);
  return (pc.in(0xa0) & 0x40) !== 0;
}

function address(pc: Pc, sector: number, count: number, device = lba): void {
  pc.out(port.count, count & 0xff);
  pc.out(port.low, sector & 0xff);
  pc.out(port.mid, (sector >> 8) & 0xff);
  pc.out(port.high, (sector >> 16) & 0xff);
  pc.out(port.device, device | (sector >> 24));
}

function command(pc: Pc, code: number): number {
  pc.out(commandPort, code);
  assert.equal(pc.in(controlPort) & 0x80, 0x80, 'busy at once');
  return finish(pc);
}

/** The drive takes the first block at once, without an interrupt. */
function startWriting(pc: Pc, code: number): void {
  pc.out(commandPort, code);
  assert.equal(pc.in(controlPort), 0x58);
  assert.equal(interrupted(pc), false);
}

/** Lets the modelled delay pass; the alternate status, which does not clear the interrupt. */
function finish(pc: Pc): number {
  pc.clock.advance(commandTicks);
  return pc.in(controlPort);
}

const readWords = (pc: Pc, words: number): number[] => Array.from({ length: words }, () => pc.in(data, 16));

function readSector(pc: Pc): number {
  const words = readWords(pc, 256);
  assert.ok(words.every(word => word === words[0]));
  return words[0] & 0xff;
}

function writeSector(pc: Pc, byte: number): void {
  for (let word = 0; word < 256; word++) pc.out(data, byte * 0x0101, 16);
}

/** `words` as ASCII, high byte first. */
const text = (words: number[]): string =>
  words
    .map(word => String.fromCharCode(word >> 8, word & 0xff))
    .join('')
    .trim();

describe('ATA disk', () => {
  it('shows the signature of a disk after reset', () => {
    const pc = makePc();
    const registers = [port.error, port.count, port.low, port.mid, port.high].map(at => pc.in(at));
    assert.deepEqual(registers, [0x01, 0x01, 0x01, 0x00, 0x00]);
    assert.equal(pc.in(statusPort), 0x50);
  });

  it('identifies itself', () => {
    const pc = makePc(numberedImage(63 * 16 * 3));
    assert.equal(command(pc, 0xec), 0x58);
    assert.equal(interrupted(pc), true);
    const words = readWords(pc, 256);
    assert.deepEqual([words[0], words[1], words[3], words[6]], [0x0040, 3, 16, 63]);
    assert.equal(text(words.slice(27, 47)), 'Ringside disk');
    assert.equal(words[49] & 0x0300, 0x0200, 'LBA, no DMA');
    assert.equal(words[60] | (words[61] << 16), 63 * 16 * 3);
    assert.equal(pc.in(statusPort), 0x50);
    assert.equal(interrupted(pc), false);
  });

  it('reads sectors by LBA, one block and one interrupt each', () => {
    const pc = makePc();
    address(pc, 5, 3);
    assert.equal(command(pc, 0x20), 0x58);
    for (const sector of [5, 6, 7]) {
      assert.equal(interrupted(pc), true);
      assert.equal(pc.in(statusPort), 0x58);
      assert.equal(interrupted(pc), false);
      assert.equal(readSector(pc), sector);
      if (sector < 7) assert.equal(pc.in(controlPort), 0x80, 'busy between blocks');
      finish(pc);
    }
    assert.equal(pc.in(statusPort), 0x50);
    assert.deepEqual([pc.in(port.count), pc.in(port.low)], [0, 7]);
  });

  it('moves 32 bits at a time where asked to', () => {
    const pc = makePc();
    address(pc, 9, 1);
    command(pc, 0x20);
    const words = Array.from({ length: 128 }, () => pc.in(data, 32));
    assert.ok(words.every(word => word === 0x09090909));
    assert.equal(pc.in(statusPort), 0x50);
  });

  it('takes a count of 0 as 256', () => {
    const pc = makePc(numberedImage(300));
    address(pc, 0, 0);
    command(pc, 0x21);
    for (let sector = 0; sector < 256; sector++) {
      assert.equal(readSector(pc), sector);
      finish(pc);
    }
    assert.equal(pc.in(statusPort), 0x50);
  });

  it('reads by cylinder, head and sector, in the geometry that the host has set', () => {
    const pc = makePc();
    pc.out(port.count, 4);
    pc.out(port.device, 0xa1);
    assert.equal(command(pc, 0x91), 0x50);
    // 2 heads of 4 sectors: cylinder 3, head 1, sector 2 is (3 * 2 + 1) * 4 + 1.
    address(pc, 2, 2, 0xa1);
    pc.out(port.mid, 3);
    assert.equal(command(pc, 0x20), 0x58);
    assert.equal(readSector(pc), 29);
    finish(pc);
    assert.equal(readSector(pc), 30);
    assert.deepEqual([pc.in(port.low), pc.in(port.mid), pc.in(port.device) & 0xf], [3, 3, 1]);
  });

  it('carries from sector to head to cylinder', () => {
    const pc = makePc();
    pc.out(port.count, 4);
    pc.out(port.device, 0xa1);
    command(pc, 0x91);
    address(pc, 4, 2, 0xa1);
    command(pc, 0x20);
    assert.equal(readSector(pc), 7);
    finish(pc);
    assert.equal(readSector(pc), 8);
    assert.deepEqual([pc.in(port.low), pc.in(port.mid), pc.in(port.device) & 0xf], [1, 1, 0]);
  });

  it('writes sectors: no interrupt for the first block, one after each, and the image stays', () => {
    const image = numberedImage();
    const pc = makePc(image);
    address(pc, 10, 2);
    startWriting(pc, 0x30);
    writeSector(pc, 0xaa);
    assert.equal(pc.in(controlPort), 0x80);
    assert.equal(finish(pc), 0x58);
    assert.equal(interrupted(pc), true);
    pc.in(statusPort);
    writeSector(pc, 0xbb);
    assert.equal(finish(pc), 0x50);
    assert.equal(interrupted(pc), true);
    assert.deepEqual(
      pc.store.dirtySectors.map(([sector, bytes]) => [sector, bytes[0], bytes[511]]),
      [
        [10, 0xaa, 0xaa],
        [11, 0xbb, 0xbb],
      ],
    );
    assert.deepEqual(image, numberedImage());
    const changed = pc.store.toImage();
    assert.deepEqual([changed[9 * 512], changed[10 * 512], changed[11 * 512], changed[12 * 512]], [9, 0xaa, 0xbb, 12]);
  });

  it('READ and WRITE MULTIPLE move several sectors between interrupts', () => {
    const pc = makePc();
    address(pc, 0, 4);
    assert.equal(command(pc, 0xc6), 0x50);
    address(pc, 20, 6);
    startWriting(pc, 0xc5);
    for (let sector = 0; sector < 4; sector++) writeSector(pc, 0x40 + sector);
    assert.equal(finish(pc), 0x58);
    for (let sector = 4; sector < 6; sector++) writeSector(pc, 0x40 + sector);
    assert.equal(finish(pc), 0x50);
    address(pc, 20, 6);
    assert.equal(command(pc, 0xc4), 0x58);
    const first = [0, 1, 2, 3].map(() => readSector(pc));
    assert.equal(finish(pc), 0x58);
    assert.deepEqual([...first, readSector(pc), readSector(pc)], [0x40, 0x41, 0x42, 0x43, 0x44, 0x45]);
    assert.equal(pc.in(statusPort), 0x50);
    command(pc, 0xec);
    assert.equal(readWords(pc, 60)[59], 0x0104);
  });

  const failures: readonly [string, (pc: Pc) => void, number, number][] = [
    ['an unknown command', () => {}, 0xff, 0x04],
    ['IDENTIFY PACKET DEVICE', () => {}, 0xa1, 0x04],
    ['READ MULTIPLE before SET MULTIPLE', pc => address(pc, 0, 1), 0xc4, 0x04],
    ['SET MULTIPLE with a count that is no power of two', pc => pc.out(port.count, 3), 0xc6, 0x04],
    ['SET MULTIPLE with too many', pc => pc.out(port.count, 32), 0xc6, 0x04],
    ['SET FEATURES it does not have', pc => pc.out(port.features, 0x42), 0xef, 0x04],
    ['a first sector beyond the end', pc => address(pc, 64, 1), 0x20, 0x10],
    ['a CHS sector of 0', pc => address(pc, 0, 1, 0xa0), 0x20, 0x10],
    ['verifying past the end', pc => address(pc, 60, 8), 0x40, 0x10],
    ['seeking past the end', pc => address(pc, 100, 1), 0x70, 0x10],
  ];
  for (const [name, prepare, code, expected] of failures) {
    it(`fails: ${name}`, () => {
      const pc = makePc();
      prepare(pc);
      assert.equal(command(pc, code), 0x51);
      assert.equal(interrupted(pc), true);
      assert.equal(pc.in(port.error), expected);
      assert.equal(command(pc, 0xe7), 0x50);
      assert.equal(pc.in(port.error), 0);
    });
  }

  it('a read that runs past the end gives the sectors that exist, then fails at the first that does not', () => {
    const pc = makePc();
    address(pc, 62, 4);
    command(pc, 0x20);
    assert.equal(readSector(pc), 62);
    finish(pc);
    assert.equal(readSector(pc), 63);
    assert.equal(finish(pc), 0x51);
    assert.equal(pc.in(port.error), 0x10);
    assert.equal(pc.in(port.low), 64);
  });

  it('a write past the end fails and stores nothing there', () => {
    const pc = makePc();
    address(pc, 64, 1);
    startWriting(pc, 0x30);
    writeSector(pc, 1);
    assert.equal(finish(pc), 0x51);
    assert.deepEqual(pc.store.dirtySectors, []);
  });

  const successes: readonly [string, number][] = [
    ['RECALIBRATE', 0x10],
    ['VERIFY', 0x40],
    ['FLUSH CACHE', 0xe7],
    ['STANDBY IMMEDIATE', 0xe0],
    ['IDLE', 0xe3],
    ['SEEK', 0x70],
  ];
  for (const [name, code] of successes) {
    it(`${name} ends with an interrupt and no error`, () => {
      const pc = makePc();
      address(pc, 1, 2);
      assert.equal(command(pc, code), 0x50);
      assert.equal(interrupted(pc), true);
    });
  }

  it('CHECK POWER MODE says active', () => {
    const pc = makePc();
    command(pc, 0xe5);
    assert.equal(pc.in(port.count), 0xff);
  });

  it('EXECUTE DEVICE DIAGNOSTIC passes, and shows the signature', () => {
    const pc = makePc();
    address(pc, 0x123456, 7);
    assert.equal(command(pc, 0x90), 0x50);
    const registers = [port.error, port.count, port.low, port.mid, port.high].map(at => pc.in(at));
    assert.deepEqual(registers, [0x01, 0x01, 0x01, 0x00, 0x00]);
  });

  it('software reset abandons the command and ends without an interrupt', () => {
    const pc = makePc();
    address(pc, 3, 2);
    command(pc, 0x20);
    pc.in(statusPort);
    pc.out(controlPort, 0x04);
    pc.clock.advance(10 * commandTicks);
    assert.equal(pc.in(controlPort), 0x80);
    pc.out(controlPort, 0x00);
    assert.equal(pc.in(controlPort), 0x80);
    assert.equal(finish(pc), 0x50);
    assert.equal(interrupted(pc), false);
    assert.equal(pc.in(port.count), 1);
  });

  it('nIEN keeps the interrupt from the line, and lets it out again', () => {
    const pc = makePc();
    pc.out(controlPort, 0x02);
    command(pc, 0xe7);
    assert.equal(interrupted(pc), false);
    pc.out(controlPort, 0x00);
    assert.equal(interrupted(pc), true);
  });

  it('does not look at registers while it is busy or has data', () => {
    const pc = makePc();
    address(pc, 4, 1);
    pc.out(commandPort, 0x20);
    pc.out(port.low, 9);
    pc.out(commandPort, 0xe7);
    finish(pc);
    pc.out(port.count, 9);
    assert.equal(readSector(pc), 4);
    assert.equal(pc.in(statusPort), 0x50);
    assert.equal(pc.in(port.count), 0);
  });

  it('device 1 is absent: status 0, commands have no effect', () => {
    const pc = makePc();
    pc.out(port.device, 0xb0);
    assert.equal(pc.in(statusPort), 0);
    pc.out(commandPort, 0xec);
    assert.equal(pc.clock.nextDeadline, Infinity);
    pc.out(port.device, 0xa0);
    assert.equal(pc.in(statusPort), 0x50);
  });

  it('the data port reads ones without data', () => {
    assert.equal(makePc().in(data, 16), 0xffff);
  });
});

describe('two ATA disks', () => {
  const second = (): Uint8Array => numberedImage(32).map(byte => byte | 0x80);
  const [device0, device1] = [lba, lba | 0x10];
  const read = (pc: Pc, sector: number, device: number): number => {
    address(pc, sector, 1, device);
    command(pc, 0x20);
    return readSector(pc);
  };

  it('each answers for its own sectors', () => {
    const pc = makePc(numberedImage(), second());
    assert.deepEqual([read(pc, 3, device0), read(pc, 3, device1), read(pc, 4, device0)], [3, 0x83, 4]);
    address(pc, 0, 1, device1);
    command(pc, 0xec);
    assert.equal(readWords(pc, 61)[60], 32);
  });

  it('a write goes to the one that is selected', () => {
    const pc = makePc(numberedImage(), second());
    address(pc, 5, 1, device1);
    startWriting(pc, 0x30);
    writeSector(pc, 0x55);
    finish(pc);
    assert.deepEqual([read(pc, 5, device0), read(pc, 5, device1)], [5, 0x55]);
    assert.deepEqual(pc.store.dirtySectors, []);
  });

  it('one that is not selected keeps its interrupt to itself', () => {
    const pc = makePc(numberedImage(), second());
    address(pc, 0, 1, device1);
    pc.out(commandPort, 0xe7);
    pc.out(port.device, device0);
    finish(pc);
    assert.deepEqual([pc.in(controlPort), interrupted(pc)], [0x50, false]);
    pc.out(port.device, device1);
    assert.equal(interrupted(pc), true);
  });

  it('the diagnostic and the software reset are for both', () => {
    const pc = makePc(numberedImage(), second());
    address(pc, 7, 9, device1);
    pc.out(controlPort, 0x04);
    pc.out(controlPort, 0x00);
    finish(pc);
    for (const device of [0xa0, 0xb0]) {
      pc.out(port.device, device);
      assert.deepEqual([pc.in(port.count), pc.in(port.low), pc.in(statusPort)], [1, 1, 0x50]);
    }
  });
});
