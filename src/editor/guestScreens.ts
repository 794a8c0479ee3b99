// The screens of the guests that are debugged: each is shown when there is first anything to be seen on it, or by a command.
import * as vscode from 'vscode';
import { type GuestScreen, lastScreen, screenShown } from '../shared/guestScreen';
import { GuestViews } from './guestViews';
import { ScreenPanel } from './screenPanel';

export class GuestScreens implements vscode.Disposable {
  private readonly panels: GuestViews<ScreenPanel>;
  private readonly subscriptions: vscode.Disposable[];

  constructor(extensionUri: vscode.Uri) {
    this.panels = new GuestViews(session => {
      const panel: ScreenPanel = new ScreenPanel(extensionUri, session, () => this.panels.remove(panel));
      return panel;
    });
    this.subscriptions = [
      // however that came about: the adapter may have said nothing
      vscode.debug.onDidTerminateDebugSession(session => this.panels.of(session)?.end()),
      vscode.debug.onDidReceiveDebugSessionCustomEvent(event => this.received(event)),
    ];
  }

  dispose(): void {
    for (const each of [...this.subscriptions, this.panels]) each.dispose();
  }

  /** Of the session in front; where that is no guest's, of any. */
  async showActive(): Promise<void> {
    const panel = this.panels.inFront();
    if (panel) panel.reveal();
    else
      await vscode.window.showInformationMessage(
        vscode.l10n.t('No guest runs: start one with F5, and then show its screen.'),
      );
  }

  private received({ session, event, body }: vscode.DebugSessionCustomEvent): void {
    if (session.type !== 'ringside') return;
    const panel = this.panels.of(session);
    if (event === lastScreen) panel?.end(body as GuestScreen);
    if (event !== screenShown) return;
    if (panel) panel.follow(session);
    else this.panels.added(session).reveal();
  }
}
