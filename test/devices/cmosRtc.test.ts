import assert from 'node:assert/strict';
import { calendarTimeOf, secondsOf, weekdayOf } from '../../src/devices/calendar';
import { CmosRtc, defaultEpochSeconds } from '../../src/devices/cmosRtc';
import { ticksPerSecond } from '../../src/devices/virtualTime';
import { ManualClock, Wire } from './rig';

class Rig {
  readonly clock = new ManualClock();
  readonly irq8 = new Wire();
  readonly rtc: CmosRtc;

  constructor(date = '2012-01-01T00:00:00Z', memorySizeBytes = 64 << 20) {
    this.rtc = new CmosRtc(this.clock, this.irq8, { memorySizeBytes, epochSeconds: Date.parse(date) / 1000 });
  }

  read(index: number): number {
    this.rtc.writePort(0x70, index);
    return this.rtc.readPort(0x71);
  }

  write(index: number, value: number): void {
    this.rtc.writePort(0x70, index);
    this.rtc.writePort(0x71, value);
  }

  /** Century, year, month, day, weekday, hours, minutes, seconds, in hexadecimal. */
  time(): string {
    return [0x32, 9, 8, 7, 6, 4, 2, 0].map(index => this.read(index).toString(16).padStart(2, '0')).join(' ');
  }

  seconds(count: number): void {
    this.clock.advance(Math.round(count * ticksPerSecond));
  }
}

describe('calendar', () => {
  const dates = ['1970-01-01', '1972-02-29', '1999-12-31', '2000-02-29', '2012-01-01', '2100-02-28', '2100-03-01'];
  for (const date of dates) {
    it(`agrees with the language about ${date}`, () => {
      const instant = new Date(`${date}T23:58:59Z`);
      const seconds = instant.getTime() / 1000;
      const time = calendarTimeOf(seconds);
      assert.deepEqual(
        [time.year, time.month, time.day, time.hours, time.minutes, time.seconds],
        [instant.getUTCFullYear(), instant.getUTCMonth() + 1, instant.getUTCDate(), 23, 58, 59],
      );
      assert.equal(secondsOf(time), seconds);
      assert.equal(weekdayOf(seconds), instant.getUTCDay() + 1);
    });
  }
});

describe('real-time clock', () => {
  it('starts at the documented epoch', () => {
    assert.equal(defaultEpochSeconds, Date.parse('2012-01-01T00:00:00Z') / 1000);
    assert.equal(new Rig().time(), '20 12 01 01 01 00 00 00');
  });

  it('runs with virtual time, over the ends of month and year', () => {
    const rig = new Rig('1999-12-31T23:59:58Z');
    rig.seconds(1);
    assert.equal(rig.time(), '19 99 12 31 06 23 59 59');
    rig.seconds(1);
    assert.equal(rig.time(), '20 00 01 01 07 00 00 00');
  });

  const formats: readonly [number, string, string][] = [
    [0x02, '2012-01-01T13:45:59Z', '20 12 01 01 01 13 45 59'],
    [0x06, '2012-01-01T13:45:59Z', '14 0c 01 01 01 0d 2d 3b'],
    [0x00, '2012-01-01T13:45:59Z', '20 12 01 01 01 81 45 59'],
    [0x04, '2012-01-01T13:45:59Z', '14 0c 01 01 01 81 2d 3b'],
    [0x00, '2012-01-01T00:00:00Z', '20 12 01 01 01 12 00 00'],
    [0x00, '2012-01-01T12:00:00Z', '20 12 01 01 01 92 00 00'],
  ];
  for (const [registerB, date, expected] of formats) {
    it(`shows ${date} with register B ${registerB.toString(16)} as ${expected}`, () => {
      const rig = new Rig(date);
      rig.write(0x0b, registerB);
      assert.equal(rig.time(), expected);
    });
  }

  it('is set while SET holds it, also in 12-hour form', () => {
    const rig = new Rig();
    rig.write(0x0b, 0x80);
    const values: readonly [number, number][] = [
      [0x32, 0x19],
      [9, 0x98],
      [8, 0x10],
      [7, 0x26],
      [6, 0x02],
      [4, 0x92],
      [2, 0x30],
      [0, 0x15],
    ];
    values.forEach(([index, value]) => rig.write(index, value));
    rig.seconds(5);
    assert.equal(rig.time(), '19 98 10 26 02 92 30 15');
    rig.write(0x0b, 0x02);
    rig.seconds(1);
    assert.equal(rig.time(), '19 98 10 26 02 12 30 16');
  });

  it('keeps the weekday that software sets, right or wrong', () => {
    const rig = new Rig();
    rig.write(6, 5);
    assert.equal(rig.read(6), 5);
    rig.seconds(86_400 * 3);
    assert.equal(rig.read(6), 1);
  });

  it('takes half a second to its first update after the divider is released', () => {
    const rig = new Rig();
    rig.seconds(0.25);
    rig.write(0x0a, 0x70);
    rig.seconds(3);
    assert.equal(rig.read(0), 0x00);
    rig.write(0x0a, 0x26);
    rig.seconds(0.49);
    assert.equal(rig.read(0), 0x00);
    rig.seconds(0.02);
    assert.equal(rig.read(0), 0x01);
  });

  it('announces an update 2.2 ms before it shows', () => {
    const rig = new Rig();
    rig.clock.advance(ticksPerSecond - 223_000);
    assert.equal(rig.read(0x0a), 0x26);
    rig.clock.advance(1000);
    assert.equal(rig.read(0x0a), 0xa6);
    assert.equal(rig.read(0), 0x00);
    rig.clock.advance(222_000);
    assert.equal(rig.read(0x0a), 0x26);
    assert.equal(rig.read(0), 0x01);
  });

  const rates: readonly [number, number][] = [
    [1, 256],
    [2, 128],
    [3, 8192],
    [6, 1024],
    [10, 64],
    [15, 2],
  ];
  for (const [rate, hz] of rates) {
    it(`periodic rate ${rate} interrupts ${hz} times a second`, () => {
      const rig = new Rig();
      rig.write(0x0a, 0x20 | rate);
      rig.write(0x0b, 0x42);
      let interrupts = 0;
      const end = ticksPerSecond;
      while (rig.clock.nextDeadline <= end) {
        rig.clock.advance(rig.clock.nextDeadline - rig.clock.now);
        if (!rig.irq8.high) continue;
        interrupts++;
        assert.equal(rig.read(0x0c) & 0xc0, 0xc0);
        assert.equal(rig.irq8.high, false);
      }
      assert.equal(interrupts, hz);
    });
  }

  it('stays asserted until register C is read', () => {
    const rig = new Rig();
    rig.write(0x0b, 0x12);
    rig.seconds(5);
    assert.equal(rig.irq8.rises, 1);
    assert.equal(rig.read(0x0c), 0xd0);
    assert.equal(rig.read(0x0c), 0x00);
  });

  it('sets flags without interrupts enabled, and schedules nothing then', () => {
    const rig = new Rig();
    rig.read(0x0c);
    assert.equal(rig.clock.nextDeadline, Infinity);
    rig.seconds(1);
    assert.equal(rig.read(0x0c), 0x50);
    assert.equal(rig.irq8.rises, 0);
  });

  const alarms: readonly [string, [number, number, number], number][] = [
    ['at 00:01:30', [0x00, 0x01, 0x30], 90],
    ['every minute at :05', [0xff, 0xff, 0x05], 5],
    ['every second', [0xc0, 0xc0, 0xc0], 1],
    ['at 02:00:00', [0x02, 0x00, 0x00], 7200],
  ];
  for (const [name, [hours, minutes, seconds], expected] of alarms) {
    it(`alarm ${name}`, () => {
      const rig = new Rig();
      rig.write(5, hours);
      rig.write(3, minutes);
      rig.write(1, seconds);
      rig.write(0x0b, 0x22);
      rig.seconds(expected - 0.001);
      assert.equal(rig.irq8.high, false);
      rig.seconds(0.001);
      assert.equal(rig.irq8.high, true);
      assert.equal(rig.read(0x0c) & 0xa0, 0xa0);
    });
  }

  it('keeps time and memory through a reset, and forgets interrupts', () => {
    const rig = new Rig();
    rig.write(0x40, 0x99);
    rig.write(0x0b, 0x72);
    rig.seconds(2);
    rig.rtc.reset();
    assert.equal(rig.irq8.high, false);
    assert.deepEqual([rig.read(0x40), rig.read(0x0b), rig.read(0)], [0x99, 0x02, 0x02]);
  });

  it('masks NMI with bit 7 of the index', () => {
    const rig = new Rig();
    rig.rtc.writePort(0x70, 0x8f);
    assert.equal(rig.rtc.nmiMasked, true);
    rig.rtc.writePort(0x70, 0x0f);
    assert.equal(rig.rtc.nmiMasked, false);
    assert.equal(rig.rtc.readPort(0x70), 0xff);
  });
});

describe('CMOS memory', () => {
  const word = (rig: Rig, index: number): number => rig.read(index) | (rig.read(index + 1) << 8);
  const sizes: readonly [string, number, number, number, number][] = [
    ['512 KB', 512 << 10, 512, 0, 0],
    ['1 MB', 1 << 20, 640, 0, 0],
    ['16 MB', 16 << 20, 640, 15 * 1024, 0],
    ['64 MB', 64 << 20, 640, 63 * 1024, 768],
    ['1 GB', 1 << 30, 640, 63 * 1024, 16_128],
  ];
  for (const [name, bytes, baseKb, extendedKb, units] of sizes) {
    it(`tells of ${name}`, () => {
      const rig = new Rig(undefined, bytes);
      const seen = [word(rig, 0x15), word(rig, 0x17), word(rig, 0x30), word(rig, 0x34)];
      assert.deepEqual(seen, [baseKb, extendedKb, extendedKb, units]);
    });
  }

  it('carries the sum of bytes 0x10 to 0x2d, high byte first', () => {
    const rig = new Rig();
    let sum = 0;
    for (let index = 0x10; index <= 0x2d; index++) sum += rig.read(index);
    assert.deepEqual([rig.read(0x2e), rig.read(0x2f)], [sum >> 8, sum & 0xff]);
  });
});
