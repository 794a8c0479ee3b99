import assert from 'node:assert/strict';
import { EventQueue } from '../../src/devices/eventQueue';
import { Oscillator, ticksPerSecond } from '../../src/devices/virtualTime';
import { ManualClock } from './rig';

describe('virtual time', () => {
  const frequencies = [1, 32_768, 1_193_182, 28_322_000];
  const ticks = [0, 1, 83, 84, 3051, 3052, ticksPerSecond - 1, ticksPerSecond, 7_549_747_200, 123_456_789_012_345];

  for (const hz of frequencies) {
    it(`counts cycles of ${hz} Hz exactly`, () => {
      const oscillator = new Oscillator(hz);
      for (const tick of ticks) {
        const exact = (BigInt(tick) * BigInt(hz)) / BigInt(ticksPerSecond);
        assert.equal(BigInt(oscillator.cyclesAt(tick)), exact, `at tick ${tick}`);
      }
    });

    it(`finds the first tick of a cycle of ${hz} Hz`, () => {
      const oscillator = new Oscillator(hz);
      for (const cycle of [1, 2, 65_536, 1_193_182, 87_654_321]) {
        const tick = oscillator.tickOf(cycle);
        assert.equal(oscillator.cyclesAt(tick), cycle);
        assert.equal(oscillator.cyclesAt(tick - 1), cycle - 1);
      }
    });
  }
});

describe('event queue', () => {
  it('runs timers by deadline, and those due together by creation, however they were armed', () => {
    const clock = new ManualClock();
    const log: string[] = [];
    const first = clock.createTimer(() => log.push(`first ${clock.now}`));
    const second = clock.createTimer(() => log.push(`second ${clock.now}`));
    second.arm(10);
    first.arm(10);
    assert.equal(clock.nextDeadline, 10);
    clock.advance(9);
    assert.deepEqual(log, []);
    clock.advance(1);
    assert.deepEqual(log, ['first 10', 'second 10']);
    assert.equal(first.deadline, undefined);
    assert.equal(clock.nextDeadline, Infinity);
  });

  it('lets a timer arm itself again, also for a tick that has passed', () => {
    const clock = new ManualClock();
    const expired: number[] = [];
    const timer = clock.createTimer(() => {
      expired.push(clock.now);
      if (expired.length < 3) timer.arm(expired.length * 10);
    });
    timer.arm(5);
    clock.jump(15);
    assert.deepEqual(expired, [15, 15]);
    clock.advance(5);
    assert.deepEqual(expired, [15, 15, 20]);
  });

  it('tells its owner when deadlines change', () => {
    const queue = new EventQueue(() => 0);
    let told = 0;
    queue.observer = () => told++;
    const timer = queue.createTimer(() => {});
    timer.arm(3);
    timer.disarm();
    timer.disarm();
    assert.equal(told, 2);
  });
});
