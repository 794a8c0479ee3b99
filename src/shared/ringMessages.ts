// What the editor and its ring view (media/rings/) say to each other.
import type { Fact, Where } from './where';

export type ToRingView =
  /** The guest has stopped there, or has gone on since. */
  { kind: 'where'; where: Where; isRunning: boolean } | { kind: 'nowhere' };

/** What a fact leads to. */
export type RingTarget = Pick<Fact, 'source' | 'memoryReference' | 'variable'>;

export type FromRingView =
  /** It has nothing to show yet. */
  { kind: 'ready' } | { kind: 'open'; target: RingTarget };

/** In the user's language; `{0}`… stand for values. */
export interface RingTexts {
  ring: string;
  real: string;
  believed: string;
  trapped: string;
  processor: string;
  mode: string;
  technique: string;
  time: string;
  crossing: string;
  monitorEntry: string;
  cause: string;
  gate: string;
  handler: string;
  before: string;
  after: string;
  frame: string;
  isOver: string;
  sameStack: string;
  unseen: string;
  noCrossing: string;
  running: string;
  nowhere: string;
  /** of the picture: real ring, believed ring, last crossing */
  picture: string;
}
