// What can happen to a guest that a debugger may stop at, other than reaching an address; and the filters that choose
// among it, as the editor's check boxes show them.

import { listed, marked, t } from '../base/localization';
import { exceptionText } from '../isa/exceptions';
import type { Instruction } from '../isa/instruction';
import type { DeliveredEvent } from '../cpu/core';
import type { Exit } from '../monitor/exit';
import type { EventFact, EventFacts } from './expressions/guestContext';

export type GuestEvent =
  /** an instruction raised an exception; `delivery` is how it reached the guest's handler, if it did */
  | {
      readonly kind: 'exception';
      readonly vector: number;
      readonly errorCode: number | undefined;
      delivery: DeliveredEvent | undefined;
    }
  | { readonly kind: 'interrupt'; readonly vector: number; readonly delivery: DeliveredEvent }
  | { readonly kind: 'ringChange'; readonly from: number; readonly to: number }
  | { readonly kind: 'tripleFault'; readonly first: number; readonly last: number }
  /** about to execute */
  | { readonly kind: 'privileged'; readonly instruction: Instruction }
  | { readonly kind: 'sensitive'; readonly instruction: Instruction; readonly reason: string }
  | { readonly kind: 'monitorEntry'; readonly exit: Exit };

export interface FilterRow {
  readonly filter: GuestEvent['kind'];
  /** translated where it is shown, as is the description */
  readonly label: string;
  readonly description: string;
  readonly onByDefault: boolean;
  /** it is about the monitor, or about running in another ring than the guest believes in: not on the bare machine */
  readonly needsMonitor: boolean;
  /** what its condition may ask of the event */
  readonly facts: readonly EventFact[];
  readonly example: string;
}

const row = (
  filter: GuestEvent['kind'],
  label: string,
  description: string,
  more: Partial<Omit<FilterRow, 'filter' | 'label' | 'description'>> = {},
): FilterRow => ({
  filter,
  label,
  description,
  onByDefault: false,
  needsMonitor: false,
  facts: [],
  example: 'cpl == 3',
  ...more,
});

export const filterRows: readonly FilterRow[] = [
  row(
    'privileged',
    marked`Privileged instruction`,
    marked`Stops before every instruction that needs CPL 0, or CPL ≤ IOPL.`,
  ),
  row(
    'sensitive',
    marked`Sensitive but silent`,
    marked`Stops before an instruction that shows or changes privileged state without a trap, while the guest runs outside the ring it believes in: it is about to go wrong.`,
    { needsMonitor: true },
  ),
  row('monitorEntry', marked`Monitor entry`, marked`Stops whenever the guest loses control to the monitor.`, {
    needsMonitor: true,
    facts: ['vector', 'error'],
    example: 'vector == 13',
  }),
  row('ringChange', marked`Ring change`, marked`Stops when the guest has gone from one ring to another.`, {
    facts: ['from', 'to'],
    example: 'from == 3 && to == 0',
  }),
  row(
    'interrupt',
    marked`Interrupt delivered`,
    marked`Stops at the first instruction of the guest's handler for an interrupt of a device.`,
    { facts: ['vector'], example: 'vector == 0x20' },
  ),
  row('exception', marked`Exception`, marked`Stops when the guest has raised an exception, at its handler.`, {
    facts: ['vector', 'error'],
    example: 'vector in (13, 14)',
  }),
  row(
    'tripleFault',
    marked`Triple fault`,
    marked`Stops where the guest shuts down, while everything can still be inspected.`,
    {
      onByDefault: true,
      facts: ['vector'],
      example: 'vector == 14',
    },
  ),
];

export function conditionDescription({ facts, example }: FilterRow): string {
  const names = listed(['ring', ...facts, 'count']);
  return t`An expression, such as ${example}. Names: registers, labels, ${names}.`;
}

/** `int 0x80`, `#PF(0x6)`, `interrupt 0x20` */
export function eventText({ kind, vector, errorCode }: DeliveredEvent): string {
  const number = `0x${vector.toString(16).padStart(2, '0')}`;
  switch (kind) {
    case 'external':
      return t`interrupt ${number}`;
    case 'nmi':
      return 'NMI';
    case 'softwareInterrupt':
      return `int ${number}`;
    case 'exception':
    case 'softwareException':
    case 'privilegedSoftwareException':
      return exceptionText(vector, errorCode);
  }
}

/** What a filter's condition may ask of the event. */
export function eventFacts(event: GuestEvent): EventFacts {
  switch (event.kind) {
    case 'exception':
      return { vector: event.vector, error: event.errorCode };
    case 'interrupt':
      return { vector: event.vector };
    case 'monitorEntry':
      return event.exit.kind === 'exception' ? { vector: event.exit.vector, error: event.exit.errorCode } : {};
    case 'tripleFault':
      return { vector: event.first };
    case 'ringChange':
      return { from: event.from, to: event.to };
    case 'privileged':
    case 'sensitive':
      return {};
  }
}
