// The ring view in the Run and Debug side bar: where the processor is, really and by the guest's belief, and how it got there. The page
// (media/rings/) draws it, and says the same in words; what is chosen there is opened here.
import * as vscode from 'vscode';
import { fileNamed } from './sources';
import { showPage } from './webviewPage';
import { ringBody, ringTexts } from './ringPage';
import type { Whereabouts } from './whereabouts';
import type { FromRingView, RingTarget, ToRingView } from '../shared/ringMessages';
import type { SourceLine } from '../shared/where';

const viewId = 'ringside.rings';

export class RingView implements vscode.WebviewViewProvider {
  private view: vscode.WebviewView | undefined;

  constructor(
    private readonly extensionUri: vscode.Uri,
    private readonly whereabouts: Whereabouts,
    private readonly showMemory: (place: string) => void,
  ) {}

  register(): vscode.Disposable {
    return vscode.Disposable.from(
      vscode.window.registerWebviewViewProvider(viewId, this),
      this.whereabouts.onDidChange(() => this.show()),
    );
  }

  resolveWebviewView(view: vscode.WebviewView): void {
    this.view = view;
    view.onDidDispose(() => (this.view = undefined));
    view.onDidChangeVisibility(() => this.show());
    view.webview.onDidReceiveMessage((message: FromRingView) => void this.receive(message));
    const title = vscode.l10n.t('Rings');
    showPage(view.webview, this.extensionUri, { name: 'rings', title, texts: ringTexts(), body: ringBody() });
  }

  private async receive(message: FromRingView): Promise<void> {
    if (message.kind === 'ready') this.show();
    else await this.open(message.target).catch(warn);
  }

  private show(): void {
    if (!this.view?.visible) return;
    const { now } = this.whereabouts;
    const message: ToRingView = now?.where
      ? { kind: 'where', where: now.where, isRunning: now.state !== 'stopped' }
      : { kind: 'nowhere' };
    void this.view.webview.postMessage(message);
  }

  private async open({ source, memoryReference, variable }: RingTarget): Promise<void> {
    if (source?.source.path !== undefined) await openSource(source);
    else if (memoryReference !== undefined) this.showMemory(memoryReference);
    else if (variable) await vscode.commands.executeCommand('workbench.debug.action.focusVariablesView');
  }
}

/** A source may be gone by now. */
function warn(error: unknown): void {
  void vscode.window.showWarningMessage(error instanceof Error ? error.message : String(error));
}

async function openSource({ source, line }: SourceLine): Promise<void> {
  const uri = fileNamed(vscode.Uri.file('/'), source.path ?? '');
  const place = new vscode.Position(Math.max(0, line - 1), 0);
  await vscode.window.showTextDocument(uri, { selection: new vscode.Range(place, place) });
}
