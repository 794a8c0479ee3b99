// A program of several parts: assembly sources and ELF objects, linked here. Each part brings its lines, an object as debug
// information; what is wrong with a part, or between parts, is said where it stands in the sources.

import type { AssembledObject, Diagnostic } from '../asm/assemble';
import { bootSectorOrigin, flatFileOrigin } from '../machine/guestImage';
import { ElfError, isElf, SectionFlag } from '../link/elf';
import { link, type LinkedProgram } from '../link/link';
import { linkMessages, type LinkProblem } from '../link/linkProblems';
import type { ObjectFile, ObjectSection } from '../link/object';
import { readObject } from '../link/readObject';
import { writeExecutable } from '../link/writeElf';
import {
  assembleForLinker,
  AssemblyFailure,
  assemblyFailure,
  diagnosticText,
  isForCompiler,
  isSource,
  lineRow,
} from './assembledSource';
import type { Assembler } from './assembler';
import { type FileAccess, readProgram } from './files';
import type { LaunchOptions } from './launch';
import type { LineRow } from '../symbols/lineTable';
import { fileName } from './paths';
import { elfPart, type ProgramPart } from './programPart';
import { SourceNames } from './sourceNames';
import { errors } from './userError';

export interface LinkedParts {
  readonly program: LinkedProgram;
  /** the program as an ELF file */
  readonly executable: Uint8Array;
  /** the mode in which the program begins */
  readonly bits: 16 | 32;
  readonly part: ProgramPart;
  readonly warnings: readonly Diagnostic[];
}

interface Part {
  readonly path: string;
  readonly object: ObjectFile;
  /** of a source */
  readonly assembled: AssembledObject | undefined;
}

const addressOfBits = { 16: bootSectorOrigin, 32: flatFileOrigin } as const;

/** @throws UserError, AssemblyFailure */
export async function linkParts(
  paths: readonly string[],
  options: LaunchOptions,
  files: FileAccess,
  assembler?: Assembler,
): Promise<LinkedParts> {
  const names = new SourceNames();
  const { parts, warnings } = await readParts(paths, options, files, names, assembler);
  const bits = parts[0].assembled?.bits === 16 ? 16 : 32;
  const objects = parts.map(({ object }) => object);
  const { program, problems } = link(objects, { address: options.address ?? addressOfBits[bits] });
  if (program === undefined) throw linkFailure(parts, problems, names);
  if (program.segment.bytes.length === 0) throw errors.emptyProgram(paths[0]);
  const executable = writeExecutable(program);
  const known = elfPart(executable, options);
  const lines = [...parts.flatMap(part => placedLines(part, program)), ...known.symbols.lines];
  const sources = new Map([...known.sources, ...names.paths]);
  const part = { symbols: { ...known.symbols, lines }, sources, code: undefined };
  // what has 16 bits is mostly a boot sector, which begins at its first byte
  if (program.lacksEntry && bits === 32 && options.entry === undefined)
    warnings.push(diagnosticOf('warning', noEntry(objects[0], program), parts, names));
  return { program, executable, bits, part, warnings };
}

// --- parts ------------------------------------------------------------------------------------------------------

/** All parts are read before what is wrong with any of them is said. */
async function readParts(
  paths: readonly string[],
  { assembly }: LaunchOptions,
  files: FileAccess,
  names: SourceNames,
  assembler: Assembler | undefined,
): Promise<{ readonly parts: readonly Part[]; readonly warnings: Diagnostic[] }> {
  const parts: Part[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const path of paths) {
    const content = await readProgram(path, files);
    if (isForCompiler(path)) throw errors.notCompiled(path);
    if (isElf(content)) parts.push({ path, object: objectFrom(path, content), assembled: undefined });
    else if (!isSource(path, content)) throw errors.notPart(path);
    else {
      const found = await assembleForLinker(path, content, files, assembly, assembler);
      const rename = names.addAll(found.paths);
      diagnostics.push(...found.diagnostics.map(diagnostic => renamed(diagnostic, rename)));
      if (found.object) parts.push({ path, ...inNames(found.object, rename) });
    }
  }
  if (parts.length < paths.length) {
    throw assemblyFailure(paths.map(fileName).join(', '), diagnostics, names.paths);
  }
  return { parts, warnings: diagnostics };
}

function objectFrom(path: string, content: Uint8Array): ObjectFile {
  try {
    return readObject(fileName(path), content);
  } catch (error) {
    throw error instanceof ElfError ? errors.notLinkable(path, error.message) : error;
  }
}

type Rename = (file: string) => string;

const renamed = (diagnostic: Diagnostic, rename: Rename): Diagnostic => ({
  ...diagnostic,
  position: { ...diagnostic.position, file: rename(diagnostic.position.file) },
  ...(diagnostic.expandedFrom && {
    expandedFrom: diagnostic.expandedFrom.map(position => ({ ...position, file: rename(position.file) })),
  }),
});

/** With the names that its files have in the whole program. */
function inNames(assembled: AssembledObject, rename: Rename): Pick<Part, 'object' | 'assembled'> {
  const place = <Position extends { file: string }>(position: Position) => ({
    ...position,
    file: rename(position.file),
  });
  const lines = new Map(
    [...assembled.lines].map(([section, entries]) => [
      section,
      entries.map(entry => ({
        ...entry,
        position: place(entry.position),
        expandedFrom: entry.expandedFrom.map(place),
      })),
    ]),
  );
  return { object: assembled.object, assembled: { ...assembled, lines } };
}

// --- lines ------------------------------------------------------------------------------------------------------

function placedLines({ assembled }: Part, { places }: LinkedProgram): LineRow[] {
  return [...(assembled?.lines ?? [])].flatMap(([section, entries]) => {
    const start = places.get(section);
    const isLoaded = start !== undefined && (section.flags & SectionFlag.allocate) !== 0;
    return isLoaded ? entries.map(entry => lineRow(entry, start)) : [];
  });
}

// --- problems ---------------------------------------------------------------------------------------------------

function linkFailure(parts: readonly Part[], problems: readonly LinkProblem[], names: SourceNames): AssemblyFailure {
  const diagnostics = problems.map(problem => diagnosticOf('error', problem, parts, names));
  const message = errors.linkFailed(diagnosticText(diagnostics[0]), diagnostics.length - 1).message;
  return new AssemblyFailure(message, diagnostics, names.paths);
}

const noEntry = (object: ObjectFile, { entry }: LinkedProgram): LinkProblem => ({
  message: linkMessages.noEntry(entry),
  object,
  place: undefined,
});

/** At the line in a source, or with the function of an object. */
function diagnosticOf(
  severity: Diagnostic['severity'],
  { message, object, place }: LinkProblem,
  parts: readonly Part[],
  names: SourceNames,
): Diagnostic {
  const part = parts.find(candidate => candidate.object === object);
  const lines = place && part?.assembled?.lines.get(place.section);
  const line = lines?.find(
    ({ address, length }) => place && place.offset >= address && place.offset < address + length,
  );
  if (line) return { severity, message, position: line.position, expandedFrom: line.expandedFrom };
  const file = names.nameOf(part?.path ?? object.name);
  const where = place === undefined ? '' : `${functionAt(object, place)}: `;
  return { severity, message: where + message, position: { file, line: 1, column: 1 } };
}

/** `print (.text+0x12)`: what stands last before the place. */
function functionAt({ symbols }: ObjectFile, { section, offset }: { section: ObjectSection; offset: number }): string {
  let name = '';
  let nearest = -1;
  for (const { name: candidate, kind, place } of symbols) {
    if (kind === 'section' || place.kind !== 'section' || place.section !== section) continue;
    if (place.offset <= offset && place.offset > nearest) [name, nearest] = [candidate, place.offset];
  }
  const where = `${section.name}+0x${offset.toString(16)}`;
  return name === '' ? where : `${name} (${where})`;
}
