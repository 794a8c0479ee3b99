// `asm`: a source to a flat binary, and to a listing.
import fs from 'node:fs/promises';
import path from 'node:path';
import { nodeFiles } from '../adapter/nodeHost';
import { AssemblyFailure, diagnosticText, loadProgram } from '../debug/program';
import { parseLaunchOptions } from '../debug/launch';
import { UserError } from '../debug/userError';
import { complain } from './output';

export async function assembleFile(file: string, output: string | undefined): Promise<void> {
  const program = await loadProgram(parseLaunchOptions({ program: file }), nodeFiles);
  for (const warning of program.warnings) complain(diagnosticText(warning));
  await write(output ?? defaultOutput(file), program.image.bytes);
}

const defaultOutput = (file: string): string => {
  const { dir, name, ext } = path.parse(file);
  return path.join(dir, ext === '.bin' ? `${name}${ext}.bin` : `${name}.bin`);
};

async function write(file: string, content: Uint8Array | string): Promise<void> {
  if (file === '-') {
    process.stdout.write(content);
    return;
  }
  await fs.writeFile(file, content).catch((error: unknown) => {
    throw new UserError(`${file} cannot be written: ${error instanceof Error ? error.message : String(error)}.`);
  });
}

/** Each of the assembler's messages on a line of its own. */
export function reportFailure({ diagnostics }: AssemblyFailure): void {
  for (const diagnostic of diagnostics) process.stderr.write(`${diagnosticText(diagnostic)}\n`);
}
