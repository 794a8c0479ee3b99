// What the assembler is asked for besides a source, and what comes of it.
import type { AssemblyTime } from './preprocess/predefined';
import type { Diagnostic } from './diagnostics';
import type { AssembledImage } from './image';
import type { AssembledObject } from './objectFile';
import type { SearchOptions } from './preprocess/fileSearch';

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
  /** How much work it may be, instead of `limits.steps`: for a source that is trusted, by somebody who has the time. */
  readonly steps?: number;
}
