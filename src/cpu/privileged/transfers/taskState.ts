// Tasks read from and saved to their task-state segments, for task switches.

import type { Linear } from '../../../base/address';
import { segmentRegisters } from '../../../isa/registers';
import { taskStateLayout } from '../../../isa/taskState';
import type { Core } from '../../core';
import type { PendingWrites } from '../../memory/pendingWrites';

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

const upperHalfOf16BitTask = 0xffff0000;

/** Reads a whole task. Of a 16-bit one, the registers' high halves are ones, EIP's and EFLAGS's zeros, FS and GS null. */
export function readTask({ memory }: Core, base: Linear, is32Bit: boolean): TaskImage {
  const layout = taskStateLayout(is32Bit);
  const { bytes, cr3, trap } = layout;
  const read = (offset: number): number => memory.readSystem(base + offset, bytes);
  const selector = (index: number): number =>
    index < layout.selectorCount ? read(layout.selectors + index * bytes) & 0xffff : 0;
  const upperHalf = is32Bit ? 0 : upperHalfOf16BitTask;
  return {
    eip: read(layout.eip) >>> 0,
    eflags: read(layout.eflags),
    registers: [0, 1, 2, 3, 4, 5, 6, 7].map(index => read(layout.registers + index * bytes) | upperHalf),
    selectors: segmentRegisters.map(selector),
    ldt: read(layout.ldt) & 0xffff,
    cr3: cr3 === undefined ? undefined : read(cr3),
    trap: trap !== undefined && (read(trap) & 1) !== 0,
  };
}

/** Saves the dynamic fields of the current task in its TSS, at `base`; LDT and CR3 are not among them. */
export function saveTask(
  { state }: Core,
  writes: PendingWrites,
  base: Linear,
  is32Bit: boolean,
  eip: number,
  eflags: number,
): void {
  const layout = taskStateLayout(is32Bit);
  const { bytes } = layout;
  writes.add(base + layout.eip, bytes, eip);
  writes.add(base + layout.eflags, bytes, eflags);
  for (let index = 0; index < 8; index++) writes.add(base + layout.registers + index * bytes, bytes, state.gpr(index));
  for (const segment of segmentRegisters.slice(0, layout.selectorCount)) {
    writes.add(base + layout.selectors + segment * bytes, 2, state.selector(segment));
  }
}
