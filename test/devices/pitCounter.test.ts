// The waveforms of the 8254 data sheet (figures of "Mode Definitions"): OUT and the count after each CLK pulse.
import assert from 'node:assert/strict';
import { PitCounter } from '../../src/devices/pitCounter';

type Action = (counter: PitCounter) => void;
const write =
  (count: number): Action =>
  counter =>
    counter.writeCount(count);
const gate =
  (high: boolean): Action =>
  counter =>
    counter.setGate(high);

interface Wave {
  readonly name: string;
  readonly mode: number;
  readonly gate?: boolean;
  /** What is done before pulse n; 0 is before the first. */
  readonly actions: Readonly<Record<number, Action>>;
  /** OUT after the actions before the first pulse, then after each pulse. */
  readonly out: string;
  /** The count after each pulse; `.` where it is not looked at. */
  readonly counts?: string;
}

const waves: readonly Wave[] = [
  { name: 'mode 0, count 4', mode: 0, actions: { 0: write(4) }, out: '0000011', counts: '4 3 2 1 0 65535' },
  {
    name: 'mode 0, gate low for two pulses',
    mode: 0,
    actions: { 0: write(3), 2: gate(false), 4: gate(true) },
    out: '00000011',
    counts: '3 2 2 2 1 0 65535',
  },
  {
    name: 'mode 0, new count on the way',
    mode: 0,
    actions: { 0: write(3), 3: write(2) },
    out: '0000001',
    counts: '3 2 1 2 1 0',
  },
  { name: 'mode 0, loaded with gate low', mode: 0, gate: false, actions: { 0: write(2), 2: gate(true) }, out: '00001' },
  {
    name: 'mode 1, count 3, trigger, and a retrigger on the way',
    mode: 1,
    gate: false,
    actions: { 0: write(3), 1: gate(true), 3: gate(false), 4: gate(true) },
    out: '1100000011',
    counts: '. 3 2 1 3 2 1 0 65535',
  },
  {
    name: 'mode 1, a new count waits for the next trigger',
    mode: 1,
    gate: false,
    actions: { 0: write(2), 1: gate(true), 2: write(4), 5: gate(false), 6: gate(true) },
    out: '11001110000',
    counts: '. 2 1 0 65535 65534 4 3 2 1',
  },
  {
    name: 'mode 2, count 3',
    mode: 2,
    actions: { 0: write(3) },
    out: '1110110110',
    counts: '3 2 1 3 2 1 3 2 1',
  },
  {
    name: 'mode 2, gate low sets OUT high and reloads',
    mode: 2,
    actions: { 0: write(3), 3: gate(false), 5: gate(true) },
    out: '111011110',
    counts: '3 2 1 1 1 3 2 1',
  },
  {
    name: 'mode 2, a new count waits for the end of the period',
    mode: 2,
    actions: { 0: write(4), 2: write(2) },
    out: '1111010101',
    counts: '4 3 2 1 2 1 2 1 2',
  },
  {
    name: 'mode 3, count 4',
    mode: 3,
    actions: { 0: write(4) },
    out: '1110011001',
    counts: '4 2 4 2 4 2 4 2 4',
  },
  {
    name: 'mode 3, count 5: high one pulse longer than low',
    mode: 3,
    actions: { 0: write(5) },
    out: '11110011100',
    counts: '4 2 0 4 2 4 2 0 4 2',
  },
  {
    name: 'mode 3, gate low sets OUT high and reloads',
    mode: 3,
    actions: { 0: write(4), 3: gate(false), 5: gate(true) },
    out: '1110111100',
  },
  {
    name: 'mode 4, count 3',
    mode: 4,
    actions: { 0: write(3) },
    out: '111101111',
    counts: '3 2 1 0 65535 65534 65533 65532',
  },
  { name: 'mode 4, new count on the way', mode: 4, actions: { 0: write(3), 3: write(2) }, out: '11111101' },
  {
    name: 'mode 5, count 3, trigger',
    mode: 5,
    gate: false,
    actions: { 0: write(3), 1: gate(true) },
    out: '11111011',
    counts: '. 3 2 1 0 65535 65534',
  },
];

/** Pulse by pulse, or in leaps between actions: both must agree. */
function run(wave: Wave, pulses: number): { out: string; counts: string[] } {
  const counter = new PitCounter(wave.gate ?? true);
  counter.program(wave.mode, false);
  wave.actions[0]?.(counter);
  let out = counter.state.out ? '1' : '0';
  const counts: string[] = [];
  for (let pulse = 1; pulse <= pulses; pulse++) {
    counter.advance(1);
    out += counter.state.out ? '1' : '0';
    counts.push(String(counter.state.countingElement));
    wave.actions[pulse]?.(counter);
  }
  return { out, counts };
}

describe('8254 counter', () => {
  for (const wave of waves) {
    it(wave.name, () => {
      const { out, counts } = run(wave, wave.out.length - 1);
      const expected = wave.counts?.split(' ') ?? [];
      const seen = counts.map((count, index) => (expected[index] === '.' ? '.' : count));
      assert.equal(out.slice(0, wave.out.length), wave.out);
      assert.deepEqual(seen.slice(0, expected.length), expected);
    });
  }

  it('gives the same by leaps as pulse by pulse, in every mode, with odd and even and BCD counts', () => {
    for (const mode of [0, 1, 2, 3, 4, 5])
      for (const bcd of [false, true])
        for (const count of [0, 2, 3, 7, 10]) {
          const single = new PitCounter(true);
          const leaping = new PitCounter(true);
          for (const counter of [single, leaping]) {
            counter.program(mode, bcd);
            counter.writeCount(count);
            counter.setGate(false);
            counter.setGate(true);
          }
          for (const leap of [1, 2, 3, 5, 8, 13, 21, 10_000, 70_000, 3]) {
            for (let pulse = 0; pulse < leap; pulse++) single.advance(1);
            leaping.advance(leap);
            assert.deepEqual(leaping.state, single.state, `mode ${mode}, count ${count}, leap ${leap}`);
          }
        }
  });

  it('foretells the next edge of OUT', () => {
    for (const mode of [0, 1, 2, 3, 4, 5])
      for (const count of [0, 2, 3, 8]) {
        const counter = new PitCounter(false);
        counter.program(mode, false);
        counter.writeCount(count);
        counter.setGate(true);
        for (let edge = 0; edge < 4; edge++) {
          const pulses = counter.pulsesToEdge();
          if (pulses === Infinity) break;
          const before = counter.state.out;
          counter.advance(pulses - 1);
          assert.equal(counter.state.out, before, `mode ${mode}, count ${count}, edge ${edge}`);
          counter.advance(1);
          assert.notEqual(counter.state.out, before, `mode ${mode}, count ${count}, edge ${edge}`);
        }
      }
  });
});
