// The guest's current task-state segment, field by field (SDM Vol. 3A §7.2.1, §7.6). Only looked at.

import type { Linear } from '../../base/address';
import type { ProcessorState } from '../../cpu/registers/state';
import { Attribute, selectorIsNull } from '../../isa/descriptors';
import { is32BitSystem } from '../../isa/descriptorTypes';
import { gprNames, Segment, segmentNames } from '../../isa/registers';
import { innerStackOffset, taskStateLayout } from '../../isa/taskState';
import type { MemoryView } from '../memory';

export interface TaskStateField {
  /** as the manual calls it, such as `ESP0` */
  readonly name: string;
  readonly linear: Linear;
  readonly bytes: 2 | 4;
  /** undefined where it cannot be read */
  readonly value: number | undefined;
}

/** In the order of memory; none if the guest has no TSS. */
export function taskStateFields(state: ProcessorState, memory: MemoryView): readonly TaskStateField[] {
  const attributes = state.attributes(Segment.tr);
  if (!state.protectedMode || attributes & Attribute.unusable || selectorIsNull(state.selector(Segment.tr))) return [];
  const base = state.base(Segment.tr);
  const limit = state.limit(Segment.tr);
  return fieldPlaces(is32BitSystem(attributes))
    .filter(({ offset, bytes }) => offset + bytes - 1 <= limit)
    .map(({ name, offset, bytes }) => {
      const linear = (base + offset) >>> 0;
      return { name, linear, bytes, value: memory.read(linear, bytes) };
    });
}

interface FieldPlace {
  readonly name: string;
  readonly offset: number;
  readonly bytes: 2 | 4;
}

function fieldPlaces(is32Bit: boolean): readonly FieldPlace[] {
  const layout = taskStateLayout(is32Bit);
  const { bytes } = layout;
  const prefix = is32Bit ? 'E' : '';
  const register = (name: string): string => (is32Bit ? name : name.slice(1)).toUpperCase();
  const stacks = [0, 1, 2].flatMap(ring => [
    { name: `${prefix}SP${ring}`, offset: innerStackOffset(ring, bytes), bytes },
    { name: `SS${ring}`, offset: innerStackOffset(ring, bytes) + bytes, bytes: 2 as const },
  ]);
  return [
    { name: 'LINK', offset: 0, bytes: 2 },
    ...stacks,
    ...(layout.cr3 === undefined ? [] : [{ name: 'CR3', offset: layout.cr3, bytes }]),
    { name: `${prefix}IP`, offset: layout.eip, bytes },
    { name: `${prefix}FLAGS`, offset: layout.eflags, bytes },
    ...gprNames.map((name, index) => ({ name: register(name), offset: layout.registers + index * bytes, bytes })),
    ...segmentNames.slice(0, layout.selectorCount).map((name, index) => ({
      name: name.toUpperCase(),
      offset: layout.selectors + index * bytes,
      bytes: 2 as const,
    })),
    { name: 'LDTR', offset: layout.ldt, bytes: 2 },
    ...(layout.trap === undefined
      ? []
      : [
          { name: 'T', offset: layout.trap, bytes: 2 as const },
          { name: 'I/O MAP', offset: layout.trap + 2, bytes: 2 as const },
        ]),
  ];
}
