// What a program consists of, for the debugger: the program itself, and code that it loads later, each with its sources.

import { assembleSource, byPath, type AssembledSource, isSource, sourceSymbols } from './assembledSource';
import type { Assembler } from './assembler';
import { readElfSymbols } from '../symbols/elfSymbols';
import { type FileAccess, readProgram } from './files';
import { codeIsThere, type CodeBytes, joinedCode, type ReadCode } from '../symbols/laterCode';
import { inFolder, mappedPath } from './paths';
import type { SourceOptions, SymbolFile } from './sourceOptions';
import { SymbolPart, type SymbolSource } from '../symbols/symbolPart';
import { ProgramSymbols } from '../symbols/programSymbols';
import { errors } from './userError';

export interface ProgramPart {
  readonly symbols: SymbolSource;
  /** of each source: its name in the symbols, and its path or URI */
  readonly sources: ReadonlyMap<string, string>;
  /** what has to stand in memory for the symbols to count; undefined for what is there from the start */
  readonly code: readonly CodeBytes[] | undefined;
}

/** The symbols of all parts, as they count where that code is read. */
export const symbolTable = (parts: readonly ProgramPart[], read: ReadCode): ProgramSymbols =>
  new ProgramSymbols(
    parts.map(({ symbols, code }) => new SymbolPart(symbols, code ? codeIsThere(code, read) : () => true)),
  );

/** A file of `symbols` in launch.json. @throws UserError, AssemblyFailure */
export async function laterPart(
  { file, address }: SymbolFile,
  options: SourceOptions,
  files: FileAccess,
  assembler?: Assembler,
): Promise<ProgramPart> {
  const content = await readProgram(file, files, errors.unreadableSymbols);
  if (isSource(file, content)) {
    const source = await assembleSource(file, content, files, options.assembly, assembler);
    return assembledPart(source, (address ?? source.image.origin) - source.image.origin);
  }
  const part = elfPart(content, options, address);
  if (part.code?.length === 0 || part.symbols.labels.length + part.symbols.lines.length === 0)
    throw errors.noSymbolsIn(file);
  return part;
}

function assembledPart(source: AssembledSource, displacement: number): ProgramPart {
  const { image, paths } = source;
  const code = image.lines.flatMap(({ address, length, imageOffset, kind }) =>
    imageOffset === undefined || kind !== 'code'
      ? []
      : { address: address + displacement, bytes: image.bytes.subarray(imageOffset, imageOffset + length) },
  );
  return {
    symbols: sourceSymbols(source, displacement, byPath(source)),
    sources: new Map([...paths.values()].map(path => [path, path])),
    code: joinedCode(code),
  };
}

/** Of an ELF file; with nothing in it if it is none. */
export function elfPart(content: Uint8Array, { folder, sourceMap }: SourceOptions, address?: number): ProgramPart {
  const { symbols, code } = readElfSymbols(content, address);
  const files = new Set(symbols.lines.map(({ position }) => position.file));
  const pathOf = (file: string): string => mappedPath(inFolder(folder, file), sourceMap);
  return { symbols, code, sources: new Map([...files].map(file => [file, pathOf(file)])) };
}
