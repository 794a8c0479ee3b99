// The guest's screen in an editor tab: a page that shows pictures (media/screen/), and the loop that fetches them, one at a time,
// none while the page is hidden. The last one stays when the guest has ended.
import * as vscode from 'vscode';
import { give } from './guestInput';
import { type GuestScreen, screenRequest, type ScreenRequest } from '../shared/guestScreen';
import { escaped, showPage } from './webviewPage';
import type { FromScreenView, Picture, ScreenTexts, ToScreenView } from '../shared/screenMessages';

const viewType = 'ringside.screen';

export class ScreenPanel {
  private readonly panel: vscode.WebviewPanel;
  private picture: Picture | undefined;
  /** the page has painted what it has, and waits */
  private isReady = false;
  private isFetching = false;
  private hasEnded = false;
  private isClosed = false;

  /** Opens it beside the editor in use, which keeps the focus. */
  constructor(
    extensionUri: vscode.Uri,
    private session: vscode.DebugSession,
    closed: () => void,
  ) {
    const place = { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true };
    const title = vscode.l10n.t('Guest Screen');
    this.panel = vscode.window.createWebviewPanel(viewType, title, place);
    this.panel.onDidDispose(() => {
      this.isClosed = true;
      closed();
    });
    // its page may have come before VS Code says that it is to be seen again
    this.panel.onDidChangeViewState(() => void this.fetch());
    this.panel.webview.onDidReceiveMessage((message: FromScreenView) => this.receive(message));
    showPage(this.panel.webview, extensionUri, { name: 'screen', title, texts: texts(), body: body() });
  }

  /** From now on the screen of this session's guest. */
  follow(session: vscode.DebugSession): void {
    this.session = session;
    this.picture = undefined;
    this.hasEnded = false;
    this.sayState();
    void this.fetch();
  }

  /** The guest has ended; with the last that was to be seen of it, if anybody has said. */
  end(screen?: GuestScreen): void {
    if (screen && screen.mode !== 'unchanged' && screen.number !== this.picture?.number) this.show(screen);
    this.hasEnded = true;
    this.sayState();
  }

  /** What is on the clipboard, typed. */
  private async paste(): Promise<void> {
    await give(this.session, { text: await vscode.env.clipboard.readText() });
  }

  reveal(): void {
    this.panel.reveal(undefined, true);
  }

  dispose(): void {
    this.panel.dispose();
  }

  private receive(message: FromScreenView): void {
    switch (message.kind) {
      case 'ready':
        this.isReady = true;
        if (!message.shows) this.sayState();
        if (this.picture && !message.shows) return this.show(this.picture);
        return void this.fetch();
      case 'keys':
        return void give(this.session, { codes: message.codes });
      case 'paste':
        return void this.paste();
    }
  }

  /** Gets the page another picture than it has. */
  private async fetch(): Promise<void> {
    if (this.isFetching) return;
    this.isFetching = true;
    try {
      while (this.wantsPicture) {
        const { session } = this;
        const screen = await pulled(session, this.picture?.number);
        if (this.isClosed || session !== this.session) continue;
        if (!screen) break;
        if (screen.mode !== 'unchanged') this.show(screen);
      }
    } finally {
      this.isFetching = false;
    }
  }

  /** VS Code answers no question about a panel that is closed. */
  private get wantsPicture(): boolean {
    return !this.isClosed && this.isReady && this.panel.visible;
  }

  private show(picture: Picture): void {
    this.picture = picture;
    this.isReady = false;
    this.post({ kind: 'picture', picture });
  }

  private sayState(): void {
    this.post({ kind: 'state', hasEnded: this.hasEnded });
  }

  private post(message: ToScreenView): void {
    void this.panel.webview.postMessage(message);
  }
}

/** Undefined if the session has ended, or has no guest yet. */
async function pulled(session: vscode.DebugSession, since: number | undefined): Promise<GuestScreen | undefined> {
  try {
    const request: ScreenRequest = since === undefined ? {} : { since };
    return (await session.customRequest(screenRequest, request)) as GuestScreen;
  } catch {
    return undefined;
  }
}

const body = (): string => `<main id="screen" tabindex="0" aria-label="${escaped(vscode.l10n.t('Guest Screen'))}">
<div id="text" hidden></div>
<div id="pixels" hidden></div>
<p id="words" hidden></p>
</main>
<footer>
<div id="keys" role="toolbar" aria-label="${escaped(vscode.l10n.t('Keys for the guest'))}" hidden>
<button data-keys="ControlLeft KeyW">Ctrl+W</button>
<button data-keys="ControlLeft AltLeft Delete">Ctrl+Alt+Del</button>
<button>${escaped(vscode.l10n.t('Paste'))}</button>
</div>
<p id="state" role="status"></p>
</footer>`;

const texts = (): ScreenTexts => ({
  captured: vscode.l10n.t('Keys go to the guest. Ctrl+Alt+G takes them back.'),
  released: vscode.l10n.t('Click the screen, or press Enter on it, to type into the guest.'),
  ended: vscode.l10n.t('The guest has ended. This is its last picture.'),
  off: vscode.l10n.t('The guest has switched its screen off.'),
  unshown: vscode.l10n.t('The guest uses a graphics mode of {0} × {1} pixels, which Ringside does not show.'),
  pixels: vscode.l10n.t('A picture of {0} × {1} pixels'),
});
