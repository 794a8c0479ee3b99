// What can happen to a guest that a debugger may stop at, other than reaching an address; and the filters that choose
// among it, as the editor's check boxes show them.

import { exceptionRows, exceptionText } from '../isa/exceptions';
import type { Instruction } from '../isa/instruction';
import type { DeliveredEvent } from '../cpu/core';
import type { Exit } from '../monitor/exit';

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
  readonly filter: string;
  readonly label: string;
  readonly description: string;
  readonly onByDefault: boolean;
}

const filter = (name: string, label: string, description: string, onByDefault = false): FilterRow => ({
  filter: name,
  label,
  description,
  onByDefault,
});

export const exceptionFilter = (vector: number): string => `exception${vector}`;

/** Vectors that this processor raises. */
const raised = exceptionRows.filter(({ vector }) => ![2, 16, 18].includes(vector));

export const filterRows: readonly FilterRow[] = [
  filter('privileged', 'Privileged instruction', 'Stops before every instruction that needs CPL 0, or CPL ≤ IOPL.'),
  filter(
    'sensitive',
    'Sensitive but silent',
    'Stops before an instruction that shows or changes privileged state without a trap, while the guest runs outside the ring it believes in: it is about to go wrong.',
  ),
  filter('monitorEntry', 'Monitor entry', 'Stops whenever the guest loses control to the monitor.'),
  filter(
    'hypercall',
    'Hypercall',
    'Stops when a paravirtualized guest calls the monitor. No technique of this version has hypercalls.',
  ),
  filter('ringChange', 'Ring change', 'Stops when the guest has gone from one ring to another.'),
  filter(
    'interrupt',
    'Interrupt delivered',
    "Stops at the first instruction of the guest's handler for an interrupt of a device.",
  ),
  filter(
    'tripleFault',
    'Triple fault',
    'Stops where the guest shuts down, while everything can still be inspected.',
    true,
  ),
  ...raised.map(({ vector, mnemonic, name }) =>
    filter(
      exceptionFilter(vector),
      `${mnemonic} ${name}`,
      `Stops when the guest has raised ${mnemonic} (vector ${vector}), at its handler.`,
    ),
  ),
];

export const conditionDescription =
  'An expression, such as cpl == 3 && error != 0. Names: registers, labels, ring, vector, error, count.';

/** The filter that an event belongs to. */
export function filterOf(event: GuestEvent): string {
  return event.kind === 'exception' ? exceptionFilter(event.vector) : event.kind;
}

/** `int 0x80`, `#PF(0x6)`, `interrupt 0x20` */
export function eventText({ kind, vector, errorCode }: DeliveredEvent): string {
  const number = `0x${vector.toString(16).padStart(2, '0')}`;
  switch (kind) {
    case 'external':
      return `interrupt ${number}`;
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
export function eventFacts(event: GuestEvent): { vector: number | undefined; errorCode: number | undefined } {
  switch (event.kind) {
    case 'exception':
      return { vector: event.vector, errorCode: event.errorCode };
    case 'interrupt':
      return { vector: event.vector, errorCode: undefined };
    case 'monitorEntry':
      return event.exit.kind === 'exception' ? event.exit : { vector: undefined, errorCode: undefined };
    case 'tripleFault':
      return { vector: event.first, errorCode: undefined };
    case 'ringChange':
    case 'privileged':
    case 'sensitive':
      return { vector: undefined, errorCode: undefined };
  }
}
