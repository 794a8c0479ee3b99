// The program to debug: a source, which is assembled, parts that are linked, or a file to be loaded as it is; with its symbols and
// its disk.

import type { Diagnostic } from '../asm/assemble';
import { ElfType, elfTypeOf } from '../link/elf';
import { type GuestImage, imageFromAssembly, imageFromFile } from '../machine/guestImage';
import type { LaunchOptions } from './launch';
import { assembleSource, isSource, sourceSymbols } from './assembledSource';
import { type FileAccess, readProgram } from './files';
import { linkParts } from './linkedProgram';
import { elfPart, laterPart, type ProgramPart } from './programPart';
import { errors } from './userError';

export interface Program {
  readonly path: string;
  readonly image: GuestImage;
  /** the program itself first, then what it loads */
  readonly parts: readonly ProgramPart[];
  /** of each source that the program was made of: its name in line tables, and its path or URI */
  readonly sources: ReadonlyMap<string, string>;
  /** what the assembler has to say without refusing the program */
  readonly warnings: readonly Diagnostic[];
}

const entryNames = ['_start', 'start'];

/** @throws UserError, AssemblyFailure */
export async function loadProgram(options: LaunchOptions, files: FileAccess): Promise<Program> {
  const { program: path } = options;
  const main = await mainPart(options, files);
  const later = await Promise.all(options.symbolFiles.map(file => laterPart(file, options, files)));
  const parts = [main.part, ...later];
  const sources = new Map(parts.flatMap(part => [...part.sources]));
  return { path, image: main.image, parts, sources, warnings: main.warnings };
}

/** What is loaded first. */
interface MainPart {
  readonly image: GuestImage;
  readonly part: ProgramPart;
  readonly warnings: readonly Diagnostic[];
}

async function mainPart(options: LaunchOptions, files: FileAccess): Promise<MainPart> {
  const { program: path, parts } = options;
  if (parts) return linked(options, parts, files);
  const content = await readProgram(path, files);
  if (elfTypeOf(content) === ElfType.relocatable) return linked(options, [path], files);
  return isSource(path, content) ? assembled(options, content, files) : binary(options, content);
}

/** In 16-bit code the program is a flat image, as boot sectors are; otherwise an ELF file. */
async function linked(options: LaunchOptions, parts: readonly string[], files: FileAccess): Promise<MainPart> {
  const { boot } = options;
  const { program, executable, bits, part, warnings } = await linkParts(parts, options, files);
  const isReal = boot === undefined ? bits === 16 : boot === 'bootSector' || boot === 'flat16';
  const { bytes, address: origin } = program.segment;
  const flat = { bytes, origin, bits, entry: program.entry, boot };
  const image = isReal ? imageFromAssembly(flat) : imageFromFile(executable, boot);
  return { image, part, warnings };
}

function binary(options: LaunchOptions, content: Uint8Array): MainPart {
  if (content.length === 0) throw errors.emptyProgram(options.program);
  const image = imageFromFile(content, options.boot);
  return { image, part: { ...elfPart(content, options), code: undefined }, warnings: [] };
}

async function assembled(
  { program: path, boot, assembly }: LaunchOptions,
  content: Uint8Array,
  files: FileAccess,
): Promise<MainPart> {
  const source = await assembleSource(path, content, files, assembly);
  const { image, diagnostics, paths } = source;
  const guest = imageFromAssembly({
    bytes: image.bytes,
    origin: image.origin,
    bits: image.bits === 16 ? 16 : 32,
    entry: entryNames.map(name => image.symbols.get(name)?.value).find(value => value !== undefined),
    boot,
  });
  const symbols = sourceSymbols(source, guest.displacement);
  return { image: guest, part: { symbols, sources: paths, code: undefined }, warnings: diagnostics };
}
