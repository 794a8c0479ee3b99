// The program to debug: a source, which is assembled, or a file to be loaded as it is; with its symbols and its disk.

import { assemble, type AssembledImage, type AssemblyOptions, type Diagnostic } from '../asm/assemble';
import { type GuestImage, imageFromAssembly, imageFromFile } from '../machine/guestImage';
import type { LaunchOptions } from './launch';
import { beside, fileName, folderOf } from './paths';
import { type SourcePosition, SymbolTable } from './symbols';
import { errors } from './userError';

/** How files are read: from disk in a process, by messages to the editor in a browser. */
export interface FileAccess {
  /** The whole file. Rejects with an Error whose message is a reason for people. */
  read(path: string): Promise<Uint8Array>;
}

export interface Program {
  readonly path: string;
  readonly image: GuestImage;
  readonly symbols: SymbolTable;
  /** of each source that the program was made of: its name in line tables, and its path or URI */
  readonly sources: ReadonlyMap<string, string>;
  /** what the assembler has to say without refusing the program */
  readonly warnings: readonly Diagnostic[];
}

/** A source with errors; `diagnostics` says where each is. */
export class AssemblyFailure extends Error {
  override readonly name = 'AssemblyFailure';

  constructor(
    message: string,
    readonly diagnostics: readonly Diagnostic[],
    readonly sources: ReadonlyMap<string, string>,
  ) {
    super(message);
  }
}

const sourceEndings = /\.(asm|nasm|inc|s)$/i;
const entryNames = ['_start', 'start'];

/** @throws UserError, AssemblyFailure */
export async function loadProgram(options: LaunchOptions, files: FileAccess): Promise<Program> {
  const { program: path } = options;
  const content = await readProgram(path, files);
  return isSource(path, content) ? assembled(options, content, files) : binary(options, content);
}

/** @throws UserError with a reason for people */
export async function readProgram(path: string, files: FileAccess): Promise<Uint8Array> {
  try {
    return await files.read(path);
  } catch (error) {
    throw errors.unreadableProgram(path, reasonOf(error));
  }
}

export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

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
  return { path, image, symbols: SymbolTable.empty, sources: new Map(), warnings: [] };
}

async function assembled(
  { program: path, boot, assembly }: LaunchOptions,
  content: Uint8Array,
  files: FileAccess,
): Promise<Program> {
  const { image, diagnostics, paths } = await assembleSource(path, content, files, assembly);
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
    symbols: symbolTable(image, guest.displacement, paths),
    sources: paths,
    warnings: diagnostics,
  };
}

export interface AssembledSource {
  readonly image: AssembledImage;
  readonly diagnostics: readonly Diagnostic[];
  /** of each source: its name in the image, and its path or URI */
  readonly paths: ReadonlyMap<string, string>;
  /** of the main source and those that it includes, by name */
  readonly text: (name: string) => string | undefined;
}

/** `content` is that of the file at `path`. @throws UserError, AssemblyFailure */
export async function assembleSource(
  path: string,
  content: Uint8Array,
  files: FileAccess,
  options: AssemblyOptions,
): Promise<AssembledSource> {
  const source = new SourceReader(path, content, files, { ...options, folder: folderOf(path) });
  const { image, diagnostics } = await source.assemble();
  const { paths } = source;
  if (!image) throw assemblyFailure(path, diagnostics, paths);
  if (image.bytes.length === 0) throw errors.emptyProgram(path);
  return { image, diagnostics, paths, text: name => source.text(name) };
}

function assemblyFailure(
  path: string,
  diagnostics: readonly Diagnostic[],
  sources: ReadonlyMap<string, string>,
): AssemblyFailure {
  const found = diagnostics.filter(({ severity }) => severity === 'error');
  const first = found[0];
  const text = first === undefined ? 'no reason was given' : diagnosticText(first);
  return new AssemblyFailure(
    errors.assemblyFailed(fileName(path), text, found.length - 1).message,
    diagnostics,
    sources,
  );
}

/** `kernel.asm:3:5: error: …`, as compilers write it. */
export const diagnosticText = ({ severity, message, position }: Diagnostic): string =>
  `${positionText(position)}: ${severity}: ${message}`;

const positionText = ({ file, line, column }: SourcePosition): string => `${file}:${line}:${column}`;

/** The assembler does not wait for files: it is run again when those that it asked for have been read. */
class SourceReader {
  private readonly places = new Map<string, string>();
  /** names that the last run has asked for */
  private asked = new Set<string>();
  private readonly contents = new Map<string, Uint8Array | undefined>();

  constructor(
    private readonly main: string,
    content: Uint8Array,
    private readonly files: FileAccess,
    private readonly options: AssemblyOptions,
  ) {
    this.keep(fileName(main), main, content);
  }

  async assemble(): Promise<ReturnType<typeof assemble>> {
    for (;;) {
      const missing = new Set<string>();
      this.asked = new Set();
      const content = (name: string): Uint8Array | undefined => {
        if (!this.contents.has(name)) missing.add(name);
        this.asked.add(name);
        return this.contents.get(name);
      };
      const text = (name: string): string | undefined => decoded(content(name));
      const result = assemble(fileName(this.main), { text, bytes: content }, this.options);
      if (missing.size === 0) return result;
      for (const name of missing) await this.read(name);
    }
  }

  /** Of the sources that have been used, by name. */
  get paths(): ReadonlyMap<string, string> {
    return new Map([...this.places].filter(([name]) => this.asked.has(name)));
  }

  text(name: string): string | undefined {
    return decoded(this.contents.get(name));
  }

  private async read(name: string): Promise<void> {
    const path = beside(this.main, name);
    try {
      this.keep(name, path, await this.files.read(path));
    } catch {
      this.contents.set(name, undefined);
    }
  }

  private keep(name: string, path: string, content: Uint8Array): void {
    this.contents.set(name, content);
    this.places.set(name, path);
  }
}

const decoded = (bytes: Uint8Array | undefined): string | undefined => bytes && new TextDecoder().decode(bytes);

/** `displacement` is what the loader adds to the addresses of the source. */
function symbolTable(image: AssembledImage, displacement: number, paths: ReadonlyMap<string, string>): SymbolTable {
  const symbols = [...image.symbols.values()];
  const isLabel = ({ kind, section }: (typeof symbols)[number]): boolean => kind === 'label' && section !== undefined;
  const named = onlyNames(paths);
  return new SymbolTable({
    labels: symbols.filter(isLabel).map(({ name, value }) => ({ name, address: value + displacement })),
    constants: new Map(symbols.filter(symbol => !isLabel(symbol)).map(({ name, value }) => [name, value])),
    lines: image.lines.map(({ address, length, position, expandedFrom, kind }) => ({
      address: address + displacement,
      length,
      position: named(position),
      expandedFrom: expandedFrom.length === 0 ? undefined : named(expandedFrom[expandedFrom.length - 1]),
      isCode: kind === 'code',
    })),
  });
}

/** A file may have been found by two names, of which the first shall stand in every position. */
function onlyNames(paths: ReadonlyMap<string, string>): (position: SourcePosition) => SourcePosition {
  const first = new Map<string, string>();
  for (const [name, path] of paths) if (!first.has(path)) first.set(path, name);
  return position => {
    const file = first.get(paths.get(position.file) ?? '') ?? position.file;
    return file === position.file ? position : { ...position, file };
  };
}
