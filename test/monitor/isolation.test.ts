// What keeps the monitor and the guest apart, looked at while guests run: the rings and flags of the real processor, where
// its segments end, what its page tables lead to; and what the guest is told in place of it.

import assert from 'node:assert/strict';
import path from 'node:path';
import { guestPhysical } from '../../src/base/address';
import { emptyDisk } from '../../src/machine/diskImage';
import type { GuestImage } from '../../src/machine/guestImage';
import { loadGuest } from '../../src/machine/loadGuest';
import { Cr0 } from '../../src/isa/controlRegisters';
import { Attribute } from '../../src/isa/descriptors';
import { Eflags } from '../../src/isa/flags';
import { Segment, segmentNames } from '../../src/isa/registers';
import { Pte } from '../../src/cpu/memory/paging';
import {
  monitorBase,
  monitorDirectoryIndex,
  monitorSizeBytes,
  monitorTss,
} from '../../src/monitor/deprivileged/monitorMemory';
import { TrapAndEmulate } from '../../src/monitor/trapAndEmulate/trapAndEmulate';
import { assembleFile, assembleText } from './assembledGuest';
import { randomGuest } from './randomGuest';

const memoryBytes = 4 << 20;

function start(image: GuestImage): { system: TrapAndEmulate; ended: () => boolean; printed: () => string } {
  let exited = false;
  let text = '';
  const system = new TrapAndEmulate({
    memoryBytes,
    disks: [emptyDisk()],
    program: { load: (memory, state) => loadGuest(image, memory, state) },
    host: {
      serialOutput: () => {},
      debugOutput: byte => (text += String.fromCharCode(byte)),
      exit: () => (exited = true),
    },
  });
  return { system, ended: () => exited, printed: () => text };
}

/** One step, with all stages of a trap. False at the guest's end. */
function advance({ system, ended }: ReturnType<typeof start>): boolean {
  const step = system.step();
  if (step.kind === 'monitor') step.visit.finish();
  return !ended() && step.kind !== 'halted' && step.kind !== 'shutdown';
}

function checkHardware({ machine: { hardware } }: TrapAndEmulate): void {
  const { state } = hardware;
  if (state.cpl === 0) return; // in the monitor
  assert.ok(state.cpl === 1 || state.cpl === 3, `ring ${state.cpl}`);
  assert.ok(state.systemFlags & Eflags.if, 'interrupts are on');
  assert.equal(state.iopl, 0);
  assert.equal(state.get('cr0') & (Cr0.pe | Cr0.pg | Cr0.wp), Cr0.pe | Cr0.pg | Cr0.wp);
  assert.equal(state.selector(Segment.tr), monitorTss);
  assert.ok(state.get('gdtrBase') >>> 0 >= monitorBase && state.get('idtrBase') >>> 0 >= monitorBase);
  segmentNames.forEach((name, index) => {
    const { base, limit, attributes } = state.segment(index);
    if (!(attributes & Attribute.unusable)) assert.ok(base + limit < monitorBase, `${name} reaches the monitor`);
  });
}

/** Every entry of the present shadow tables leads into the guest's window, or to the monitor's own table, for ring 0 to 2. */
function checkShadows({ machine: { hardware } }: TrapAndEmulate): void {
  const { physical } = hardware.memory;
  const root = hardware.state.get('cr3') & 0xfffff000;
  for (let index = 0; index < 1024; index++) {
    const pde = physical.read32(root + index * 4);
    if (!(pde & Pte.present)) continue;
    const table = (pde & 0xfffff000) >>> 0;
    assert.ok(table < monitorSizeBytes, 'tables lie in the monitor’s memory');
    for (let entry = 0; entry < 1024; entry++) {
      const pte = physical.read32(table + entry * 4);
      if (!(pte & Pte.present)) continue;
      const frame = (pte & 0xfffff000) >>> 0;
      if (index === monitorDirectoryIndex) assert.ok(!(pde & pte & Pte.user), 'the monitor is closed to ring 3');
      else assert.ok(frame >= monitorSizeBytes && frame < monitorSizeBytes + memoryBytes, 'a page of the guest');
    }
  }
}

const guests: readonly (readonly [string, () => GuestImage])[] = [
  ['top-of-memory', () => assembleFile(path.resolve('test/monitor/guests/top-of-memory.asm')).image],
  ['paging-large', () => assembleFile(path.resolve('test/monitor/guests/paging-large.asm')).image],
  ['virtual-8086', () => assembleFile(path.resolve('test/monitor/guests/virtual-8086.asm')).image],
  ...[1, 2, 3].map(
    seed =>
      [`random guest ${seed}`, () => assembleText(randomGuest(seed, 100)).image] as readonly [string, () => GuestImage],
  ),
];

describe('isolation', () => {
  for (const [name, image] of guests) {
    it(`holds while ${name} runs`, () => {
      const run = start(image());
      const { system } = run;
      const fixed = (): Buffer => Buffer.from(system.machine.hardware.memory.physical.slice(0, 0x4000)); // entries, IDT, TSS
      const before = fixed();
      for (let steps = 0; steps < 300_000 && advance(run); steps++) {
        checkHardware(system);
        if (steps % 500 === 0) checkShadows(system);
      }
      checkShadows(system);
      assert.ok(fixed().equals(before), 'entry points, IDT and TSS are as they were');
    });
  }

  it('gives every address three numbers', () => {
    const run = start(
      assembleText(`%include "kernel.inc"
        guest:  call start_paging
                map 0x400000, FRAMES + P + W
                mov dword [0x400000], 0x12345678
        .here:  jmp .here`).image,
    );
    const { system } = run;
    for (let steps = 0; steps < 30_000; steps++) advance(run);
    const host = system.running.hostPhysical(guestPhysical(0x300000));
    assert.equal(host, 0x300000 + monitorSizeBytes);
    assert.equal(system.running.memory.read32(0x300000), 0x12345678);
    assert.equal(system.machine.hardware.memory.physical.read32(host), 0x12345678);
    assert.equal(system.machine.hardware.memory.readSystem(0x400000, 4), 0x12345678);
  });

  it('shows the guest what it believes, and the hardware what is', () => {
    const run = start(
      assembleText(`%include "kernel.inc"
        guest:  call start_paging
                cli
        .here:  jmp .here`).image,
    );
    const { system } = run;
    for (let steps = 0; steps < 30_000; steps++) advance(run);
    const believed = system.running.believed();
    const { state } = system.machine.hardware;
    assert.deepEqual([believed.cpl, state.cpl], [0, 1]);
    assert.deepEqual([believed.selector(Segment.cs), state.selector(Segment.cs)], [0x08, 0x09]);
    assert.deepEqual([believed.selector(Segment.ss), state.selector(Segment.ss)], [0x10, 0x11]);
    assert.deepEqual([believed.limit(Segment.ds), state.limit(Segment.ds)], [0xffffffff, monitorBase - 1]);
    assert.deepEqual([believed.systemFlags & Eflags.if, state.systemFlags & Eflags.if], [0, Eflags.if]);
    assert.equal(believed.get('cr3'), 0x200000);
    assert.ok(state.get('cr3') >>> 0 < monitorSizeBytes);
    assert.equal(believed.eip, state.eip);
  });
});
