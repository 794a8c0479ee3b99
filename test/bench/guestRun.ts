// One run of a guest on a peer, and what it says.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type Guest, instructionsOf } from './guests';
import { imageFile } from './image';
import { measuredRun } from './measuredRun';
import type { Peer } from './peers/peer';

export interface GuestRun {
  /** what the guest found out, eight digits */
  readonly result: string;
  readonly processorSeconds: number;
  readonly wallSeconds: number;
  /** where the peer counts them: all, until the guest's end */
  readonly instructions: number | undefined;
}

/** A guest that did not come to its result, or a peer that counted otherwise than the evaluator. */
export class FailedRun extends Error {}

export async function runGuest(
  peer: Peer,
  guest: Guest,
  iterations: number,
  { checksCount } = { checksCount: true },
): Promise<GuestRun> {
  const file = imageFile(guest.name, iterations);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ringside-bench-'));
  try {
    const run = await measuredRun(peer.command(file, folder));
    const output = peer.serialOutput?.(folder) ?? run.output;
    const result = /^result ([0-9a-f]{8})$/m.exec(output)?.[1];
    if (result === undefined)
      throw new FailedRun(`${guest.name} on ${peer.title}: no result, but ${JSON.stringify(output + run.errors)}`);
    const counted = /^instructions (\d+)$/m.exec(output)?.[1];
    const instructions = counted === undefined ? undefined : Number(counted);
    if (checksCount) checkCount(peer, guest, iterations, instructions);
    return { result, instructions, processorSeconds: run.processorSeconds, wallSeconds: run.wallSeconds };
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

function checkCount(peer: Peer, guest: Guest, iterations: number, counted: number | undefined): void {
  const expected = instructionsOf(guest, iterations);
  if (counted === undefined || expected === undefined || counted === expected) return;
  throw new FailedRun(
    `${guest.name} on ${peer.title}: ${counted} instructions, not ${expected}; ` +
      'if the guest has changed, run npm run bench -- --count',
  );
}
