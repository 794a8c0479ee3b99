// `asm`: a source to a flat binary and to a listing, or to an object.
import fs from 'node:fs/promises';
import path from 'node:path';
import { t } from '../base/localization';
import { listing } from '../asm/listing';
import { nodeFiles } from '../adapter/nodeHost';
import type { AssemblyOptions, OutputFormat } from '../asm/assemble';
import { writeObject } from '../link/writeElf';
import {
  type AssemblyFailure,
  assembleForLinker,
  assembleSource,
  assemblyFailure,
  diagnosticText,
  isForCompiler,
  isText,
} from '../debug/assembledSource';
import { readProgram } from '../debug/files';
import { errors, UserError } from '../debug/userError';
import { mainSource } from './mainSource';
import { complain, notWritten } from './output';

export interface AssembleOptions {
  readonly format: OutputFormat;
  readonly file: string;
  readonly output?: string;
  readonly listing?: string;
  readonly assembly: AssemblyOptions;
}

export async function assembleFile(options: AssembleOptions): Promise<void> {
  const source = await mainSource(options.file);
  const content = await readProgram(source, nodeFiles);
  if (isForCompiler(source)) throw errors.notCompiled(source);
  if (!isText(content)) throw errors.notText(source);
  return options.format === 'elf32' ? toObject(options, source, content) : toImage(options, source, content);
}

async function toObject(
  { output, listing: listingFile, assembly }: AssembleOptions,
  source: string,
  content: Uint8Array,
) {
  if (listingFile !== undefined)
    throw new UserError(t`There is a listing of flat binaries only: leave out -l, or -f elf32.`);
  const { object, diagnostics, paths } = await assembleForLinker(source, content, nodeFiles, assembly);
  if (object === undefined) throw assemblyFailure(source, diagnostics, paths);
  for (const warning of diagnostics) complain(diagnosticText(warning));
  await write(output ?? defaultOutput(source, '.o'), writeObject(object.object));
}

async function toImage(
  { output, listing: listingFile, assembly }: AssembleOptions,
  source: string,
  content: Uint8Array,
) {
  const { image, diagnostics, text } = await assembleSource(source, content, nodeFiles, assembly);
  for (const warning of diagnostics) complain(diagnosticText(warning));
  await write(output ?? defaultOutput(source, '.bin'), image.bytes);
  if (listingFile !== undefined) await write(listingFile, listing(image, { text }));
}

const defaultOutput = (file: string, ending: '.bin' | '.o'): string => {
  const { dir, name, ext } = path.parse(file);
  return path.join(dir, ext === ending ? `${name}${ext}${ending}` : `${name}${ending}`);
};

async function write(file: string, content: Uint8Array | string): Promise<void> {
  if (file === '-') {
    process.stdout.write(content);
    return;
  }
  await fs.writeFile(file, content).catch((error: unknown) => {
    throw notWritten(file, error);
  });
}

/** Each of the assembler's messages on a line of its own. */
export function reportFailure({ diagnostics }: AssemblyFailure): void {
  for (const diagnostic of diagnostics) process.stderr.write(`${diagnosticText(diagnostic)}\n`);
}
