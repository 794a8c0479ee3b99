// How often a guest has lost control, and to what, in the same columns under every technique: exits to the monitor by their reasons;
// on the bare machine what the hardware has delivered to the guest's own handlers. Counted whether or not anybody looks, and the same
// however the guest is stepped or run.

import { hex } from '../base/hex';
import { t } from '../base/localization';
import type { DeliveryCount } from '../cpu/memory/deliveryCounts';
import { vectorName } from '../isa/exceptions';

export interface ExitRow {
  /** such as `#PF`, `INT 0x80`, `interrupt 0x20`, `host timer`; translated where it is shown */
  readonly reason: string;
  readonly count: number;
  /** instructions of the guest for each */
  readonly instructionsPerExit: number;
}

export interface ExitLedger {
  /** the most frequent first */
  readonly rows: readonly ExitRow[];
  /** of all of them */
  readonly total: ExitRow;
  /** of the guest, so far */
  readonly instructions: number;
}

export function exitLedger(counts: ReadonlyMap<string, number>, instructions: number): ExitLedger {
  const row = (reason: string, count: number): ExitRow => ({
    reason,
    count,
    instructionsPerExit: instructions / count,
  });
  const rows = [...counts].map(([reason, count]) => row(reason, count)).sort((a, b) => b.count - a.count);
  const total = rows.reduce((sum, { count }) => sum + count, 0);
  return { rows, total: row('', total), instructions };
}

/** What the hardware has delivered, by reasons. */
export const deliveryReasons = (deliveries: readonly DeliveryCount[]): ReadonlyMap<string, number> =>
  new Map(deliveries.map(delivery => [deliveryReason(delivery), delivery.count]));

function deliveryReason({ cause, vector }: DeliveryCount): string {
  switch (cause) {
    case 'exception':
      return vectorName(vector);
    case 'softwareInterrupt':
      return `INT ${hex(vector, 2)}`;
    case 'device':
      return t`interrupt ${hex(vector, 2)}`;
  }
}
