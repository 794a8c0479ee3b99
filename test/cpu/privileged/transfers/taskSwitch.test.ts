// Hardware task switches: SDM Vol. 3A §7.3, table 7-1 (checks) and table 7-2 (busy flag, link, NT).

import assert from 'node:assert/strict';
import { CpuException } from '../../../../src/cpu/registers/fault';
import { farCall, farJump } from '../../../../src/cpu/privileged/transfers/farTransfers';
import { interruptReturn } from '../../../../src/cpu/privileged/transfers/interruptReturn';
import { deliverEvent, deliverException } from '../../../../src/cpu/privileged/transfers/interrupts';
import { Cr0, Dr6 } from '../../../../src/isa/controlRegisters';
import { encodeDescriptor } from '../../../../src/isa/descriptors';
import { Eflags } from '../../../../src/isa/flags';
import { Gpr, Segment } from '../../../../src/isa/registers';
import type { TestCore } from '../protectedCore';
import { address, attempt, enablePaging, gdt, ldt, outcomeName, protectedCore, taskGate } from '../protectedCore';

const next = 0x6007;
const entry = 0x7000;

interface Task {
  readonly cs?: number;
  readonly ss?: number;
  readonly ds?: number;
  readonly gs?: number;
  readonly ldt?: number;
  readonly eflags?: number;
  readonly eip?: number;
  readonly cr3?: number;
  readonly trap?: number;
}

/** A 32-bit task in ring 0; registers are 0x10101010 × (index + 1), ESP is 0x8000. */
function writeTask(core: TestCore, task: Task = {}): void {
  const base = address.otherTss32;
  const { cs = gdt.code0, ss = gdt.data0, ds = gdt.data0, gs = 0, eflags = 2, eip = entry } = task;
  core.write(base + 0x1c, 4, task.cr3 ?? 0);
  core.write(base + 0x20, 4, eip);
  core.write(base + 0x24, 4, eflags);
  for (let index = 0; index < 8; index++) {
    core.write(base + 0x28 + index * 4, 4, index === 4 ? 0x8000 : 0x10101010 * (index + 1));
  }
  [ds, cs, ss, ds, 0, gs].forEach((selector, index) => core.write(base + 0x48 + index * 4, 4, selector));
  core.write(base + 0x60, 4, task.ldt ?? 0);
  core.write(base + 0x64, 4, task.trap ?? 0);
}

const jump = (core: TestCore): void => farJump(core, gdt.otherTss32, 0, 32, next);
const call = (core: TestCore): void => farCall(core, gdt.otherTss32, 0, 32, next);

describe('task switch', () => {
  it('saves the old task', () => {
    const core = protectedCore();
    writeTask(core);
    core.state.eflags = Eflags.cf | Eflags.if;
    core.state.setGpr(Gpr.ebx, 0x12345678);
    core.write(address.tss32 + 0x4c, 4, -1);
    jump(core);
    const saved = (offset: number): number => core.read(address.tss32 + offset);
    assert.equal(saved(0x20), next);
    assert.equal(saved(0x24), Eflags.cf | Eflags.if | Eflags.reserved1);
    assert.equal(saved(0x34), 0x12345678);
    assert.equal(saved(0x38), address.stacks[0]);
    assert.equal(saved(0x48), gdt.data3 | 3);
    assert.equal(saved(0x4c), 0xffff0000 + gdt.code0, 'only the low word of a selector field is written');
  });

  it('loads the new task', () => {
    const core = protectedCore();
    writeTask(core, { ldt: gdt.ldt, gs: ldt.data0, eflags: Eflags.zf | Eflags.if });
    jump(core);
    const { state } = core;
    assert.equal(state.eip, entry);
    assert.equal(state.eflags, Eflags.zf | Eflags.if | Eflags.reserved1);
    assert.equal(state.gpr(Gpr.edx) >>> 0, 0x30303030);
    assert.equal(state.gpr(Gpr.esp), 0x8000);
    assert.deepEqual(
      [0, 1, 2, 3, 4, 5].map(segment => state.selector(segment)),
      [gdt.data0, gdt.code0, gdt.data0, gdt.data0, 0, ldt.data0],
    );
    assert.equal(state.selector(Segment.ldtr), gdt.ldt);
    assert.equal(state.selector(Segment.tr), gdt.otherTss32);
    assert.equal(state.base(Segment.tr), address.otherTss32);
    assert.equal(state.get('cr0') & Cr0.ts, Cr0.ts);
    assert.equal(state.get('pendingDebugTraps'), 0);
  });

  it('loads each data segment, and marks it as accessed', () => {
    const core = protectedCore();
    writeTask(core);
    const selectors = [gdt.data1, gdt.code0, gdt.data0, gdt.data2, gdt.data3, gdt.readOnly0];
    selectors.forEach((selector, index) => core.write(address.otherTss32 + 0x48 + index * 4, 4, selector));
    jump(core);
    for (const [segment, selector] of selectors.entries()) {
      assert.equal(core.state.selector(segment), selector);
      assert.equal(core.state.limit(segment), 0xffffffff);
      assert.equal(core.descriptorAccess(selector) & 1, 1);
    }
  });

  it('returns to a busy 16-bit task', () => {
    const core = protectedCore();
    core.state.eflags = Eflags.nt;
    core.setDescriptor(gdt.otherTss16, encodeDescriptor(address.otherTss16, 0x2b, 0x83));
    core.write(address.tss32, 4, gdt.otherTss16);
    core.write(address.otherTss16 + 0x0e, 2, entry);
    core.write(address.otherTss16 + 0x24, 2, gdt.code0);
    core.write(address.otherTss16 + 0x26, 2, gdt.data0);
    interruptReturn(core, 32, next);
    assert.equal(core.state.eip, entry);
    assert.equal(core.state.selector(Segment.tr), gdt.otherTss16);
  });

  it('to a 16-bit task leaves CR3, which its TSS does not have', () => {
    const core = protectedCore();
    enablePaging(core);
    core.write(address.otherTss16 + 0x0e, 2, entry);
    core.write(address.otherTss16 + 0x24, 2, gdt.code0);
    core.write(address.otherTss16 + 0x26, 2, gdt.data0);
    farJump(core, gdt.otherTss16, 0, 32, next);
    assert.equal(core.state.eip, entry);
    assert.equal(core.state.cr3, 0x1f000);
  });

  // table 7-2
  it('by JMP: old available, new busy, no link, NT as in the image', () => {
    const core = protectedCore();
    writeTask(core);
    core.write(address.otherTss32, 4, 0x5555);
    jump(core);
    assert.equal(core.descriptorAccess(gdt.tss32), 0x89);
    assert.equal(core.descriptorAccess(gdt.otherTss32), 0x8b);
    assert.equal(core.read(address.otherTss32), 0x5555);
    assert.equal(core.state.eflags & Eflags.nt, 0);
  });

  it('by CALL: both busy, linked, NT set', () => {
    const core = protectedCore();
    writeTask(core);
    call(core);
    assert.equal(core.descriptorAccess(gdt.tss32), 0x8b);
    assert.equal(core.descriptorAccess(gdt.otherTss32), 0x8b);
    assert.equal(core.read(address.otherTss32, 2), gdt.tss32);
    assert.equal(core.state.eflags & Eflags.nt, Eflags.nt);
  });

  it('by IRET: old available with NT clear, new stays busy', () => {
    const core = protectedCore();
    writeTask(core);
    core.state.eflags = Eflags.cf;
    call(core);
    interruptReturn(core, 32, 0x7002);
    assert.equal(core.state.eip, next);
    assert.equal(core.state.eflags, Eflags.cf | Eflags.reserved1);
    assert.equal(core.state.selector(Segment.tr), gdt.tss32);
    assert.equal(core.descriptorAccess(gdt.tss32), 0x8b);
    assert.equal(core.descriptorAccess(gdt.otherTss32), 0x89);
    assert.equal(core.read(address.otherTss32 + 0x24) & Eflags.nt, 0);
    assert.equal(core.read(address.otherTss32 + 0x20), 0x7002);
  });

  for (const [name, link, outcome] of [
    ['local', ldt.tss, '#TS(0x1c)'],
    ['beyond', gdt.beyond, '#TS(0x108)'],
    ['available', gdt.otherTss32, '#TS(0xb0)'],
    ['data', gdt.data0, '#TS(0x10)'],
    ['null', 0, '#TS(0x0)'],
    ['absent', gdt.absentTss, '#NP(0xc0)'],
  ] as const) {
    it(`by IRET to a link that is ${name}: ${outcome}`, () => {
      const core = protectedCore();
      core.state.eflags = Eflags.nt;
      core.setDescriptor(ldt.tss, encodeDescriptor(address.otherTss32, 0x67, 0x8b));
      core.setDescriptor(gdt.absentTss, encodeDescriptor(address.otherTss32, 0x67, 0x0b));
      core.write(address.tss32, 4, link);
      assert.equal(
        attempt(core, () => interruptReturn(core, 32, next)),
        outcome,
      );
    });
  }

  it('to ring 3 changes the ring', () => {
    const core = protectedCore();
    writeTask(core, { cs: gdt.code3 | 3, ss: gdt.data3 | 3, ds: gdt.data3 });
    jump(core);
    assert.equal(core.state.cpl, 3);
    assert.deepEqual(core.rings, ['0→3']);
  });

  it('to a virtual-8086 task', () => {
    const core = protectedCore();
    writeTask(core, { cs: 0x1234, ss: 0x2345, ds: 0x3456, eflags: Eflags.vm });
    jump(core);
    assert.equal(core.state.cpl, 3);
    assert.deepEqual(core.state.segment(Segment.cs), {
      selector: 0x1234,
      base: 0x12340,
      limit: 0xffff,
      attributes: 0xf3,
    });
  });

  it('loads CR3 when paging is on, and not when it is off', () => {
    const core = protectedCore();
    writeTask(core, { cr3: 0x30000 });
    jump(core);
    assert.equal(core.state.get('cr3'), 0);
    const paged = protectedCore();
    enablePaging(paged);
    for (let offset = 0; offset < 0x1000; offset += 4) paged.write(0x30000 + offset, 4, paged.read(0x1f000 + offset));
    writeTask(paged, { cr3: 0x30000 });
    jump(paged);
    assert.equal(paged.state.get('cr3'), 0x30000);
  });

  it('notes a debug trap for T, and ends local breakpoints', () => {
    const core = protectedCore();
    writeTask(core, { trap: 1 });
    core.state.set('dr7', 0x7ff);
    jump(core);
    assert.equal(core.state.get('pendingDebugTraps'), Dr6.bt);
    assert.equal(core.state.get('dr7'), 0x6aa);
  });

  it('to a 16-bit task: ones in the high halves, FS and GS null', () => {
    const core = protectedCore();
    const base = address.otherTss16;
    core.write(base + 0x0e, 2, entry);
    core.write(base + 0x10, 2, Eflags.cf);
    for (let index = 0; index < 8; index++) core.write(base + 0x12 + index * 2, 2, 0x1000 + index);
    [gdt.data0, gdt.code0, gdt.data0, gdt.data0].forEach((selector, index) =>
      core.write(base + 0x22 + index * 2, 2, selector),
    );
    farJump(core, gdt.otherTss16, 0, 32, next);
    assert.equal(core.state.eip, entry);
    assert.equal(core.state.eflags, Eflags.cf | Eflags.reserved1);
    assert.equal(core.state.gpr(Gpr.edi) >>> 0, 0xffff1007);
    assert.equal(core.state.selector(Segment.fs), 0);
  });

  it('from a 16-bit task saves words', () => {
    const core = protectedCore();
    core.force(Segment.tr, gdt.tss16);
    writeTask(core);
    core.state.setGpr(Gpr.ecx, 0x12345678);
    farJump(core, gdt.otherTss32, 0, 32, 0xabcd6007);
    assert.equal(core.read(address.tss16 + 0x0e, 2), 0x6007);
    assert.equal(core.read(address.tss16 + 0x14, 2), 0x5678);
    assert.equal(core.read(address.tss16 + 0x24, 2), gdt.code0);
    assert.equal(core.descriptorAccess(gdt.tss16), 0x81);
  });
});

describe('faults in the new task (table 7-1)', () => {
  const rows: readonly (readonly [name: string, task: Task, outcome: string])[] = [
    ['LDT that is data', { ldt: gdt.data0 }, '#TS(0x10)'],
    ['LDT that is local', { ldt: ldt.data0 }, '#TS(0xc)'],
    ['LDT that is absent', { ldt: gdt.absentLdt }, '#TS(0x98)'],
    ['null CS', { cs: 0 }, '#TS(0x0)'],
    ['CS beyond', { cs: gdt.beyond }, '#TS(0x108)'],
    ['CS that is data', { cs: gdt.data0 }, '#TS(0x10)'],
    ['CS with another RPL', { cs: gdt.code0 | 3 }, '#TS(0x8)'],
    ['CS absent', { cs: gdt.absentCode0 }, '#NP(0x70)'],
    ['null SS', { ss: 0 }, '#TS(0x0)'],
    ['SS of another ring', { ss: gdt.data3 | 3 }, '#TS(0x40)'],
    ['SS read-only', { ss: gdt.readOnly0 }, '#TS(0x60)'],
    ['SS absent', { ss: gdt.absentData0 }, '#SS(0x68)'],
    ['DS execute-only', { ds: gdt.executeOnly0 }, '#TS(0x58)'],
    ['DS beyond', { ds: gdt.beyond }, '#TS(0x108)'],
    ['GS absent', { gs: gdt.absentData0 }, '#NP(0x68)'],
    ['DS of an inner ring', { cs: gdt.code3 | 3, ss: gdt.data3 | 3, ds: gdt.data0 }, '#TS(0x10)'],
    ['EIP beyond CS', { cs: gdt.shortCode0, eip: 0x1000 }, '#GP(0x0)'],
  ];
  for (const [name, task, outcome] of rows) {
    it(`${name}: ${outcome}`, () => {
      const core = protectedCore();
      writeTask(core, task);
      assert.equal(
        faultOf(() => jump(core)),
        outcome,
      );
      assert.equal(core.state.selector(Segment.tr), gdt.otherTss32, 'the switch is made');
      assert.equal(core.state.eip, task.eip ?? entry, 'the fault is the first instruction’s');
    });
  }

  function faultOf(operation: () => void): string {
    try {
      operation();
      return 'ok';
    } catch (fault) {
      if (!(fault instanceof CpuException)) throw fault;
      return outcomeName(fault.vector, fault.errorCode);
    }
  }

  it('names an old TSS that is too small', () => {
    const core = protectedCore();
    writeTask(core);
    core.state.setSegment(Segment.tr, { ...core.state.segment(Segment.tr), limit: 0x66 });
    assert.equal(
      attempt(core, () => jump(core)),
      '#TS(0xa0)',
    );
  });
});

describe('task gates of the IDT', () => {
  it('push the error code on the new stack and return by IRET', () => {
    const core = protectedCore();
    writeTask(core);
    core.setGate(13, taskGate(gdt.otherTss32));
    deliverException(core, new CpuException(13, 0x18));
    assert.equal(core.state.eip, entry);
    assert.equal(core.state.stackPointer, 0x8000 - 4);
    assert.equal(core.stack(1)[0], 0x18);
    assert.equal(core.state.eflags & Eflags.nt, Eflags.nt);
    assert.equal(core.read(address.tss32 + 0x20), address.code, 'the faulting instruction');
    assert.equal(core.read(address.tss32 + 0x24) & Eflags.rf, Eflags.rf);
    core.state.stackPointer += 4;
    interruptReturn(core, 32, entry + 1);
    assert.equal(core.state.eip, address.code);
  });

  it('give EXT to faults of the new task', () => {
    const core = protectedCore();
    writeTask(core, { ss: gdt.readOnly0 });
    core.setGate(0x30, taskGate(gdt.otherTss32));
    assert.throws(
      () => deliverEvent(core, { vector: 0x30, kind: 'external', errorCode: undefined, returnEip: next }),
      new CpuException(10, gdt.readOnly0 | 1),
    );
  });

  it('make a double-fault handler that survives a broken stack', () => {
    const core = protectedCore();
    writeTask(core);
    core.setGate(8, taskGate(gdt.otherTss32));
    core.force(Segment.ss, gdt.shortStack0);
    core.state.stackPointer = 0;
    deliverException(core, new CpuException(13, 0));
    assert.deepEqual(core.raised, ['#GP(0x0)', '#DF(0x0)']);
    assert.equal(core.state.selector(Segment.tr), gdt.otherTss32);
    assert.equal(core.stack(1)[0], 0);
  });
});
