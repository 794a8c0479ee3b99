// Delivery of interrupts and exceptions: SDM Vol. 3A §6.12–6.15, Vol. 2 "INT n".

import assert from 'node:assert/strict';
import type { EventKind } from '../../../../src/cpu/core';
import { CpuException } from '../../../../src/cpu/registers/fault';
import { deliverEvent, deliverException, softwareInterrupt } from '../../../../src/cpu/privileged/transfers/interrupts';
import { encodeGate, SystemType } from '../../../../src/isa/descriptors';
import { Vector } from '../../../../src/isa/exceptions';
import { Eflags } from '../../../../src/isa/flags';
import { Gpr, Segment } from '../../../../src/isa/registers';
import { Activity, Shadow } from '../../../../src/isa/state';
import { SoftwareInterrupt } from '../../../../src/semantics/helpers';
import {
  absent,
  address,
  attempt,
  enablePaging,
  gdt,
  interruptGate,
  ldt,
  protectedCore,
  taskGate,
  TestCore,
  trapGate,
  unmap,
} from '../protectedCore';

const handler = 0x7000;
const next = 0x6002;
const vector = 0x30;

const deliver = (core: TestCore, kind: EventKind, errorCode?: number): void =>
  deliverEvent(core, { vector, kind, errorCode, returnEip: next });

describe('gates of the IDT', () => {
  type Gate = ReturnType<typeof interruptGate>;
  const rows: readonly (readonly [name: string, gate: Gate, cpl: number, kind: EventKind, outcome: string])[] = [
    ['DPL 0', interruptGate(gdt.code0, handler), 0, 'softwareInterrupt', 'ok'],
    ['DPL 0', interruptGate(gdt.code0, handler), 3, 'softwareInterrupt', '#GP(0x182)'],
    ['DPL 2', interruptGate(gdt.code0, handler, 2), 3, 'softwareInterrupt', '#GP(0x182)'],
    ['DPL 3', interruptGate(gdt.code0, handler, 3), 3, 'softwareInterrupt', 'ok'],
    ['DPL 0', interruptGate(gdt.code0, handler), 3, 'softwareException', '#GP(0x182)'],
    ['DPL 0', interruptGate(gdt.code0, handler), 3, 'privilegedSoftwareException', 'ok'],
    ['DPL 0', interruptGate(gdt.code0, handler), 3, 'external', 'ok'],
    ['DPL 0', interruptGate(gdt.code0, handler), 3, 'exception', 'ok'],
    ['DPL 0', interruptGate(gdt.code0, handler), 3, 'nmi', 'ok'],
    ['absent', absent(interruptGate(gdt.code0, handler)), 0, 'softwareInterrupt', '#NP(0x182)'],
    ['absent', absent(interruptGate(gdt.code0, handler)), 0, 'external', '#NP(0x183)'],
    ['absent, DPL 0', absent(interruptGate(gdt.code0, handler)), 3, 'softwareInterrupt', '#GP(0x182)'],
    ['empty', { low: 0, high: 0 }, 0, 'softwareInterrupt', '#GP(0x182)'],
    ['empty', { low: 0, high: 0 }, 0, 'external', '#GP(0x183)'],
    ['a call gate', encodeGate(gdt.code0, handler, SystemType.callGate32, 3), 0, 'external', '#GP(0x183)'],
    ['null code', interruptGate(0, handler, 3), 0, 'softwareInterrupt', '#GP(0x0)'],
    ['null code', interruptGate(0, handler, 3), 0, 'external', '#GP(0x1)'],
    ['code beyond', interruptGate(gdt.beyond, handler, 3), 0, 'external', '#GP(0x109)'],
    ['data', interruptGate(gdt.data0, handler, 3), 0, 'softwareInterrupt', '#GP(0x10)'],
    ['absent code', interruptGate(gdt.absentCode0, handler, 3), 0, 'external', '#NP(0x71)'],
    ['outer code', interruptGate(gdt.code3, handler, 3), 0, 'softwareInterrupt', '#GP(0x38)'],
    ['outer conforming', interruptGate(gdt.conforming3, handler, 3), 0, 'softwareInterrupt', '#GP(0x50)'],
    ['inner conforming', interruptGate(gdt.conforming0, handler, 3), 3, 'softwareInterrupt', 'ok'],
    ['local code', interruptGate(ldt.code0, handler, 3), 3, 'softwareInterrupt', 'ok'],
    ['offset beyond the code', interruptGate(gdt.shortCode0, 0x1000, 3), 0, 'softwareInterrupt', '#GP(0x0)'],
    ['offset beyond the code', interruptGate(gdt.shortCode0, 0x1000, 3), 3, 'external', '#GP(0x1)'],
    ['a task gate with a local TSS', taskGate(ldt.tss, 3), 0, 'softwareInterrupt', '#GP(0x1c)'],
    ['a task gate with a busy TSS', taskGate(gdt.tss32, 3), 0, 'external', '#GP(0xa1)'],
    ['a task gate with an absent TSS', taskGate(gdt.absentTss, 3), 0, 'external', '#NP(0xc1)'],
    ['a task gate with a short TSS', taskGate(gdt.shortTss, 3), 0, 'external', '#TS(0xc9)'],
    ['a task gate of DPL 0', taskGate(gdt.otherTss32), 3, 'softwareInterrupt', '#GP(0x182)'],
  ];
  for (const [name, gate, cpl, kind, outcome] of rows) {
    it(`${name}, CPL ${cpl}, ${kind}: ${outcome}`, () => {
      const core = protectedCore().enterRing(cpl);
      core.setGate(vector, gate);
      assert.equal(
        attempt(core, () => deliver(core, kind)),
        outcome,
      );
      if (outcome === 'ok') assert.equal(core.state.eip, handler);
    });
  }

  it('beyond the IDT: #GP of the vector', () => {
    const core = protectedCore();
    core.state.set('idtrLimit', vector * 8 + 6);
    core.setGate(vector, interruptGate(gdt.code0, handler));
    assert.equal(
      attempt(core, () => deliver(core, 'softwareInterrupt')),
      '#GP(0x182)',
    );
  });
});

describe('DR7.GD', () => {
  const gd = 1 << 13;
  const cases: readonly (readonly [kind: EventKind, vector: number, kept: number])[] = [
    ['exception', Vector.debug, 0],
    ['softwareInterrupt', Vector.debug, gd],
    ['exception', Vector.invalidOpcode, gd],
  ];
  for (const [kind, number, kept] of cases)
    it(`after ${kind} ${number} is ${kept ? 'as it was' : 'clear'}`, () => {
      const core = protectedCore();
      core.setGate(number, interruptGate(gdt.code0, handler));
      core.state.dr7 = gd;
      deliverEvent(core, { vector: number, kind, errorCode: undefined, returnEip: next });
      assert.equal(core.state.dr7 & gd, kept);
    });
});

describe('frames', () => {
  it('in the same ring: error code, EIP, CS, EFLAGS', () => {
    const core = protectedCore();
    core.setGate(vector, interruptGate(gdt.code0, handler));
    core.state.eflags = Eflags.if | Eflags.cf;
    deliver(core, 'external', 0x55);
    assert.deepEqual(core.stack(4), [0x55, next, gdt.code0, 0x203]);
    assert.equal(core.state.stackPointer, address.stacks[0] - 16);
    assert.deepEqual(core.rings, []);
  });

  it('from an outer ring: SS and ESP too, on the stack of the TSS', () => {
    const core = protectedCore().enterRing(3);
    core.setGate(vector, interruptGate(gdt.code0, handler));
    core.state.eflags = Eflags.if;
    deliver(core, 'external');
    assert.deepEqual(core.stack(5), [next, gdt.code3 | 3, 0x202, address.stacks[3], gdt.data3 | 3]);
    assert.equal(core.state.stackPointer, address.stacks[0] - 20);
    assert.equal(core.state.selector(Segment.ss), gdt.data0);
    assert.equal(core.state.selector(Segment.cs), gdt.code0);
    assert.equal(core.state.selector(Segment.ds), gdt.data3 | 3);
    assert.deepEqual(core.rings, ['3→0']);
    assert.deepEqual(core.delivered, [
      {
        vector,
        kind: 'external',
        errorCode: undefined,
        returnSelector: gdt.code3 | 3,
        returnEip: next,
        returnLinear: next,
        fromCpl: 3,
        toCpl: 0,
        frame: address.stacks[0] - 20,
      },
    ]);
  });

  it('to ring 1: on its own stack', () => {
    const core = protectedCore().enterRing(3);
    core.setGate(vector, interruptGate(gdt.code1, handler, 3));
    deliver(core, 'softwareInterrupt');
    assert.equal(core.state.selector(Segment.cs), gdt.code1 | 1);
    assert.equal(core.state.selector(Segment.ss), gdt.data1 | 1);
    assert.equal(core.state.stackPointer, address.stacks[1] - 20);
  });

  for (const [name, type, kept] of [
    ['interrupt gate of 16 bits', SystemType.interruptGate16, 0],
    ['interrupt gate of 32 bits', SystemType.interruptGate32, 0],
    ['trap gate of 16 bits', SystemType.trapGate16, Eflags.if],
    ['trap gate of 32 bits', SystemType.trapGate32, Eflags.if],
  ] as const)
    it(`by an ${name}: TF, NT and RF are cleared${kept ? '' : ', and IF'}`, () => {
      for (const cpl of [0, 3]) {
        const core = protectedCore().enterRing(cpl);
        core.setGate(vector, encodeGate(gdt.code0, handler, type, 3));
        core.state.eflags = Eflags.if | Eflags.tf | Eflags.nt | Eflags.rf | Eflags.ac;
        deliver(core, 'softwareInterrupt');
        assert.equal(core.state.eflags, kept | Eflags.ac | Eflags.reserved1);
      }
    });

  it('of a 16-bit gate: words', () => {
    const core = protectedCore().enterRing(3);
    core.setGate(vector, encodeGate(gdt.code0, 0xdead0000 | handler, SystemType.trapGate16, 3));
    deliver(core, 'exception', 0x12345);
    assert.deepEqual(core.stack(6, 2), [0x2345, next, gdt.code3 | 3, 0x0002, address.stacks[3], gdt.data3 | 3]);
    assert.equal(core.state.eip, handler);
  });

  it('from virtual-8086 mode: GS, FS, DS, ES below SS, which are null afterwards', () => {
    const core = protectedCore().enterVirtual8086();
    core.setGate(vector, interruptGate(gdt.code0, handler));
    deliver(core, 'external');
    assert.deepEqual(core.stack(9), [next, 0x101, 0x20002, 0x800, 0x102, 0x100, 0x103, 0x104, 0x105]);
    for (const segment of [Segment.ds, Segment.es, Segment.fs, Segment.gs]) {
      assert.equal(core.state.selector(segment), 0);
    }
    assert.equal(core.state.virtual8086, false);
    assert.deepEqual(core.rings, ['3→0']);
  });

  for (const [name, selector, outcome] of [
    ['ring 1', gdt.code1, '#GP(0x19)'],
    ['ring 3', gdt.code3, '#GP(0x39)'],
    ['conforming code', gdt.conforming0, '#GP(0x49)'],
  ] as const) {
    it(`from virtual-8086 mode to ${name}: ${outcome}`, () => {
      const core = protectedCore().enterVirtual8086();
      core.setGate(vector, interruptGate(selector, handler));
      assert.equal(
        attempt(core, () => deliver(core, 'external')),
        outcome,
      );
    });
  }

  it('in real mode: FLAGS, CS, IP', () => {
    const core = new TestCore();
    core.state.setGpr(Gpr.esp, 0x8000);
    core.write(vector * 4, 4, 0x12345678);
    core.state.eflags = Eflags.if | Eflags.tf | Eflags.ac;
    deliver(core, 'softwareInterrupt', undefined);
    assert.deepEqual(core.stack(3, 2), [next, 0xf000, 0x0302]);
    assert.equal(core.state.selector(Segment.cs), 0x1234);
    assert.equal(core.state.base(Segment.cs), 0x12340);
    assert.equal(core.state.eip, 0x5678);
    assert.equal(core.state.eflags, 2);
  });

  it('in real mode: nothing beyond the IDT', () => {
    const core = new TestCore();
    core.state.setGpr(Gpr.esp, 0x8000);
    core.state.set('idtrLimit', vector * 4 + 2);
    assert.equal(
      attempt(core, () => deliver(core, 'external')),
      '#GP(0x0)',
    );
  });
});

describe('flags on entry', () => {
  const all = Eflags.if | Eflags.tf | Eflags.nt | Eflags.rf | Eflags.ac | Eflags.cf | Eflags.df;
  it('an interrupt gate clears IF, TF, NT and RF', () => {
    const core = protectedCore();
    core.setGate(vector, interruptGate(gdt.code0, handler));
    core.state.eflags = all;
    deliver(core, 'external');
    assert.equal(core.state.eflags, Eflags.ac | Eflags.cf | Eflags.df | Eflags.reserved1);
    assert.equal(core.stack(3)[2], all | Eflags.reserved1);
  });

  it('a trap gate leaves IF', () => {
    const core = protectedCore();
    core.setGate(vector, trapGate(gdt.code0, handler));
    core.state.eflags = all;
    deliver(core, 'external');
    assert.equal(core.state.eflags, Eflags.if | Eflags.ac | Eflags.cf | Eflags.df | Eflags.reserved1);
  });

  const resumeCases: readonly (readonly [vector: number, kind: EventKind, rf: boolean])[] = [
    [Vector.generalProtection, 'exception', true],
    [Vector.invalidOpcode, 'exception', true],
    [Vector.pageFault, 'exception', true],
    [Vector.debug, 'exception', false],
    [Vector.doubleFault, 'exception', false],
    [Vector.breakpoint, 'softwareException', false],
    [Vector.generalProtection, 'softwareInterrupt', false],
    [Vector.generalProtection, 'external', false],
  ];
  for (const [event, kind, rf] of resumeCases) {
    it(`RF in the image of ${kind} ${event}: ${rf}`, () => {
      const core = protectedCore();
      core.setGate(event, interruptGate(gdt.code0, handler));
      deliverEvent(core, { vector: event, kind, errorCode: undefined, returnEip: next });
      assert.equal((core.stack(3)[2] & Eflags.rf) !== 0, rf);
    });
  }

  it('#DB clears DR7.GD; delivery ends HLT and the interrupt shadow', () => {
    const core = protectedCore();
    core.setGate(Vector.debug, interruptGate(gdt.code0, handler));
    core.state.set('dr7', 0x2400);
    core.state.set('activity', Activity.halted);
    core.state.set('interruptShadow', Shadow.sti);
    deliverException(core, new CpuException(Vector.debug));
    assert.equal(core.state.get('dr7'), 0x400);
    assert.equal(core.state.get('activity'), Activity.active);
    assert.equal(core.state.get('interruptShadow'), Shadow.none);
  });
});

describe('inner stacks of interrupts', () => {
  const rows: readonly (readonly [name: string, selector: number, kind: EventKind, outcome: string])[] = [
    ['null', 0, 'softwareInterrupt', '#TS(0x0)'],
    ['null', 0, 'external', '#TS(0x1)'],
    ['wrong ring', gdt.data1 | 1, 'softwareInterrupt', '#TS(0x20)'],
    ['wrong RPL', gdt.data0 | 1, 'external', '#TS(0x11)'],
    ['read-only', gdt.readOnly0, 'external', '#TS(0x61)'],
    ['beyond', gdt.beyond, 'external', '#TS(0x109)'],
    ['absent', gdt.absentData0, 'external', '#SS(0x69)'],
    ['absent', gdt.absentData0, 'softwareInterrupt', '#SS(0x68)'],
    ['short', gdt.shortStack0, 'softwareInterrupt', '#SS(0x80)'],
    ['short', gdt.shortStack0, 'external', '#SS(0x81)'],
  ];
  for (const [name, selector, kind, outcome] of rows) {
    it(`${name}, ${kind}: ${outcome}`, () => {
      const core = protectedCore().enterRing(3);
      core.setGate(vector, interruptGate(gdt.code0, handler, 3));
      core.write(address.tss32 + 8, 4, selector);
      core.write(address.tss32 + 4, 4, 16);
      assert.equal(
        attempt(core, () => deliver(core, kind)),
        outcome,
      );
    });
  }

  it('no room on the current stack: #SS(EXT)', () => {
    const core = protectedCore();
    core.setGate(vector, interruptGate(gdt.code0, handler, 3));
    core.force(Segment.ss, gdt.shortStack0);
    core.state.stackPointer = 8;
    assert.equal(
      attempt(core, () => deliver(core, 'external')),
      '#SS(0x1)',
    );
    assert.equal(
      attempt(core, () => deliver(core, 'softwareInterrupt')),
      '#SS(0x0)',
    );
  });

  it('a TSS too small: #TS of the TSS', () => {
    const core = protectedCore().enterRing(3);
    core.setGate(vector, interruptGate(gdt.code0, handler));
    core.state.setSegment(Segment.tr, { ...core.state.segment(Segment.tr), limit: 8 });
    assert.equal(
      attempt(core, () => deliver(core, 'external')),
      '#TS(0xa1)',
    );
  });

  it('a frame over the edge of a mapped page leaves no trace', () => {
    const core = protectedCore().enterRing(3);
    enablePaging(core);
    core.setGate(vector, interruptGate(gdt.code0, handler));
    core.write(address.tss32 + 4, 4, 0x8008);
    unmap(core, 0x7000);
    assert.equal(
      attempt(core, () => deliver(core, 'external')),
      '#PF(0x2)',
    );
    assert.equal(core.state.get('cr2'), 0x7ffc);
  });
});

describe('software interrupts', () => {
  const { intN, int3, into, int1 } = SoftwareInterrupt;
  for (const [name, kind, outcome] of [
    ['INT n', intN, '#GP(0x182)'],
    ['INT3', int3, '#GP(0x182)'],
    ['INTO', into, '#GP(0x182)'],
    ['INT1', int1, 'ok'],
  ] as const) {
    it(`${name} through a gate of DPL 0 at CPL 3: ${outcome}`, () => {
      const core = protectedCore().enterRing(3);
      core.setGate(vector, interruptGate(gdt.code0, handler));
      assert.equal(
        attempt(core, () => softwareInterrupt(core, vector, kind, next)),
        outcome,
      );
      if (outcome === 'ok') assert.equal(core.stack(1)[0], next);
    });
  }
});

describe('exceptions during delivery (table 6-5)', () => {
  const good = interruptGate(gdt.code0, handler);
  const bad = { low: 0, high: 0 };
  const gone = absent(good);

  it('a fault in delivering #UD is delivered by itself, with EXT', () => {
    const core = protectedCore();
    core.setGate(Vector.segmentNotPresent, good);
    core.setGate(Vector.invalidOpcode, gone);
    deliverException(core, new CpuException(Vector.invalidOpcode));
    assert.deepEqual(core.raised, ['#UD', '#NP(0x33)']);
    assert.deepEqual(core.stack(3), [0x33, address.code, gdt.code0]);
  });

  it('contributory after contributory is a double fault', () => {
    const core = protectedCore();
    core.setGate(Vector.generalProtection, gone);
    core.setGate(Vector.segmentNotPresent, good);
    core.setGate(Vector.doubleFault, good);
    deliverException(core, new CpuException(Vector.generalProtection, 0x18));
    assert.deepEqual(core.raised, ['#GP(0x18)', '#DF(0x0)']);
    assert.deepEqual(core.stack(3), [0, address.code, gdt.code0]);
  });

  it('a page fault after contributory is delivered', () => {
    const core = protectedCore().enterRing(3);
    enablePaging(core);
    core.setGate(Vector.generalProtection, interruptGate(gdt.code1, handler));
    core.setGate(Vector.pageFault, good);
    unmap(core, address.stacks[1] - 4);
    // ring 0 must not be on the same page
    core.write(address.tss32 + 4, 4, 0xd000);
    deliverException(core, new CpuException(Vector.generalProtection, 0));
    assert.deepEqual(core.raised, ['#GP(0x0)', '#PF(0x2)']);
    assert.equal(core.state.cpl, 0);
  });

  it('anything but benign after a page fault is a double fault', () => {
    const core = protectedCore();
    core.setGate(Vector.pageFault, gone);
    core.setGate(Vector.doubleFault, good);
    deliverException(core, new CpuException(Vector.pageFault, 2));
    assert.deepEqual(core.raised, ['#PF(0x2)', '#DF(0x0)']);
  });

  it('a fault in delivering a double fault shuts down', () => {
    const core = protectedCore();
    core.setGate(Vector.doubleFault, bad);
    const memory = core.memory.physical.bytes.slice();
    deliverException(core, new CpuException(Vector.generalProtection, 0));
    assert.equal(core.state.get('activity'), Activity.shutdown);
    assert.deepEqual(core.tripleFault, [Vector.generalProtection, Vector.generalProtection]);
    assert.deepEqual(core.delivered, []);
    assert.ok(Buffer.compare(memory, core.memory.physical.bytes) === 0);
  });

  it('in real mode too', () => {
    const core = new TestCore();
    core.state.set('idtrLimit', 3);
    deliverException(core, new CpuException(Vector.invalidOpcode));
    assert.deepEqual(core.raised, ['#UD', '#GP(0x0)', '#DF(0x0)']);
    assert.deepEqual(core.tripleFault, [Vector.invalidOpcode, Vector.generalProtection]);
  });
});
