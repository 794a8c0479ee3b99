// The process in which Ringside runs a guest: image technique [--evaluate]. Prints the guest's serial output and, of a
// bare machine, the count of instructions: a monitor carries some of them out on a processor of its own.
import fs from 'node:fs';
import { emptyDisk } from '../../../src/machine/diskImage';
import { imageFromFile } from '../../../src/machine/guestImage';
import { loadGuest } from '../../../src/machine/loadGuest';
import type { System } from '../../../src/monitor/system';
import { createSystem, isTechniqueName } from '../../../src/monitor/techniques';

const memoryBytes = 64 << 20;
/** Other events are let in as often as this: code that is compiled in the background comes in as one. */
const turnMs = 20;
const mostTicks = 1_000_000;

const [file, technique, mode] = process.argv.slice(2);
let ended = false;
let output = '';

async function main(): Promise<void> {
  if (!isTechniqueName(technique)) throw new Error(`no technique ${technique}`);
  const image = imageFromFile(new Uint8Array(fs.readFileSync(file)));
  const system = createSystem(technique, {
    memoryBytes,
    disks: [emptyDisk()],
    program: { load: (memory, state) => loadGuest(image, memory, state) },
    host: {
      serialOutput: byte => (output += String.fromCharCode(byte)),
      debugOutput: () => {},
      exit: () => (ended = true),
    },
  });
  await run(system, mode === '--evaluate' ? 0 : mostTicks);
  const count = technique === 'none' ? `instructions ${system.machine.hardware.state.instructionCount}\n` : '';
  fs.writeSync(1, output + count);
}

async function run(system: System, ticksAtOnce: number): Promise<void> {
  while (!ended) {
    const turnEnd = performance.now() + turnMs;
    do {
      for (let visits = 0; visits < 64 && !ended; visits++) {
        if (ticksAtOnce > 0) system.run(ticksAtOnce);
        if (!ended) step(system);
      }
    } while (!ended && performance.now() < turnEnd);
    await new Promise(resolve => setImmediate(resolve));
  }
}

function step(system: System): void {
  const outcome = system.step();
  if (outcome.kind === 'halted' || outcome.kind === 'shutdown') ended = true;
  if (outcome.kind === 'monitor') outcome.visit.finish();
}

void main();
