// `asm`: a source to a flat binary, and to a listing.
import fs from 'node:fs/promises';
import path from 'node:path';
import { listing } from '../asm/listing';
import { nodeFiles } from '../adapter/nodeHost';
import type { AssemblyOptions } from '../asm/assemble';
import { type AssemblyFailure, assembleSource, diagnosticText } from '../debug/assembledSource';
import { readProgram } from '../debug/files';
import { UserError } from '../debug/userError';
import { mainSource } from './mainSource';
import { complain } from './output';

export interface AssembleOptions {
  readonly file: string;
  readonly output?: string;
  readonly listing?: string;
  readonly assembly: AssemblyOptions;
}

export async function assembleFile({ file, output, listing: listingFile, assembly }: AssembleOptions): Promise<void> {
  const source = await mainSource(file);
  const content = await readProgram(source, nodeFiles);
  const { image, diagnostics, text } = await assembleSource(source, content, nodeFiles, assembly);
  for (const warning of diagnostics) complain(diagnosticText(warning));
  await write(output ?? defaultOutput(source), image.bytes);
  if (listingFile !== undefined) await write(listingFile, listing(image, { text }));
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
