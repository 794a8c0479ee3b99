// A measurement in the unit of its guest, and how two compare.
import type { Measurement, Row } from './comparison';
import { FailedRun } from './guestRun';
import { type Guest, instructionsOf } from './guests';
import { geometricMean } from './statistics';

/** MIPS, nanoseconds for an event, or MB/s; undefined where it cannot be said. */
export function valueOf(guest: Guest, { iterations, seconds }: Measurement): number | undefined {
  switch (guest.unit.kind) {
    case 'instructions': {
      const instructions = instructionsOf(guest, iterations);
      return instructions && instructions / seconds / 1e6;
    }
    case 'events':
      return (seconds / (guest.unit.perIteration * iterations)) * 1e9;
    case 'bytes':
      return (guest.unit.perIteration * iterations) / seconds / 1e6;
  }
}

export function unitOf({ unit }: Guest): string {
  switch (unit.kind) {
    case 'instructions':
      return 'MIPS';
    case 'events':
      return `ns for each ${unit.event}`;
    case 'bytes':
      return 'MB/s';
  }
}

export function measurementOf({ measured }: Row, peer: string): Measurement | undefined {
  const found = measured.get(peer);
  return found instanceof FailedRun ? undefined : found;
}

/** How many times as fast `peer` is as `other`. */
export function timesAsFast(row: Row, peer: string, other: string): number | undefined {
  const mine = measurementOf(row, peer);
  const theirs = measurementOf(row, other);
  return mine && theirs && theirs.seconds / theirs.iterations / (mine.seconds / mine.iterations);
}

/** Of values that are all there. */
export function meanOf(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter(value => value !== undefined);
  return known.length > 0 && known.length === values.length ? geometricMean(known) : undefined;
}
