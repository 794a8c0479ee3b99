// What differs between two machines, in words.

import { hex } from '../../src/base/hex';
import type { Processor } from '../../src/cpu/processor';
import { lapsedTag } from '../../src/ir/wasm/threadedLayout';
import { tlbBytes, tlbEntries } from '../../src/cpu/memory/tlb';
import { gprOffset, segmentOffset, stateOffset } from '../../src/isa/state';
import type { Watched } from './pair';

export interface Difference {
  readonly what: string;
  readonly lines?: readonly string[];
}

const registerNames = ['eax', 'ecx', 'edx', 'ebx', 'esp', 'ebp', 'esi', 'edi'];
const segmentNames = ['es', 'cs', 'ss', 'ds', 'fs', 'gs', 'ldtr', 'tr'];
const mostLines = 12;

/** The name of the state word at a byte offset. */
function fieldAt(offset: number): string {
  const named = Object.entries(stateOffset).find(([, at]) => at === offset);
  if (named) return named[0];
  if (offset < gprOffset(8)) return registerNames[offset >> 3];
  const segment = (offset - segmentOffset(0)) >> 5;
  if (segment >= 0 && segment < segmentNames.length) return `${segmentNames[segment]}+${offset & 31}`;
  return `word at ${hex(offset)}`;
}

/** Reference first. Comparing what the guest believes brings the monitor's copy up to date in both. */
export function differencesOf(a: Watched, b: Watched): { readonly lines: readonly string[] } {
  const lines = [
    ...inWords('hardware', a.system.machine.hardware.state.words, b.system.machine.hardware.state.words),
    ...inWords('believed', a.system.running.believed().words, b.system.running.believed().words),
    ...inTlb(a.system.machine.hardware, b.system.machine.hardware),
    ...inMemory(a.system.machine.hardware, b.system.machine.hardware),
  ];
  if (a.system.running.now !== b.system.running.now)
    lines.push(`time: ${a.system.running.now} and ${b.system.running.now}`);
  const walks = [a, b].map(({ system }) => system.machine.hardware.memory.walkReferences);
  if (walks[0] !== walks[1]) lines.push(`page-table reads: ${walks[0]} and ${walks[1]}`);
  if (a.output !== b.output) lines.push(`output: ${JSON.stringify(a.output)} and ${JSON.stringify(b.output)}`);
  return { lines };
}

function inWords(whose: string, a: Int32Array, b: Int32Array): string[] {
  const lines: string[] = [];
  for (let word = 0; word < a.length; word++)
    if (a[word] !== b[word]) lines.push(`${whose} ${fieldAt(word * 4)}: ${hex(a[word])} and ${hex(b[word])}`);
  return lines.slice(0, mostLines);
}

/** Valid translations; whether one is for compiled code or not may differ, and what has lapsed is none. */
function inTlb(a: Processor, b: Processor): string[] {
  const [first, second] = [a, b].map(
    ({ memory }) => new Int32Array(memory.physical.buffer, memory.tlbAddress, tlbBytes / 4),
  );
  const lines: string[] = [];
  for (let at = 0; at < first.length; at += 2) {
    const tags = [first, second].map(entries => (entries[at] & lapsedTag ? 1 : entries[at] & ~2));
    const isValid = (tags[0] & 1) === 0;
    if (tags[0] !== tags[1] || (isValid && first[at + 1] !== second[at + 1]))
      lines.push(
        `TLB ${Math.floor(at / 2 / tlbEntries)} slot ${(at / 2) % tlbEntries}: ${tags.map(tag => hex(tag)).join(' and ')}`,
      );
  }
  return lines.slice(0, mostLines);
}

function inMemory(a: Processor, b: Processor): string[] {
  const [first, second] = [a, b].map(({ memory: { physical } }) =>
    Buffer.from(physical.buffer, physical.byteOffset, physical.sizeBytes),
  );
  if (first.equals(second)) return [];
  const lines: string[] = [];
  for (let at = 0; at < first.length && lines.length < mostLines; at++)
    if (first[at] !== second[at]) lines.push(`memory ${hex(at)}: ${hex(first[at])} and ${hex(second[at])}`);
  return lines;
}
