// Segment loads: SDM Vol. 3A §5.4–5.7, Vol. 2 "MOV", and what each refuses.

import assert from 'node:assert/strict';
import { loadSegment } from '../../../src/cpu/privileged/segmentation';
import { accessRights, segmentLimit, selectorIsUsable } from '../../../src/cpu/privileged/selectorTests';
import { loadLdtr, loadTr } from '../../../src/cpu/privileged/systemSegments';
import { Attribute, encodeDescriptor, encodeGate, SystemType } from '../../../src/isa/descriptors';
import { Segment } from '../../../src/isa/registers';
import { Shadow } from '../../../src/isa/state';
import { SelectorUse } from '../../../src/semantics/helpers';
import { address, attempt, enablePaging, gdt, ldt, protectedCore, TestCore } from './protectedCore';

describe('segment loads', () => {
  const dataCases: readonly (readonly [name: string, cpl: number, selector: number, outcome: string])[] = [
    ['null', 0, 0, 'ok'],
    ['null with RPL', 3, 3, 'ok'],
    ['flat data', 0, gdt.data0, 'ok'],
    ['outer data from ring 0', 0, gdt.data3 | 3, 'ok'],
    ['outer data from ring 0, RPL 0', 0, gdt.data3, 'ok'],
    ['inner data', 3, gdt.data0, '#GP(0x10)'],
    ['inner data from ring 1', 1, gdt.data0 | 1, '#GP(0x10)'],
    ['RPL above DPL', 0, gdt.data0 | 3, '#GP(0x10)'],
    ['own data', 3, gdt.data3 | 3, 'ok'],
    ['readable code', 0, gdt.code0, 'ok'],
    ['inner readable code', 3, gdt.code0, '#GP(0x8)'],
    ['conforming inner code', 3, gdt.conforming0 | 3, 'ok'],
    ['execute-only code', 0, gdt.executeOnly0, '#GP(0x58)'],
    ['inner expand-down data', 3, gdt.expandDown0 | 3, '#GP(0xe8)'],
    ['read-only data', 0, gdt.readOnly0, 'ok'],
    ['absent', 0, gdt.absentData0, '#NP(0x68)'],
    ['absent, and of an inner ring', 3, gdt.absentData0, '#GP(0x68)'],
    ['a TSS', 0, gdt.tss32, '#GP(0xa0)'],
    ['an LDT', 0, gdt.ldt, '#GP(0x90)'],
    ['beyond the GDT', 0, gdt.beyond, '#GP(0x108)'],
    ['the LDT', 0, ldt.data0, 'ok'],
    ['the LDT, inner', 3, ldt.data0 | 3, '#GP(0xc)'],
    ['beyond the LDT', 0, ldt.beyond, '#GP(0x24)'],
    ['far beyond the GDT', 0, 0xfff8, '#GP(0xfff8)'],
  ];
  for (const [name, cpl, selector, outcome] of dataCases) {
    it(`DS ← ${name} at CPL ${cpl}: ${outcome}`, () => {
      const core = protectedCore().enterRing(cpl);
      assert.equal(
        attempt(core, () => loadSegment(core, Segment.ds, selector)),
        outcome,
      );
      if (outcome === 'ok') assert.equal(core.state.selector(Segment.ds), selector);
    });
  }

  const stackCases: readonly (readonly [name: string, cpl: number, selector: number, outcome: string])[] = [
    ['null', 0, 0, '#GP(0x0)'],
    ['null with RPL', 3, 3, '#GP(0x0)'],
    ['own data', 0, gdt.data0, 'ok'],
    ['own data', 3, gdt.data3 | 3, 'ok'],
    ['RPL below CPL', 3, gdt.data3, '#GP(0x40)'],
    ['RPL above CPL', 0, gdt.data0 | 1, '#GP(0x10)'],
    ['outer data', 0, gdt.data3, '#GP(0x40)'],
    ['inner data', 3, gdt.data0 | 3, '#GP(0x10)'],
    ['read-only data', 0, gdt.readOnly0, '#GP(0x60)'],
    ['code', 0, gdt.code0, '#GP(0x8)'],
    ['absent', 0, gdt.absentData0, '#SS(0x68)'],
    ['expand-down', 0, gdt.expandDown0, 'ok'],
    ['beyond the GDT', 0, gdt.beyond, '#GP(0x108)'],
    ['the LDT', 0, ldt.data0, 'ok'],
  ];
  for (const [name, cpl, selector, outcome] of stackCases) {
    it(`SS ← ${name} at CPL ${cpl}: ${outcome}`, () => {
      const core = protectedCore().enterRing(cpl);
      assert.equal(
        attempt(core, () => loadSegment(core, Segment.ss, selector)),
        outcome,
      );
      assert.equal(core.state.get('interruptShadow'), outcome === 'ok' ? Shadow.movSs : Shadow.none);
    });
  }

  it('set the accessed flag in the table and in the cache', () => {
    const core = protectedCore();
    assert.equal(core.descriptorAccess(gdt.data0), 0x92);
    loadSegment(core, Segment.es, gdt.data0);
    assert.equal(core.descriptorAccess(gdt.data0), 0x93);
    assert.equal(core.state.attributes(Segment.es) & 0xff, 0x93);
    assert.equal(core.state.limit(Segment.es), 0xffffffff);
  });

  it('make a null segment unusable', () => {
    const core = protectedCore();
    loadSegment(core, Segment.ds, 0);
    assert.equal(
      attempt(core, () => core.memory.load(Segment.ds, 0, 1)),
      '#GP(0x0)',
    );
  });

  it('fault as a page fault when the accessed flag cannot be written', () => {
    const core = protectedCore();
    enablePaging(core);
    core.memory.physical.write32(0x20000 + 4, 0x1000 | 1);
    core.memory.tlb.flush();
    assert.equal(
      attempt(core, () => loadSegment(core, Segment.ds, gdt.data0)),
      '#PF(0x3)',
    );
    assert.equal(core.state.get('cr2'), 0x1000 + gdt.data0 + 5);
  });

  it('know no local descriptors without an LDT', () => {
    const core = protectedCore();
    loadLdtr(core, 0);
    assert.equal(
      attempt(core, () => loadSegment(core, Segment.ds, ldt.data0)),
      '#GP(0xc)',
    );
  });

  it('in real mode take the base from the selector and keep limit and size', () => {
    const core = new TestCore();
    core.state.setSegment(Segment.ds, {
      selector: 8,
      base: 0,
      limit: 0xffffffff,
      attributes: 0xc093,
    });
    loadSegment(core, Segment.ds, 0x1234);
    assert.deepEqual(core.state.segment(Segment.ds), {
      selector: 0x1234,
      base: 0x12340,
      limit: 0xffffffff,
      attributes: 0xc093,
    });
  });

  it('in virtual-8086 mode make segments of 64 KiB at DPL 3', () => {
    const core = protectedCore().enterVirtual8086();
    loadSegment(core, Segment.ds, 0xffff);
    assert.deepEqual(core.state.segment(Segment.ds), {
      selector: 0xffff,
      base: 0xffff0,
      limit: 0xffff,
      attributes: 0xf3,
    });
  });
});

describe('LLDT and LTR', () => {
  const cases: readonly (readonly [name: string, load: typeof loadTr, selector: number, outcome: string])[] = [
    ['LLDT null', loadLdtr, 0, 'ok'],
    ['LLDT an LDT', loadLdtr, gdt.ldt, 'ok'],
    ['LLDT data', loadLdtr, gdt.data0, '#GP(0x10)'],
    ['LLDT a TSS', loadLdtr, gdt.tss32, '#GP(0xa0)'],
    ['LLDT absent', loadLdtr, gdt.absentLdt, '#NP(0x98)'],
    ['LLDT local', loadLdtr, ldt.data0, '#GP(0xc)'],
    ['LLDT beyond', loadLdtr, gdt.beyond, '#GP(0x108)'],
    ['LTR null', loadTr, 0, '#GP(0x0)'],
    ['LTR available 32-bit', loadTr, gdt.otherTss32, 'ok'],
    ['LTR available 16-bit', loadTr, gdt.otherTss16, 'ok'],
    ['LTR busy', loadTr, gdt.tss32, '#GP(0xa0)'],
    ['LTR absent', loadTr, gdt.absentTss, '#NP(0xc0)'],
    ['LTR local', loadTr, ldt.tss, '#GP(0x1c)'],
    ['LTR data', loadTr, gdt.data0, '#GP(0x10)'],
    ['LTR beyond', loadTr, gdt.beyond, '#GP(0x108)'],
  ];
  for (const [name, load, selector, outcome] of cases) {
    it(`${name}: ${outcome}`, () => {
      const core = protectedCore();
      assert.equal(
        attempt(core, () => load(core, selector)),
        outcome,
      );
    });
  }

  it('LLDT takes no LDT that an LDT describes', () => {
    const core = protectedCore();
    core.setDescriptor(ldt.data0, encodeDescriptor(address.ldt, 0x1f, 0x82));
    assert.equal(
      attempt(core, () => loadLdtr(core, ldt.data0)),
      '#GP(0xc)',
    );
  });

  it('LTR marks the TSS busy, in the table and in TR', () => {
    const core = protectedCore();
    loadTr(core, gdt.otherTss32);
    assert.equal(core.descriptorAccess(gdt.otherTss32), 0x8b);
    assert.equal(core.state.attributes(Segment.tr) & 0xff, 0x8b);
  });
});

describe('LAR, LSL, VERR, VERW', () => {
  const { accessRights: lar, limit: lsl, read: verr, write: verw } = SelectorUse;
  const cases: readonly (readonly [name: string, cpl: number, selector: number, uses: readonly number[]])[] = [
    ['null', 0, 0, []],
    ['beyond', 0, gdt.beyond, []],
    ['data', 0, gdt.data0, [lar, lsl, verr, verw]],
    ['inner data', 3, gdt.data0 | 3, []],
    ['data with high RPL', 0, gdt.data0 | 3, []],
    ['read-only data', 0, gdt.readOnly0, [lar, lsl, verr]],
    ['readable code', 0, gdt.code0, [lar, lsl, verr]],
    ['execute-only code', 0, gdt.executeOnly0, [lar, lsl]],
    ['conforming inner code', 3, gdt.conforming0 | 3, [lar, lsl, verr]],
    ['absent data', 0, gdt.absentData0, [lar, lsl, verr, verw]],
    ['busy TSS', 0, gdt.tss32, [lar, lsl]],
    ['available TSS', 0, gdt.otherTss32, [lar, lsl]],
    ['busy 16-bit TSS', 0, gdt.tss16, [lar, lsl]],
    ['available 16-bit TSS', 0, gdt.otherTss16, [lar, lsl]],
    ['inner code', 3, gdt.code0 | 3, []],
    ['inner call gate', 3, gdt.gate | 3, []],
    ['LDT', 0, gdt.ldt, [lar, lsl]],
    ['call gate', 0, gdt.gate, [lar]],
    ['interrupt gate', 0, gdt.gate2, []],
  ];
  for (const [name, cpl, selector, uses] of cases) {
    it(`${name} at CPL ${cpl}`, () => {
      const core = protectedCore().enterRing(cpl);
      core.setDescriptor(gdt.gate, encodeGate(gdt.code0, 0, SystemType.callGate32, 0));
      core.setDescriptor(gdt.gate2, encodeGate(gdt.code0, 0, SystemType.interruptGate32, 0));
      const usable = [lar, lsl, verr, verw].filter(use => selectorIsUsable(core, selector, use) === 1);
      assert.deepEqual(usable, uses);
    });
  }

  it('give access rights and limits', () => {
    const core = protectedCore();
    assert.equal(accessRights(core, gdt.data3), 0x00cff200);
    assert.equal(segmentLimit(core, gdt.data3) >>> 0, 0xffffffff);
    assert.equal(accessRights(core, gdt.tss32), 0x00008b00);
    assert.equal(segmentLimit(core, gdt.tss32), 0xff);
    assert.equal(core.state.attributes(Segment.cs) & Attribute.accessed, 0);
  });
});
