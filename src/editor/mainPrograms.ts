// Which program F5 means: the source in front; for a file that others include, the source that does; and otherwise, as with
// the monitor's own source in front, the program that was debugged last.
import * as vscode from 'vscode';
import { mainsIncluding } from './includeGraph';
import { fileNamed, isIncludeFile, languageIds } from './sources';
import { sourcesBelow } from './sourceSearch';

const mostBytes = 1 << 20;
const lastConfiguration = 'lastConfiguration';

export class MainPrograms {
  constructor(private readonly memory: vscode.Memento) {}

  /** `configuration` starts: as the user gave it, with a program, and without what settings filled in. */
  noteStart(configuration: vscode.DebugConfiguration): void {
    void this.memory.update(lastConfiguration, configuration);
  }

  /** What was started last. */
  get lastStarted(): vscode.DebugConfiguration | undefined {
    return this.memory.get<vscode.DebugConfiguration>(lastConfiguration);
  }

  /** What the editor in front stands for; undefined if nobody can tell. */
  async inFront(): Promise<vscode.Uri | undefined> {
    const document = vscode.window.activeTextEditor?.document;
    const isSource = document !== undefined && languageIds.includes(document.languageId);
    return isSource || (document && isIncludeFile(document.uri)) ? this.of(document.uri) : this.last();
  }

  /** The source itself, or the one that includes it. */
  async of(file: vscode.Uri): Promise<vscode.Uri | undefined> {
    if (!isIncludeFile(file)) return file;
    const mains = await including(file);
    const last = await this.last();
    if (last && (mains.length === 0 || mains.some(main => main.toString() === last.toString()))) return last;
    return mains.length > 1 ? choice(file, mains) : mains[0];
  }

  private async last(): Promise<vscode.Uri | undefined> {
    const given: unknown = this.lastStarted?.program;
    const program: unknown = Array.isArray(given) ? given[0] : given;
    if (typeof program !== 'string') return undefined;
    const file = fileNamed(vscode.Uri.file('/'), program);
    return (await sizeOf(file)) === undefined ? undefined : file;
  }
}

async function choice(file: vscode.Uri, mains: readonly vscode.Uri[]): Promise<vscode.Uri | undefined> {
  const items = mains.map(main => ({ label: vscode.workspace.asRelativePath(main), main }));
  const name = vscode.workspace.asRelativePath(file);
  const placeHolder = vscode.l10n.t('Several programs include {0}. Which one?', name);
  return (await vscode.window.showQuickPick(items, { placeHolder }))?.main;
}

async function including(file: vscode.Uri): Promise<vscode.Uri[]> {
  const texts = new Map<string, string>();
  const uris = new Map<string, vscode.Uri>();
  for (const uri of await sourcesAround(file)) {
    const text = await textOf(uri);
    if (text === undefined) continue;
    uris.set(uri.path, uri);
    texts.set(uri.path, text);
  }
  return mainsIncluding(file.path, texts).flatMap(path => uris.get(path) ?? []);
}

/** Of the workspace folder; without one, what lies around the file. */
async function sourcesAround(file: vscode.Uri): Promise<vscode.Uri[]> {
  const folder = vscode.Uri.joinPath(file, '..');
  return sourcesBelow(folder, vscode.workspace.getWorkspaceFolder(file)?.uri ?? folder);
}

/** As it is typed, where it is open; undefined if it cannot be read, or is too large to be a source. */
async function textOf(file: vscode.Uri): Promise<string | undefined> {
  const open = vscode.workspace.textDocuments.find(({ uri }) => uri.toString() === file.toString());
  if (open) return open.getText();
  const size = await sizeOf(file);
  if (size === undefined || size > mostBytes) return undefined;
  return new TextDecoder().decode(await vscode.workspace.fs.readFile(file));
}

async function sizeOf(file: vscode.Uri): Promise<number | undefined> {
  try {
    const { type, size } = await vscode.workspace.fs.stat(file);
    return (type & vscode.FileType.File) !== 0 ? size : undefined;
  } catch {
    return undefined;
  }
}
