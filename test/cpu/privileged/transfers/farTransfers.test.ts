// Far JMP, CALL and RET: SDM Vol. 3A §5.8, Vol. 2 "JMP", "CALL", "RET".

import assert from 'node:assert/strict';
import { farReturn } from '../../../../src/cpu/privileged/transfers/farReturn';
import { farCall, farJump } from '../../../../src/cpu/privileged/transfers/farTransfers';
import { encodeGate, SystemType } from '../../../../src/isa/descriptors';
import { Gpr, Segment } from '../../../../src/isa/registers';
import {
  absent,
  address,
  attempt,
  enablePaging,
  gdt,
  ldt,
  protectedCore,
  taskGate,
  TestCore,
  unmap,
} from '../protectedCore';

const target = 0x7000;
const next = 0x6007;
const jump = (core: TestCore, selector: number, offset = target): void => farJump(core, selector, offset, 32, next);
const call = (core: TestCore, selector: number, offset = target): void => farCall(core, selector, offset, 32, next);
const callGate = (selector: number, dpl: number, parameters = 0): ReturnType<typeof encodeGate> =>
  encodeGate(selector, target, SystemType.callGate32, dpl, parameters);

describe('far JMP and CALL to a code segment', () => {
  const cases: readonly (readonly [name: string, cpl: number, selector: number, outcome: string])[] = [
    ['null', 0, 0, '#GP(0x0)'],
    ['null with RPL', 0, 3, '#GP(0x0)'],
    ['beyond the GDT', 0, gdt.beyond, '#GP(0x108)'],
    ['beyond the LDT', 0, ldt.beyond, '#GP(0x24)'],
    ['own ring', 0, gdt.code0, 'ok'],
    ['own ring in the LDT', 0, ldt.code0, 'ok'],
    ['own ring, RPL lower', 3, gdt.code3, 'ok'],
    ['own ring, RPL higher', 0, gdt.code0 | 1, '#GP(0x8)'],
    ['outer ring', 0, gdt.code3, '#GP(0x38)'],
    ['inner ring', 3, gdt.code0, '#GP(0x8)'],
    ['conforming, inner', 3, gdt.conforming0 | 3, 'ok'],
    ['conforming, outer', 0, gdt.conforming3, '#GP(0x50)'],
    ['data', 0, gdt.data0, '#GP(0x10)'],
    ['an LDT', 0, gdt.ldt, '#GP(0x90)'],
    ['absent', 0, gdt.absentCode0, '#NP(0x70)'],
    ['a busy TSS', 0, gdt.tss32, '#GP(0xa0)'],
  ];
  for (const [name, cpl, selector, outcome] of cases) {
    for (const [kind, transfer] of [
      ['JMP', jump],
      ['CALL', call],
    ] as const) {
      it(`${kind} ${name} at CPL ${cpl}: ${outcome}`, () => {
        const core = protectedCore().enterRing(cpl);
        assert.equal(
          attempt(core, () => transfer(core, selector)),
          outcome,
        );
        if (outcome !== 'ok') return;
        assert.equal(core.state.selector(Segment.cs), (selector & ~3) | cpl);
        assert.equal(core.state.cpl, cpl);
        assert.equal(core.state.eip, target);
        assert.deepEqual(core.rings, []);
      });
    }
  }

  it('keep within the target segment', () => {
    const core = protectedCore();
    assert.equal(
      attempt(core, () => jump(core, gdt.shortCode0, 0x1000)),
      '#GP(0x0)',
    );
    assert.equal(
      attempt(core, () => jump(core, gdt.shortCode0, 0xfff)),
      'ok',
    );
  });

  it('push CS and EIP, by operand size', () => {
    const wide = protectedCore();
    farCall(wide, gdt.code0, 0x12345678, 32, 0xabcd6007);
    assert.deepEqual(wide.stack(2), [0xabcd6007, gdt.code0]);
    assert.equal(wide.state.eip, 0x12345678);
    const narrow = protectedCore();
    farCall(narrow, gdt.code0, 0x12345678, 16, 0xabcd6007);
    assert.deepEqual(narrow.stack(2, 2), [0x6007, gdt.code0]);
    assert.equal(narrow.state.eip, 0x5678);
    assert.equal(narrow.state.stackPointer, address.stacks[0] - 4);
  });

  it('fault on a stack without room: #SS(0)', () => {
    const core = protectedCore();
    core.force(Segment.ss, gdt.shortStack0);
    core.state.stackPointer = 6;
    assert.equal(
      attempt(core, () => call(core, gdt.code0)),
      '#SS(0x0)',
    );
  });

  it('fault on an unmapped stack and leave no trace', () => {
    const core = protectedCore();
    enablePaging(core);
    core.state.stackPointer = 0x7004;
    unmap(core, 0x6000);
    assert.equal(
      attempt(core, () => call(core, gdt.code0)),
      '#PF(0x2)',
    );
    assert.equal(core.state.get('cr2'), 0x6ffc);
  });

  it('in real mode change the base alone', () => {
    const core = new TestCore();
    core.state.setRealModeSegment(Segment.cs, 0x100);
    core.state.setGpr(Gpr.esp, 0x12340000);
    farCall(core, 0x200, 0x10, 16, 0x55);
    assert.equal(core.state.base(Segment.cs), 0x2000);
    assert.equal(core.state.gpr(Gpr.esp), 0x1234fffc);
    assert.deepEqual(core.stack(2, 2), [0x55, 0x100]);
    assert.equal(
      attempt(core, () => farJump(core, 0x200, 0x10000, 32, 0)),
      '#GP(0x0)',
    );
  });
});

/** Of a segment that a gate leads to; conforming code runs in the caller's. */
const ringOf = (code: number): number => (code === gdt.code0 ? 0 : code === gdt.code1 ? 1 : 3);

describe('call gates', () => {
  type Kind = 'JMP' | 'CALL';
  const cases: readonly (readonly [
    kind: Kind,
    cpl: number,
    dpl: number,
    rpl: number,
    code: number,
    outcome: string,
  ])[] = [
    ['CALL', 0, 0, 0, gdt.code0, 'ok'],
    ['CALL', 3, 3, 3, gdt.code0, 'ok'],
    ['CALL', 3, 0, 3, gdt.code0, '#GP(0xd0)'],
    ['CALL', 3, 0, 0, gdt.code0, '#GP(0xd0)'],
    ['CALL', 1, 1, 3, gdt.code0, '#GP(0xd0)'],
    ['CALL', 3, 3, 3, gdt.code1, 'ok'],
    ['CALL', 3, 3, 3, gdt.code3, 'ok'],
    ['CALL', 0, 3, 0, gdt.code3, '#GP(0x38)'],
    ['CALL', 3, 3, 3, gdt.conforming0, 'ok'],
    ['CALL', 0, 3, 0, gdt.conforming3, '#GP(0x50)'],
    ['CALL', 3, 3, 3, gdt.data0, '#GP(0x10)'],
    ['CALL', 3, 3, 3, 0, '#GP(0x0)'],
    ['CALL', 3, 3, 3, gdt.beyond, '#GP(0x108)'],
    ['CALL', 3, 3, 3, gdt.absentCode0, '#NP(0x70)'],
    ['CALL', 3, 3, 3, gdt.tss32, '#GP(0xa0)'],
    ['JMP', 3, 3, 3, gdt.code0, '#GP(0x8)'],
    ['JMP', 3, 3, 3, gdt.code3, 'ok'],
    ['JMP', 3, 3, 3, gdt.conforming0, 'ok'],
    ['JMP', 0, 0, 0, gdt.code0, 'ok'],
    ['JMP', 3, 0, 3, gdt.code3, '#GP(0xd0)'],
  ];
  for (const [kind, cpl, dpl, rpl, code, outcome] of cases) {
    it(`${kind} at CPL ${cpl}, gate DPL ${dpl} RPL ${rpl} to 0x${code.toString(16)}: ${outcome}`, () => {
      const core = protectedCore().enterRing(cpl);
      core.setDescriptor(gdt.gate, callGate(code, dpl));
      const transfer = kind === 'JMP' ? jump : call;
      assert.equal(
        attempt(core, () => transfer(core, gdt.gate | rpl, 0xdead)),
        outcome,
      );
      if (outcome !== 'ok') return;
      assert.equal(core.state.eip, target);
      assert.equal(core.state.cpl, Math.min(cpl, ringOf(code)));
    });
  }

  it('to the same ring push CS and EIP for CALL, nothing for JMP', () => {
    const core = protectedCore();
    core.setDescriptor(gdt.gate, callGate(gdt.code0, 0));
    jump(core, gdt.gate);
    assert.equal(core.state.stackPointer, address.stacks[0]);
    call(core, gdt.gate);
    assert.equal(core.state.stackPointer, address.stacks[0] - 8);
    assert.deepEqual(core.stack(2), [next, gdt.code0]);
  });

  it('are absent with #NP of the gate', () => {
    const core = protectedCore();
    core.setDescriptor(gdt.gate, absent(callGate(gdt.code0, 0)));
    assert.equal(
      attempt(core, () => call(core, gdt.gate)),
      '#NP(0xd0)',
    );
  });

  it('switch to the inner stack and copy parameters', () => {
    const core = protectedCore().enterRing(3);
    core.setDescriptor(gdt.gate, callGate(gdt.code0, 3, 2));
    core.pushAll([0x11, 0x22, 0x33]);
    call(core, gdt.gate | 3);
    const { state } = core;
    assert.equal(state.cpl, 0);
    assert.equal(state.selector(Segment.cs), gdt.code0);
    assert.equal(state.selector(Segment.ss), gdt.data0);
    assert.equal(state.stackPointer, address.stacks[0] - 24);
    assert.deepEqual(core.stack(6), [next, gdt.code3 | 3, 0x11, 0x22, address.stacks[3] - 12, gdt.data3 | 3]);
    assert.deepEqual(core.rings, ['3→0']);
  });

  it('of 16 bits push words and use the low half of the offset', () => {
    const core = protectedCore().enterRing(3);
    core.setDescriptor(gdt.gate, encodeGate(gdt.code1, 0xdead7000, SystemType.callGate16, 3, 1));
    core.pushAll([0x1111, 0x2222], 2);
    call(core, gdt.gate | 3);
    assert.equal(core.state.eip, 0x7000);
    assert.equal(core.state.cpl, 1);
    assert.deepEqual(core.stack(5, 2), [next, gdt.code3 | 3, 0x1111, address.stacks[3] - 4, gdt.data3 | 3]);
  });

  it('take 31 parameters', () => {
    const core = protectedCore().enterRing(3);
    core.setDescriptor(gdt.gate, callGate(gdt.code0, 3, 31));
    const parameters = Array.from({ length: 31 }, (_, index) => 0x100 + index);
    core.pushAll(parameters);
    call(core, gdt.gate | 3);
    assert.deepEqual(core.stack(33).slice(2), parameters);
  });

  it('read a 16-bit TSS too', () => {
    const core = protectedCore().enterRing(3);
    core.force(Segment.tr, gdt.tss16);
    core.setDescriptor(gdt.gate, callGate(gdt.code2, 3));
    call(core, gdt.gate | 3);
    assert.equal(core.state.selector(Segment.ss), gdt.data2 | 2);
    assert.equal(core.state.stackPointer, address.stacks[2] - 16);
  });

  const stackCases: readonly (readonly [name: string, selector: number, outcome: string])[] = [
    ['null', 0, '#TS(0x0)'],
    ['of another RPL', gdt.data0 | 3, '#TS(0x10)'],
    ['of another DPL', gdt.data1, '#TS(0x20)'],
    ['read-only', gdt.readOnly0, '#TS(0x60)'],
    ['code', gdt.code0, '#TS(0x8)'],
    ['beyond', gdt.beyond, '#TS(0x108)'],
    ['absent', gdt.absentData0, '#SS(0x68)'],
  ];
  for (const [name, selector, outcome] of stackCases) {
    it(`refuse an inner stack that is ${name}: ${outcome}`, () => {
      const core = protectedCore().enterRing(3);
      core.setDescriptor(gdt.gate, callGate(gdt.code0, 3));
      core.write(address.tss32 + 8, 4, selector);
      assert.equal(
        attempt(core, () => call(core, gdt.gate | 3)),
        outcome,
      );
    });
  }

  it('name the inner stack when it has no room: #SS(selector)', () => {
    const core = protectedCore().enterRing(3);
    core.setDescriptor(gdt.gate, callGate(gdt.code0, 3));
    core.write(address.tss32 + 8, 4, gdt.shortStack0);
    core.write(address.tss32 + 4, 4, 12);
    assert.equal(
      attempt(core, () => call(core, gdt.gate | 3)),
      '#SS(0x80)',
    );
    core.write(address.tss32 + 4, 4, 16);
    assert.equal(
      attempt(core, () => call(core, gdt.gate | 3)),
      'ok',
    );
  });

  it('name the TSS when it has no stack for the ring: #TS(TSS)', () => {
    const core = protectedCore().enterRing(3);
    core.setDescriptor(gdt.gate, callGate(gdt.code2, 3));
    core.state.setSegment(Segment.tr, { ...core.state.segment(Segment.tr), limit: 0x18 });
    assert.equal(
      attempt(core, () => call(core, gdt.gate | 3)),
      '#TS(0xa0)',
    );
    core.state.setSegment(Segment.tr, { ...core.state.segment(Segment.tr), limit: 0x19 });
    assert.equal(
      attempt(core, () => call(core, gdt.gate | 3)),
      'ok',
    );
  });

  it('write the inner stack as a supervisor, and read parameters as a user', () => {
    const core = protectedCore().enterRing(3);
    enablePaging(core);
    core.setDescriptor(gdt.gate, callGate(gdt.code0, 3, 1));
    core.memory.physical.write32(0x20000 + 7 * 4, 0x7000 | 3);
    core.memory.tlb.flush();
    assert.equal(
      attempt(core, () => call(core, gdt.gate | 3)),
      'ok',
    );
    const other = protectedCore().enterRing(3);
    enablePaging(other);
    other.setDescriptor(gdt.gate, callGate(gdt.code0, 3, 1));
    other.memory.physical.write32(0x20000 + 0xb * 4, 0xb000 | 3);
    assert.equal(
      attempt(other, () => call(other, gdt.gate | 3)),
      '#PF(0x5)',
    );
  });
});

describe('far transfers to tasks', () => {
  const cases: readonly (readonly [name: string, cpl: number, selector: number, outcome: string])[] = [
    ['a TSS', 0, gdt.otherTss32, 'ok'],
    ['a TSS of an inner ring', 3, gdt.otherTss32 | 3, '#GP(0xb0)'],
    ['a TSS with too high an RPL', 0, gdt.otherTss32 | 1, '#GP(0xb0)'],
    ['an absent TSS', 0, gdt.absentTss, '#NP(0xc0)'],
    ['a TSS in the LDT', 0, ldt.tss, '#GP(0x1c)'],
    ['a short TSS', 0, gdt.shortTss, '#TS(0xc8)'],
    ['a TSS for ring 3', 3, gdt.tss32Ring3 | 3, 'ok'],
  ];
  for (const [name, cpl, selector, outcome] of cases) {
    it(`${name} at CPL ${cpl}: ${outcome}`, () => {
      const core = protectedCore().enterRing(cpl);
      writeTask(core);
      assert.equal(
        attempt(core, () => jump(core, selector)),
        outcome,
      );
    });
  }

  const gateCases: readonly (readonly [name: string, gateDpl: number, tss: number, outcome: string])[] = [
    ['its DPL allows it', 3, gdt.otherTss32, 'ok'],
    ['its DPL forbids it', 2, gdt.otherTss32, '#GP(0xd0)'],
    ['its TSS is null', 3, 0, '#GP(0x0)'],
    ['its TSS is busy', 3, gdt.tss32, '#GP(0xa0)'],
    ['its TSS is local', 3, ldt.tss, '#GP(0x1c)'],
    ['its TSS is beyond', 3, gdt.beyond, '#GP(0x108)'],
    ['its TSS is absent', 3, gdt.absentTss, '#NP(0xc0)'],
    ['its TSS is short', 3, gdt.shortTss, '#TS(0xc8)'],
  ];
  for (const [name, gateDpl, tss, outcome] of gateCases) {
    it(`a task gate from ring 3 where ${name}: ${outcome}`, () => {
      const core = protectedCore().enterRing(3);
      writeTask(core);
      core.setDescriptor(gdt.gate, taskGate(tss, gateDpl));
      assert.equal(
        attempt(core, () => call(core, gdt.gate | 3)),
        outcome,
      );
    });
  }

  function writeTask(core: TestCore): void {
    core.write(address.otherTss32 + 0x4c, 4, gdt.code0);
    core.write(address.otherTss32 + 0x50, 4, gdt.data0);
  }
});

describe('far RET', () => {
  const cases: readonly (readonly [name: string, cpl: number, selector: number, outcome: string])[] = [
    ['null', 0, 0, '#GP(0x0)'],
    ['beyond', 0, gdt.beyond, '#GP(0x108)'],
    ['own ring', 0, gdt.code0, 'ok'],
    ['data', 0, gdt.data0, '#GP(0x10)'],
    ['absent', 0, gdt.absentCode0, '#NP(0x70)'],
    ['inner RPL', 3, gdt.code0, '#GP(0x8)'],
    ['DPL unlike RPL', 0, gdt.code0 | 3, '#GP(0x8)'],
    ['conforming', 0, gdt.conforming0, 'ok'],
    ['conforming with DPL above RPL', 0, gdt.conforming3, '#GP(0x50)'],
    ['a call gate', 0, gdt.gate, '#GP(0xd0)'],
    ['outer ring', 0, gdt.code3 | 3, 'ok'],
    ['outer ring, conforming', 0, gdt.conforming0 | 3, 'ok'],
  ];
  for (const [name, cpl, selector, outcome] of cases) {
    it(`to ${name} at CPL ${cpl}: ${outcome}`, () => {
      const core = protectedCore().enterRing(cpl);
      core.setDescriptor(gdt.gate, callGate(gdt.code0, 3));
      core.pushAll([target, selector, 0x5000, gdt.data3 | 3]);
      assert.equal(
        attempt(core, () => farReturn(core, 0, 32)),
        outcome,
      );
      if (outcome === 'ok') assert.equal(core.state.selector(Segment.cs), selector);
    });
  }

  const stackCases: readonly (readonly [name: string, selector: number, outcome: string])[] = [
    ['null', 0, '#GP(0x0)'],
    ['null with RPL', 3, '#GP(0x0)'],
    ['of another RPL', gdt.data3, '#GP(0x40)'],
    ['of another ring', gdt.data2 | 3, '#GP(0x30)'],
    ['code', gdt.code3 | 3, '#GP(0x38)'],
    ['absent', gdt.absentStack3 | 3, '#SS(0x100)'],
    ['beyond', gdt.beyond | 3, '#GP(0x108)'],
  ];
  for (const [name, selector, outcome] of stackCases) {
    it(`refuses an outer stack that is ${name}: ${outcome}`, () => {
      const core = protectedCore();
      core.pushAll([target, gdt.code3 | 3, 0x5000, selector]);
      assert.equal(
        attempt(core, () => farReturn(core, 0, 32)),
        outcome,
      );
    });
  }

  it('releases parameters on both stacks', () => {
    const core = protectedCore();
    core.pushAll([target, gdt.code3 | 3, 0x11, 0x22, 0x5000, gdt.data3 | 3]);
    farReturn(core, 8, 32);
    assert.equal(core.state.cpl, 3);
    assert.equal(core.state.eip, target);
    assert.equal(core.state.stackPointer, 0x5008);
    assert.deepEqual(core.rings, ['0→3']);
  });

  it('releases parameters on the same stack', () => {
    const core = protectedCore();
    core.pushAll([target, gdt.code0, 0x11, 0x22]);
    farReturn(core, 8, 32);
    assert.equal(core.state.stackPointer, address.stacks[0]);
  });

  it('of 16 bits pops words', () => {
    const core = protectedCore();
    core.pushAll([0x7000, gdt.code0], 2);
    farReturn(core, 0, 16);
    assert.equal(core.state.eip, 0x7000);
    assert.equal(core.state.stackPointer, address.stacks[0]);
  });

  it('takes away data segments of inner rings', () => {
    const core = protectedCore();
    core.force(Segment.ds, gdt.data0);
    core.force(Segment.es, gdt.data3 | 3);
    core.force(Segment.fs, gdt.code0);
    core.force(Segment.gs, gdt.conforming0);
    core.pushAll([target, gdt.code3 | 3, 0x5000, gdt.data3 | 3]);
    farReturn(core, 0, 32);
    const selectors = [Segment.ds, Segment.es, Segment.fs, Segment.gs].map(segment => core.state.selector(segment));
    assert.deepEqual(selectors, [0, gdt.data3 | 3, 0, gdt.conforming0]);
    assert.equal(
      attempt(core, () => core.memory.load(Segment.ds, 0, 1)),
      '#GP(0x0)',
    );
  });

  it('leaves the high half of ESP alone on a 16-bit stack', () => {
    const core = protectedCore();
    core.setDescriptor(gdt.gate, { low: 0x0000ffff, high: 0x0000f200 });
    core.state.setGpr(Gpr.esp, 0x00018000);
    core.pushAll([target, gdt.code3 | 3, 0x1234, gdt.gate | 3]);
    farReturn(core, 0, 32);
    assert.equal(core.state.gpr(Gpr.esp), 0x00011234);
  });

  it('faults when the frame lies beyond the stack: #SS(0)', () => {
    const core = protectedCore();
    core.force(Segment.ss, gdt.shortStack0);
    core.state.stackPointer = 12;
    assert.equal(
      attempt(core, () => farReturn(core, 0, 32)),
      '#SS(0x0)',
    );
  });

  it('in real mode keeps within the code segment, whose limit stays', () => {
    for (const [eip, outcome] of [
      [0xffff, 'ok'],
      [0x10000, '#GP(0x0)'],
    ] as const) {
      const core = new TestCore();
      core.state.setGpr(Gpr.esp, 0x8000);
      core.pushAll([eip, 0x200]);
      assert.equal(
        attempt(core, () => farReturn(core, 0, 32)),
        outcome,
      );
    }
  });
});
