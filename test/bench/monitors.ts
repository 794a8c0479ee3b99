// What each monitor costs programs in ring 3, against the bare machine.
import { techniques } from '../../src/monitor/techniques';
import type { Peer } from './peers/peer';
import { ringside } from './peers/ringside';

/** Ringside under each technique; `none` is the first. */
export const monitorPeers: readonly Peer[] = techniques.map(({ name }) => ringside(name, name, name));
