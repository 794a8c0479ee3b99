// The guest's tables in the Variables view: descriptors, the TSS, what is mapped, the walk of an address.

import { hex } from '../../base/hex';
import { t } from '../../base/localization';
import type { Debuggee } from '../debuggee';
import { linearEip, linearStackPointer } from '../position';
import { descriptorTable, entryName, tableEntry, type TableName, tableNames } from '../tables/descriptorTables';
import { entryText, mappedRanges, rangeName, rangeText, walkAddress } from '../tables/pageTables';
import { taskStateFields } from '../tables/taskStateFields';
import type { VariableNode } from './node';

/** GDT, LDT and IDT with their entries, and the TSS. */
export const tableNodes = (debuggee: Debuggee): VariableNode[] => [
  ...tableNames.map(name => tableNode(name, debuggee)),
  taskNode(debuggee),
];

function tableNode(name: TableName, debuggee: Debuggee): VariableNode {
  const { system } = debuggee;
  const title = name.toUpperCase();
  const table = descriptorTable(name, system.running.level.believed());
  if (!table) return { name: title, value: t`none` };
  const { base, entries } = table;
  return {
    name: title,
    value: t`${hex(base, 8)}, entries: ${entries}`,
    address: base,
    rows: { count: entries, at: index => entryNode(name, index, debuggee) },
  };
}

function entryNode(name: TableName, index: number, { system, memory, explainer }: Debuggee): VariableNode {
  const state = system.running.level.believed();
  const table = descriptorTable(name, state);
  if (!table) return { name: entryName(name, index), value: t`none` };
  const { text, linear, handler } = tableEntry(table, index, state, memory);
  const value = handler === undefined ? text : `${text} ${explainer.placeAt(handler)}`;
  return { name: entryName(name, index), value, address: handler ?? linear };
}

function taskNode({ system, memory }: Debuggee): VariableNode {
  const state = system.running.level.believed();
  const fields = taskStateFields(state, memory);
  if (fields.length === 0) return { name: 'TSS', value: t`none` };
  const children = (): VariableNode[] =>
    fields.map(({ name, linear, bytes, value }) => ({
      name,
      value: value === undefined ? t`not readable` : hex(value, bytes * 2),
      address: linear,
    }));
  return { name: 'TSS', value: hex(fields[0].linear, 8), address: fields[0].linear, children };
}

/** What is mapped, and how the addresses that matter now are walked. */
export function memoryNodes(debuggee: Debuggee): VariableNode[] {
  const { system } = debuggee;
  const { level } = system.running;
  const state = level.believed();
  const { ranges, isAll } = mappedRanges(level);
  const count = isAll ? t`ranges: ${ranges.length}` : t`ranges: at least ${ranges.length}`;
  return [
    {
      name: t`mapped`,
      value: state.paging ? count : t`all, without paging`,
      rows: {
        count: ranges.length,
        at: index => ({
          name: rangeName(ranges[index]),
          value: rangeText(ranges[index]),
          address: ranges[index].first,
        }),
      },
    },
    walkNode(t`walk of CS:EIP`, linearEip(system), debuggee),
    walkNode(t`walk of SS:ESP`, linearStackPointer(state), debuggee),
    walkNode(t`walk of CR2`, state.get('cr2') >>> 0, debuggee),
  ];
}

function walkNode(name: string, linear: number, { system }: Debuggee): VariableNode {
  const { steps, guestPhysical, hostPhysical } = walkAddress(linear, system.running.level);
  const at = hex(linear, 8);
  const children = (): VariableNode[] => [
    { name: t`guest-virtual`, value: at, address: linear },
    ...steps.map(step => ({
      name: step.name,
      value: entryText(step),
      place: { space: 'gpa', address: step.address } as const,
    })),
    ...(guestPhysical === undefined
      ? []
      : [
          {
            name: t`guest-physical`,
            value: hex(guestPhysical, 8),
            place: { space: 'gpa', address: guestPhysical } as const,
          },
        ]),
    ...(hostPhysical === undefined
      ? []
      : [
          {
            name: t`host-physical`,
            value: hex(hostPhysical, 8),
            place: { space: 'hpa', address: hostPhysical } as const,
          },
        ]),
  ];
  const value =
    guestPhysical === undefined
      ? t`${at}: nothing is mapped there`
      : `${at} → ${hex(guestPhysical, 8)} → ${hostPhysical === undefined ? '-' : hex(hostPhysical, 8)}`;
  return { name, value, address: linear, children };
}
