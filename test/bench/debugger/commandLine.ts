// How soon a guest that is run from the command line does something.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { NotMeasured } from './notMeasured';

const commandLine = path.resolve('dist/cli.js');
/** Its third instruction writes a byte to COM1 and so to standard output. */
const source = 'bits 32\norg 0x100000\nstart: mov dx, 0x3f8\nmov al, 10\nout dx, al\ncli\nhlt\n';

/** From starting the process, over assembling the source, to the guest's first byte of output. */
export async function firstInstructionMs(): Promise<number> {
  if (!fs.existsSync(commandLine)) throw new NotMeasured('dist/cli.js is missing: run npm run build');
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ringside-bench-'));
  try {
    const file = path.join(folder, 'first.asm');
    fs.writeFileSync(file, source);
    return await millisecondsToOutput(['run', file, '--technique', 'none']);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

function millisecondsToOutput(parameters: string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const start = performance.now();
    const child = spawn(process.execPath, [commandLine, ...parameters], { stdio: ['ignore', 'pipe', 'inherit'] });
    let first: number | undefined;
    child.stdout.on('data', () => (first ??= performance.now() - start));
    child.on('close', () => {
      if (first === undefined) reject(new Error('the guest wrote nothing'));
      else resolve(first);
    });
  });
}
