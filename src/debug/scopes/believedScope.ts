// What the guest believes beside what the hardware has: the heart of virtualization in one table.

import { cr0Bits, cr4Bits, type BitRow } from '../../isa/controlRegisters';
import { hex } from '../../base/hex';
import { marked, t, translated } from '../../base/localization';
import { unreachable } from '../../base/exhaustive';
import type { ProcessorState } from '../../cpu/registers/state';
import type { System } from '../../monitor/system';
import type { Visit } from '../../monitor/visit';
import { flagRows, registerPlace } from '../expressions/registers';
import type { VariableNode } from './node';
import { attributesText, bitNames } from './registerScopes';
import { Segment } from '../../isa/registers';

type RowKind = 'bits' | 'number' | 'table' | 'segment';

interface Row {
  readonly name: string;
  readonly register: string;
  readonly kind: RowKind;
  readonly bits?: readonly BitRow[];
  /** why a monitor keeps the two apart */
  readonly why: string;
}

const rows: readonly Row[] = [
  {
    name: marked`ring (CPL)`,
    register: 'cpl',
    kind: 'number',
    why: marked`the guest's kernel is kept out of ring 0, which is the monitor's`,
  },
  {
    name: 'IF',
    register: 'if',
    kind: 'number',
    why: marked`the guest must not be able to lock the monitor out by switching interrupts off`,
  },
  {
    name: 'IOPL',
    register: 'iopl',
    kind: 'number',
    why: marked`with a real IOPL of 0 every CLI, STI, IN and OUT of the guest traps`,
  },
  {
    name: 'EFLAGS',
    register: 'eflags',
    kind: 'bits',
    bits: flagRows,
    why: marked`IF and IOPL are virtual, the arithmetic flags are real`,
  },
  {
    name: 'CR0',
    register: 'cr0',
    kind: 'bits',
    bits: cr0Bits,
    why: marked`the monitor needs protection and paging, whatever the guest has switched on`,
  },
  {
    name: 'CR3',
    register: 'cr3',
    kind: 'number',
    why: marked`the hardware walks the monitor's shadow of the guest's page tables`,
  },
  {
    name: 'CR4',
    register: 'cr4',
    kind: 'bits',
    bits: cr4Bits,
    why: marked`features that the monitor uses, or withholds`,
  },
  {
    name: 'GDTR',
    register: 'gdtr',
    kind: 'table',
    why: marked`the hardware uses a copy of the guest's descriptors, moved out of ring 0 and cut short`,
  },
  {
    name: 'IDTR',
    register: 'idtr',
    kind: 'table',
    why: marked`every exception and interrupt has to reach the monitor first`,
  },
  {
    name: 'TR',
    register: 'tr',
    kind: 'segment',
    why: marked`a trap has to find the monitor's stack, which the TSS names`,
  },
  { name: 'CS', register: 'cs', kind: 'segment', why: marked`the low two bits of CS are the ring` },
  { name: 'SS', register: 'ss', kind: 'segment', why: marked`the low two bits of SS are the ring` },
];

/**
 * One row for each, `≠` where they differ. While the monitor handles a trap, the hardware is the monitor's: then what it had when
 * the guest trapped is what the belief is to be compared with, and what it has now comes third.
 */
export function believedNodes(system: System, visit?: Visit): VariableNode[] {
  const believed = system.running.level.believed();
  const now = system.machine.hardware.state;
  const trapped = visit?.isUnderWay ? visit.trapped : undefined;
  return rows.map(row => beliefNode(row, { believed, trapped, now }));
}

interface States {
  readonly believed: ProcessorState;
  /** the hardware when the guest trapped, if the monitor handles a trap */
  readonly trapped: ProcessorState | undefined;
  /** the hardware */
  readonly now: ProcessorState;
}

function beliefNode(row: Row, { believed, trapped, now }: States): VariableNode {
  const differs = shortText(row, believed) !== shortText(row, trapped ?? now);
  return {
    name: translated(row.name),
    value: summary(shortText(row, believed), trapped && shortText(row, trapped), shortText(row, now)),
    explanation: differs ? translated(row.why) : t`the guest sees what is there`,
    children: () => [
      { name: t`guest believes`, value: valueText(row, believed), expression: watched(row) },
      ...(trapped ? [{ name: t`hardware had, when trapped`, value: trappedText(row, trapped) }] : []),
      {
        name: trapped ? t`hardware has now` : t`hardware has`,
        value: valueText(row, now),
        expression: `hw.${watched(row)}`,
      },
      ...(differs ? [{ name: t`why`, value: translated(row.why) }] : []),
    ],
  };
}

/** Short enough for a narrow view: in the order of the scope's title. */
function summary(guest: string, trapped: string | undefined, now: string): string {
  const had = trapped ?? now;
  const both = guest === had ? t`both ${guest}` : `≠ ${guest} / ${had}`;
  return had === now ? both : t`${both}, now ${now}`;
}

/** A number alone; what its bits, or a descriptor, say is below it. */
const shortText = (row: Row, state: ProcessorState): string =>
  registerPlace(watched(row))?.bits === 2 || row.register === 'if' ? valueText(row, state) : hex(numberOf(row, state));

const numberOf = (row: Row, state: ProcessorState): number => registerPlace(watched(row))?.get(state) ?? 0;

/** Of a segment only the selector is known: the descriptor was the processor's own affair. */
const trappedText = (row: Row, state: ProcessorState): string =>
  row.kind === 'segment' ? hex(numberOf(row, state), 4) : valueText(row, state);

const watched = ({ kind, register }: Row): string => (kind === 'table' ? `${register}.base` : register);

function valueText({ kind, register, bits = [] }: Row, state: ProcessorState): string {
  const read = (name: string): number => registerPlace(name)?.get(state) ?? 0;
  switch (kind) {
    case 'number':
      return registerPlace(register)?.bits === 32 ? hex(read(register), 8) : String(read(register));
    case 'bits':
      return `${hex(read(register), 8)} ${bitNames(read(register), bits)}`.trim();
    case 'table':
      return t`${hex(read(`${register}.base`), 8)} limit ${hex(read(`${register}.limit`) & 0xffff, 4)}`;
    case 'segment':
      return `${hex(read(register), 4)} ${attributesText(state.attributes(segmentIndex(register)))}`;
    default:
      return unreachable(kind);
  }
}

const segmentIndex = (register: string): number =>
  register === 'tr' ? Segment.tr : register === 'cs' ? Segment.cs : Segment.ss;
