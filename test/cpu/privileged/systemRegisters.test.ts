// POPF, control and debug registers, MSRs, CPUID, I/O permission, SYSENTER, ENTER: SDM Vol. 2 and the chapters named.

import assert from 'node:assert/strict';
import { writeControlRegister } from '../../../src/cpu/privileged/controlRegisters';
import { cpuid } from '../../../src/cpu/privileged/cpuid';
import { readDebugRegister, writeDebugRegister } from '../../../src/cpu/privileged/debugRegisters';
import { writeEflags } from '../../../src/cpu/privileged/eflags';
import { enter } from '../../../src/cpu/privileged/enter';
import { sysenter, sysexit } from '../../../src/cpu/privileged/transfers/fastSystemCalls';
import { helperBodies } from '../../../src/cpu/privileged/helperBodies';
import { checkPortPermission } from '../../../src/cpu/privileged/io';
import { msrRows, readMsr, writeMsr } from '../../../src/cpu/privileged/msr';
import { timeStamp } from '../../../src/cpu/privileged/timeStampCounter';
import { Cr0, Cr4, Dr6 } from '../../../src/isa/controlRegisters';
import { Eflags } from '../../../src/isa/flags';
import { Gpr, Segment } from '../../../src/isa/registers';
import { address, attempt, enablePaging, gdt, protectedCore, TestCore, unmap } from './protectedCore';

const fixed = Eflags.reserved1;

describe('POPF', () => {
  const all = 0x7fd5 & ~Eflags.tf;
  const cases: readonly (readonly [name: string, cpl: number, iopl: number, size: number, kept: number])[] = [
    ['ring 0', 0, 0, 32, 0],
    ['ring 1, IOPL 0', 1, 0, 32, Eflags.iopl | Eflags.if],
    ['ring 1, IOPL 1', 1, 1, 32, Eflags.iopl],
    ['ring 3, IOPL 0', 3, 0, 16, Eflags.iopl | Eflags.if],
    ['ring 3, IOPL 3', 3, 3, 16, Eflags.iopl],
  ];
  for (const [name, cpl, iopl, size, kept] of cases) {
    it(`${name}, ${size} bits: what may not change stays, silently`, () => {
      const core = protectedCore().enterRing(cpl);
      core.state.eflags = iopl << 12;
      writeEflags(core, all, size);
      assert.equal(core.state.eflags, (all & ~kept) | ((iopl << 12) & kept) | fixed);
    });
  }

  it('of 32 bits changes AC and ID, clears RF, keeps VM, VIF, VIP', () => {
    const core = protectedCore();
    core.state.eflags = Eflags.rf | Eflags.vif;
    writeEflags(core, -1, 32);
    assert.equal(core.state.eflags, 0x7fd5 | Eflags.ac | Eflags.id | Eflags.vif | fixed);
  });

  it('of 16 bits leaves the high half', () => {
    const core = protectedCore();
    core.state.eflags = Eflags.ac;
    writeEflags(core, -1, 16);
    assert.equal(core.state.eflags, 0x7fd5 | Eflags.ac | fixed);
  });
});

describe('control registers', () => {
  const cases: readonly (readonly [name: string, index: number, value: number, outcome: string])[] = [
    ['CR0 with PG and no PE', 0, Cr0.pg, '#GP(0x0)'],
    ['CR0 with NW and no CD', 0, Cr0.pe | Cr0.nw, '#GP(0x0)'],
    ['CR0 leaving protected mode', 0, 0, 'ok'],
    ['CR4 with a feature that exists', 4, Cr4.pse | Cr4.tsd, 'ok'],
    ['CR4 with PAE', 4, Cr4.pae, '#GP(0x0)'],
    ['CR4 with a reserved bit', 4, 0x80000000, '#GP(0x0)'],
    ['CR1', 1, 0, '#UD'],
  ];
  for (const [name, index, value, outcome] of cases) {
    it(`${name}: ${outcome}`, () => {
      const core = protectedCore();
      assert.equal(
        attempt(core, () => writeControlRegister(core, index, value)),
        outcome,
      );
    });
  }

  it('CR0 has ET fixed and no reserved bits', () => {
    const core = protectedCore();
    writeControlRegister(core, 0, 0x0ffeffc1);
    assert.equal(core.state.get('cr0'), Cr0.pe | Cr0.et | Cr0.am);
  });

  it('CR0 takes all bits that exist', () => {
    const core = protectedCore();
    enablePaging(core);
    writeControlRegister(core, 0, -1);
    assert.equal(core.state.get('cr0') >>> 0, 0xe005003f);
  });

  it('CR0.PG forgets translations', () => {
    const core = protectedCore();
    enablePaging(core);
    core.memory.physical.write32(0x20000 + 5 * 4, 0x6007);
    assert.equal(core.memory.translate(0x5000, false, false), 0x6000);
    writeControlRegister(core, 0, Cr0.pe | Cr0.wp);
    assert.equal(core.memory.translate(0x5000, false, false), 0x5000);
  });

  it('CR4.PSE forgets translations', () => {
    const core = protectedCore();
    enablePaging(core);
    core.memory.physical.write32(0x1f000, 0x20087);
    assert.equal(core.memory.translate(0x5000, false, false), 0x5000);
    writeControlRegister(core, 4, Cr4.pse);
    assert.equal(
      attempt(core, () => core.memory.translate(0x5000, false, false)),
      '#PF(0x9)',
    );
  });

  it('CR3 and CR0 forget translations; CR3 spares global ones', () => {
    const core = protectedCore();
    enablePaging(core);
    writeControlRegister(core, 4, Cr4.pge);
    const page5 = 0x20000 + 5 * 4;
    core.memory.physical.write32(page5, 0x5107);
    assert.equal(core.memory.translate(0x5000, false, false), 0x5000);
    core.memory.physical.write32(page5, 0x6107);
    writeControlRegister(core, 3, 0x1f000);
    assert.equal(core.memory.translate(0x5000, false, false), 0x5000);
    writeControlRegister(core, 4, 0);
    assert.equal(core.memory.translate(0x5000, false, false), 0x6000);
  });

  it('WP takes effect at once', () => {
    const core = protectedCore();
    enablePaging(core);
    writeControlRegister(core, 0, Cr0.pe | Cr0.pg);
    core.memory.physical.write32(0x20000 + 5 * 4, 0x5001);
    core.memory.writeSystem(0x5000, 4, 1);
    writeControlRegister(core, 0, Cr0.pe | Cr0.pg | Cr0.wp);
    assert.equal(
      attempt(core, () => core.memory.writeSystem(0x5000, 4, 2)),
      '#PF(0x3)',
    );
  });

  it('INVLPG forgets all of a 4 MiB page', () => {
    const core = protectedCore();
    enablePaging(core);
    writeControlRegister(core, 4, Cr4.pse);
    core.memory.physical.write32(0x1f000, 0x87);
    assert.equal(core.memory.translate(0x5000, false, false), 0x5000);
    core.memory.physical.write32(0x1f000, 0x400087);
    helperBodies.invalidatePage(core, Segment.ds, 0x300123, 0, 0);
    assert.equal(core.memory.translate(0x5000, false, false), 0x405000);
  });
});

describe('debug registers', () => {
  it('4 and 5 are 6 and 7, unless CR4.DE', () => {
    const core = protectedCore();
    writeDebugRegister(core, 5, 0);
    assert.equal(readDebugRegister(core, 7), 0x400);
    writeControlRegister(core, 4, Cr4.de);
    const outcomes = [0, 3, 4, 5, 6, 7].map(index => attempt(core, () => readDebugRegister(core, index)));
    assert.deepEqual(outcomes, ['ok', 'ok', '#UD', '#UD', 'ok', 'ok']);
  });

  it('have fixed bits', () => {
    const core = protectedCore();
    writeDebugRegister(core, 6, 0);
    assert.equal(readDebugRegister(core, 6) >>> 0, 0xffff0ff0);
    writeDebugRegister(core, 6, -1);
    assert.equal(readDebugRegister(core, 6) >>> 0, 0xffffefff);
    writeDebugRegister(core, 7, 0xffffdfff | 0);
    assert.equal(readDebugRegister(core, 7) >>> 0, 0xffff07ff);
  });

  it('fault under GD, with BD', () => {
    const core = protectedCore();
    writeDebugRegister(core, 7, 0x2000);
    assert.equal(
      attempt(core, () => readDebugRegister(core, 0)),
      '#DB',
    );
    assert.equal(core.state.get('dr6') & Dr6.bd, Dr6.bd);
    assert.equal(
      attempt(core, () => writeDebugRegister(core, 0, 1)),
      '#DB',
    );
  });
});

describe('MSRs, CPUID and the time stamp counter', () => {
  const setRegisters = (core: TestCore, ecx: number, low = 0, high = 0): void => {
    core.state.setGpr(Gpr.ecx, ecx);
    core.state.setGpr(Gpr.eax, low);
    core.state.setGpr(Gpr.edx, high);
  };

  for (const { index, name } of msrRows) {
    it(`${name} takes back what it gives`, () => {
      const core = protectedCore();
      setRegisters(core, index);
      readMsr(core);
      const before = [core.state.gpr(Gpr.eax), core.state.gpr(Gpr.edx)];
      writeMsr(core);
      readMsr(core);
      assert.deepEqual([core.state.gpr(Gpr.eax), core.state.gpr(Gpr.edx)], before);
    });
  }

  for (const [name, index, low, high] of [
    ['one that does not exist', 0x1234, 0, 0],
    ['EFER, of another age', 0xc0000080, 0, 0],
    ['an APIC that is not there', 0x1b, 0xfee00900, 0],
    ['64 bits to SYSENTER_EIP', 0x176, 0, 1],
    ['a microcode revision', 0x8b, 1, 0],
    ['a microcode revision, high', 0x8b, 0, 1],
  ] as const) {
    it(`WRMSR of ${name}: #GP(0)`, () => {
      const core = protectedCore();
      setRegisters(core, index, low, high);
      assert.equal(
        attempt(core, () => writeMsr(core)),
        '#GP(0x0)',
      );
    });
  }

  it('the counter counts instructions from what was written, across 32 bits', () => {
    const core = protectedCore();
    core.state.instructionCount = 0x1_2345_6789;
    setRegisters(core, 0x10, 0xfffffffe | 0, 7);
    writeMsr(core);
    assert.deepEqual(timeStamp(core), { low: 0xfffffffe, high: 7 });
    core.state.instructionCount += 3;
    assert.deepEqual(timeStamp(core), { low: 1, high: 8 });
  });

  it('CPUID names the vendor and knows a P6 without x87', () => {
    const core = protectedCore();
    core.state.setGpr(Gpr.eax, 0);
    cpuid(core);
    const text = [Gpr.ebx, Gpr.edx, Gpr.ecx].flatMap(index =>
      [0, 8, 16, 24].map(shift => String.fromCharCode((core.state.gpr(index) >> shift) & 0xff)),
    );
    assert.equal(text.join(''), 'Ringside x86');
    core.state.setGpr(Gpr.eax, 1);
    cpuid(core);
    assert.equal((core.state.gpr(Gpr.eax) >> 8) & 0xf, 6);
    assert.equal(core.state.gpr(Gpr.edx) & 1, 0);
    assert.equal(core.state.gpr(Gpr.edx) & 0x100, 0x100);
  });
});

describe('I/O permission', () => {
  const mapBase = 0x70;

  function coreWithMap(bits: number): TestCore {
    const core = protectedCore().enterRing(3);
    core.write(address.tss32 + 0x66, 2, mapBase);
    for (let offset = mapBase; offset < 0x100; offset += 4) core.write(address.tss32 + offset, 4, -1);
    core.write(address.tss32 + mapBase, 4, bits);
    return core;
  }

  const cases: readonly (readonly [name: string, bits: number, port: number, width: number, outcome: string])[] = [
    ['allowed', ~(1 << 5), 5, 8, 'ok'],
    ['forbidden', 1 << 5, 5, 8, '#GP(0x0)'],
    ['a word half forbidden', ~(1 << 5), 5, 16, '#GP(0x0)'],
    ['a word across bytes', ~(3 << 7), 7, 16, 'ok'],
    ['a doubleword across bytes', ~(15 << 6), 6, 32, 'ok'],
    ['a doubleword across bytes, last forbidden', ~(7 << 6), 6, 32, '#GP(0x0)'],
    ['beyond the map', 0, 0x8000, 8, '#GP(0x0)'],
  ];
  for (const [name, bits, port, width, outcome] of cases) {
    it(`${name}: ${outcome}`, () => {
      const core = coreWithMap(bits);
      assert.equal(
        attempt(core, () => checkPortPermission(core, port, width)),
        outcome,
      );
    });
  }

  it('needs both bytes within the TSS', () => {
    const core = coreWithMap(0);
    core.write(address.tss32 + 0xfc, 4, 0);
    const last = (0xff - mapBase) * 8;
    assert.equal(
      attempt(core, () => checkPortPermission(core, last - 1, 8)),
      'ok',
    );
    assert.equal(
      attempt(core, () => checkPortPermission(core, last, 8)),
      '#GP(0x0)',
    );
  });

  it('needs the map’s offset within the TSS', () => {
    for (const [limit, outcome] of [
      [0x66, '#GP(0x0)'],
      [0x67, 'ok'],
    ] as const) {
      const core = coreWithMap(0);
      core.write(address.tss32 + 0x66, 2, 0x20);
      core.write(address.tss32 + 0x20, 4, 0);
      core.state.setSegment(Segment.tr, { ...core.state.segment(Segment.tr), limit });
      assert.equal(
        attempt(core, () => checkPortPermission(core, 0, 8)),
        outcome,
      );
    }
  });

  it('goes by IOPL in protected mode and not in virtual-8086 mode', () => {
    const core = coreWithMap(-1);
    core.state.systemFlags |= Eflags.iopl;
    assert.equal(
      attempt(core, () => checkPortPermission(core, 5, 8)),
      'ok',
    );
    core.enterVirtual8086();
    assert.equal(
      attempt(core, () => checkPortPermission(core, 5, 8)),
      '#GP(0x0)',
    );
  });

  it('is never given by a 16-bit TSS', () => {
    const core = coreWithMap(0);
    core.force(Segment.tr, gdt.tss16);
    core.state.setSegment(Segment.tr, { ...core.state.segment(Segment.tr), limit: 0xff });
    assert.equal(
      attempt(core, () => checkPortPermission(core, 5, 8)),
      '#GP(0x0)',
    );
  });
});

describe('SYSENTER and SYSEXIT', () => {
  it('go to flat segments and back', () => {
    const core = protectedCore().enterRing(3);
    const { state } = core;
    state.set('sysenterCs', 0x1000);
    state.set('sysenterEsp', 0x8000);
    state.set('sysenterEip', 0x7000);
    state.eflags = Eflags.if | Eflags.cf;
    sysenter(core);
    assert.deepEqual([state.cpl, state.eip, state.gpr(Gpr.esp)], [0, 0x7000, 0x8000]);
    assert.deepEqual([state.selector(Segment.cs), state.selector(Segment.ss)], [0x1000, 0x1008]);
    assert.equal(state.eflags, Eflags.cf | fixed);
    assert.deepEqual(state.segment(Segment.cs), { selector: 0x1000, base: 0, limit: 0xffffffff, attributes: 0xc09b });
    state.setGpr(Gpr.ecx, 0x5000);
    state.setGpr(Gpr.edx, 0x6000);
    sysexit(core);
    assert.deepEqual([state.cpl, state.eip, state.gpr(Gpr.esp)], [3, 0x6000, 0x5000]);
    assert.deepEqual([state.selector(Segment.cs), state.selector(Segment.ss)], [0x1013, 0x101b]);
    assert.equal(state.attributes(Segment.ss), 0xc0f3);
    assert.deepEqual(core.rings, ['3→0', '0→3']);
  });

  it('leave virtual-8086 mode, and clear RF', () => {
    const core = protectedCore().enterVirtual8086();
    core.state.set('sysenterCs', 0x1000);
    core.state.systemFlags |= Eflags.rf | Eflags.if | Eflags.nt;
    sysenter(core);
    assert.equal(core.state.eflags, Eflags.nt | fixed);
    assert.equal(core.state.cpl, 0);
  });

  it('need IA32_SYSENTER_CS and protected mode', () => {
    const core = protectedCore();
    core.state.set('sysenterCs', 3);
    assert.equal(
      attempt(core, () => sysenter(core)),
      '#GP(0x0)',
    );
    const real = new TestCore();
    real.state.set('sysenterCs', 8);
    assert.equal(
      attempt(real, () => sysenter(real)),
      '#GP(0x0)',
    );
  });
});

describe('ENTER', () => {
  const top = address.stacks[0];

  it('of level 0 makes a frame', () => {
    const core = protectedCore();
    core.state.setGpr(Gpr.ebp, 0x1234);
    enter(core, 0x20, 0, 32);
    assert.equal(core.state.gpr(Gpr.ebp), top - 4);
    assert.equal(core.state.gpr(Gpr.esp), top - 4 - 0x20);
    assert.equal(core.read(top - 4), 0x1234);
  });

  it('of level 3 copies the enclosing frames’ pointers', () => {
    const core = protectedCore();
    core.state.setGpr(Gpr.ebp, 0x5000);
    core.write(0x4ffc, 4, 0xaaaa);
    core.write(0x4ff8, 4, 0xbbbb);
    enter(core, 0, 3, 32);
    assert.deepEqual(core.stack(4), [top - 4, 0xbbbb, 0xaaaa, 0x5000]);
    assert.equal(core.state.gpr(Gpr.esp), top - 16);
  });

  it('may copy what it has just pushed', () => {
    const core = protectedCore();
    core.state.setGpr(Gpr.ebp, top);
    enter(core, 0, 3, 32);
    // [EBP-4] is the old EBP, just pushed; [EBP-8] is the copy of that
    assert.deepEqual(core.stack(4), [top - 4, top, top, top]);
  });

  it('takes the level modulo 32, and words on request', () => {
    const core = protectedCore();
    core.state.setGpr(Gpr.ebp, 0x12345678);
    enter(core, 2, 32, 16);
    assert.equal(core.state.gpr(Gpr.esp), top - 4);
    assert.equal(core.state.gpr(Gpr.ebp) >>> 0, 0x12340000 + top - 2);
  });

  it('faults where it would write, at the final stack pointer too', () => {
    const core = protectedCore();
    enablePaging(core);
    unmap(core, 0x6000);
    assert.equal(
      attempt(core, () => enter(core, 0x1010, 0, 32)),
      '#PF(0x2)',
    );
    core.state.setGpr(Gpr.ebp, 0x7000);
    assert.equal(
      attempt(core, () => enter(core, 0, 2, 32)),
      '#PF(0x0)',
    );
    core.state.stackPointer = 0x7008;
    core.state.setGpr(Gpr.ebp, 0x5000);
    assert.equal(
      attempt(core, () => enter(core, 0, 4, 32)),
      '#PF(0x2)',
    );
  });
});
