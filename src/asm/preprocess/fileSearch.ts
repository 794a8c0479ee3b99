// Where the files are that a source names in %include and incbin: beside the source that names them, beside the main
// source, and then in the folders that the user has named, in their order. Which of them exist is the reader's affair.
import { messages } from '../messages';
import type { SourceFiles } from './sourceLines';

export interface SearchOptions {
  /** Where the main source lies, for messages; names are relative to it. */
  readonly folder?: string;
  /** Absolute, or relative to the main source's folder. */
  readonly includePaths?: readonly string[];
}

export class FileSearch {
  constructor(
    private readonly main: string,
    private readonly options: SearchOptions,
  ) {}

  /** What the file may be called that the source `from` names, best first. */
  candidates(name: string, from: string): string[] {
    return [...new Set(this.folders(from).map(folder => resolveName(asFolder(folder), name)))];
  }

  /** What to say when none of the candidates can be read: the first that is there is what was meant. */
  notFound(name: string, from: string, files: Pick<SourceFiles, 'problem'>): string {
    for (const candidate of this.candidates(name, from)) {
      const problem = files.problem?.(candidate);
      if (problem !== undefined) return messages.unreadableFile(candidate, problem);
    }
    if (isAbsolute(name)) return messages.noSuchFile(name, []);
    const { folder = '' } = this.options;
    const shown = this.folders(from).map(each => (isAbsolute(each) ? each : resolveName(asFolder(folder), each)));
    return messages.noSuchFile(
      name,
      shown.map(each => each.replace(/(?<=.)[\\/]$/, '') || '.'),
    );
  }

  private folders(from: string): string[] {
    return [...new Set([folderOf(from), folderOf(this.main), ...(this.options.includePaths ?? [])])];
  }
}

const isAbsolute = (name: string): boolean => /^([\\/]|[a-z]:|[a-z][\w+.-]*:\/\/)/i.test(name);
const folderOf = (name: string): string => name.slice(0, Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1);
const separatorOf = (folder: string): string => (folder.includes('\\') && !folder.includes('/') ? '\\' : '/');
const asFolder = (folder: string): string =>
  folder === '' || /[\\/]$/.test(folder) ? folder : folder + separatorOf(folder);

/** `name` as seen from the folder of `from`; both `/` and `\` separate folders, and the result uses `from`'s. */
export function resolveName(from: string, name: string): string {
  if (isAbsolute(name)) return name;
  const folder = folderOf(from);
  const parts: string[] = [];
  for (const part of `${folder}${name}`.split(/[\\/]/)) {
    if (part === '..' && parts.length > 0 && parts[parts.length - 1] !== '..' && parts[parts.length - 1] !== '')
      parts.pop();
    else if (part !== '.') parts.push(part);
  }
  return parts.join(separatorOf(folder));
}
