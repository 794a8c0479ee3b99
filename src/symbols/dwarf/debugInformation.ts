// All that the debugger takes from a program's debug information: which source line each address comes from, and which
// function. Whatever is damaged is left out, and nothing here throws.

import { type CompileUnit, type DwarfFunction, readCompileUnits } from './compileUnits';
import { type LineTable, readLineTables, type DwarfRow, type SourceFile } from './lineProgram';
import { Budget, type DebugSections } from './sections';

export interface DebugInformation {
  readonly tables: readonly SourceTable[];
  readonly functions: readonly DwarfFunction[];
}

/** The line table of one compile unit. */
export interface SourceTable {
  /** paths by the index that rows have */
  readonly paths: ReadonlyMap<number, string>;
  readonly rows: readonly DwarfRow[];
  /** written in assembly, so that each instruction is the author's own */
  readonly isAssembly: boolean;
}

/** A large kernel has a tenth of either. */
const mostAttributes = 10_000_000;
const mostRows = 3_000_000;

export function readDebugInformation(sections: DebugSections): DebugInformation {
  const { units, functions } = readCompileUnits(sections, new Budget(mostAttributes));
  const byTable = new Map(units.map(unit => [unit.lineTable, unit]));
  const tables = readLineTables(sections, new Budget(mostRows)).map(table =>
    sourceTable(table, byTable.get(table.offset)),
  );
  return { tables, functions };
}

function sourceTable({ files, rows }: LineTable, unit: CompileUnit | undefined): SourceTable {
  const paths = new Map([...files].map(([index, file]) => [index, pathOf(file, unit?.folder)]));
  return { paths, rows, isAssembly: unit?.isAssembly ?? false };
}

/** A name in a folder, which may itself be relative to the one that the unit was compiled in. */
function pathOf({ name, folder }: SourceFile, compiledIn: string | undefined): string {
  const place = folder === undefined ? compiledIn : joined(compiledIn, folder);
  return joined(place, name);
}

const isAbsolute = (path: string): boolean => /^([\\/]|[a-z]:)/i.test(path);

function joined(folder: string | undefined, name: string): string {
  if (folder === undefined || folder === '' || isAbsolute(name)) return name;
  return /[\\/]$/.test(folder) ? folder + name : `${folder}/${name}`;
}
