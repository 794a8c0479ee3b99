// The program to debug: a source, which is assembled, parts that are linked, or a file to be loaded as it is; with its symbols and
// its disk.

import type { Diagnostic } from '../asm/assemble';
import { ElfType, elfTypeOf } from '../link/elf';
import { entryNames } from '../link/link';
import { type GuestImage, imageFromAssembly, imageFromFile } from '../machine/guestImage';
import { findsFirmware } from '../machine/loadGuest';
import {
  AssemblyFailure,
  assembleSource,
  isForCompiler,
  isNamedAsSource,
  isSource,
  sourceSymbols,
} from './assembledSource';
import type { Assembler } from './assembler';
import type { LaunchOptions } from './launch';
import { type FileAccess, readProgram } from './files';
import { firmwarePart } from './firmwarePart';
import { linkParts } from './linkedProgram';
import { fileName } from './paths';
import { elfPart, laterPart, type ProgramPart } from './programPart';
import { bootChoice, entryAddress, refuseForeign } from './startChoice';
import { errors } from './userError';

export interface Program {
  readonly path: string;
  readonly image: GuestImage;
  /** the program itself first, then what it loads */
  readonly parts: readonly ProgramPart[];
  /** of each source that the program was made of: its name in line tables, and its path or URI */
  readonly sources: ReadonlyMap<string, string>;
  /** what the assembler and the linker have to say without refusing the program */
  readonly warnings: readonly Diagnostic[];
}

/** @throws UserError, AssemblyFailure */
export async function loadProgram(options: LaunchOptions, files: FileAccess, assembler?: Assembler): Promise<Program> {
  const { program: path } = options;
  const main = await mainPart(options, files, assembler);
  const later = await Promise.all(options.symbolFiles.map(file => laterPart(file, options, files, assembler)));
  const parts = [main.part, ...later, ...(findsFirmware(main.image) ? [firmwarePart()] : [])];
  const sources = new Map(parts.flatMap(part => [...part.sources]));
  return { path, image: main.image, parts, sources, warnings: main.warnings };
}

/** What is loaded first. */
interface MainPart {
  readonly image: GuestImage;
  readonly part: ProgramPart;
  readonly warnings: readonly Diagnostic[];
}

async function mainPart(options: LaunchOptions, files: FileAccess, assembler?: Assembler): Promise<MainPart> {
  const { program: path, parts } = options;
  if (parts) return linked(options, parts, files, assembler);
  const content = await readProgram(path, files);
  if (isForCompiler(path)) throw errors.notCompiled(path);
  if (elfTypeOf(content) === ElfType.relocatable) return linked(options, [path], files, assembler);
  return isSource(path, content) ? assembled(options, content, files, assembler) : binary(options, content);
}

/** In 16-bit code the program is a flat image, as boot sectors are; otherwise an ELF file. */
async function linked(
  options: LaunchOptions,
  parts: readonly string[],
  files: FileAccess,
  assembler: Assembler | undefined,
): Promise<MainPart> {
  const { boot } = options;
  const { program, executable, bits, part, warnings } = await linkParts(parts, options, files, assembler);
  const isReal = boot === undefined ? bits === 16 : boot === 'bootSector' || boot === 'flat16';
  const { bytes, address: origin } = program.segment;
  const labelled = (name: string): number | undefined =>
    part.symbols.labels.find(label => label.name === name)?.address;
  const choice = bootChoice(options, entryAddress(options, labelled));
  const image = isReal
    ? imageFromAssembly({ ...choice, bytes, origin, bits, startLabel: program.entry })
    : imageFromFile(executable, choice);
  return { image, part, warnings };
}

function binary(options: LaunchOptions, content: Uint8Array): MainPart {
  if (content.length === 0) throw errors.emptyProgram(options.program);
  refuseForeign(options, content);
  const part = { ...elfPart(content, options), code: undefined };
  const entry = entryAddress(options, name => part.symbols.labels.find(label => label.name === name)?.address);
  return { image: imageFromFile(content, bootChoice(options, entry)), part, warnings: [] };
}

async function assembled(
  options: LaunchOptions,
  content: Uint8Array,
  files: FileAccess,
  assembler: Assembler | undefined,
): Promise<MainPart> {
  const { program: path } = options;
  const source = await assembleSource(path, content, files, options.assembly, assembler).catch((error: unknown) => {
    throw error instanceof AssemblyFailure && !isNamedAsSource(path) ? errors.notSource(error.message) : error;
  });
  const { image, diagnostics, paths } = source;
  if (image.bits === 64) throw errors.no64Bit(fileName(path));
  const valueOf = (name: string): number | undefined => image.symbols.get(name)?.value;
  const startLabel = entryNames.map(valueOf).find(value => value !== undefined);
  const guest = imageFromAssembly({
    ...bootChoice(options, entryAddress(options, valueOf)),
    bytes: image.bytes,
    origin: image.origin,
    bits: image.bits === 16 ? 16 : 32,
    ...(startLabel === undefined ? {} : { startLabel }),
  });
  const symbols = sourceSymbols(source, guest.displacement);
  return { image: guest, part: { symbols, sources: paths, code: undefined }, warnings: diagnostics };
}
