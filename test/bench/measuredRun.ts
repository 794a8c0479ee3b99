// Runs a process and measures it: processor time, user and system, of all its threads, as the shell counts it.
import { spawn } from 'node:child_process';

export interface Command {
  readonly program: string;
  readonly parameters: readonly string[];
  /** where it runs */
  readonly folder: string;
}

export interface MeasuredRun {
  readonly output: string;
  readonly errors: string;
  readonly processorSeconds: number;
  readonly wallSeconds: number;
}

const timeoutMs = 120_000;
/** Bash times what it runs, to the millisecond. */
const script = 'TIMEFORMAT="processor time %U %S"; time "$@"';
const timePattern = /processor time ([\d.]+) ([\d.]+)\s*$/;

export async function measuredRun({ program, parameters, folder }: Command): Promise<MeasuredRun> {
  const started = performance.now();
  const { output, errors } = await collect('bash', ['-c', script, 'bash', program, ...parameters], folder);
  const wallSeconds = (performance.now() - started) / 1000;
  const times = timePattern.exec(errors);
  if (!times) throw new Error(`${program} did not end within ${timeoutMs / 1000} s: ${output}${errors}`);
  const processorSeconds = Number(times[1]) + Number(times[2]);
  return { output, errors: errors.replace(timePattern, ''), processorSeconds, wallSeconds };
}

function collect(program: string, parameters: string[], folder: string): Promise<{ output: string; errors: string }> {
  return new Promise((resolve, reject) => {
    // A process group of its own, so that what bash started can be ended too.
    const child = spawn(program, parameters, { cwd: folder, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    const timer = setTimeout(() => child.pid !== undefined && process.kill(-child.pid, 'SIGKILL'), timeoutMs);
    let output = '';
    let errors = '';
    child.stdout.on('data', (data: Buffer) => (output += data.toString('latin1')));
    child.stderr.on('data', (data: Buffer) => (errors += data.toString('latin1')));
    child.on('error', reject);
    child.on('close', () => {
      clearTimeout(timer);
      resolve({ output, errors });
    });
  });
}
