// A source, assembled: with all the files that it names, and with its symbols as the debugger has them.

import type {
  AssembledImage,
  AssembledObject,
  AssemblyOptions,
  Diagnostic,
  LineEntry,
  OutputFormat,
} from '../asm/assemble';
import { t } from '../base/localization';
import { assembleHere, type Assembler, type AssemblyAnswer, type FileContent, sourceFiles } from './assembler';
import { type FileAccess, largestProgram, NoSuchFile, reasonOf } from './files';
import type { LineRow, SourcePosition } from '../symbols/lineTable';
import { beside, fileName, folderOf, hostOf } from './paths';
import type { SymbolSource } from '../symbols/symbolPart';
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
  assembler: Assembler = assembleHere,
): Promise<AssembledSource> {
  const source = new SourceReader(path, content, files, { ...options, folder: folderOf(path) });
  const { image, diagnostics } = await source.assemble(assembler, 'bin');
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
  assembler: Assembler = assembleHere,
): Promise<SourceOfObject> {
  const source = new SourceReader(path, content, files, { ...options, folder: folderOf(path) });
  const { object, diagnostics } = await source.assemble(assembler, 'elf32');
  return { object, diagnostics, paths: source.paths };
}

export function assemblyFailure(
  path: string,
  diagnostics: readonly Diagnostic[],
  sources: ReadonlyMap<string, string>,
): AssemblyFailure {
  const found = diagnostics.filter(({ severity }) => severity === 'error');
  const first = found[0];
  const text = first === undefined ? t`no reason was given` : diagnosticText(first);
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

/** Reads the files that a source turns out to name, run by run of the assembler. */
class SourceReader {
  private readonly places = new Map<string, string>();
  /** names that the last run has asked for */
  private asked: ReadonlySet<string> = new Set();
  private readonly contents = new Map<string, FileContent>();
  private room = largestProgram;

  constructor(
    private readonly main: string,
    content: Uint8Array,
    private readonly files: FileAccess,
    private readonly options: AssemblyOptions,
  ) {
    this.keep(fileName(main), main, content);
  }

  /** @throws UserError */
  async assemble(assembler: Assembler, format: OutputFormat): Promise<AssemblyAnswer> {
    for (;;) {
      const question = { main: fileName(this.main), files: this.contents, options: this.options, format };
      const answer = await assembler(question).catch((error: unknown) => {
        throw errors.notAssembled(this.main, reasonOf(error));
      });
      const unknown = new Set([...answer.unknown.texts, ...answer.unknown.binaries]);
      this.asked = new Set(answer.asked);
      if (unknown.size === 0) return answer;
      for (const name of unknown) await this.read(name);
    }
  }

  /** Of the sources that have been used, by name. */
  get paths(): ReadonlyMap<string, string> {
    return new Map([...this.places].filter(([name]) => this.asked.has(name)));
  }

  text(name: string): string | undefined {
    return sourceFiles(this.contents).text(name);
  }

  private async read(name: string): Promise<void> {
    const path = beside(this.main, name);
    try {
      if (!this.mayRead(path)) throw new Error(t`it is on another computer`);
      const content = await this.files.read(path, this.room);
      this.room -= content.length;
      this.keep(name, path, content);
    } catch (error) {
      this.contents.set(name, error instanceof NoSuchFile ? null : { problem: reasonOf(error) });
    }
  }

  /** A source by itself leads to no other computer, only to those where the user has said that its files are. */
  private mayRead(path: string): boolean {
    const host = hostOf(path);
    const named = [this.main, ...(this.options.includePaths ?? [])];
    return host === undefined || named.some(known => hostOf(known) === host);
  }

  private keep(name: string, path: string, content: Uint8Array): void {
    this.contents.set(name, content);
    this.places.set(name, path);
  }
}

const compiledEndings = /\.(c|cc|cpp|cxx|h|hpp|rs)$/i;

/** Source in another language, by its name: a compiler makes an object of it. */
export const isForCompiler = (path: string): boolean => compiledEndings.test(path);

const sourceEndings = /\.(asm|nasm|inc|s)$/i;

export const isNamedAsSource = (path: string): boolean => sourceEndings.test(path);

/** By its name, or else by its content: text is source. */
export const isSource = (path: string, content: Uint8Array): boolean =>
  isNamedAsSource(path) || (content.length > 0 && isText(content));

export function isText(content: Uint8Array): boolean {
  if (content.includes(0)) return false;
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
