// A machine that can run the benchmark guests, in a process of its own.
import { spawnSync } from 'node:child_process';
import type { Command } from '../measuredRun';

export interface Peer {
  readonly name: string;
  readonly title: string;
  /** a guest's second takes one; elsewhere time is counted in instructions, and HLT skips it */
  readonly hasHostClock?: boolean;
  /** why it cannot be used here, or undefined */
  missing(): string | undefined;
  version(): string;
  /** What runs the Multiboot image in `file`; whatever else it needs is written to `folder`. */
  command(file: string, folder: string): Command;
  /** The guest's serial output, where it is not the process's standard output. */
  serialOutput?(folder: string): string;
}

/** The line of what `program` says of itself that holds a version, or undefined if there is no such program. */
export function versionOf(program: string, parameter: string, pattern: RegExp): string | undefined {
  const { stdout, stderr, error } = spawnSync(program, [parameter], { encoding: 'utf8' });
  return error ? undefined : pattern.exec(stdout + stderr)?.[0];
}
