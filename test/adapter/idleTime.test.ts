// How long a guest's idle time takes, on a clock that is turned by hand.
import assert from 'node:assert/strict';
import { IdleTime } from '../../src/adapter/idleTime';
import { ticksPerSecond } from '../../src/devices/virtualTime';

const ticksOfMs = (milliseconds: number): number => (milliseconds * ticksPerSecond) / 1000;

describe('idle time at the pace of a clock', () => {
  let now: number;
  let idleTime: IdleTime;
  beforeEach(() => {
    now = 0;
    idleTime = new IdleTime(() => now);
  });

  /** Does it wait at all? */
  async function waitsFor(milliseconds: number): Promise<boolean> {
    let isOver = false;
    const passing = idleTime.pass(ticksOfMs(milliseconds)).then(() => (isOver = true));
    await Promise.resolve();
    await Promise.resolve();
    const waited = !isOver;
    await passing;
    return waited;
  }

  it('takes as long here as it does there, of which what has passed already counts', async () => {
    assert.ok(await waitsFor(20));
    now = 20;
    assert.ok(await waitsFor(20));
    now = 40;
    await idleTime.pass(ticksOfMs(1));
    now = 60; // the debugger had something else to do
    assert.ok(!(await waitsFor(3)));
  });

  it('is not waited for before it is worth a timer', async () => {
    assert.ok(!(await waitsFor(3)));
    assert.ok(await waitsFor(3));
  });
});
