// A machine without a monitor whose memory holds a few instructions, in flat protected mode.

import { emptyDisk } from '../../src/machine/diskImage';
import { startInProtectedMode } from '../../src/machine/startState';
import { BareMetal } from '../../src/monitor/none';
import type { TierLimits } from '../../src/cpu/tiers/tiers';

/** Where the instructions begin. */
export const codeAddress = 0x10000;
const gdtBase = 0x500;
const stackPointer = 0x9000;

export function bareMachine(bytes: readonly number[], limits: TierLimits, memoryBytes = 1 << 20): BareMetal {
  const machine = new BareMetal({
    memoryBytes,
    disks: [emptyDisk()],
    program: {
      load: (memory, state) => {
        memory.load(codeAddress, Uint8Array.from(bytes));
        startInProtectedMode(state, { entry: codeAddress, gdtBase, stackPointer });
      },
    },
    host: { serialOutput: () => {}, debugOutput: () => {}, exit: () => {} },
  });
  machine.hardware.tiers.limits = limits;
  return machine;
}
