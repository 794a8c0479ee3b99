import assert from 'node:assert/strict';
import { keyboardByteTicks } from '../../src/devices/keyboardController8042';
import { initializePic, makePc, type Pc } from './rig';

const data = 0x60;
const command = 0x64;

/** Waits for a byte as a driver does, and reads it. */
function receive(pc: Pc): number | undefined {
  for (let wait = 0; wait < 3; wait++) {
    if (pc.in(command) & 1) return pc.in(data);
    pc.clock.advance(keyboardByteTicks);
  }
  return undefined;
}

describe('keyboard controller', () => {
  const answers: readonly [string, number, number | undefined][] = [
    ['self-test', 0xaa, 0x55],
    ['keyboard interface test', 0xab, 0x00],
    ['auxiliary interface test: nothing plugged in', 0xa9, 0x01],
    ['command byte', 0x20, 0x65],
    ['output port: not in reset, A20 open', 0xd0, 0x03],
    ['input port: not locked', 0xc0, 0x90],
    ['no such command', 0x00, undefined],
  ];
  for (const [name, value, expected] of answers) {
    it(`answers command ${value.toString(16)}: ${name}`, () => {
      const pc = makePc();
      pc.out(command, value);
      assert.equal(receive(pc), expected);
    });
  }

  const keyboardAnswers: readonly [string, number[], number[]][] = [
    ['reset', [0xff], [0xfa, 0xaa]],
    ['identify', [0xf2], [0xfa, 0xab, 0x41]],
    ['echo', [0xee], [0xee]],
    ['lights', [0xed, 0x02], [0xfa, 0xfa]],
    ['rate', [0xf3, 0x20], [0xfa, 0xfa]],
    ['which scan code set', [0xf0, 0x00], [0xfa, 0xfa, 0x02]],
    ['enable', [0xf4], [0xfa]],
    ['unknown', [0x01], [0xfe]],
  ];
  for (const [name, bytes, expected] of keyboardAnswers) {
    it(`the keyboard answers: ${name}`, () => {
      const pc = makePc();
      bytes.forEach(byte => pc.out(data, byte));
      assert.deepEqual(
        expected.map(() => receive(pc)),
        expected,
      );
      assert.equal(receive(pc), undefined);
    });
  }

  it('brings keys one by one with IRQ1, and port 0x60 keeps the byte', () => {
    const pc = makePc();
    initializePic(pc);
    pc.devices.keyboard.type([0x1e, 0x9e]);
    assert.equal(pc.devices.interrupts.pending, false);
    pc.clock.advance(keyboardByteTicks);
    assert.equal(pc.devices.interrupts.acknowledge(), 0x21);
    assert.equal(pc.in(command) & 0x01, 0x01);
    assert.deepEqual([pc.in(data), pc.in(data)], [0x1e, 0x1e]);
    assert.equal(pc.in(command) & 0x01, 0x00);
    pc.out(0x20, 0x20);
    pc.clock.advance(keyboardByteTicks);
    assert.equal(pc.devices.interrupts.acknowledge(), 0x21);
    assert.equal(pc.in(data), 0x9e);
  });

  it('raises no IRQ1 with the interrupt off, and sends nothing with the keyboard off', () => {
    const pc = makePc();
    initializePic(pc);
    pc.out(command, 0x60);
    pc.out(data, 0x64);
    pc.devices.keyboard.type([0x1e]);
    pc.clock.advance(keyboardByteTicks);
    assert.equal(pc.devices.interrupts.pending, false);
    assert.equal(pc.in(data), 0x1e);
    pc.out(command, 0xad);
    pc.devices.keyboard.type([0x9e]);
    assert.equal(receive(pc), undefined);
    pc.out(command, 0xae);
    assert.equal(receive(pc), 0x9e);
  });

  it('drops keys while scanning is disabled', () => {
    const pc = makePc();
    pc.out(data, 0xf5);
    assert.equal(receive(pc), 0xfa);
    pc.devices.keyboard.type([0x1e]);
    assert.equal(receive(pc), undefined);
  });

  it('keeps a flood of keys waiting, in their order', () => {
    const pc = makePc();
    const typed = Array.from({ length: 30_000 }, (_, index) => 1 + (index % 250));
    pc.devices.keyboard.type(typed);
    assert.equal(pc.devices.keyboard.waiting, typed.length);
    assert.deepEqual(
      typed.map(() => receive(pc)),
      typed,
    );
    assert.equal(receive(pc), undefined);
  });

  it('keeps them waiting while scanning is disabled, and through a reset of the keyboard', () => {
    const pc = makePc();
    pc.devices.keyboard.type(Array.from({ length: 40 }, (_, index) => index + 1));
    pc.out(data, 0xf5);
    assert.deepEqual([receive(pc), receive(pc)], [0xfa, undefined]);
    pc.out(data, 0xff);
    assert.deepEqual([receive(pc), receive(pc), receive(pc)], [0xfa, 0xaa, 17]);
  });

  it('status says whether the last write was a command', () => {
    const pc = makePc();
    pc.out(command, 0xae);
    assert.equal(pc.in(command) & 0x08, 0x08);
    pc.out(data, 0xee);
    assert.equal(pc.in(command) & 0x08, 0x00);
  });

  const resets: readonly [string, (pc: Pc) => void, number][] = [
    ['0xfe pulses the reset line', pc => pc.out(command, 0xfe), 1],
    ['0xff pulses nothing', pc => pc.out(command, 0xff), 0],
    ['output port bit 0 low', pc => [0xd1].forEach(byte => (pc.out(command, byte), pc.out(data, 0x02))), 1],
    ['port 0x92 bit 0 rising', pc => pc.out(0x92, 0x03), 1],
    ['port 0x92 bit 0 low', pc => pc.out(0x92, 0x02), 0],
  ];
  for (const [name, act, expected] of resets) {
    it(`reset: ${name}`, () => {
      const pc = makePc();
      act(pc);
      assert.equal(pc.resets, expected);
    });
  }

  const gates: readonly [string, (pc: Pc) => void, boolean][] = [
    ['output port', pc => (pc.out(command, 0xd1), pc.out(data, 0x01)), false],
    ['command 0xdd', pc => pc.out(command, 0xdd), false],
    ['command 0xdf after 0xdd', pc => (pc.out(command, 0xdd), pc.out(command, 0xdf)), true],
    ['port 0x92', pc => pc.out(0x92, 0x00), false],
    ['port 0x92 after the output port', pc => (pc.out(command, 0xdd), pc.out(0x92, 0x02)), true],
  ];
  for (const [name, act, open] of gates) {
    it(`A20: ${name}`, () => {
      const pc = makePc();
      act(pc);
      assert.equal(pc.devices.a20.enabled, open);
      assert.equal(pc.a20.at(-1), open);
      assert.equal(pc.in(0x92) & 0x02, open ? 0x02 : 0);
      pc.out(command, 0xd0);
      assert.equal((receive(pc) ?? 0) & 0x02, open ? 0x02 : 0);
    });
  }
});
