// Data breakpoints, the guest's own and a debugger's: what they notice, and that they cost nothing elsewhere. That compiled
// code notices the same as the evaluator is for `test/lockstep`.

import assert from 'node:assert/strict';
import { bareMachine, codeAddress as code } from '../bareMachine';
import { BreakpointKind, matchingBreakpoints } from '../../../src/cpu/memory/dataBreakpoints';
import { ProcessorState } from '../../../src/cpu/registers/state';
import type { TierLimits } from '../../../src/cpu/tiers/tiers';
import type { BareMetal } from '../../../src/monitor/none';

const data = 0x20000;
const eager: TierLimits = { misses: 0, missesPerRoutine: 1, hotVisits: 2, maximumCompilations: 8 };

function machineWith(bytes: readonly number[]): BareMetal {
  const machine = bareMachine(bytes, eager);
  machine.setStops(new Set(), true);
  return machine;
}

/** How many instructions went by without a step, of so many. */
function ranFast(machine: BareMetal, instructions: number): number {
  const end = machine.running.now + instructions;
  let fast = 0;
  while (machine.running.now < end) {
    const ran = machine.run(end - machine.running.now);
    fast += ran;
    if (ran === 0) machine.step();
  }
  return fast;
}

/** Far enough for whatever is to be noticed. */
function runUntil(machine: BareMetal, isThere: () => boolean): void {
  const end = machine.running.now + 10_000;
  while (!isThere() && machine.running.now < end) if (machine.run(1000) === 0) machine.step();
}

/** inc eax; inc dword [data]; jmp to the beginning */
const counting = [0x40, 0xff, 0x05, 0, 0, 2, 0, 0xeb, 0xf7];
/** inc eax; cmp eax, [data]; jmp to the beginning */
const comparing = [0x40, 0x3b, 0x05, 0, 0, 2, 0, 0xeb, 0xf7];

describe('breakpoints of the debug registers', () => {
  const [local, global, write] = [0x1, 0x2, 0x10000];
  const rows: readonly (readonly [dr7: number, linear: number, bytes: number, mask: number])[] = [
    [local | write | 0xc0000, data, 1, 1],
    [global | write | 0xc0000, data, 1, 1],
    [write | 0xc0000, data, 4, 0],
    [local | write | 0xc0000, data - 1, 1, 0],
    [local | write | 0xc0000, data - 4, 4, 0],
    [local | write | 0xc0000, data - 3, 4, 1],
    [local | write | 0xc0000, data + 3, 4, 1],
    [local | write | 0xc0000, data + 4, 4, 0],
    [local | write, data + 1, 1, 0],
    [local | write | 0x40000, data + 1, 1, 1],
    [local | write | 0x40000, data + 2, 1, 0],
    [local | write | 0x80000, data + 7, 1, 1],
    [local | write | 0x80000, data + 8, 1, 0],
    [local | 0x30000, data, 1, 0],
    // the length of one on an instruction is of no account
    [local | 0xc0000, data, 1, 0],
  ];
  for (const [dr7, linear, bytes, mask] of rows)
    it(`with DR7 0x${dr7.toString(16)}, at 0x${linear.toString(16)}, ${bytes} bytes: ${mask}`, () => {
      const state = new ProcessorState();
      state.set('dr0', data);
      state.dr7 = dr7;
      assert.equal(matchingBreakpoints(state, linear, bytes, [BreakpointKind.write]), mask);
    });
});

describe('data breakpoints', () => {
  it('of the debug registers slow down their own page only', () => {
    const machine = machineWith(counting);
    const { state } = machine.hardware;
    ranFast(machine, 300);
    state.set('dr0', data + 0x1000);
    state.set('dr7', 0xd0401);
    assert.ok(ranFast(machine, 3000) > 2900);
    state.set('dr0', data + 0xf00);
    assert.ok(ranFast(machine, 3000) < 2100, 'the same page');
    state.set('dr7', 0x400);
    assert.ok(ranFast(machine, 3000) > 2900, 'switched off');
  });

  it('of the debug registers are noticed at once, with their bit', () => {
    const machine = machineWith(counting);
    const { state } = machine.hardware;
    ranFast(machine, 299);
    state.set('dr3', data);
    state.set('dr7', 0xd0000440 | 0);
    runUntil(machine, () => state.pendingDebugTraps !== 0);
    assert.deepEqual([state.pendingDebugTraps, state.eip], [8, code + 7]);
  });

  it('on instructions stop the fast tiers there and nowhere else', () => {
    const machine = machineWith(counting);
    const { state } = machine.hardware;
    ranFast(machine, 300);
    state.set('dr1', code + 0x100);
    state.set('dr7', 0x404);
    assert.ok(ranFast(machine, 3000) > 2900);
    state.set('dr1', code + 7);
    runUntil(machine, () => state.eip === code + 7);
    assert.equal(machine.run(1000), 0);
    assert.equal(state.eip, code + 7);
  });

  it('of a debugger tell who wrote what', () => {
    const machine = machineWith(counting);
    ranFast(machine, 300);
    machine.running.accesses.ranges = [{ first: data, last: data + 3, reads: false, writes: true }];
    runUntil(machine, () => machine.running.accesses.hasNoted);
    const [{ linear, bytes, write, by, before, now }, ...others] = machine.running.accesses.take();
    assert.deepEqual([linear, bytes, write, by, others.length], [data, 4, true, code + 1, 0]);
    assert.deepEqual([before[0], now()[0]], [100, 101]);
  });

  const kinds: [name: string, bytes: readonly number[], seen: readonly boolean[]][] = [
    ['a read', comparing, [false]],
    ['a read and a write of one instruction', counting, [true, false]],
  ];
  for (const [name, bytes, seen] of kinds) {
    it(`see ${name}, each by its kind`, () => {
      for (const [reads, writes] of [
        [true, false],
        [false, true],
        [true, true],
      ]) {
        const machine = machineWith(bytes);
        machine.running.accesses.ranges = [{ first: data + 3, last: data + 3, reads, writes }];
        ranFast(machine, 3);
        const wanted = seen.filter(write => (write ? writes : reads));
        assert.deepEqual(
          machine.running.accesses.take().map(({ write }) => write),
          wanted,
        );
      }
    });
  }

  it('of a debugger forget what an instruction that faulted had read', () => {
    // push dword [data], with no room on the stack
    const machine = machineWith([0xff, 0x35, 0, 0, 2, 0]);
    machine.hardware.state.setGpr(4, 0xf0000000 | 0);
    machine.hardware.state.setSegment(2, { ...machine.hardware.state.segment(2), limit: 0xffff });
    machine.running.accesses.ranges = [{ first: data, last: data, reads: true, writes: true }];
    machine.step();
    assert.deepEqual(machine.running.accesses.take(), []);
  });
});
