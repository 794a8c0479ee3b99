// Runs a bare-metal guest on our own machine, technique `none`, and gives what it wrote to port 0xE9.
import { emptyDisk } from '../../../src/machine/diskImage';
import { imageFromFile } from '../../../src/machine/guestImage';
import { loadGuest } from '../../../src/machine/loadGuest';
import { BareMetal } from '../../../src/monitor/none';

const memoryBytes = 32 << 20;
const mostTicks = 50_000_000;

/** `interpreted`: instruction by instruction; `compiled`: as when nobody watches. */
export type Execution = 'interpreted' | 'compiled';

export function runOnRingside(bytes: Uint8Array, execution: Execution): string {
  const image = imageFromFile(bytes);
  let output = '';
  let exited = false;
  const machine = new BareMetal({
    memoryBytes,
    disks: [emptyDisk()],
    program: { load: (memory, state) => loadGuest(image, memory, state) },
    host: {
      serialOutput: () => {},
      debugOutput: byte => (output += String.fromCharCode(byte)),
      exit: () => (exited = true),
    },
  });
  machine.hardware.tiers.limits = { misses: 10, missesPerRoutine: 1, hotVisits: 4, maximumCompilations: 8 };
  while (!exited && machine.running.now < mostTicks) {
    if (execution === 'compiled' && machine.run(mostTicks) > 0) continue;
    const { kind } = machine.step();
    if (kind === 'halted' || kind === 'shutdown') return `${output}\n${kind}`;
  }
  return output;
}
