// The builder keeps the semantics honest: widths agree, and nothing may fault after the state has begun to change. It
// also leaves out what need not be computed.

import assert from 'node:assert/strict';
import { IrBuilder } from '../../src/ir/irBuilder';
import { SemanticsError } from '../../src/ir/valueBuilder';
import { MicroOpCode } from '../../src/ir/microOp';
import { helperNames, helperRow } from '../../src/semantics/helpers';
import type { Value } from '../../src/semantics/builder';
import { flatMode, programFrom } from './oneBlock';

const ds = 3;
const anOffset = (b: IrBuilder): Value => b.readRegister(3, 32);
const aByte = (b: IrBuilder): Value => b.readRegister(0, 8);
const aBit = (b: IrBuilder): Value => b.readFlag('cf');

/** What may fault. */
const faulting: Readonly<Record<string, (b: IrBuilder) => void>> = {
  load: b => b.load(ds, anOffset(b), 32),
  store: b => b.store(ds, anOffset(b), aByte(b)),
  reserve: b => b.reserve(ds, anOffset(b), 16),
  raiseIf: b => b.raiseIf(aBit(b), 6),
  raise: b => b.raise(6),
  'a branch target': b => b.branchTarget(anOffset(b)),
  'a helper that may fault': b => b.call('checkPortPermission', anOffset(b), b.constant(32, 8)),
};

/** What changes the state. */
const changing: Readonly<Record<string, (b: IrBuilder) => void>> = {
  'a register': b => b.writeRegister(0, aByte(b)),
  'a flag': b => b.writeFlag('zf', aBit(b)),
  'a field': b => b.writeField('systemFlags', anOffset(b)),
  'a store': b => b.store(ds, anOffset(b), aByte(b)),
  'an operand': b => b.write({ kind: 'register', index: 1, width: 32 }, anOffset(b)),
};

describe('IrBuilder: nothing may fault after a change', () => {
  for (const [change, doChange] of Object.entries(changing))
    for (const [fault, doFault] of Object.entries(faulting)) {
      it(`${fault} after ${change}`, () => {
        const b = new IrBuilder(flatMode, 2);
        doChange(b);
        assert.throws(() => doFault(b), SemanticsError);
      });
      it(`${fault} before ${change}`, () => {
        const b = new IrBuilder(flatMode, 2);
        // of two stores one is always too late
        if (fault === 'store' && change === 'a store') return;
        doFault(b);
        doChange(b);
        assert.ok(b.finish(undefined).ops.length > 0);
      });
    }

  it('a place that has been reserved can be written at any time', () => {
    const { ops } = programFrom(b => {
      const [first, second] = [b.reserve(ds, anOffset(b), 32), b.reserve(ds, b.constant(32, 8), 8)];
      const old = b.loadReserved(first);
      b.writeRegister(0, old);
      b.storeReserved(first, b.add(old, old));
      b.storeReserved(second, aByte(b));
    });
    assert.deepEqual(
      ops.filter(({ code }) => code === MicroOpCode.reserve).map(({ place }) => place),
      [0, 1],
    );
  });

  it('helpers that change the state are a change', () => {
    const changes = helperNames.filter(name => helperRow(name).commits && helperRow(name).parameters.length === 0);
    assert.ok(changes.length > 0);
    for (const name of changes) {
      const b = new IrBuilder(flatMode, 1);
      b.call(name);
      assert.throws(() => b.load(ds, anOffset(b), 8), SemanticsError, name);
    }
  });
});

const wrongWidths: Readonly<Record<string, (b: IrBuilder) => void>> = {
  'operands of different widths': b => b.add(aByte(b), anOffset(b)),
  'a comparison of different widths': b => b.equal(aByte(b), anOffset(b)),
  'alternatives of different widths': b => b.select(aBit(b), aByte(b), anOffset(b)),
  'a condition that is no bit': b => b.select(aByte(b), aByte(b), aByte(b)),
  'an exception on a byte': b => b.raiseIf(aByte(b), 0),
  'an exit on a byte': b => b.exitIf(aByte(b)),
  'a repetition on a byte': b => b.repeatIf(aByte(b)),
  'an extension to fewer bits': b => b.zeroExtend(anOffset(b), 8),
  'a signed extension to fewer bits': b => b.signExtend(anOffset(b), 8),
  'a truncation to more bits': b => b.truncate(aByte(b), 32),
  'a flag of eight bits': b => b.writeFlag('cf', aByte(b)),
  'a field of eight bits': b => b.writeField('cr2', aByte(b)),
  'a store of a bit': b => b.store(ds, anOffset(b), aBit(b)),
  'a reserved place of another width': b => b.storeReserved(b.reserve(ds, anOffset(b), 16), aByte(b)),
  'a register of another width': b => b.write({ kind: 'register', index: 0, width: 16 }, aByte(b)),
  'an immediate as a destination': b => b.write({ kind: 'immediate', value: 1, width: 8 }, aByte(b)),
  'a control register that is not there': b => b.read({ kind: 'controlRegister', index: 1 }),
  'a helper with too few arguments': b => b.call('checkPortPermission', anOffset(b)),
  'a value of nobody': b => b.add({ width: 8 }, { width: 8 }),
};

describe('IrBuilder: what does not fit together', () => {
  for (const [name, doIt] of Object.entries(wrongWidths))
    it(name, () => assert.throws(() => programFrom(doIt), SemanticsError));
});

const codesOf = (build: (b: IrBuilder) => void): readonly MicroOpCode[] => programFrom(build).ops.map(op => op.code);

describe('IrBuilder: what need not be computed', () => {
  it('constants are made once', () => {
    programFrom(b => {
      assert.equal(b.constant(32, 5), b.constant(32, 5));
      assert.equal(b.constant(8, 0x1ff), b.constant(8, -1));
      assert.notEqual(b.constant(8, 5), b.constant(16, 5));
    });
  });

  it('nothing is added, ored or shifted by zero', () => {
    programFrom(b => {
      const x = anOffset(b);
      const zero = b.constant(32, 0);
      for (const same of [b.add(x, zero), b.add(zero, x), b.sub(x, zero), b.or(x, zero), b.xor(zero, x)])
        assert.equal(same, x);
      assert.equal(b.shiftLeft(x, b.constant(8, 0)), x);
      assert.notEqual(b.sub(zero, x), x);
      assert.notEqual(b.and(x, zero), x);
    });
  });

  it('a conversion to the same width is none', () => {
    programFrom(b => {
      const x = anOffset(b);
      for (const same of [b.zeroExtend(x, 32), b.signExtend(x, 32), b.truncate(x, 32)]) assert.equal(same, x);
    });
  });

  it('a known condition chooses at once, and never raises if it is false', () => {
    const codes = codesOf(b => {
      const [yes, no] = [b.constant(1, 1), b.constant(1, 0)];
      assert.equal(b.select(yes, aByte(b), b.constant(8, 0)).width, 8);
      b.raiseIf(no, 0);
    });
    assert.ok(!codes.includes(MicroOpCode.select) && !codes.includes(MicroOpCode.raiseIf));
    assert.ok(codesOf(b => b.raise(6)).includes(MicroOpCode.raiseIf));
  });

  it('a jump leaves the instruction where the program says', () => {
    const { ops, length } = programFrom(b => b.jump(b.branchTarget(b.add(b.nextInstruction, b.constant(32, 9)))), 5);
    assert.equal(length, 5);
    assert.equal(ops[ops.length - 1].code, MicroOpCode.jump);
  });
});
