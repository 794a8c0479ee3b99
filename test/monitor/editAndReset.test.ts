// What somebody does to a guest from outside: registers changed by a debugger, RESET pressed, by hand or by the guest.

import assert from 'node:assert/strict';
import { emptyDisk } from '../../src/machine/diskImage';
import { loadGuest } from '../../src/machine/loadGuest';
import { Eflags } from '../../src/isa/flags';
import { Gpr, Segment } from '../../src/isa/registers';
import { techniqueNames, type System, type TechniqueName } from '../../src/monitor/system';
import { createSystem } from '../../src/monitor/techniques';
import { differencesBetween } from '../differences';
import { type AssembledGuest, assembleText } from './assembledGuest';

interface Session {
  readonly system: System;
  printed: string;
  exited: boolean;
}

function start(technique: TechniqueName, { image }: AssembledGuest): Session {
  const session = { printed: '', exited: false };
  const system = createSystem(technique, {
    memoryBytes: 4 << 20,
    disks: [emptyDisk()],
    program: { load: (memory, state) => loadGuest(image, memory, state) },
    host: {
      serialOutput: () => {},
      debugOutput: byte => (session.printed += String.fromCharCode(byte)),
      exit: () => (session.exited = true),
    },
  });
  return Object.assign(session, { system });
}

function step({ system }: Session): void {
  const outcome = system.step();
  if (outcome.kind === 'monitor') outcome.visit.finish();
}

function runTo(session: Session, eip: number): void {
  for (let steps = 0; session.system.running.believed().eip !== eip; steps++) {
    assert.ok(steps < 100_000 && !session.exited, 'the guest does not come there');
    step(session);
  }
}

function runToEnd(session: Session): void {
  for (let steps = 0; !session.exited && steps < 200_000; steps++) step(session);
  assert.ok(session.exited, 'the guest ends');
}

const editable = assembleText(`%include "kernel.inc"
guest:
        call start_paging
        gate 0x31, .handler, 0xee
.wait:  jmp .wait
.loaded:
        show "eax", eax
        show " es", [es:0]
        int 0x31
        say 10
        user "program", .program
        finish
.handler:
        mov eax, [esp + 8]
        and eax, IF
        show " IF", eax
        iretd
.program:
        mov eax, ebx
        int 0x30
        align 4
there:  dd 0x5a5a5a5a
`);

const resetting = assembleText(`%include "kernel.inc"
guest:
        call start_paging
        say "started", 10
        mov al, 0x40            ; a byte that a battery keeps
        out 0x70, al
        in al, 0x71
        cmp al, 0x77
        je .again
        mov al, 0x77
        out 0x71, al
        mov al, 0xfe
        out 0x64, al            ; the keyboard controller's reset line
.hang:  jmp .hang
.again:
        say "after the reset", 10
        finish
`);

describe('editing and resetting a guest', () => {
  for (const technique of techniqueNames) {
    it(`registers, flags, segments and EIP change under ${technique}`, () => {
      const session = start(technique, editable);
      const { system } = session;
      runTo(session, editable.address('guest.wait'));
      system.running.edit(state => {
        state.setGpr(Gpr.eax, 0x1234);
        state.setGpr(Gpr.ebx, 0x99);
        state.systemFlags |= Eflags.if;
        const flat = state.segment(Segment.ds);
        state.setSegment(Segment.es, { ...flat, base: editable.address('there') });
        state.eip = editable.address('guest.loaded');
      });
      assert.equal(system.running.believed().gpr(Gpr.eax), 0x1234);
      runToEnd(session);
      assert.equal(session.printed, 'eax=1234 es=5a5a5a5a IF=200\nprogram: done eax=99\nEND\n');
    });

    it(`a guest resets itself under ${technique}`, () => {
      const session = start(technique, resetting);
      runToEnd(session);
      assert.equal(session.printed, 'started\nstarted\nafter the reset\nEND\n');
    });

    it(`RESET at any moment begins the guest anew under ${technique}`, () => {
      const fresh = start(technique, editable);
      runTo(fresh, editable.address('guest.wait'));
      const session = start(technique, editable);
      for (const steps of [0, 1, 17, 5000, 15_000]) {
        for (let count = 0; count < steps; count++) step(session);
        session.system.reset();
        runTo(session, editable.address('guest.wait'));
        assert.equal(session.system.running.believed().get('cr3'), fresh.system.running.believed().get('cr3'));
        assert.deepEqual(differencesBetween(session, fresh, ['memory']), [], `after ${steps} steps`);
      }
    });
  }
});
