// Are two systems the same? The one function that says in which respects they differ, in words. Between techniques all that the
// guest can see must be equal, between tiers and between runs of one technique everything.

import { isDeepStrictEqual } from 'node:util';
import { hex } from '../src/base/hex';
import type { Processor } from '../src/cpu/processor';
import type { PhysicalMemory } from '../src/cpu/memory/physicalMemory';
import { tlbBytes, tlbEntries } from '../src/cpu/memory/tlb';
import type { ProcessorState } from '../src/cpu/registers/state';
import { lapsedTag } from '../src/ir/wasm/threadedLayout';
import { gprNames, segmentNames } from '../src/isa/registers';
import {
  deliveryCountOffset,
  gprOffset,
  instructionCountOffset,
  overheadCountOffset,
  segmentOffset,
  stateOffset,
} from '../src/isa/state';
import type { System } from '../src/monitor/system';

/** A system, and what it has said to the outside if that is to be compared. */
export interface Compared {
  readonly system: System;
  readonly output?: string;
}

type Comparison = (a: Compared, b: Compared) => readonly string[];

/** each of its own; asking for what the guest believes brings the monitor's copy up to date in both */
const comparisons = {
  registers: (a, b) => inWords('believed', believed(a), believed(b), countWord),
  memory: (a, b) => inBytes('memory', a.system.running.memory, b.system.running.memory),
  time: (a, b) => [
    ...inValue('time', a.system.running.now, b.system.running.now),
    ...inValue('deliveries', deliveries(a), deliveries(b)),
  ],
  devices: (a, b) => inDevices(a, b),
  output: (a, b) => inValue('output', JSON.stringify(a.output), JSON.stringify(b.output)),
  hardware: (a, b) => inWords('hardware', hardware(a).state, hardware(b).state),
  hostMemory: (a, b) => inBytes('host memory', a.system.machine.memory, b.system.machine.memory),
  translations: (a, b) => inTlb(hardware(a), hardware(b)),
  walks: (a, b) => inValue('page-table reads', hardware(a).memory.walkReferences, hardware(b).memory.walkReferences),
} satisfies Record<string, Comparison>;
export type Respect = keyof typeof comparisons;

/** What a guest can tell, or who looks at what it does. */
export const seenByGuest = ['registers', 'memory', 'time', 'devices', 'output'] as const satisfies readonly Respect[];
/** What is the same however fast a machine ran, whether it was watched or not. Memory is in the host's. */
export const everything = [
  ...seenByGuest.filter(respect => respect !== 'memory'),
  ...(['hardware', 'hostMemory', 'translations', 'walks'] as const satisfies readonly Respect[]),
];

const mostLines = 12;
const countWord = deliveryCountOffset >> 2;
const believed = ({ system }: Compared): ProcessorState => system.running.believed();
const deliveries = ({ system }: Compared): number => system.running.vcpu.state.deliveryCount;
const hardware = ({ system }: Compared): Processor => system.machine.hardware;

/** One line for each difference; none if the two are equal in these respects. */
export function differencesBetween(a: Compared, b: Compared, respects: readonly Respect[]): readonly string[] {
  const lines: string[] = [];
  for (const respect of respects) lines.push(...comparisons[respect](a, b));
  return lines;
}

const inValue = (what: string, a: unknown, b: unknown): readonly string[] =>
  a === b ? [] : [`${what}: ${String(a)} and ${String(b)}`];

/** Words before `end`. */
function inWords(whose: string, { words: a }: ProcessorState, { words: b }: ProcessorState, end = a.length): string[] {
  const lines: string[] = [];
  for (let word = 0; word < end && lines.length < mostLines; word++)
    if (a[word] !== b[word]) lines.push(`${whose} ${fieldAt(word * 4)}: ${hex(a[word])} and ${hex(b[word])}`);
  return lines;
}

/** The name of the state word at a byte offset. */
function fieldAt(offset: number): string {
  const named = Object.entries(stateOffset).find(([, at]) => at === offset);
  if (named) return named[0];
  if (offset < gprOffset(gprNames.length)) return gprNames[offset >> 3];
  const segments = [...segmentNames, 'ldtr', 'tr'];
  const segment = (offset - segmentOffset(0)) >> 5;
  if (segment >= 0 && segment < segments.length) return `${segments[segment]}+${offset & 31}`;
  if (offset >> 3 === instructionCountOffset >> 3) return 'guest instructions';
  if (offset >> 3 === overheadCountOffset >> 3) return 'instructions beyond them';
  return offset >> 3 === deliveryCountOffset >> 3 ? 'deliveries' : `word at ${hex(offset)}`;
}

function inBytes(what: string, a: PhysicalMemory, b: PhysicalMemory): string[] {
  const [first, second] = [a, b].map(({ buffer, byteOffset, sizeBytes }) => Buffer.from(buffer, byteOffset, sizeBytes));
  if (first.equals(second)) return [];
  const lines: string[] = [];
  for (let at = 0; at < first.length && lines.length < mostLines; at++)
    if (first[at] !== second[at]) lines.push(`${what} ${hex(at)}: ${hex(first[at])} and ${hex(second[at])}`);
  return lines;
}

function inDevices(a: Compared, b: Compared): string[] {
  const [first, second] = [a, b].map(
    ({ system }) => new Map<string, unknown>(Object.entries(system.running.devices.save())),
  );
  return [...first].flatMap(([name, state]) => {
    const other = second.get(name);
    return isDeepStrictEqual(state, other)
      ? []
      : [`device ${name}: ${JSON.stringify(state)} and ${JSON.stringify(other)}`];
  });
}

/** Valid translations; whether one is for compiled code or not may differ, and what has lapsed is none. */
function inTlb(a: Processor, b: Processor): string[] {
  const [first, second] = [a, b].map(
    ({ memory }) => new Int32Array(memory.physical.buffer, memory.tlbAddress, tlbBytes / 4),
  );
  const lines: string[] = [];
  for (let at = 0; at < first.length && lines.length < mostLines; at += 2) {
    const tags = [first, second].map(entries => (entries[at] & lapsedTag ? 1 : entries[at] & ~2));
    const isValid = (tags[0] & 1) === 0;
    if (tags[0] !== tags[1] || (isValid && first[at + 1] !== second[at + 1]))
      lines.push(
        `TLB ${Math.floor(at / 2 / tlbEntries)} slot ${(at / 2) % tlbEntries}: ${tags.map(tag => hex(tag)).join(' and ')}`,
      );
  }
  return lines;
}
