// A source, assembled: with all the files that it names, and with its symbols as the debugger has them.

import {
  assemble,
  type AssembledImage,
  type AssembledObject,
  assembleObject,
  type AssemblyOptions,
  type Diagnostic,
  type LineEntry,
  type SourceFiles,
} from '../asm/assemble';
import type { FileAccess } from './files';
import type { LineRow, SourcePosition } from './lineTable';
import { beside, fileName, folderOf } from './paths';
import type { SymbolSource } from './symbolPart';
import { errors } from './userError';

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
  const { image, diagnostics } = await source.assemble(assemble);
  const { paths } = source;
  if (!image) throw assemblyFailure(path, diagnostics, paths);
  if (image.bytes.length === 0) throw errors.emptyProgram(path);
  return { image, diagnostics, paths, text: name => source.text(name) };
}

export interface SourceOfObject {
  /** absent if there were errors */
  readonly object: AssembledObject | undefined;
  readonly diagnostics: readonly Diagnostic[];
  readonly paths: ReadonlyMap<string, string>;
}

/** As `assembleSource`, for the linker. @throws UserError */
export async function assembleForLinker(
  path: string,
  content: Uint8Array,
  files: FileAccess,
  options: AssemblyOptions,
): Promise<SourceOfObject> {
  const source = new SourceReader(path, content, files, { ...options, folder: folderOf(path) });
  const { object, diagnostics } = await source.assemble(assembleObject);
  return { object, diagnostics, paths: source.paths };
}

export function assemblyFailure(
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

  /** `run` is the assembler for an image, or for an object. */
  async assemble<Result>(run: (name: string, files: SourceFiles, options: AssemblyOptions) => Result): Promise<Result> {
    for (;;) {
      const missing = new Set<string>();
      this.asked = new Set();
      const content = (name: string): Uint8Array | undefined => {
        if (!this.contents.has(name)) missing.add(name);
        this.asked.add(name);
        return this.contents.get(name);
      };
      const text = (name: string): string | undefined => decoded(content(name));
      const result = run(fileName(this.main), { text, bytes: content }, this.options);
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

const sourceEndings = /\.(asm|nasm|inc|s)$/i;

export const isNamedAsSource = (path: string): boolean => sourceEndings.test(path);

/** By its name, or else by its content: text is source. */
export function isSource(path: string, content: Uint8Array): boolean {
  if (isNamedAsSource(path)) return true;
  if (content.length === 0 || content.includes(0)) return false;
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(content);
    return true;
  } catch {
    return false;
  }
}

/** `displacement` is what the loader adds to the addresses of the source. */
export function sourceSymbols(
  { image, paths }: AssembledSource,
  displacement: number,
  named = onlyNames(paths),
): SymbolSource {
  const symbols = [...image.symbols.values()];
  const isLabel = ({ kind, section }: (typeof symbols)[number]): boolean => kind === 'label' && section !== undefined;
  return {
    labels: symbols.filter(isLabel).map(({ name, value }) => ({ name, address: value + displacement })),
    constants: new Map(symbols.filter(symbol => !isLabel(symbol)).map(({ name, value }) => [name, value])),
    lines: image.lines.map(entry => lineRow(entry, displacement, named)),
  };
}

type Named = (position: SourcePosition) => SourcePosition;

/** `displacement` is what to add to the entry's address. */
export function lineRow(entry: LineEntry, displacement: number, named: Named = position => position): LineRow {
  const { address, length, position, expandedFrom, kind } = entry;
  const call = expandedFrom[expandedFrom.length - 1];
  return {
    address: address + displacement,
    length,
    position: named(position),
    expandedFrom: call && named(call),
    isCode: kind === 'code',
  };
}

/** Where a program has several sources: a path is what no two of them share. */
export const byPath =
  ({ paths }: AssembledSource) =>
  (position: SourcePosition): SourcePosition => ({ ...position, file: paths.get(position.file) ?? position.file });

/** A file may have been found by two names, of which the first shall stand in every position. */
function onlyNames(paths: ReadonlyMap<string, string>): (position: SourcePosition) => SourcePosition {
  const first = new Map<string, string>();
  for (const [name, path] of paths) if (!first.has(path)) first.set(path, name);
  return position => {
    const file = first.get(paths.get(position.file) ?? '') ?? position.file;
    return file === position.file ? position : { ...position, file };
  };
}
