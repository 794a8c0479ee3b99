// How many exceptions and interrupts a processor has delivered, by what brought them about and by vector: counted by the machinery
// and by the routines that make known transfers alike, as 64-bit floating-point numbers in the processor's area.

import type { ProcessorArea } from './processorArea';

/** What brought a delivery about. `exception`: also INT3, INTO, INT1 and the NMI, which have vectors of their own. */
export const deliveryCauses = ['exception', 'softwareInterrupt', 'device'] as const;
export type DeliveryCause = (typeof deliveryCauses)[number];

export interface DeliveryCount {
  readonly cause: DeliveryCause;
  readonly vector: number;
  readonly count: number;
}

const vectorCount = 256;
const countBytes = 8;

export class DeliveryCounts {
  private readonly first: number;
  private readonly counts: Float64Array;

  constructor(area: ProcessorArea) {
    const total = deliveryCauses.length * vectorCount;
    this.first = area.allocate(total * countBytes);
    this.counts = new Float64Array(area.buffer, this.first, total);
  }

  count(cause: DeliveryCause, vector: number): void {
    this.counts[indexOf(cause, vector)]++;
  }

  /** The address in the buffer of one of the counts. */
  addressOf(cause: DeliveryCause, vector: number): number {
    return this.first + indexOf(cause, vector) * countBytes;
  }

  /** Those that have happened. */
  get all(): readonly DeliveryCount[] {
    return deliveryCauses.flatMap(cause => {
      const from = indexOf(cause, 0);
      const counts = [...this.counts.subarray(from, from + vectorCount)];
      return counts.map((count, vector) => ({ cause, vector, count })).filter(({ count }) => count > 0);
    });
  }
}

const indexOf = (cause: DeliveryCause, vector: number): number => deliveryCauses.indexOf(cause) * vectorCount + vector;
