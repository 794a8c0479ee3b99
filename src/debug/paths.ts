// Paths of files, as the debugger meets them: of POSIX and of Windows, and URIs where the editor runs in a browser. Which
// of them a name is shows in the name itself, so no file system has to be asked.

const isUri = (name: string): boolean => /^[a-z][\w+.-]+:/i.test(name);
const isAbsolute = (name: string): boolean => /^([\\/]|[a-z]:)/i.test(name) || isUri(name);

/** Without percent signs; one that stands for nothing is left as it is. */
function decoded(uri: string): string {
  try {
    return decodeURIComponent(uri);
  } catch {
    return uri;
  }
}

/** The last part of a path or URI. */
export function fileName(path: string): string {
  const name = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
  return isUri(path) ? decoded(name) : name;
}

/** The file that `name` means in a source at `path`. */
export function beside(path: string, name: string): string {
  if (isAbsolute(name)) return name;
  const folder = folderOf(path);
  return normalized(folder + (isUri(path) ? name.split('/').map(encodeURIComponent).join('/') : name));
}

/** Where the file at `path` lies, with the last separator; empty if the path does not say. */
export const folderOf = (path: string): string =>
  path.slice(0, Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);

/** The file or folder that `name` means to somebody in `folder`; as it is if nobody knows the folder. */
export const inFolder = (folder: string | undefined, name: string): string =>
  folder === undefined ? name : beside(/[\\/]$/.test(folder) ? folder : `${folder}/`, name);

/** Where the files of a build elsewhere are here. */
export interface PathMapping {
  readonly from: string;
  readonly to: string;
}

/** `path` with the first mapping that concerns it. */
export function mappedPath(path: string, mappings: readonly PathMapping[]): string {
  const plain = normalized(path);
  for (const { from, to } of mappings) {
    const folder = /[\\/]$/.test(from) ? from : `${from}/`;
    if (isSameFile(plain, from)) return to;
    if (isSameFile(plain.slice(0, folder.length), folder)) return inFolder(to, plain.slice(folder.length));
  }
  return plain;
}

/**
 * The computer on which a UNC path or a file URI says that the file is, or the device that `\\\\.\\` leads to; undefined if it is
 * on this one. Reading from there tells that computer who the user is.
 */
export function hostOf(path: string): string | undefined {
  const plain = path.replace(/[\t\n\r]/g, '').trim();
  const [, host] = /^(?:file:(?:[\\/]{2}|[\\/]{4,})|[\\/]{2,})([^\\/]+)/i.exec(plain) ?? [];
  return host === undefined || host.toLowerCase() === 'localhost' ? undefined : host.toLowerCase();
}

/** Do both name the same file? Windows' paths differ in case and slashes alone. */
export function isSameFile(a: string, b: string): boolean {
  return comparable(a) === comparable(b);
}

function comparable(path: string): string {
  const plain = normalized(path);
  if (isUri(plain) && !/^[a-z]:/i.test(plain)) return decoded(plain);
  return /^[a-z]:/i.test(plain) ? plain.replaceAll('\\', '/').toLowerCase() : plain;
}

/** Without `.` and `..` in the middle. */
function normalized(path: string): string {
  const parts: string[] = [];
  for (const part of path.split(/(?<=[\\/])/)) {
    const bare = part.replace(/[\\/]$/, '');
    const last = parts[parts.length - 1]?.replace(/[\\/]$/, '');
    if (bare === '.' && parts.length > 0) continue;
    if (bare === '..' && last !== undefined && last !== '..' && last !== '' && !last.endsWith(':')) parts.pop();
    else parts.push(part);
  }
  return parts.join('');
}
