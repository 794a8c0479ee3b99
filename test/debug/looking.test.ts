// A run that is watched equals one that is not, down to page tables and TLB: whoever looks leaves no trace.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { MemoryView } from '../../src/debug/memory';
import { believedNodes } from '../../src/debug/scopes/believedScope';
import { emptyDisk } from '../../src/machine/diskImage';
import { loadGuest } from '../../src/machine/loadGuest';
import { Gpr } from '../../src/isa/registers';
import { type System, techniqueNames, type TechniqueName } from '../../src/monitor/system';
import { createSystem } from '../../src/monitor/techniques';
import { differencesBetween, everything } from '../differences';
import { type AssembledGuest, assembleFile } from '../monitor/assembledGuest';

const folder = path.resolve('test/monitor/guests');
const mostSteps = 3000;

class Run {
  readonly system: System;
  output = '';
  exited = false;
  readonly memory: MemoryView;

  constructor(technique: TechniqueName, { image }: AssembledGuest) {
    this.system = createSystem(technique, {
      memoryBytes: 4 << 20,
      disks: [emptyDisk()],
      program: { load: (memory, state) => loadGuest(image, memory, state) },
      host: {
        serialOutput: () => {},
        debugOutput: byte => (this.output += String.fromCharCode(byte)),
        exit: () => (this.exited = true),
      },
    });
    this.memory = new MemoryView(() => this.system.running.level, this.system.machine);
  }

  /** False at the end. */
  step(): boolean {
    const step = this.system.step();
    if (step.kind === 'monitor') step.visit.finish();
    return !this.exited && step.kind !== 'halted' && step.kind !== 'shutdown';
  }

  /** At the next instruction, the stack, the guest's page tables, and places that have never been touched. */
  look(step: number): void {
    this.system.running.nextInstruction();
    believedNodes(this.system).forEach(node => node.children?.());
    const { linearEip, state } = this.system.machine.hardware;
    const untouched = 0x1000 * ((step * 37) & 0x3ff);
    for (const address of [
      linearEip,
      state.gpr(Gpr.esp) >>> 0,
      this.system.running.believed().cr3,
      untouched,
      0xffc00000 + untouched,
    ])
      for (const space of ['gva', 'gpa', 'hpa'] as const) this.memory.readBytes({ space, address }, 32);
    this.memory.hostPhysicalOf(untouched);
  }
}

describe('looking', () => {
  for (const technique of techniqueNames)
    for (const name of fs.readdirSync(folder).filter(file => file.endsWith('.asm')))
      it(`changes nothing in ${name}, under ${technique}`, () => {
        const guest = assembleFile(path.join(folder, name));
        const [unwatched, watched] = [new Run(technique, guest), new Run(technique, guest)];
        for (let step = 0; step < mostSteps; step++) {
          watched.look(step);
          if (!watched.step()) break;
        }
        for (let step = 0; step < mostSteps; step++) if (!unwatched.step()) break;
        assert.deepEqual(differencesBetween(unwatched, watched, everything), []);
      });
});
