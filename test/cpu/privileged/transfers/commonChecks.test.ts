// What transfers of control to a code segment have in common, whatever leads there: EIP must lie within the segment, the stack is
// looked at before EIP is, and the segments that are loaded come to be marked as accessed.

import assert from 'node:assert/strict';
import { farReturn } from '../../../../src/cpu/privileged/transfers/farReturn';
import { farCall, farJump } from '../../../../src/cpu/privileged/transfers/farTransfers';
import { interruptReturn } from '../../../../src/cpu/privileged/transfers/interruptReturn';
import { deliverEvent } from '../../../../src/cpu/privileged/transfers/interrupts';
import { Attribute, encodeDescriptor, encodeGate, SystemType } from '../../../../src/isa/descriptors';
import { Eflags } from '../../../../src/isa/flags';
import { Segment } from '../../../../src/isa/registers';
import { address, attempt, gdt, interruptGate, protectedCore, type TestCore } from '../protectedCore';

const target = 0x7000;
const next = 0x6007;
const vector = 0x30;
const outerStack = [0x5000, gdt.data3 | 3];

interface Transfer {
  readonly name: string;
  /** from this ring to ring 0, or from ring 0 to ring 3 */
  readonly cpl: 0 | 3;
  readonly to: 0 | 3;
  /** it pushes, onto the stack that it finds or onto an inner one */
  readonly pushes?: true;
  /** Prepares a transfer to `eip`, and gives it. */
  readonly prepare: (core: TestCore, eip: number) => () => void;
}

const direct =
  (transfer: typeof farCall): Transfer['prepare'] =>
  (core, eip) =>
  () =>
    transfer(core, gdt.code0, eip, 32, next);

const throughCallGate =
  (cpl: number, transfer: typeof farCall): Transfer['prepare'] =>
  (core, eip) => {
    core.setDescriptor(gdt.gate, encodeGate(gdt.code0, eip, SystemType.callGate32, cpl));
    return () => transfer(core, gdt.gate | cpl, 0, 32, next);
  };

const interrupt: Transfer['prepare'] = (core, eip) => {
  core.setGate(vector, interruptGate(gdt.code0, eip, 3));
  return () => deliverEvent(core, { vector, kind: 'softwareInterrupt', errorCode: undefined, returnEip: next });
};

/** Finds these values on its stack. */
const returning =
  (values: (eip: number) => readonly number[], transfer: (core: TestCore) => void): Transfer['prepare'] =>
  (core, eip) => {
    core.pushAll(values(eip));
    return () => transfer(core);
  };
const retf = (core: TestCore): void => farReturn(core, 0, 32);
const iret = (core: TestCore): void => interruptReturn(core, 32, next);

const transfers: readonly Transfer[] = [
  { name: 'JMP', cpl: 0, to: 0, prepare: direct(farJump) },
  { name: 'CALL', cpl: 0, to: 0, pushes: true, prepare: direct(farCall) },
  { name: 'JMP by a gate', cpl: 0, to: 0, prepare: throughCallGate(0, farJump) },
  { name: 'CALL by a gate', cpl: 0, to: 0, pushes: true, prepare: throughCallGate(0, farCall) },
  {
    name: 'CALL by a gate to an inner ring',
    cpl: 3,
    to: 0,
    pushes: true,
    prepare: throughCallGate(3, farCall),
  },
  { name: 'RET', cpl: 0, to: 0, prepare: returning(eip => [eip, gdt.code0], retf) },
  { name: 'RET to an outer ring', cpl: 0, to: 3, prepare: returning(eip => [eip, gdt.code3 | 3, ...outerStack], retf) },
  { name: 'IRET', cpl: 0, to: 0, prepare: returning(eip => [eip, gdt.code0, Eflags.reserved1], iret) },
  {
    name: 'IRET to an outer ring',
    cpl: 0,
    to: 3,
    prepare: returning(eip => [eip, gdt.code3 | 3, Eflags.reserved1, ...outerStack], iret),
  },
  { name: 'INT', cpl: 0, to: 0, pushes: true, prepare: interrupt },
  { name: 'INT to an inner ring', cpl: 3, to: 0, pushes: true, prepare: interrupt },
];

const codeOf = ({ to }: Transfer): number => (to === 0 ? gdt.code0 : gdt.code3);
const dataOf = ({ to }: Transfer): number => (to === 0 ? gdt.data0 : gdt.data3);

/** Its code segment ends at 4 KiB. */
function coreWithShortCode(transfer: Transfer): TestCore {
  const core = protectedCore();
  core.setDescriptor(codeOf(transfer), encodeDescriptor(0, 0xfff, 0x409a | (transfer.to << 5)));
  return core.enterRing(transfer.cpl);
}

/** The stack that is pushed onto has no room. */
function takeRoom(core: TestCore, { cpl }: Transfer): void {
  core.force(Segment.ss, cpl === 0 ? gdt.shortStack0 : gdt.data3 | 3);
  if (cpl === 0) core.state.stackPointer = 4;
  core.write(address.tss32 + 4, 4, 4);
  core.write(address.tss32 + 8, 4, gdt.shortStack0);
}

describe('every transfer', () => {
  for (const transfer of transfers) {
    const { name, cpl, to, prepare } = transfer;

    it(`${name}: keeps within the code segment`, () => {
      assert.equal(outcomeOf(coreWithShortCode(transfer), transfer, 0xfff), 'ok');
      assert.equal(outcomeOf(coreWithShortCode(transfer), transfer, 0x1000), '#GP(0x0)');
    });

    if (transfer.pushes)
      it(`${name}: needs room before it looks at EIP`, () => {
        const core = coreWithShortCode(transfer);
        takeRoom(core, transfer);
        assert.equal(
          outcomeOf(core, transfer, 0x1000),
          cpl === 0 ? '#SS(0x0)' : `#SS(0x${gdt.shortStack0.toString(16)})`,
        );
      });

    if (to === 3)
      it(`${name}: takes away data segments of the inner ring`, () => {
        const core = protectedCore();
        const segments = [Segment.es, Segment.fs, Segment.gs, Segment.ds];
        for (const segment of segments) core.force(segment, gdt.data0);
        prepare(core, target)();
        const left = segments.map(segment => core.state.selector(segment));
        assert.deepEqual(left, [0, 0, 0, 0]);
      });

    it(`${name}: marks the segments as accessed`, () => {
      const core = protectedCore().enterRing(cpl);
      prepare(core, target)();
      assert.equal(core.state.eip, target);
      assert.equal(core.descriptorAccess(codeOf(transfer)) & Attribute.accessed, Attribute.accessed);
      const stack = cpl === to ? 0 : Attribute.accessed;
      assert.equal(core.descriptorAccess(dataOf(transfer)) & Attribute.accessed, stack);
    });
  }
});

const outcomeOf = (core: TestCore, { prepare }: Transfer, eip: number): string => attempt(core, prepare(core, eip));
