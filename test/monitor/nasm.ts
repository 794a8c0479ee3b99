// Guests of the tests, from NASM source to bytes.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

export const nasmIsMissing = spawnSync('nasm', ['-v']).status !== 0;

/** Skips what is below the caller, and says why, where there is no NASM. */
export function requireNasm(context: Mocha.Context): void {
  if (!nasmIsMissing) return;
  console.log('      skipped: nasm is not installed');
  context.skip();
}

/** `nasm -f bin`. Throws with its messages. */
export function assembleFile(file: string): Uint8Array {
  const output = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'ringside-')), 'image.bin');
  const include = `${path.dirname(file)}/`;
  const { status, stderr } = spawnSync('nasm', ['-f', 'bin', '-I', include, '-o', output, file], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`nasm: ${stderr}`);
  const bytes = new Uint8Array(fs.readFileSync(output));
  fs.rmSync(path.dirname(output), { recursive: true });
  return bytes;
}

const assembled = new Map<string, Uint8Array>();

/** The same for a text; `%include` finds the files of this folder's `guests`. */
export function assemble(source: string): Uint8Array {
  const known = assembled.get(source);
  if (known) return known;
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ringside-'));
  const [input, output] = [path.join(folder, 'guest.asm'), path.join(folder, 'guest.bin')];
  fs.writeFileSync(input, source);
  const { status, stderr } = spawnSync('nasm', ['-f', 'bin', '-I', `${guests}/`, '-o', output, input], {
    encoding: 'utf8',
  });
  const bytes = status === 0 ? new Uint8Array(fs.readFileSync(output)) : undefined;
  fs.rmSync(folder, { recursive: true });
  if (!bytes) throw new Error(`nasm: ${stderr}`);
  assembled.set(source, bytes);
  return bytes;
}

/** Tests run in the project's folder. */
export const guests = path.resolve('test/monitor/guests');
