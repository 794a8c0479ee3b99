// The guest's own descriptor tables, entry by entry: GDT, LDT, IDT, or in real mode the interrupt table. Only looked at.

import type { Linear } from '../../base/address';
import { hex } from '../../base/hex';
import { t } from '../../base/localization';
import type { ProcessorState } from '../../cpu/registers/state';
import {
  Attribute,
  descriptorAttributes,
  gateOffset,
  gateSelector,
  selectorIsNull,
  SystemType,
} from '../../isa/descriptors';
import { isIdtGate, systemType } from '../../isa/descriptorTypes';
import { exceptionRow } from '../../isa/exceptions';
import { Segment } from '../../isa/registers';
import type { MemoryView } from '../memory';
import { savedSegment } from '../savedSegment';
import { descriptorText } from './descriptorText';

export const tableNames = ['gdt', 'ldt', 'idt'] as const;
export type TableName = (typeof tableNames)[number];

export interface DescriptorTable {
  readonly base: Linear;
  readonly entries: number;
  readonly entryBytes: 4 | 8;
}

/** Undefined if the guest has none. */
export function descriptorTable(name: TableName, state: ProcessorState): DescriptorTable | undefined {
  switch (name) {
    case 'gdt':
      return state.protectedMode ? table(state.gdtrBase, state.gdtrLimit, 8) : undefined;
    case 'idt':
      return table(state.idtrBase, state.idtrLimit, state.protectedMode ? 8 : 4, vectors);
    case 'ldt':
      return hasLdt(state) ? table(state.base(Segment.ldtr), state.limit(Segment.ldtr), 8) : undefined;
  }
}

/** A reset leaves it usable at address 0, but no selector has loaded it. */
const hasLdt = (state: ProcessorState): boolean =>
  state.protectedMode &&
  !(state.attributes(Segment.ldtr) & Attribute.unusable) &&
  !selectorIsNull(state.selector(Segment.ldtr));

const vectors = 256;
/** as many as selectors have indices for */
const mostDescriptors = 8192;

const table = (base: number, limit: number, entryBytes: 4 | 8, most = mostDescriptors): DescriptorTable => ({
  base: base >>> 0,
  entries: Math.min(most, Math.floor(((limit >>> 0) + 1) / entryBytes)),
  entryBytes,
});

export interface TableEntry {
  readonly index: number;
  readonly linear: Linear;
  /** `code 32-bit, base 0, limit 4 GiB, DPL 0, readable` */
  readonly text: string;
  /** where a gate of the IDT leads, if that is code: a task gate leads to a task */
  readonly handler: Linear | undefined;
  readonly isEmpty: boolean;
}

export function tableEntry(
  { base, entryBytes }: DescriptorTable,
  index: number,
  state: ProcessorState,
  memory: MemoryView,
): TableEntry {
  const linear = (base + index * entryBytes) >>> 0;
  if (entryBytes === 4) return realModeVector(index, linear, memory);
  const raw = memory.readDescriptor(linear);
  if (!raw) return { index, linear, text: t`not readable`, handler: undefined, isEmpty: false };
  const isEmpty = raw.low === 0 && raw.high === 0;
  const attributes = descriptorAttributes(raw);
  const leads = isIdtGate(attributes) && systemType(attributes) !== SystemType.taskGate;
  const segment = leads ? savedSegment(gateSelector(raw), false, state, memory).base : 0;
  const handler = leads ? (segment + gateOffset(raw)) >>> 0 : undefined;
  return { index, linear, text: descriptorText(raw), handler, isEmpty };
}

function realModeVector(index: number, linear: Linear, memory: MemoryView): TableEntry {
  const entry = memory.read(linear, 4);
  if (entry === undefined) return { index, linear, text: t`not readable`, handler: undefined, isEmpty: false };
  const [selector, offset] = [entry >>> 16, entry & 0xffff];
  const target = `${hex(selector, 4)}:${hex(offset, 4)}`;
  return { index, linear, text: t`to ${target}`, handler: selector * 16 + offset, isEmpty: entry === 0 };
}

/** `0x08` for an entry of the GDT, `0x0c` of the LDT, `0x0e #PF` of the IDT: what it is called by. */
export function entryName(name: TableName, index: number): string {
  if (name !== 'idt') return hex(index * 8 + (name === 'ldt' ? 4 : 0), 2);
  const exception = exceptionRow(index)?.mnemonic;
  return exception === undefined ? hex(index, 2) : `${hex(index, 2)} ${exception}`;
}
