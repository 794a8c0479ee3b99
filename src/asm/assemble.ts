// The assembler's entry: NASM's dialect to a flat image, as `nasm -f bin` makes it, byte for byte.
// It passes over the source until no symbol changes its value, so that branches and displacements find their shortest
// form by NASM's own rule; then it lays out the sections and writes the bytes in one last pass.
import { Assembler } from './assembler';
import type { Diagnostic } from './diagnostics';
import type { AssembledImage } from './image';
import type { AssembledObject } from './objectFile';
import type { AssemblyTime } from './preprocess/predefined';
import type { SearchOptions } from './preprocess/fileSearch';
import type { SourceFiles } from './preprocess/sourceLines';

export type { Diagnostic, SourcePosition } from './diagnostics';
export type { AssembledObject } from './objectFile';
export type { AsmSymbol, AssembledImage, LineEntry } from './image';
export type { SourceFiles } from './preprocess/sourceLines';

export interface Assembly {
  /** Absent if there were errors. */
  image?: AssembledImage;
  diagnostics: readonly Diagnostic[];
  /** It refers to symbols that stand elsewhere, so it is part of a program that is linked. */
  usesExternals?: boolean;
}

export interface ObjectAssembly {
  /** Absent if there were errors. */
  object?: AssembledObject;
  diagnostics: readonly Diagnostic[];
}

/** NASM's names for a flat image and a relocatable object. */
export type OutputFormat = 'bin' | 'elf32';

/** A macro without parameters that stands above a source's first line. */
export interface Definition {
  readonly name: string;
  readonly text: string;
}

export interface AssemblyOptions extends SearchOptions {
  /** What __?DATE?__ and __?TIME?__ tell; without it the start of 1970, so that the same source makes the same image. */
  readonly time?: AssemblyTime;
  /** Whether `bits 64` is taken: the machine has no long mode, but what is only assembled may be meant for another. */
  readonly longMode?: boolean;
  readonly defines?: readonly Definition[];
}

/** Assembles the source of that name. Never throws for anything that is in a source: errors are diagnostics. */
export function assemble(fileName: string, files: SourceFiles, options: AssemblyOptions = {}): Assembly {
  return new Assembler(fileName, files, options, 'bin').run();
}

/** As `assemble`, to an object for the linker, as `nasm -f elf32` makes it. */
export function assembleObject(fileName: string, files: SourceFiles, options: AssemblyOptions = {}): ObjectAssembly {
  return new Assembler(fileName, files, options, 'elf32').runForObject();
}
