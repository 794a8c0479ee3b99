// The task-state segment in memory (SDM Vol. 3A §7.2.1 and figure 7-2; 16-bit: §7.6 and figure 7-10).

import { Segment } from '../../../isa/registers';
import type { Core } from '../../core';
import type { PendingWrites } from '../../memory/pendingWrites';

interface TaskStateLayout {
  readonly bytes: 2 | 4;
  /** a TSS whose limit is less is invalid */
  readonly minimumLimit: number;
  readonly eip: number;
  readonly eflags: number;
  /** EAX; the others follow in encoding order */
  readonly registers: number;
  /** ES; the others follow in encoding order, each in a place of `bytes` */
  readonly selectors: number;
  /** how many selectors there are: no FS and GS in a 16-bit TSS */
  readonly selectorCount: number;
  readonly ldt: number;
  readonly cr3: number | undefined;
  /** bit 0: T, a debug trap on switching to the task */
  readonly trap: number | undefined;
}

const layout32: TaskStateLayout = {
  bytes: 4,
  minimumLimit: 0x67,
  eip: 0x20,
  eflags: 0x24,
  registers: 0x28,
  selectors: 0x48,
  selectorCount: 6,
  ldt: 0x60,
  cr3: 0x1c,
  trap: 0x64,
};

const layout16: TaskStateLayout = {
  bytes: 2,
  minimumLimit: 0x2b,
  eip: 0x0e,
  eflags: 0x10,
  registers: 0x12,
  selectors: 0x22,
  selectorCount: 4,
  ldt: 0x2a,
  cr3: undefined,
  trap: undefined,
};

/** What a task switch loads. */
export interface TaskImage {
  readonly eip: number;
  readonly eflags: number;
  readonly registers: readonly number[];
  /** ES, CS, SS, DS, FS, GS */
  readonly selectors: readonly number[];
  readonly ldt: number;
  readonly cr3: number | undefined;
  readonly trap: boolean;
}

export const minimumTaskLimit = (is32Bit: boolean): number => (is32Bit ? layout32 : layout16).minimumLimit;

const upperHalfOf16BitTask = 0xffff0000;

/** Reads a whole task. Of a 16-bit one, the registers' high halves are ones, EIP's and EFLAGS's zeros, FS and GS null. */
export function readTask({ memory }: Core, base: number, is32Bit: boolean): TaskImage {
  const layout = is32Bit ? layout32 : layout16;
  const { bytes, cr3, trap } = layout;
  const read = (offset: number): number => memory.readSystem(base + offset, bytes);
  const selector = (index: number): number =>
    index < layout.selectorCount ? read(layout.selectors + index * bytes) & 0xffff : 0;
  const upperHalf = is32Bit ? 0 : upperHalfOf16BitTask;
  return {
    eip: read(layout.eip) >>> 0,
    eflags: read(layout.eflags),
    registers: [0, 1, 2, 3, 4, 5, 6, 7].map(index => read(layout.registers + index * bytes) | upperHalf),
    selectors: [0, 1, 2, 3, 4, 5].map(selector),
    ldt: read(layout.ldt) & 0xffff,
    cr3: cr3 === undefined ? undefined : read(cr3),
    trap: trap !== undefined && (read(trap) & 1) !== 0,
  };
}

/** Saves the dynamic fields of the current task in its TSS, at `base`; LDT and CR3 are not among them. */
export function saveTask(
  { state }: Core,
  writes: PendingWrites,
  base: number,
  is32Bit: boolean,
  eip: number,
  eflags: number,
): void {
  const layout = is32Bit ? layout32 : layout16;
  const { bytes } = layout;
  writes.add(base + layout.eip, bytes, eip);
  writes.add(base + layout.eflags, bytes, eflags);
  for (let index = 0; index < 8; index++) writes.add(base + layout.registers + index * bytes, bytes, state.gpr(index));
  for (let index = 0; index < layout.selectorCount; index++) {
    writes.add(base + layout.selectors + index * bytes, 2, state.selector(Segment.es + index));
  }
}
