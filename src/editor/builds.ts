// Assembles a source before it is debugged: with an error in it nothing is started, and the editor shows where the first one is.
import * as vscode from 'vscode';
import type { AssemblerDiagnostic } from '../shared/workerMessages';
import type { LanguageClient } from './languageClient';
import { fileNamed, isSourceFile, located } from './sources';

export class Builds {
  constructor(private readonly client: LanguageClient) {}

  /** Does its program assemble? What is no single source, or cannot be read, is left to the adapter to judge. */
  async succeeds(configuration: vscode.DebugConfiguration): Promise<boolean> {
    const { program } = configuration;
    if (typeof program !== 'string' || configuration.address !== undefined) return true;
    const main = fileNamed(vscode.Uri.file('/'), program);
    if (!isSourceFile(main)) return true;
    const answer = await this.client.assembleForLaunch(main, {
      folder: located(vscode.Uri.joinPath(main, '..')),
      ...(typeof configuration.cwd === 'string' ? { cwd: configuration.cwd } : {}),
      includePaths: texts(configuration.includePaths),
      defines: texts(configuration.defines),
    });
    const errors = answer?.diagnostics.filter(({ severity }) => severity === 'error') ?? [];
    const [first] = errors;
    if (first === undefined) return true;
    await showFirst(main, first, errors.length);
    return false;
  }
}

async function showFirst(main: vscode.Uri, { position, message }: AssemblerDiagnostic, count: number): Promise<void> {
  const file = fileNamed(main, position.file);
  const at = new vscode.Position(position.line - 1, position.column - 1);
  const name = `${vscode.workspace.asRelativePath(file)}:${position.line}`;
  const text =
    count > 1
      ? vscode.l10n.t('Not started: {0} errors in the source. The first, {1}: {2}', count, name, message)
      : vscode.l10n.t('Not started: an error in the source, {0}: {1}', name, message);
  void vscode.window.showErrorMessage(text);
  const editor = await vscode.window.showTextDocument(file, { selection: new vscode.Range(at, at) });
  editor.revealRange(new vscode.Range(at, at), vscode.TextEditorRevealType.InCenterIfOutsideViewport);
}

const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string') : [];
