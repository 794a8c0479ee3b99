// A guest as a user starts it, run to its end: what it printed, and what was said.
import fs from 'node:fs';
import path from 'node:path';
import { Breakpoints } from '../../src/debug/breakpoints';
import { Debuggee } from '../../src/debug/debuggee';
import { never } from '../../src/debug/goals';
import { parseLaunchOptions } from '../../src/debug/launch';
import { exitCodeOf } from '../../src/debug/stop';

export interface Outcome {
  readonly serial: string;
  /** how it ended, in words; `unfinished` if it did not */
  readonly ending: string;
  readonly exitCode: number | undefined;
  readonly debuggee: Debuggee;
}

export type Files = Readonly<Record<string, Uint8Array | string>>;

const mostSteps = 2_000_000;
const guestsFolder = path.resolve('test/debug/guests');

/** `program` is one of `files`, or of the sources in `test/debug/guests`. */
export async function runBooted(
  program: string,
  launch: Record<string, unknown> = {},
  files: Files = {},
): Promise<Outcome> {
  let serial = '';
  const host = {
    yieldTurn: async () => {},
    turnIsOver: () => false,
    log: () => {},
    serialOutput: (byte: number) => void (serial += String.fromCharCode(byte)),
    debugOutput: () => {},
  };
  const breakpoints = new Breakpoints();
  breakpoints.setFilters([]);
  const options = parseLaunchOptions({ program, memoryMb: 4, ...launch });
  const debuggee = await Debuggee.launch(options, { read: file => read(file, files) }, host, breakpoints);
  const stop = await debuggee.engine.run(never, { mostSteps });
  const [ending, exitCode] =
    stop.kind === 'ended'
      ? [debuggee.explainer.ending(stop.ending), exitCodeOf(stop.ending)]
      : ['unfinished', undefined];
  return { serial, ending, exitCode, debuggee };
}

async function read(file: string, files: Files): Promise<Uint8Array> {
  const content = files[file] ?? fs.readFileSync(path.join(guestsFolder, file));
  return typeof content === 'string' ? new TextEncoder().encode(content) : content;
}
