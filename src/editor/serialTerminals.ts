// The serial lines of the guests that are debugged, as terminals. They hear what the Debug Console hears, so that nothing is sent
// twice; a guest's terminal is there as soon as it has sent anything, and shown by a command.
import * as vscode from 'vscode';
import { GuestViews } from './guestViews';
import { SerialTerminal } from './serialTerminal';

/** As much of a message of the adapter as is looked at. */
interface AdapterMessage {
  readonly event?: string;
  readonly body?: { readonly category?: string; readonly output?: string };
}

export class SerialTerminals implements vscode.Disposable {
  private readonly terminals = new GuestViews(session => new SerialTerminal(session));
  private readonly subscriptions: vscode.Disposable[];

  constructor() {
    this.subscriptions = [
      vscode.debug.registerDebugAdapterTrackerFactory('ringside', {
        createDebugAdapterTracker: session => ({
          onDidSendMessage: (message: AdapterMessage) => this.heard(session, message),
        }),
      }),
      vscode.debug.onDidTerminateDebugSession(session => this.terminals.of(session)?.end()),
    ];
  }

  dispose(): void {
    for (const each of [...this.subscriptions, this.terminals]) each.dispose();
  }

  /** Of the session in front. */
  async showActive(): Promise<void> {
    const terminal = this.terminals.inFront();
    if (terminal) terminal.show();
    else
      await vscode.window.showInformationMessage(
        vscode.l10n.t('No guest runs: start one with F5, and then show its serial terminal.'),
      );
  }

  /** Standard output is what the guest sends on its serial line. */
  private heard(session: vscode.DebugSession, { event, body }: AdapterMessage): void {
    if (event !== 'output' || body?.category !== 'stdout' || body.output === undefined) return;
    (this.terminals.of(session) ?? this.terminals.added(session)).write(body.output);
  }
}
