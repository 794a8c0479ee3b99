// Are two runs of a guest the same, as far as the guest could tell?

import { hex } from '../../src/base/hex';
import { stateFields } from '../../src/isa/state';
import { gprNames, segmentNames } from '../../src/isa/registers';
import type { ProcessorState } from '../../src/cpu/registers/state';
import type { GuestRun } from './runGuest';

/** The first difference, in words: the way it ended, what was printed, the time, a register, a byte of memory. */
export function compareRuns(a: GuestRun, b: GuestRun): string | undefined {
  if (a.ending !== b.ending) return `${a.ending} and ${b.ending}`;
  if (a.debug !== b.debug) return `printed:\n${a.debug}\nand:\n${b.debug}`;
  if (a.now !== b.now) return `time ${a.now} and ${b.now}`;
  return registerDifference(a.system.running.believed(), b.system.running.believed()) ?? memoryDifference(a, b);
}

export function registerDifference(a: ProcessorState, b: ProcessorState): string | undefined {
  const [first, second] = [registers(a), registers(b)];
  const different = first.filter((text, index) => text !== second[index]);
  return different.length === 0
    ? undefined
    : `${different.join(', ')} and ${second.filter((text, index) => text !== first[index]).join(', ')}`;
}

const registers = (state: ProcessorState): readonly string[] => [
  ...gprNames.map((name, index) => `${name} ${hex(state.gpr(index) >>> 0)}`),
  ...[...segmentNames, 'ldtr', 'tr'].map((name, index) => `${name} ${segmentText(state, index)}`),
  ...stateFields.map(name => `${name} ${hex(state.get(name) >>> 0)}`),
];

function segmentText(state: ProcessorState, index: number): string {
  const { selector, base, limit, attributes } = state.segment(index);
  return `${hex(selector)} (base ${hex(base)}, limit ${hex(limit)}, attributes ${hex(attributes)})`;
}

export function memoryDifference(a: GuestRun, b: GuestRun): string | undefined {
  const [first, second] = [a, b].map(({ system }) => Buffer.from(system.running.memory.bytes));
  if (first.equals(second)) return undefined;
  const at = first.findIndex((byte, index) => byte !== second[index]);
  return `${hex(first[at])} and ${hex(second[at])} at ${hex(at)}`;
}
