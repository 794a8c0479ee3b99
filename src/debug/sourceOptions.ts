// What a user may say about a program's sources: where the files are that they name, what is defined in them, and which
// files have the symbols of code that the guest loads itself.

import type { AssemblyOptions, Definition } from '../asm/assemble';
import { t } from '../base/localization';
import { givenAddress } from './givenAddress';
import { inFolder, type PathMapping } from './paths';
import { errors } from './userError';

export interface SourceOptions {
  readonly assembly: AssemblyOptions;
  /** where relative paths begin; undefined if nobody knows */
  readonly folder: string | undefined;
  readonly symbolFiles: readonly SymbolFile[];
  readonly sourceMap: readonly PathMapping[];
}

export interface SymbolFile {
  readonly file: string;
  /** linear, of its first byte in memory; undefined for the one that it was made for */
  readonly address: number | undefined;
}

/** `currentFolder` is the process's, if it has one. @throws UserError that names the attribute that is wrong */
export function parseSourceOptions(
  given: Readonly<Record<string, unknown>>,
  currentFolder: string | undefined,
): SourceOptions {
  const folder = given.cwd === undefined ? currentFolder : folderFrom(given.cwd);
  const named = texts('includePaths', given.includePaths).map(name => inFolder(folder, name));
  const includePaths = folder === undefined ? named : [folder, ...named];
  return {
    assembly: { includePaths, defines: texts('defines', given.defines).map(parseDefinition) },
    folder,
    symbolFiles: list('symbols', given.symbols).map(each => symbolFile(each, folder)),
    sourceMap: mappings(given.sourceMap, folder),
  };
}

function folderFrom(given: unknown): string {
  if (typeof given === 'string' && given !== '') return given;
  throw errors.wrongType('cwd', given, t`a folder`);
}

function list(attribute: string, given: unknown = []): readonly unknown[] {
  if (!Array.isArray(given)) throw errors.wrongType(attribute, given, t`a list`);
  return given;
}

function texts(attribute: string, given: unknown): readonly string[] {
  return list(attribute, given).map(each => {
    if (typeof each !== 'string' || each === '') throw errors.wrongType(attribute, given, t`a list of texts`);
    return each;
  });
}

const isRecord = (given: unknown): given is Readonly<Record<string, unknown>> =>
  typeof given === 'object' && given !== null && !Array.isArray(given);

function symbolFile(given: unknown, folder: string | undefined): SymbolFile {
  if (!isRecord(given) || typeof given.file !== 'string' || given.file === '') throw errors.badSymbolFile(given);
  const address = givenAddress(given.address);
  if (given.address !== undefined && address === undefined) throw errors.badSymbolFile(given);
  return { file: inFolder(folder, given.file), address };
}

/** The longest paths first, so that what is said of a folder inside another counts. */
function mappings(given: unknown = {}, folder: string | undefined): PathMapping[] {
  if (!isRecord(given)) throw errors.wrongType('sourceMap', given, t`an object of paths`);
  const found = Object.entries(given).map(([from, to]) => {
    if (typeof to !== 'string' || from === '') throw errors.wrongType('sourceMap', given, t`an object of paths`);
    return { from, to: inFolder(folder, to) };
  });
  return found.sort((a, b) => b.from.length - a.from.length);
}

/** `NAME` or `NAME=VALUE`. */
function parseDefinition(given: string): Definition {
  const [, name, text = ''] = /^([A-Za-z_.?@$][\w.?@#$~]*)(?:=(.*))?$/s.exec(given) ?? [];
  if (name === undefined) throw errors.badDefinition(given);
  return { name, text };
}
