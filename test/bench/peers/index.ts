// The peers by name, in the order of the table's columns.
import { bochs } from './bochs';
import type { Peer } from './peer';
import { qemu } from './qemu';
import { ringsideCompiling, ringsideEvaluating } from './ringside';
import { v86Compiling, v86Interpreting } from './v86';

/** What a release is measured against. */
export const peers: readonly Peer[] = [ringsideCompiling, v86Compiling, v86Interpreting, qemu, bochs];

/** Only when asked for by name: slow. */
export const otherPeers: readonly Peer[] = [ringsideEvaluating];
