// The evaluator itself, with a memory that keeps a record: the order of effects, ways out, and what is left after a fault.

import assert from 'node:assert/strict';
import { type BoundHelper, type EvaluationTarget, Evaluator } from '../../src/ir/evaluate';
import type { IrBuilder } from '../../src/ir/irBuilder';
import { stateOffset, stateSizeBytes } from '../../src/isa/state';
import { helperNames, helperRow } from '../../src/semantics/helpers';
import { programFrom } from './oneBlock';

class Fault extends Error {}

const es = 0;
const ds = 3;
const startEip = 0x1000;

class Recorder implements EvaluationTarget {
  readonly words = new Int32Array(stateSizeBytes / 4);
  readonly bytes = new Uint8Array(this.words.buffer);
  readonly log: string[] = [];
  private readonly memory = new DataView(new ArrayBuffer(256));
  private readonly places: number[] = [];

  load(segment: number, offset: number, bytes: 1 | 2 | 4): number {
    this.log.push(`load ${segment}:${offset} ${bytes}`);
    if (offset >= 256) throw new Fault();
    return bytes === 4
      ? this.memory.getInt32(offset, true)
      : bytes === 2
        ? this.memory.getUint16(offset, true)
        : this.memory.getUint8(offset);
  }

  store(segment: number, offset: number, bytes: 1 | 2 | 4, value: number): void {
    this.log.push(`store ${segment}:${offset} ${bytes} ${value}`);
    if (offset >= 256) throw new Fault();
    for (let index = 0; index < bytes; index++) this.memory.setUint8(offset + index, value >> (8 * index));
  }

  reserve(slot: number, segment: number, offset: number, bytes: number): void {
    this.log.push(`reserve ${slot} ${segment}:${offset} ${bytes}`);
    this.places[slot] = offset;
  }

  loadReserved(slot: number, bytes: 1 | 2 | 4, half = 0): number {
    return this.load(ds, this.places[slot] + half * 4, bytes);
  }

  storeReserved(slot: number, bytes: 1 | 2 | 4, value: number, half = 0): void {
    this.store(ds, this.places[slot] + half * 4, bytes, value);
  }

  raise(vector: number, errorCode: number | undefined): never {
    throw new Fault(`${vector} ${errorCode}`);
  }

  checkBranch(offset: number): void {
    this.log.push(`check ${offset}`);
    if (offset > 0xffff) throw new Fault('branch');
  }

  get eip(): number {
    return this.words[stateOffset.eip >> 2];
  }
}

function run(build: (b: IrBuilder) => void, prepare: (target: Recorder) => void = () => {}): Recorder {
  const target = new Recorder();
  target.words[stateOffset.eip >> 2] = startEip;
  prepare(target);
  const helpers = helperNames.map((name): BoundHelper => ({
    run: (...parameters) => {
      target.log.push(`${name} ${parameters.slice(0, helperRow(name).parameters.length).join(' ')}`);
      return 7;
    },
    transfersControl: helperRow(name).transfersControl === true,
  }));
  new Evaluator(target, helpers).run(programFrom(build, 3));
  return target;
}

const gpr = (target: Recorder, index: number): number => target.words[index * 2];

describe('Evaluator', () => {
  it('goes on after the instruction', () => assert.equal(run(() => {}).eip, startEip + 3));

  it('keeps the order of loads and stores', () => {
    const { log } = run(b => {
      const place = b.reserve(es, b.constant(32, 8), 16);
      const value = b.load(ds, b.constant(32, 4), 8);
      b.storeReserved(place, b.zeroExtend(value, 16));
    });
    assert.deepEqual(log, ['reserve 0 0:8 2', 'load 3:4 1', 'store 3:8 2 0']);
  });

  it('writes parts of registers', () => {
    const target = run(
      b => {
        b.writeRegister(4, b.constant(8, 0xaa)); // AH
        b.writeRegister(1, b.constant(16, 0xbbcc)); // CX
        b.writeRegister(2, b.readRegister(7, 8)); // DL from BH
      },
      ({ words }) => words.set([0x11223344, 0, 0x11223344, 0, 0x11223344, 0, 0x5566]),
    );
    assert.deepEqual(
      [0, 1, 2].map(index => gpr(target, index)),
      [0x1122aa44, 0x1122bbcc, 0x11223355],
    );
  });

  it('takes 64 bits as two halves, the low one first', () => {
    const target = run(b => {
      const place = b.reserve(ds, b.constant(32, 16), 64);
      const sum = b.add(b.loadReserved(place), b.signExtend(b.constant(32, -2), 64));
      b.storeReserved(place, sum);
    });
    assert.deepEqual(target.log, [
      'reserve 0 3:16 8',
      'load 3:16 4',
      'load 3:20 4',
      'store 3:16 4 -2',
      'store 3:20 4 -1',
    ]);
  });

  it('leaves everything alone when it raises', () => {
    const target = new Recorder();
    target.words[stateOffset.eip >> 2] = startEip;
    const before = target.words.slice();
    const program = programFrom(b => {
      b.raiseIf(b.equal(b.readRegister(0, 32), b.constant(32, 0)), 13, b.constant(16, 8));
      b.writeRegister(0, b.constant(32, 1));
    });
    assert.throws(() => new Evaluator(target, []).run(program), /13 8/);
    assert.deepEqual(target.words, before);
  });

  it('exits early to the next instruction', () => {
    const target = run(b => {
      b.exitIf(b.constant(1, 1));
      b.writeRegister(0, b.constant(32, 5));
    });
    assert.equal(gpr(target, 0), 0);
    assert.equal(target.eip, startEip + 3);
  });

  it('repeats at the same instruction, with what it has done so far', () => {
    const target = run(b => {
      b.writeRegister(1, b.sub(b.readRegister(1, 32), b.constant(32, 1)));
      b.repeatIf(b.constant(1, 1));
    });
    assert.equal(gpr(target, 1), -1);
    assert.equal(target.eip, startEip);
  });

  for (const [taken, where] of [
    [1, 0x2000],
    [0, startEip + 3],
  ] as const)
    it(`a conditional jump goes to ${where.toString(16)}`, () => {
      const target = run(b => {
        const condition = b.equal(b.readRegister(0, 32), b.constant(32, taken ? 0 : 1));
        b.jumpIf(condition, b.branchTarget(b.constant(32, 0x2000), condition));
      });
      assert.equal(target.eip, where);
      assert.deepEqual(target.log, taken ? [`check ${0x2000}`] : [], 'only a target that is taken is checked');
    });

  it('a helper may end the instruction', () => {
    const transfers = helperNames.filter(
      name => helperRow(name).transfersControl && helperRow(name).parameters.length === 0,
    );
    for (const name of transfers) {
      const target = run(b => {
        b.call(name);
        b.writeRegister(0, b.constant(32, 5));
      });
      assert.equal(target.eip, startEip, name);
      assert.equal(gpr(target, 0), 0, name);
    }
  });

  it('gives a helper its arguments, and takes its result', () => {
    const target = run(b => b.writeRegister(0, b.call('readDebugRegister', b.constant(32, 6))));
    assert.deepEqual(target.log, ['readDebugRegister 6']);
    assert.equal(gpr(target, 0), 7);
  });
});
