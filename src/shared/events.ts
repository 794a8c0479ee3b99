// What has passed between the rings of a guest, and in and out of the monitor, over the debug protocol: a request of this project's own.

import type { CrossingKind, Fact, VirtualTime } from './where';

/** Request: the events noted so far that `filter` is found in, newest first. */
export const eventsRequest = 'ringside/events';

export interface EventsRequest {
  /** such as `CR3`, `port 0x1f0`, `#PF`; in capitals or not */
  filter?: string;
  /** how many of the newest to leave out */
  start?: number;
  /** how many at most, up to 1000; 100 if it is not said */
  count?: number;
}

export interface GuestEvents {
  /** found; of these some are in `events` */
  matching: number;
  /** deliveries that were made at full speed, of which nothing is noted but their number */
  unseen: number;
  events: EventFact[];
}

/** Its text is short, such as `#PF(0x6) · ring 3 → 0`; it leads to the instruction that has brought it about. */
export interface EventFact extends Fact {
  /** from 1, in the order in which they were noted */
  number: number;
  kind: CrossingKind;
  from: number;
  to: number;
  time: VirtualTime;
  sentence: string;
}
