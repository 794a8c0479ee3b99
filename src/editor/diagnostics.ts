// The assembler's errors as squiggles, a moment after the typing stops.
import * as vscode from 'vscode';
import type { AssemblerDiagnostic, FilePosition } from '../shared/workerMessages';
import type { LanguageClient } from './languageClient';
import { fileNamed, isIncludeFile } from './sources';

const pauseMs = 300;
const languageId = 'ringside-asm';
/** settings that change what is found */
const judging = ['checkWhileTyping', 'includePaths', 'defines'];

export class AssemblerDiagnostics implements vscode.Disposable {
  private readonly collection = vscode.languages.createDiagnosticCollection('ringside');
  /** By main source: the files that its last assembly reported on. */
  private readonly reported = new Map<string, vscode.Uri[]>();
  private readonly subscriptions: vscode.Disposable[] = [this.collection];
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly client: LanguageClient) {
    this.subscriptions.push(
      vscode.workspace.onDidOpenTextDocument(document => this.noticed(document)),
      vscode.workspace.onDidChangeTextDocument(({ document }) => this.noticed(document)),
      vscode.workspace.onDidSaveTextDocument(document => this.noticed(document)),
      vscode.workspace.onDidCloseTextDocument(document => this.clear(document.uri)),
      vscode.workspace.onDidChangeConfiguration(change => {
        if (judging.some(setting => change.affectsConfiguration(`ringside.${setting}`))) this.checkSoon();
      }),
    );
    this.checkSoon();
  }

  dispose(): void {
    clearTimeout(this.timer);
    vscode.Disposable.from(...this.subscriptions).dispose();
  }

  private noticed(document: vscode.TextDocument): void {
    if (document.languageId === languageId) this.checkSoon();
  }

  private checkSoon(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.checkAll(), pauseMs);
  }

  /** Checks every open source, since the one that was edited may be included by another. */
  private async checkAll(): Promise<void> {
    for (const document of vscode.workspace.textDocuments.filter(isMainSource)) await this.check(document);
  }

  private async check(document: vscode.TextDocument): Promise<void> {
    const wanted = vscode.workspace.getConfiguration('ringside', document).get<boolean>('checkWhileTyping');
    if (!wanted) return this.clear(document.uri);
    const { version } = document;
    const answer = await this.client.assemble(document.uri);
    if (answer === undefined || document.version !== version || document.isClosed) return;
    this.report(document.uri, answer.diagnostics);
  }

  private report(main: vscode.Uri, found: readonly AssemblerDiagnostic[]): void {
    this.clear(main);
    const byFile = new Map<string, vscode.Diagnostic[]>();
    for (const diagnostic of found) {
      const { file } = diagnostic.position;
      byFile.set(file, [...(byFile.get(file) ?? []), toEditor(main, diagnostic)]);
    }
    const uris = [...byFile].map(([file, diagnostics]) => {
      const uri = fileNamed(main, file);
      this.collection.set(uri, diagnostics);
      return uri;
    });
    this.reported.set(main.toString(), uris);
  }

  private clear(main: vscode.Uri): void {
    for (const uri of this.reported.get(main.toString()) ?? []) this.collection.delete(uri);
    this.reported.delete(main.toString());
  }
}

/** A file that others include is judged where they include it: alone it would lack their definitions. */
function isMainSource(document: vscode.TextDocument): boolean {
  return document.languageId === languageId && !isIncludeFile(document.uri);
}

function toEditor(main: vscode.Uri, found: AssemblerDiagnostic): vscode.Diagnostic {
  const severities = { error: vscode.DiagnosticSeverity.Error, warning: vscode.DiagnosticSeverity.Warning };
  const diagnostic = new vscode.Diagnostic(
    range(found.position, found.endColumn),
    found.message,
    severities[found.severity],
  );
  diagnostic.source = 'ringside';
  diagnostic.relatedInformation = found.expandedFrom?.map(call => {
    const location = new vscode.Location(fileNamed(main, call.file), range(call));
    return new vscode.DiagnosticRelatedInformation(location, vscode.l10n.t('in the macro called here'));
  });
  return diagnostic;
}

/** Without an end the editor marks the word, or the line if there is none, at the position. */
function range({ line, column }: FilePosition, endColumn = column): vscode.Range {
  return new vscode.Range(line - 1, column - 1, line - 1, Math.max(endColumn, column) - 1);
}
