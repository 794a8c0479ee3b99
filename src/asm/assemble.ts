// The assembler's entry: NASM's dialect to a flat image, as `nasm -f bin` makes it, byte for byte.
// It passes over the source until no symbol changes its value, so that branches and displacements find their shortest
// form by NASM's own rule; then it lays out the sections and writes the bytes in one last pass.
import { Assembler } from './assembler';
import type { Assembly, AssemblyOptions, ObjectAssembly } from './assembly';
import type { SourceFiles } from './preprocess/sourceLines';

export type { Assembly, AssemblyOptions, Definition, ObjectAssembly, OutputFormat } from './assembly';
export type { Diagnostic, SourcePosition } from './diagnostics';
export type { AssembledObject } from './objectFile';
export type { AsmSymbol, AssembledImage, LineEntry } from './image';
export type { SourceFiles } from './preprocess/sourceLines';

/** Assembles the source of that name. Never throws for anything that is in a source: errors are diagnostics. */
export function assemble(fileName: string, files: SourceFiles, options: AssemblyOptions = {}): Assembly {
  return new Assembler(fileName, files, options, 'bin').run();
}

/** As `assemble`, to an object for the linker, as `nasm -f elf32` makes it. */
export function assembleObject(fileName: string, files: SourceFiles, options: AssemblyOptions = {}): ObjectAssembly {
  return new Assembler(fileName, files, options, 'elf32').runForObject();
}
