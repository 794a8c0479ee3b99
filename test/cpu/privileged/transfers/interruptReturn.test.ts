// IRET: SDM Vol. 2 "IRET/IRETD", Vol. 3A §6.12.1, Vol. 3B §20.2.6.

import assert from 'node:assert/strict';
import { interruptReturn } from '../../../../src/cpu/privileged/transfers/interruptReturn';
import { Eflags } from '../../../../src/isa/flags';
import { Gpr, Segment } from '../../../../src/isa/registers';
import { address, attempt, gdt, protectedCore, TestCore } from '../protectedCore';

const target = 0x7000;
const iret = (core: TestCore): void => interruptReturn(core, 32, 0x6001);
const iopl = (level: number): number => level << 12;
const fixed = Eflags.reserved1;

describe('IRET in protected mode', () => {
  const cases: readonly (readonly [name: string, cpl: number, selector: number, outcome: string])[] = [
    ['null', 0, 0, '#GP(0x0)'],
    ['beyond', 0, gdt.beyond, '#GP(0x108)'],
    ['own ring', 0, gdt.code0, 'ok'],
    ['own ring', 3, gdt.code3 | 3, 'ok'],
    ['inner ring', 3, gdt.code0, '#GP(0x8)'],
    ['data', 0, gdt.data0, '#GP(0x10)'],
    ['absent', 0, gdt.absentCode0, '#NP(0x70)'],
    ['RPL unlike DPL', 0, gdt.code0 | 1, '#GP(0x8)'],
    ['outer ring', 0, gdt.code3 | 3, 'ok'],
    ['outer ring, conforming', 1, gdt.conforming0 | 3, 'ok'],
    ['a TSS', 0, gdt.otherTss32, '#GP(0xb0)'],
  ];
  for (const [name, cpl, selector, outcome] of cases) {
    it(`to ${name} at CPL ${cpl}: ${outcome}`, () => {
      const core = protectedCore().enterRing(cpl);
      core.pushAll([target, selector, fixed, 0x5000, gdt.data3 | 3]);
      assert.equal(
        attempt(core, () => iret(core)),
        outcome,
      );
      if (outcome !== 'ok') return;
      assert.equal(core.state.eip, target);
      assert.equal(core.state.selector(Segment.cs), selector);
      assert.equal(core.state.cpl, selector & 3);
    });
  }

  for (const [name, selector, outcome] of [
    ['null', 0, '#GP(0x0)'],
    ['of another RPL', gdt.data3 | 2, '#GP(0x40)'],
    ['of an inner ring', gdt.data0 | 3, '#GP(0x10)'],
    ['code', gdt.code3 | 3, '#GP(0x38)'],
    ['absent', gdt.absentStack3 | 3, '#SS(0x100)'],
  ] as const) {
    it(`refuses an outer stack that is ${name}: ${outcome}`, () => {
      const core = protectedCore();
      core.pushAll([target, gdt.code3 | 3, fixed, 0x5000, selector]);
      assert.equal(
        attempt(core, () => iret(core)),
        outcome,
      );
    });
  }

  it('refuses an EIP beyond the segment', () => {
    const core = protectedCore();
    core.pushAll([0x1000, gdt.shortCode0, fixed]);
    assert.equal(
      attempt(core, () => iret(core)),
      '#GP(0x0)',
    );
  });

  it('pops five values to an outer ring, three to the same', () => {
    const outer = protectedCore();
    outer.force(Segment.ds, gdt.data0);
    outer.pushAll([target, gdt.code3 | 3, fixed, 0x5000, gdt.data3 | 3]);
    iret(outer);
    assert.equal(outer.state.stackPointer, 0x5000);
    assert.equal(outer.state.selector(Segment.ss), gdt.data3 | 3);
    assert.equal(outer.state.selector(Segment.ds), 0);
    assert.deepEqual(outer.rings, ['0→3']);
    const same = protectedCore();
    same.pushAll([target, gdt.code0, fixed]);
    iret(same);
    assert.equal(same.state.stackPointer, address.stacks[0]);
  });

  it('of 16 bits pops words and leaves the high flags', () => {
    const core = protectedCore();
    core.state.eflags = Eflags.ac | Eflags.id | Eflags.vif;
    core.pushAll([0x7000, gdt.code3 | 3, Eflags.cf, 0x5000, gdt.data3 | 3], 2);
    interruptReturn(core, 16, 0);
    assert.equal(core.state.eip, 0x7000);
    assert.equal(core.state.gpr(Gpr.esp), 0x5000);
    assert.equal(core.state.eflags, Eflags.ac | Eflags.id | Eflags.vif | Eflags.cf | fixed);
  });
});

describe('flags by IRET', () => {
  const everything = 0x3f7fd5 & ~Eflags.vm & ~Eflags.nt;
  const cases: readonly (readonly [cpl: number, ioplBefore: number, kept: number])[] = [
    [0, 0, 0],
    [1, 0, Eflags.iopl | Eflags.if | Eflags.vif | Eflags.vip],
    [1, 1, Eflags.iopl | Eflags.vif | Eflags.vip],
    [3, 2, Eflags.iopl | Eflags.if | Eflags.vif | Eflags.vip],
    [3, 3, Eflags.iopl | Eflags.vif | Eflags.vip],
  ];
  for (const [cpl, level, kept] of cases) {
    it(`at CPL ${cpl} with IOPL ${level}`, () => {
      const core = protectedCore().enterRing(cpl);
      core.state.eflags = iopl(level);
      const selector = [gdt.code0, gdt.code1, gdt.code2, gdt.code3][cpl] | cpl;
      core.pushAll([target, selector, everything]);
      iret(core);
      assert.equal(core.state.eflags, (everything & ~kept) | (iopl(level) & kept) | fixed);
    });
  }

  it('to an outer ring are judged by the ring that is left', () => {
    const core = protectedCore();
    core.pushAll([target, gdt.code3 | 3, iopl(2) | Eflags.if, 0x5000, gdt.data3 | 3]);
    iret(core);
    assert.equal(core.state.eflags, iopl(2) | Eflags.if | fixed);
  });

  it('VM in the image counts at CPL 0 only', () => {
    const core = protectedCore().enterRing(1);
    core.pushAll([target, gdt.code1 | 1, Eflags.vm]);
    iret(core);
    assert.equal(core.state.virtual8086, false);
  });
});

describe('IRET and virtual-8086 mode', () => {
  const frame = [0x100, 0x2000, Eflags.vm | Eflags.if | iopl(3), 0xfffe, 0x3000, 0x4000, 0x5000, 0x6000, 0x7000];

  it('enters it with nine values', () => {
    const core = protectedCore();
    core.pushAll(frame);
    iret(core);
    const { state } = core;
    assert.equal(state.virtual8086, true);
    assert.equal(state.cpl, 3);
    assert.equal(state.eip, 0x100);
    assert.equal(state.gpr(Gpr.esp), 0xfffe);
    const selectors = [0, 1, 2, 3, 4, 5].map(segment => state.selector(segment));
    assert.deepEqual(selectors, [0x4000, 0x2000, 0x3000, 0x5000, 0x6000, 0x7000]);
    assert.deepEqual(state.segment(Segment.cs), { selector: 0x2000, base: 0x20000, limit: 0xffff, attributes: 0xf3 });
    assert.deepEqual(core.rings, ['0→3']);
  });

  it('refuses an EIP above 64 KiB', () => {
    const core = protectedCore();
    core.pushAll([0x10000, ...frame.slice(1)]);
    assert.equal(
      attempt(core, () => iret(core)),
      '#GP(0x0)',
    );
  });

  it('inside it, with IOPL 3, changes neither IOPL nor VM', () => {
    const core = protectedCore().enterVirtual8086();
    core.state.systemFlags |= iopl(3);
    core.pushAll([0x200, 0x2001, Eflags.if | Eflags.cf]);
    iret(core);
    assert.equal(core.state.eflags, Eflags.vm | iopl(3) | Eflags.if | Eflags.cf | fixed);
    assert.equal(core.state.selector(Segment.cs), 0x2001);
    assert.equal(core.state.base(Segment.cs), 0x20010);
    assert.equal(core.state.cpl, 3);
  });
});

describe('IRET in real mode', () => {
  it('of 16 bits pops IP, CS, FLAGS', () => {
    const core = new TestCore();
    core.state.setGpr(Gpr.esp, 0x8000);
    core.pushAll([0x1234, 0x100, 0xffff], 2);
    interruptReturn(core, 16, 0);
    assert.equal(core.state.eip, 0x1234);
    assert.equal(core.state.base(Segment.cs), 0x1000);
    assert.equal(core.state.eflags, 0x7fd7);
    assert.equal(core.state.stackPointer, 0x8000);
  });

  it('heeds no NT', () => {
    const core = new TestCore();
    core.state.setGpr(Gpr.esp, 0x8000);
    core.state.systemFlags |= Eflags.nt;
    core.pushAll([0x1234, 0x100, 0], 2);
    interruptReturn(core, 16, 0);
    assert.equal(core.state.eip, 0x1234);
  });

  it('of 32 bits keeps VM, VIF and VIP', () => {
    const core = new TestCore();
    core.state.setGpr(Gpr.esp, 0x8000);
    core.pushAll([0x1234, 0x100, -1]);
    interruptReturn(core, 32, 0);
    assert.equal(core.state.eflags, 0x257fd5 | fixed);
  });

  it('refuses an EIP beyond the segment', () => {
    const core = new TestCore();
    core.state.setGpr(Gpr.esp, 0x8000);
    core.pushAll([0x10000, 0x100, 2]);
    assert.equal(
      attempt(core, () => interruptReturn(core, 32, 0)),
      '#GP(0x0)',
    );
  });
});
