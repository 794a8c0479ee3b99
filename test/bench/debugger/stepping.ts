// Stepping without a protocol, in a process of its own.
import path from 'node:path';
import { measuredRun } from '../measuredRun';

const script = path.resolve('out/bench/bench/debugger/steppingProcess.js');

/** Per second of processor time: evaluated instructions, steps with the registers read, steps of the engine, steps of a
 * session, hits of a breakpoint and of a data breakpoint whose conditions do not hold. */
export async function measureStepping(seconds: number): Promise<readonly number[]> {
  const run = await measuredRun({
    program: process.execPath,
    parameters: [script, String(Math.max(seconds, 0.1))],
    folder: path.resolve('.'),
  });
  if (!run.output.startsWith('[')) throw new Error(`stepping: ${run.output}${run.errors}`);
  return JSON.parse(run.output) as number[];
}
