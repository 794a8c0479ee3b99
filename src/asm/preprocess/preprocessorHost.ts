// What the preprocessor needs from the assembler, with which it runs interleaved.
import type { Budget } from '../budget';
import type { Diagnostics, Extent, SourcePosition } from '../diagnostics';
import type { Token } from '../lexer';
import type { FileSearch } from './fileSearch';
import type { PredefinedValues } from './predefined';
import type { SourceFiles } from './sourceLines';

export interface PreprocessorHost extends PredefinedValues {
  readonly budget: Budget;
  readonly diagnostics: Diagnostics;
  readonly files: SourceFiles;
  readonly search: FileSearch;
  reportAlways(error: unknown, line: Extent & { readonly expandedFrom: readonly SourcePosition[] }): void;
  /** The value of an expression that must be known now. Throws AssemblyError. */
  evaluate(tokens: readonly Token[], line: Extent): bigint;
  /** Whether a word at the start of a line is an instruction, prefix or directive, and so no label. */
  isKeyword(word: string): boolean;
}
