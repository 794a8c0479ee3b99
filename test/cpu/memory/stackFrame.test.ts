// Pushes of transfers where they meet an end of the segment, an edge of a page or an alignment check: SDM Vol. 3A §5.3, §6.15 (#AC).

import assert from 'node:assert/strict';
import { farCall } from '../../../src/cpu/privileged/transfers/farTransfers';
import { deliverEvent, deliverException } from '../../../src/cpu/privileged/transfers/interrupts';
import { CpuException } from '../../../src/cpu/registers/fault';
import { Cr0 } from '../../../src/isa/controlRegisters';
import { encodeDescriptor } from '../../../src/isa/descriptors';
import { Eflags } from '../../../src/isa/flags';
import { Gpr, Segment } from '../../../src/isa/registers';
import { address, attempt, gdt, interruptGate, protectedCore, taskGate, TestCore } from '../privileged/protectedCore';

const target = 0x7000;
const next = 0x6007;
const vector = 0x30;

const interrupt = (core: TestCore): void =>
  deliverEvent(core, { vector, kind: 'softwareInterrupt', errorCode: undefined, returnEip: next });
const call = (core: TestCore, selector: number): void => farCall(core, selector, target, 32, next);

/** In ring 3, which may want alignment checked, and has written to its stack before. */
function user(top: number, isChecked: boolean): TestCore {
  const core = protectedCore().enterRing(3);
  core.memory.writeAs((top - 8) & ~3, 4, 0, true);
  core.state.setGpr(Gpr.esp, top);
  if (isChecked) {
    core.state.cr0 |= Cr0.am;
    core.state.systemFlags |= Eflags.ac;
  }
  return core;
}

describe('alignment of what a transfer pushes', () => {
  const rows: readonly (readonly [what: string, top: number, isChecked: boolean, outcome: string])[] = [
    ['aligned', 0x5ff8, true, 'ok'],
    ['aligned, across a page', 0x6004, true, 'ok'],
    ['not aligned', 0x5ffa, true, '#AC(0x0)'],
    ['not aligned, across a page', 0x6006, true, '#AC(0x0)'],
    ['not aligned, and not checked', 0x5ffa, false, 'ok'],
    ['not aligned, across a page, and not checked', 0x6006, false, 'ok'],
  ];
  for (const [what, top, isChecked, outcome] of rows)
    it(`onto the user’s stack, ${what}: ${outcome}`, () => {
      const core = user(top, isChecked);
      assert.equal(
        attempt(core, () => call(core, gdt.code3)),
        outcome,
      );
      if (outcome === 'ok') assert.deepEqual(core.stack(2), [next, gdt.code3 | 3]);
    });

  for (const top of [0x8002, 0x800a])
    it(`does not matter on an inner stack at 0x${top.toString(16)}`, () => {
      const core = user(0x6000, true);
      core.setGate(vector, interruptGate(gdt.code0, target, 3));
      core.write(address.tss32 + 4, 4, top);
      assert.equal(
        attempt(core, () => interrupt(core)),
        'ok',
      );
      assert.deepEqual(core.stack(2), [next, gdt.code3 | 3]);
    });
});

describe('room for what a transfer pushes', () => {
  function real(top: number): TestCore {
    const core = new TestCore();
    core.state.setGpr(Gpr.esp, top);
    core.write(vector * 4, 4, target);
    core.state.setRealModeSegment(Segment.cs, 0);
    return core;
  }

  const realRows: readonly (readonly [what: string, push: (core: TestCore) => void, top: number, outcome: string])[] = [
    ['INT', interrupt, 6, 'ok'],
    ['INT around the end', interrupt, 2, 'ok'],
    ['INT across the end', interrupt, 3, '#SS(0x0)'],
    ['CALL around the end', core => farCall(core, 0, target, 16, next), 2, 'ok'],
    ['CALL across the end', core => farCall(core, 0, target, 16, next), 3, '#SS(0x0)'],
  ];
  for (const [what, push, top, outcome] of realRows)
    it(`in real mode, ${what}: ${outcome}`, () => {
      const core = real(top);
      assert.equal(
        attempt(core, () => push(core)),
        outcome,
      );
    });

  const stack16Rows: readonly (readonly [what: string, top: number, outcome: string])[] = [
    ['around the end', 4, 'ok'],
    ['across the end', 6, '#SS(0x0)'],
  ];
  for (const [what, top, outcome] of stack16Rows)
    it(`on a 16-bit stack, ${what}: ${outcome}`, () => {
      const core = protectedCore();
      core.force(Segment.ss, gdt.stack16);
      core.state.stackPointer = top;
      assert.equal(
        attempt(core, () => call(core, gdt.code0)),
        outcome,
      );
    });

  for (const [top, raised] of [
    [4, ['#GP(0x0)']],
    [3, ['#GP(0x0)', '#DF(0x0)']],
  ] as const)
    it(`for the error code of a task, below ${top}: ${raised.join(', then ')}`, () => {
      const core = protectedCore();
      core.setDescriptor(gdt.shortStack0, encodeDescriptor(0, 0x0f, 0x4092));
      const field = (offset: number, value: number): void => core.write(address.otherTss32 + offset, 4, value);
      field(0x20, target);
      field(0x24, Eflags.reserved1);
      field(0x38, top);
      field(0x4c, gdt.code0);
      field(0x50, gdt.shortStack0);
      core.setGate(13, taskGate(gdt.otherTss32));
      deliverException(core, new CpuException(13, 0));
      assert.deepEqual(core.raised, raised);
    });
});
