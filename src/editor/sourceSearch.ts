// Looks for sources in a folder and in those below it. VS Code's own search (`findFiles`) never answers in a browser whose file system
// has none of its own.
import * as vscode from 'vscode';
import { isSourceFile } from './sources';

const mostSources = 500;
const mostFolders = 500;

/** The sources of `folder` and then of the others below `top`, the near ones first; of very many those that come first. */
export async function sourcesBelow(folder: vscode.Uri, top: vscode.Uri): Promise<vscode.Uri[]> {
  const folders = new Map([folder, top].map(uri => [uri.path, uri]));
  const found = new Map<string, vscode.Uri>();
  // those that are added meanwhile come last
  for (const at of folders.values()) {
    for (const [name, type] of await entriesOf(at)) {
      const entry = vscode.Uri.joinPath(at, name);
      if (type === vscode.FileType.Directory && !isPassedOver(name) && folders.size < mostFolders)
        folders.set(entry.path, entry);
      else if ((type & vscode.FileType.File) !== 0 && isSourceFile(entry)) found.set(entry.path, entry);
    }
    if (found.size >= mostSources) break;
  }
  return [...found.values()].slice(0, mostSources);
}

/** Folders of version control, and of packages. */
const isPassedOver = (folder: string): boolean => folder.startsWith('.') || folder === 'node_modules';

/** Nothing, of a folder that cannot be read. */
async function entriesOf(folder: vscode.Uri): Promise<[string, vscode.FileType][]> {
  try {
    return await vscode.workspace.fs.readDirectory(folder);
  } catch {
    return [];
  }
}
