// Where a source's files are, as the settings say, and what the names of files mean that come back from the assembler.
import * as vscode from 'vscode';
import type { SourceSettings } from '../shared/workerMessages';
import { leadsElsewhere } from './regularFile';

export const languageIds = ['ringside-asm', 'asm', 'nasm', 'asm-intel-x86-generic'];

/** Is it one that others include? Alone it would lack their definitions. */
export const isIncludeFile = (file: vscode.Uri): boolean => /\.(inc|mac|h)$/i.test(file.path);

/** Is it one that the adapter assembles, by its name? */
export const isSourceFile = (file: vscode.Uri): boolean => /\.(asm|nasm|inc|s)$/i.test(file.path);

/** A local file by its path, which launch.json and other editors use too; anything else by its URI. */
export function located(file: vscode.Uri): string {
  return file.scheme === 'file' ? file.fsPath : file.toString();
}

/** The settings for the source at `main`. */
export function sourceSettings(main: vscode.Uri): SourceSettings {
  const settings = vscode.workspace.getConfiguration('ringside', main);
  const folder = vscode.workspace.getWorkspaceFolder(main);
  return {
    folder: located(vscode.Uri.joinPath(main, '..')),
    ...(folder ? { cwd: located(folder.uri) } : {}),
    includePaths: settings.get<string[]>('includePaths') ?? [],
    defines: settings.get<string[]>('defines') ?? [],
  };
}

/** The file that `name` means, which is relative to the source at `main`, or what `located` has made. */
export function fileNamed(main: vscode.Uri, name: string): vscode.Uri {
  if (/^[a-z][\w+.-]+:/i.test(name)) return vscode.Uri.parse(name);
  if (!/^([\\/]|[a-z]:)/i.test(name)) return vscode.Uri.joinPath(main, '..', name);
  return main.scheme === 'file' ? vscode.Uri.file(name) : main.with({ path: name });
}

/**
 * May the assembler read `file` while `main` is typed? Only inside the workspace, Ringside's `own` folders, and the folders that
 * the settings name; a source that is in no workspace may have files beside it. A workspace that is not trusted is not
 * left, neither by what its settings name nor by a symbolic link.
 */
export async function isOpenToChecks(
  main: vscode.Uri,
  file: vscode.Uri,
  { includePaths }: SourceSettings,
  own: readonly vscode.Uri[],
): Promise<boolean> {
  const inside = [...(vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri), ...own];
  const holder = inside.find(folder => holds(folder, file));
  if (!vscode.workspace.isTrusted) return holder !== undefined && !(await leadsElsewhere(holder, file));
  const base = vscode.workspace.getWorkspaceFolder(main)?.uri ?? vscode.Uri.joinPath(main, '..');
  const named = includePaths.map(name => fileNamed(vscode.Uri.joinPath(base, 'name'), name));
  return holder !== undefined || [base, ...named].some(folder => holds(folder, file));
}

function holds(folder: vscode.Uri, file: vscode.Uri): boolean {
  const [outer, inner] = [folder, file].map(uri => vscode.Uri.joinPath(uri, '.'));
  const path = outer.path.endsWith('/') ? outer.path : `${outer.path}/`;
  return outer.scheme === inner.scheme && outer.authority === inner.authority && inner.path.startsWith(path);
}
