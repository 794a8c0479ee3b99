// The decoded tables as lines, for the Debug Console.

import { hex } from '../../base/hex';
import { t } from '../../base/localization';
import type { Debuggee } from '../debuggee';
import { descriptorTable, entryName, tableEntry, type TableName } from './descriptorTables';
import { type AddressWalk, entryText, mappedRanges, rangeName, rangeText, walkAddress } from './pageTables';
import { taskStateFields } from './taskStateFields';

/** More than anybody reads at once. */
const mostLines = 200;

function bounded(lines: readonly string[], isAll = true): readonly string[] {
  const more = lines.length - mostLines;
  if (more <= 0) return lines;
  return [...lines.slice(0, mostLines), isAll ? t`… and ${more} more` : t`… and at least ${more} more`];
}

/** Empty entries are left out. */
export function tableLines(name: TableName, { system, memory, explainer }: Debuggee): readonly string[] {
  const state = system.running.level.believed();
  const table = descriptorTable(name, state);
  const title = name.toUpperCase();
  if (!table) return [t`The guest has no ${title} now.`];
  const entries = Array.from({ length: table.entries }, (_, index) => tableEntry(table, index, state, memory));
  const lines = entries
    .filter(({ isEmpty }) => !isEmpty)
    .map(({ index, text, handler }) => {
      const place = handler === undefined ? '' : ` ${explainer.placeAt(handler)}`;
      return `${entryName(name, index)}: ${text}${place}`;
    });
  return [t`${title} at ${hex(table.base, 8)}, entries: ${table.entries}`, ...bounded(lines)];
}

export function taskLines({ system, memory, explainer }: Debuggee): readonly string[] {
  const state = system.running.level.believed();
  const fields = taskStateFields(state, memory);
  if (fields.length === 0) return [t`The guest has no ${'TSS'} now.`];
  return fields.map(({ name, value, bytes, linear }) => {
    const text = value === undefined ? t`not readable` : hex(value, bytes * 2);
    return `${explainer.placeAt(linear)} ${name}: ${text}`;
  });
}

export function rangeLines({ system }: Debuggee): readonly string[] {
  const { ranges, isAll } = mappedRanges(system.running.level);
  return bounded(
    ranges.map(range => `${rangeName(range)}: ${rangeText(range)}`),
    isAll,
  );
}

export const walkLines = (linear: number, { system, explainer }: Debuggee): readonly string[] =>
  linesOf(walkAddress(linear, system.running.level), explainer.placeAt(linear >>> 0));

function linesOf({ steps, guestPhysical, hostPhysical }: AddressWalk, place: string): readonly string[] {
  return [
    t`guest-virtual ${place}`,
    ...steps.map(step => t`${step.name} at guest-physical ${hex(step.address, 8)}: ${entryText(step)}`),
    guestPhysical === undefined ? t`nothing is mapped there` : t`guest-physical ${hex(guestPhysical, 8)}`,
    ...(hostPhysical === undefined ? [] : [t`host-physical ${hex(hostPhysical, 8)}`]),
  ];
}
