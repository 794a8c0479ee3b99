// The VGA's registers by themselves: what they keep, and the retrace.
import assert from 'node:assert/strict';
import { Oscillator, ticksPerSecond } from '../../src/devices/virtualTime';
import { makePc, type Pc } from './rig';

function crtc(pc: Pc, index: number, value: number): void {
  pc.out(0x3d4, index | (value << 8), 16);
}

describe('VGA registers', () => {
  it('retraces vertically 70 times a second, with the display disabled', () => {
    const pc = makePc();
    const step = 2000;
    let rises = 0;
    let was = 0;
    for (let tick = 0; tick < ticksPerSecond; tick += step) {
      const status = pc.in(0x3da);
      if (status & 8) assert.equal(status & 1, 1);
      if (status & 8 && !was) rises++;
      was = status & 8;
      pc.clock.advance(step);
    }
    assert.equal(rises, 70);
  });

  it('disables the display at the end of each line', () => {
    const pc = makePc();
    const dots = new Oscillator(28_322_000);
    const at = (dot: number): number => {
      pc.clock.advance(dots.tickOf(dot) - pc.clock.now);
      return pc.in(0x3da) & 1;
    };
    assert.deepEqual([at(100), at(800), at(1000), at(1700), at(900 * 405)], [0, 1, 0, 1, 1]);
  });

  it('takes attribute index and value in turn, and status 1 starts over', () => {
    const pc = makePc();
    pc.in(0x3da);
    pc.out(0x3c0, 0x10);
    pc.out(0x3c0, 0x04);
    pc.out(0x3c0, 0x11);
    pc.in(0x3da);
    pc.out(0x3c0, 0x30);
    assert.equal(pc.in(0x3c1), 0x04);
  });

  it('reads back the palette, three components a colour', () => {
    const pc = makePc();
    pc.out(0x3c8, 5);
    [1, 2, 0x7f, 4].forEach(value => pc.out(0x3c9, value));
    pc.out(0x3c7, 5);
    assert.deepEqual(
      [0, 1, 2, 3].map(() => pc.in(0x3c9)),
      [1, 2, 0x3f, 4],
    );
  });

  it('protects the timing registers', () => {
    const pc = makePc();
    crtc(pc, 0x00, 0x12);
    assert.equal(pc.in(0x3d5), 0x5f);
    crtc(pc, 0x11, 0x0e);
    crtc(pc, 0x00, 0x12);
    assert.equal(pc.in(0x3d5), 0x12);
  });

  const plain: readonly [string, number, number, number][] = [
    ['sequencer', 0x3c4, 0x3c5, 0x02],
    ['graphics controller', 0x3ce, 0x3cf, 0x08],
  ];
  for (const [name, index, data, register] of plain) {
    it(`keeps the ${name}'s registers, and has no more than there are`, () => {
      const pc = makePc();
      pc.out(index, register);
      pc.out(data, 0x0a);
      assert.deepEqual([pc.in(index), pc.in(data)], [register, 0x0a]);
      pc.out(index, 0x20);
      pc.out(data, 0x0a);
      assert.equal(pc.in(data), 0);
    });
  }
});
