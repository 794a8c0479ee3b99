// The screens of the guests that are debugged: each is shown when there is first anything to be seen on it, or by a command. A
// tab whose guest has gone is taken over by the next guest.
import * as vscode from 'vscode';
import { type GuestScreen, lastScreen, screenShown } from '../shared/guestScreen';
import { ScreenPanel } from './screenPanel';

export class GuestScreens implements vscode.Disposable {
  private readonly panels = new Map<string, ScreenPanel>();
  private readonly live = new Set<string>();
  private readonly subscriptions: vscode.Disposable[];

  constructor(private readonly extensionUri: vscode.Uri) {
    this.subscriptions = [
      vscode.debug.onDidStartDebugSession(session => this.started(session)),
      vscode.debug.onDidTerminateDebugSession(session => this.ended(session)),
      vscode.debug.onDidReceiveDebugSessionCustomEvent(event => this.received(event)),
    ];
  }

  dispose(): void {
    for (const each of [...this.subscriptions, ...this.panels.values()]) each.dispose();
  }

  /** Of the session in front; where that is no guest's, of any. */
  async showActive(): Promise<void> {
    const session = vscode.debug.activeDebugSession;
    const guest = session?.type === 'ringside' ? session : undefined;
    const panel = guest ? this.panels.get(guest.id) : [...this.panels.values()][0];
    if (panel) panel.reveal();
    else if (guest) this.show(guest);
    else
      await vscode.window.showInformationMessage(
        vscode.l10n.t('No guest runs: start one with F5, and then show its screen.'),
      );
  }

  private started(session: vscode.DebugSession): void {
    if (session.type === 'ringside') this.live.add(session.id);
  }

  /** However that came about: the adapter may have said nothing. */
  private ended({ id }: vscode.DebugSession): void {
    this.live.delete(id);
    this.panels.get(id)?.end();
  }

  private received({ session, event, body }: vscode.DebugSessionCustomEvent): void {
    if (session.type !== 'ringside') return;
    if (event === screenShown) this.show(session);
    if (event === lastScreen) this.panels.get(session.id)?.end(body as GuestScreen);
  }

  private show(session: vscode.DebugSession): void {
    const own = this.panels.get(session.id);
    if (own) return own.follow(session);
    const [orphan] = [...this.panels].find(([id]) => !this.live.has(id)) ?? [];
    const panel = orphan === undefined ? undefined : this.panels.get(orphan);
    if (orphan !== undefined) this.panels.delete(orphan);
    panel?.follow(session);
    panel?.reveal();
    const shown: ScreenPanel = panel ?? new ScreenPanel(this.extensionUri, session, () => this.closed(shown));
    this.panels.set(session.id, shown);
  }

  private closed(panel: ScreenPanel): void {
    for (const [id, other] of this.panels) if (other === panel) this.panels.delete(id);
  }
}
