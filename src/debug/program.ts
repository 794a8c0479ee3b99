// The program to debug: a source, which is assembled, or a file to be loaded as it is; with its symbols and its disk.

import type { Diagnostic } from '../asm/assemble';
import { type GuestImage, imageFromAssembly, imageFromFile } from '../machine/guestImage';
import type { LaunchOptions } from './launch';
import { assembleSource, sourceSymbols } from './assembledSource';
import { readElfSymbols } from './elfSymbols';
import { type FileAccess, readProgram } from './files';
import { SymbolTable } from './symbols';
import { errors } from './userError';

export interface Program {
  readonly path: string;
  readonly image: GuestImage;
  readonly symbols: SymbolTable;
  /** of each source that the program was made of: its name in line tables, and its path or URI */
  readonly sources: ReadonlyMap<string, string>;
  /** what the assembler has to say without refusing the program */
  readonly warnings: readonly Diagnostic[];
}

const sourceEndings = /\.(asm|nasm|inc|s)$/i;
const entryNames = ['_start', 'start'];

/** @throws UserError, AssemblyFailure */
export async function loadProgram(options: LaunchOptions, files: FileAccess): Promise<Program> {
  const { program: path } = options;
  const content = await readProgram(path, files);
  return isSource(path, content) ? assembled(options, content, files) : binary(options, content);
}

/** By its name, or else by its content: text is source. */
function isSource(path: string, content: Uint8Array): boolean {
  if (sourceEndings.test(path)) return true;
  if (content.length === 0 || content.includes(0)) return false;
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(content);
    return true;
  } catch {
    return false;
  }
}

function binary({ program: path, boot }: LaunchOptions, content: Uint8Array): Program {
  if (content.length === 0) throw errors.emptyProgram(path);
  const image = imageFromFile(content, boot);
  const symbols = new SymbolTable(readElfSymbols(content));
  return { path, image, symbols, sources: new Map([...symbols.lines.files].map(file => [file, file])), warnings: [] };
}

async function assembled(
  { program: path, boot, assembly }: LaunchOptions,
  content: Uint8Array,
  files: FileAccess,
): Promise<Program> {
  const source = await assembleSource(path, content, files, assembly);
  const { image, diagnostics, paths } = source;
  const guest = imageFromAssembly({
    bytes: image.bytes,
    origin: image.origin,
    bits: image.bits === 16 ? 16 : 32,
    entry: entryNames.map(name => image.symbols.get(name)?.value).find(value => value !== undefined),
    boot,
  });
  return {
    path,
    image: guest,
    symbols: new SymbolTable(sourceSymbols(source, guest.displacement)),
    sources: paths,
    warnings: diagnostics,
  };
}
