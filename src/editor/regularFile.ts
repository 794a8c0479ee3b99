// Reading files that anybody may have named: only regular ones, up to a size. What says that it is empty, as in /proc, is
// not read at all, since nobody knows how much would come.
import * as vscode from 'vscode';

/** @throws Error whose message is a reason for people */
export async function readRegularFile(file: vscode.Uri, mostBytes: number): Promise<Uint8Array> {
  const { type, size } = await vscode.workspace.fs.stat(file);
  if ((type & vscode.FileType.Directory) !== 0) throw new Error('it is a folder');
  if ((type & vscode.FileType.File) === 0) throw new Error('it is no regular file');
  if (size > mostBytes) throw new Error(`it has ${size} bytes, and at most ${mostBytes} are read`);
  return size === 0 ? new Uint8Array(0) : vscode.workspace.fs.readFile(file);
}

/** Is that why it could not be read: there is no such file? */
export const isAbsence = (error: unknown): boolean =>
  error instanceof vscode.FileSystemError && ['FileNotFound', 'FileNotADirectory'].includes(error.code);

/** Is `file`, or a folder that it is in below `outer`, a symbolic link? */
export async function leadsElsewhere(outer: vscode.Uri, file: vscode.Uri): Promise<boolean> {
  for (let uri = file; uri.path.length > outer.path.length; uri = vscode.Uri.joinPath(uri, '..')) {
    try {
      const { type } = await vscode.workspace.fs.stat(uri);
      if ((type & vscode.FileType.SymbolicLink) !== 0) return true;
    } catch {
      return false;
    }
  }
  return false;
}
