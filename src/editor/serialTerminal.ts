// A guest's serial line as a terminal: it shows what the guest sends, and what is typed goes to the guest, which echoes it if it
// wants. Closed and opened again it shows the same.
import * as vscode from 'vscode';
import { give } from './guestInput';
import type { GuestView } from './guestViews';

/** Characters that are kept for a terminal that is opened again. */
const mostKept = 256 * 1024;

export class SerialTerminal implements GuestView, vscode.Pseudoterminal {
  private readonly written = new vscode.EventEmitter<string>();
  readonly onDidWrite = this.written.event;
  private terminal: vscode.Terminal | undefined;
  private isOpen = false;
  private wasOpened = false;
  private history = '';
  private hasEnded = false;

  constructor(private session: vscode.DebugSession) {}

  follow(session: vscode.DebugSession): void {
    this.session = session;
    this.hasEnded = false;
  }

  /** What the guest has sent. The first of it opens the terminal behind what is in front. */
  write(text: string): void {
    this.put(text.replace(/\r?\n/g, '\r\n'));
    if (!this.wasOpened) this.create();
  }

  show(): void {
    (this.terminal ?? this.create()).show();
  }

  /** The guest has gone. */
  end(): void {
    this.hasEnded = true;
    this.put(`\r\n\x1b[2m${vscode.l10n.t('The guest has ended.')}\x1b[0m\r\n`);
  }

  dispose(): void {
    this.terminal?.dispose();
    this.written.dispose();
  }

  // --- what VS Code calls

  open(): void {
    this.isOpen = true;
    this.written.fire(this.history);
  }

  close(): void {
    this.isOpen = false;
    this.terminal = undefined;
  }

  handleInput(text: string): void {
    if (!this.hasEnded) void give(this.session, { serial: text });
  }

  private create(): vscode.Terminal {
    const name = vscode.l10n.t('Guest Serial Port');
    this.wasOpened = true;
    this.terminal = vscode.window.createTerminal({ name, pty: this, isTransient: true });
    return this.terminal;
  }

  private put(text: string): void {
    this.history += text;
    if (this.history.length > 2 * mostKept) this.history = this.history.slice(-mostKept);
    if (this.isOpen) this.written.fire(text);
  }
}
