// Input comes to a guest by one door, which notes it: the same guest with the noted inputs, each at its place, becomes an equal
// machine, whatever ran it. `SEED=n COUNT=1 node src/build/test.mjs test/monitor/input` repeats one.

import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import { guestPhysical, hostPhysical } from '../../src/base/address';
import { emptyDisk } from '../../src/machine/diskImage';
import { Gpr } from '../../src/isa/registers';
import { loadGuest } from '../../src/machine/loadGuest';
import { type GuestInput, InputLog, type NotedInput, type Position } from '../../src/monitor/inputLog';
import { type System, techniqueNames, type TechniqueName } from '../../src/monitor/system';
import { createSystem } from '../../src/monitor/techniques';
import type { Visit } from '../../src/monitor/visit';
import { type Compared, differencesBetween, everything } from '../differences';
import { type Random, randomFrom } from '../semantics/random';
import { timerInterrupts } from '../timerInterrupts';
import { assembleText } from './assembledGuest';

const firstSeed = Number(process.env.SEED ?? 1);
const count = Number(process.env.COUNT ?? 4);
const longest = 3000;
const rounds = 40;

/** Counts keys, serial bytes and timer ticks that come as interrupts, faults now and then, sums its data up, and never ends. */
const guest = assembleText(`%include "kernel.inc"
guest:
        call start_paging
        gate 0x20, timer, 0x8e
        gate 0x21, keyboard, 0x8e
        gate 0x24, serial, 0x8e
        gate 0x31, call_handler, 0xee
        gate 6, undefined, 0x8e
        ${timerInterrupts(0xec, 0x800)}
        mov dx, 0x3f9
        mov al, 1
        out dx, al
        mov dx, 0x3fc
        mov al, 8
        out dx, al
        mov al, 0x60
        out 0x64, al
        mov al, 1
        out 0x60, al
        sti
.again:
        mov ecx, 40
.sum:
        add eax, [data + ecx * 4]
        rol eax, 3
        add eax, ebp
        xor [data + ecx * 4], eax
        dec ecx
        jnz .sum
        int 0x31
        test eax, 7
        jnz .again
        ud2
        jmp .again
timer:  inc dword [counts]
        jmp end_of_interrupt
keyboard:
        push eax
        in al, 0x60
        add [counts + 4], al
        pop eax
        jmp end_of_interrupt
serial: push eax
        push edx
        mov dx, 0x3f8
        in al, dx
        add [counts + 8], al
        pop edx
        pop eax
end_of_interrupt:
        push eax
        mov al, 0x20
        out 0x20, al
        pop eax
        iretd
call_handler:
        inc dword [counts + 12]
        iretd
undefined:
        add dword [esp], 2
        iretd
        align 16
data:   times 64 dd 0x12345678
counts: times 4 dd 0
`);

class Run implements Compared {
  readonly system: System;
  output = '';
  private visit: Visit | undefined;

  constructor(
    technique: TechniqueName,
    private readonly isFast: boolean,
  ) {
    const { image } = guest;
    this.system = createSystem(technique, {
      memoryBytes: 4 << 20,
      disks: [emptyDisk()],
      program: { load: (memory, state) => loadGuest(image, memory, state) },
      host: {
        serialOutput: byte => (this.output += String.fromCharCode(byte)),
        debugOutput: byte => (this.output += String.fromCharCode(byte)),
        exit: () => undefined,
      },
    });
    if (isFast)
      this.system.machine.hardware.tiers.limits = {
        misses: 0,
        missesPerRoutine: 1,
        hotVisits: 4,
        maximumCompilations: 100,
      };
  }

  get position(): Position {
    return this.system.running.position;
  }

  /** After one more step: compiled code may have looked up translations for an instruction that it left to the evaluator. */
  finish(): void {
    this.step();
    this.step();
  }

  /** One step; in a visit of the monitor to where `stopsAt` says, and else to its end. */
  step(stopsAt: (at: Position) => boolean = () => false): void {
    if (this.visit?.isUnderWay) this.visit.next(() => stopsAt(this.position), false);
    else {
      const step = this.system.step();
      assert.ok(step.kind === 'guest' || step.kind === 'monitor', `the guest is ${step.kind}`);
      if (step.kind !== 'monitor') return;
      this.visit = step.visit;
      step.visit.next(() => stopsAt(this.position), false);
    }
  }

  /** To a place at which the other run was. */
  goTo(at: Position): void {
    while (!isDeepStrictEqual(this.position, at)) {
      const { ticks, statement } = this.position;
      assert.ok(ticks <= at.ticks, `past ${JSON.stringify(at)}: ${JSON.stringify(this.position)}`);
      const ran = statement === undefined && this.isFast ? this.system.run(at.ticks - 1 - ticks) : 0;
      if (ran === 0) this.step(here => isDeepStrictEqual(here, at));
    }
  }

  /** Somewhere further on: between instructions, or in the monitor. */
  goOn(random: Random): void {
    const end = this.position.ticks + random.below(longest);
    while (this.position.ticks < end) if (this.system.run(end - this.position.ticks) === 0) this.step();
    for (let steps = random.below(4); steps > 0; steps--) this.step();
    if (random.chance(50)) this.step(({ statement = 0 }) => statement > random.below(20));
  }
}

const anyBytes = (random: Random): number[] => Array.from({ length: 1 + random.below(5) }, () => random.below(256));

function anyInput(random: Random, { running }: System): GuestInput {
  const address = guestPhysical(guest.address('data') + random.below(200));
  const bytes = Uint8Array.from(anyBytes(random));
  return random.pick<() => GuestInput>([
    () => ({ kind: 'keys', codes: anyBytes(random) }),
    () => ({ kind: 'serial', bytes: anyBytes(random) }),
    () => ({ kind: 'memory', address, bytes }),
    () => ({ kind: 'hostMemory', address: hostPhysical(running.hostPhysical(address)), bytes }),
    () => (random.chance(10) ? { kind: 'reset' } : { kind: 'memory', address, bytes }),
  ])();
}

/** A run with inputs at random places. */
function record(technique: TechniqueName, seed: number): Run {
  const random = randomFrom(seed);
  const run = new Run(technique, true);
  const { running } = run.system;
  for (let round = 0; round < rounds; round++) {
    run.goOn(random);
    // some of them at the same place
    for (let inputs = 1 + random.below(3); inputs > 0; inputs--)
      if (random.chance(30)) running.edit(state => state.setGpr(Gpr.ebp, random.word()));
      else running.door.accept(anyInput(random, run.system));
  }
  run.goOn(random);
  return run;
}

function repeat(technique: TechniqueName, isFast: boolean, inputs: readonly NotedInput[], end: Position): Run {
  const run = new Run(technique, isFast);
  for (const { at, input } of inputs) {
    run.goTo(at);
    run.system.running.door.accept(input);
  }
  run.goTo(end);
  return run;
}

describe('input', function () {
  this.timeout(240_000);
  for (const technique of techniqueNames)
    it(`that has been noted makes the same run again under ${technique}: seeds ${firstSeed} to ${firstSeed + count - 1}`, () => {
      for (let seed = firstSeed; seed < firstSeed + count; seed++) {
        const run = record(technique, seed);
        const { log } = run.system.running.door;
        const end = run.position;
        assert.ok(log.inputs.length >= rounds && log.completeAfter === undefined);
        run.finish();
        for (const isFast of [false, true]) {
          const again = repeat(technique, isFast, log.inputs, end);
          again.finish();
          assert.deepEqual(again.system.running.door.log, log, `seed ${seed}`);
          assert.deepEqual(differencesBetween(run, again, everything), [], `seed ${seed}`);
        }
      }
    });

  it('is heeded by the guest, each kind of it', () => {
    for (const technique of techniqueNames) {
      const run = new Run(technique, false);
      const { running } = run.system;
      const counted = (index: number): number => running.memory.read32(guest.address('counts') + index * 4);
      while (counted(3) < 5) run.step();
      running.door.accept({ kind: 'keys', codes: [5] });
      running.door.accept({ kind: 'serial', bytes: [7] });
      const end = run.position.ticks + 1_000_000;
      while (run.position.ticks < end && (counted(1) !== 5 || counted(2) !== 7)) run.step();
      assert.deepEqual([counted(1), counted(2)], [5, 7]);
      running.door.accept({ kind: 'reset' });
      run.step();
      assert.deepEqual([counted(1), counted(3)], [0, 0], 'begun anew');
    }
  });
});

describe('the log of input', () => {
  const at = (ticks: number): Position => ({ ticks, events: 0, statement: undefined });

  it('keeps so many inputs, and says from where on it is complete', () => {
    const log = new InputLog({ inputs: 10, bytes: 1000 });
    for (let tick = 0; tick < 100; tick++) {
      log.note({ at: at(tick), input: { kind: 'keys', codes: [1] } });
      assert.ok(log.inputs.length <= 10);
      assert.equal((log.completeAfter?.ticks ?? -1) + 1, log.inputs[0].at.ticks);
    }
    assert.equal(log.inputs[log.inputs.length - 1].at.ticks, 99);
  });

  it('keeps so many bytes, or none of an input that has more', () => {
    const log = new InputLog({ inputs: 1000, bytes: 100 });
    const memory = (bytes: number): GuestInput => ({
      kind: 'memory',
      address: guestPhysical(0),
      bytes: new Uint8Array(bytes),
    });
    for (let tick = 0; tick < 20; tick++) log.note({ at: at(tick), input: memory(30) });
    assert.ok(log.inputs.length > 0 && log.inputs.length <= 3);
    log.note({ at: at(20), input: memory(101) });
    assert.deepEqual([log.inputs.length, log.completeAfter], [0, at(20)]);
    log.note({ at: at(21), input: memory(100) });
    assert.equal(log.inputs.length, 1);
  });
});
