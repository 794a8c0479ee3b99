// What a user may say about a program's sources: where the files are that they name, and what is defined in them.

import type { AssemblyOptions, Definition } from '../asm/assemble';
import { inFolder } from './paths';
import { errors } from './userError';

export interface SourceOptions {
  readonly assembly: AssemblyOptions;
}

/** `currentFolder` is the process's, if it has one. @throws UserError that names the attribute that is wrong */
export function parseSourceOptions(
  given: Readonly<Record<string, unknown>>,
  currentFolder: string | undefined,
): SourceOptions {
  const folder = given.cwd === undefined ? currentFolder : folderFrom(given.cwd);
  const named = texts('includePaths', given.includePaths).map(name => inFolder(folder, name));
  const includePaths = folder === undefined ? named : [folder, ...named];
  return { assembly: { includePaths, defines: texts('defines', given.defines).map(parseDefinition) } };
}

function folderFrom(given: unknown): string {
  if (typeof given === 'string' && given !== '') return given;
  throw errors.wrongType('cwd', given, 'a folder');
}

function texts(attribute: string, given: unknown = []): readonly string[] {
  const list: readonly unknown[] | undefined = Array.isArray(given) ? given : undefined;
  const found = list?.filter(each => typeof each === 'string' && each !== '') as readonly string[] | undefined;
  if (found === undefined || found.length !== list?.length) throw errors.wrongType(attribute, given, 'a list of texts');
  return found;
}

/** `NAME` or `NAME=VALUE`. */
function parseDefinition(given: string): Definition {
  const [, name, text = ''] = /^([A-Za-z_.?@$][\w.?@#$~]*)(?:=(.*))?$/s.exec(given) ?? [];
  if (name === undefined) throw errors.badDefinition(given);
  return { name, text };
}
