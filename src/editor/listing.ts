// The assembler's listing of a source, addresses and bytes beside the lines, as a document that is made when shown.
import * as vscode from 'vscode';
import type { LanguageClient } from './languageClient';

const scheme = 'ringside-listing';

/** Shows listings; the document's query is the source's URI. */
export class Listings implements vscode.TextDocumentContentProvider {
  private readonly changes = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changes.event;

  constructor(private readonly client: LanguageClient) {}

  register(): vscode.Disposable {
    return vscode.workspace.registerTextDocumentContentProvider(scheme, this);
  }

  async show(source: vscode.Uri): Promise<void> {
    const uri = vscode.Uri.from({ scheme, path: `${source.path}.lst`, query: source.toString() });
    this.changes.fire(uri);
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.Beside, preview: true });
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const answer = await this.client.assemble(vscode.Uri.parse(uri.query, true), true);
    if (answer?.listing !== undefined) return answer.listing;
    return vscode.l10n.t('No listing: the source has errors. The Problems view names them.');
  }
}
