// The whole set: its map of ports, reset, and snapshots. Each device is worked by a fixed stream of accesses, saved in
// the middle, and restored into another PC, which must then answer just as the first one did.
import assert from 'node:assert/strict';
import { setUpAsFirmware } from '../../src/devices/firmwareSetup';
import { PcDevices } from '../../src/devices/pcDevices';
import { initializePic, makePc, ManualClock, type Pc } from './rig';

/** A fixed stream of numbers (a linear congruential generator), so that every run is the same. */
class Stream {
  constructor(private value: number) {}

  next(below: number): number {
    this.value = (Math.imul(this.value, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((this.value / 2 ** 32) * below);
  }
}

type Access = (pc: Pc, stream: Stream) => unknown;

const ports = makePc().devices.devices.flatMap(device =>
  device.ports.flatMap(({ first, last }) => Array.from({ length: last - first + 1 }, (_, index) => first + index)),
);
const widths = [8, 8, 8, 16, 32] as const;

/** Wild accesses, with the commands in between that lead devices into their states. */
const accesses: readonly Access[] = [
  (pc, stream) => pc.in(ports[stream.next(ports.length)], widths[stream.next(widths.length)]),
  (pc, stream) => pc.out(ports[stream.next(ports.length)], stream.next(256), widths[stream.next(widths.length)]),
  (pc, stream) => pc.clock.advance(stream.next(200_000)),
  (pc, stream) => pc.clock.jump(stream.next(2_000)),
  (pc, stream) => pc.devices.uart.receive([stream.next(256), stream.next(256)]),
  (pc, stream) => pc.devices.keyboard.type([stream.next(128)]),
  (pc, stream) => pc.out(0x1f7, [0x20, 0x30, 0xc4, 0xc5, 0xec, 0x91][stream.next(6)]),
  pc => [pc.out(0x1f6, 0xe0), pc.out(0x3f6, 0)],
  pc => Array.from({ length: 200 }, () => pc.in(0x1f0, 16)),
  pc => Array.from({ length: 128 }, () => pc.out(0x1f0, 0x12345678, 32)),
  pc => (pc.devices.interrupts.pending ? pc.devices.interrupts.acknowledge() : 'nothing'),
  pc => initializePic(pc),
  (pc, stream) => [pc.out(0x43, stream.next(192)), pc.out(0x40, stream.next(256)), pc.out(0x40, stream.next(256))],
  (pc, stream) => [pc.out(0x70, 0x0b), pc.out(0x71, stream.next(256))],
];

function work(pc: Pc, seed: number, steps: number): string[] {
  const stream = new Stream(seed);
  return Array.from({ length: steps }, () => {
    const answer = accesses[stream.next(accesses.length)](pc, stream);
    return JSON.stringify([answer ?? null, pc.devices.interrupts.pending, pc.clock.now, pc.clock.nextDeadline]);
  });
}

describe('the PC’s devices', () => {
  for (let seed = 1; seed <= 8; seed++) {
    it(`a snapshot continues as the original did (stream ${seed})`, () => {
      const original = makePc();
      work(original, seed, 400);
      const saved = structuredClone({ devices: original.devices.save(), disk: original.store.save() });
      const now = original.clock.now;
      const expected = work(original, seed + 100, 400);

      const other = makePc();
      work(other, seed + 200, 100);
      other.clock.setTo(now);
      other.store.restore(saved.disk);
      other.devices.restore(saved.devices);
      assert.deepEqual(other.devices.save(), saved.devices);
      assert.deepEqual(work(other, seed + 100, 400), expected);
      assert.deepEqual(other.store.save(), original.store.save());

      // The snapshot itself has not moved, and serves again.
      original.clock.setTo(now);
      original.store.restore(saved.disk);
      original.devices.restore(saved.devices);
      assert.deepEqual(work(original, seed + 100, 400), expected);
    });
  }

  it('describing changes nothing, and every row says something', () => {
    const pc = makePc();
    work(pc, 5, 300);
    const before = structuredClone(pc.devices.save());
    for (const device of pc.devices.devices) {
      const rows = device.describe();
      assert.ok(rows.length > 0, device.name);
      for (const { name, value, explanation } of rows)
        assert.ok(name && value && explanation, `${device.name}: ${name}`);
      assert.equal(new Set(rows.map(row => row.name)).size, rows.length, device.name);
    }
    assert.deepEqual(pc.devices.save(), before);
  });

  it('reset brings back the state after power-on, but for what a battery keeps', () => {
    const pc = makePc();
    const { rtc: _, ...initial } = structuredClone(pc.devices.save());
    work(pc, 3, 300);
    pc.devices.reset();
    pc.clock.setTo(0);
    const { rtc, ...state } = pc.devices.save();
    assert.deepEqual({ ...state, pit: { ...state.pit, pulses: 0 } }, { ...initial, uart: state.uart });
    assert.deepEqual(state.uart.registers, initial.uart.registers);
    assert.equal(rtc.registerB & 0x70, 0);
  });

  it('gives its host serial output, debug output and the exit code', () => {
    const pc = makePc();
    pc.out(0x3f8, 0x41);
    pc.out(0xe9, 0x42);
    assert.equal(pc.in(0xe9), 0xe9);
    pc.out(0xf4, 0x10);
    pc.out(0xf4, 0x80000001, 32);
    pc.out(0x80, 0x55);
    assert.equal(pc.in(0x80), 0x55);
    assert.deepEqual([pc.serial, pc.debug, pc.exits], [[0x41], [0x42], [0x21, 0x03]]);
  });

  it('has nothing at a disk’s ports without a disk', () => {
    const { ports } = new PcDevices({
      clock: new ManualClock(),
      memory: { sizeBytes: 1 << 20, slice: (_, length) => new Uint8Array(length) },
      host: { serialOutput: () => {}, debugOutput: () => {}, exit: () => {} },
      resetMachine: () => {},
    });
    assert.equal(ports.read(0x1f7, 8), 0xff);
  });

  it('after firmware the timer runs at 18.2 Hz and interrupts come at vectors 0x08 and 0x70 once unmasked', () => {
    const pc = makePc();
    setUpAsFirmware(pc.devices.ports);
    pc.clock.advance(6_000_000);
    assert.equal(pc.devices.interrupts.pending, false);
    pc.out(0x21, 0xf8);
    pc.out(0xa1, 0xfe);
    assert.equal(pc.devices.interrupts.acknowledge(), 0x08);
    pc.out(0x20, 0x20);
    pc.out(0x70, 0x0b);
    pc.out(0x71, 0x12);
    pc.clock.advance(100_000_000);
    pc.out(0x21, 0xfb);
    assert.equal(pc.devices.interrupts.acknowledge(), 0x70);
  });
});
