// A guest's memory in an editor tab, from where an expression leads: found again at each stop, with what has changed since the stop
// before. The page (media/memory/) shows rows, and asks for others; nothing is read while it is hidden. What was seen last stays when the
// guest has ended, until there is another.
import * as vscode from 'vscode';
import type { Guest, GuestInFront } from './guestInFront';
import { placeOf, readPage, writeByte } from './guestMemory';
import { memoryBytes, MemoryPages, type MemoryPlace } from './memoryPages';
import { showPage } from './webviewPage';
import { memoryBody, memoryTexts } from './memoryPage';
import type { FromMemoryView, MemoryRow, ToMemoryView } from '../shared/memoryMessages';

const viewType = 'ringside.memory';

export class MemoryPanel {
  private readonly panel: vscode.WebviewPanel;
  private readonly pages = new MemoryPages();
  private readonly subscription: vscode.Disposable;
  private seen: { guest: Guest; stop: number } | undefined;
  private place: MemoryPlace = { space: 'gva', address: 0 };
  /** what the page shows, and how far behind the place that begins */
  private window = { rows: 0, columns: 1 };
  private bytesOn = 0;
  private isLooking = false;
  private isStale = false;
  private isClosed = false;

  constructor(
    extensionUri: vscode.Uri,
    private readonly guests: GuestInFront,
    private shown: string,
    closed: () => void,
  ) {
    this.panel = vscode.window.createWebviewPanel(viewType, title(shown), vscode.ViewColumn.Beside);
    this.panel.onDidDispose(() => {
      this.isClosed = true;
      this.subscription.dispose();
      closed();
    });
    this.panel.onDidChangeViewState(() => this.guestChanged());
    this.panel.webview.onDidReceiveMessage((message: FromMemoryView) => void this.receive(message));
    this.subscription = guests.onDidChange(() => this.guestChanged());
    showPage(this.panel.webview, extensionUri, {
      name: 'memory',
      title: title(shown),
      texts: memoryTexts(),
      body: memoryBody(),
    });
  }

  get expression(): string {
    return this.shown;
  }

  reveal(): void {
    this.panel.reveal();
  }

  dispose(): void {
    this.panel.dispose();
  }

  private async receive(message: FromMemoryView): Promise<void> {
    switch (message.kind) {
      case 'window':
        this.window = message;
        if (message.isFirst) this.begin();
        return this.look();
      case 'expression':
        this.shown = message.expression;
        this.panel.title = title(this.shown);
        this.bytesOn = 0;
        return this.look();
      case 'scroll':
        this.bytesOn = this.first.address + message.rows * this.window.columns - this.start;
        return this.look();
      case 'write':
        return this.write(message.address, message.byte);
    }
  }

  /** The page is new, or has been thrown away while it was hidden. */
  private begin(): void {
    this.post({ kind: 'expression', expression: this.shown });
    this.showRows();
    this.sayState();
  }

  private guestChanged(): void {
    const { guest } = this.guests;
    // an edit, if it has not run since
    if (guest?.state === 'stopped' && guest === this.seen?.guest && guest.stops === this.seen.stop)
      this.pages.lookAgain();
    this.sayState();
    void this.look();
  }

  private sayState(): void {
    this.post({ kind: 'state', state: this.guests.guest?.state ?? 'none' });
  }

  /** Reads what the page shows, and shows it; once more, if it is asked for meanwhile. */
  private async look(): Promise<void> {
    this.isStale = true;
    if (this.isLooking) return;
    this.isLooking = true;
    try {
      while (this.isStale) {
        this.isStale = false;
        await this.lookOnce().catch((error: unknown) => this.foundNothing(error));
      }
    } finally {
      this.isLooking = false;
    }
  }

  private async lookOnce(): Promise<void> {
    const { guest } = this.guests;
    if (guest?.state !== 'stopped') return this.showRows();
    if (this.isClosed || this.window.rows === 0 || !this.panel.visible) return;
    this.noteStop(guest);
    this.place = await placeOf(guest.session, this.shown);
    for (const page of this.pages.missing(this.first, this.shownBytes)) {
      const content = await readPage(guest.session, page);
      // it has gone on: what it has now is not what it had at the stop
      if (guest.state !== 'stopped' || guest.stops !== this.seen?.stop) return;
      this.pages.put(page, content);
    }
    this.showRows();
  }

  /** Compared is only with the stop right before. */
  private noteStop(guest: Guest): void {
    const { seen } = this;
    this.seen = { guest, stop: guest.stops };
    if (seen?.guest !== guest || seen.stop < guest.stops - 1) this.pages.forget();
    else if (seen.stop === guest.stops - 1) this.pages.nextStop();
  }

  private get shownBytes(): number {
    return this.window.rows * this.window.columns;
  }

  /** The address of the row with the place. */
  private get start(): number {
    return this.place.address - (this.place.address % this.window.columns);
  }

  /** Where the first row is that is shown. */
  private get first(): MemoryPlace {
    const { bytesOn, place } = this;
    const address = this.start + bytesOn - (bytesOn % this.window.columns);
    return { ...place, address: Math.max(0, Math.min(address, memoryBytes - this.shownBytes)) };
  }

  private showRows(): void {
    if (!this.seen) return;
    const { space, address: first } = this.first;
    const { rows, columns } = this.window;
    const rowAt = (row: number): MemoryRow => this.pages.row({ space, address: first + row * columns }, columns);
    const { address } = this.place;
    this.post({ kind: 'contents', address, rows: Array.from({ length: rows }, (_, row) => rowAt(row)) });
  }

  private async write(address: number, byte: number): Promise<void> {
    const { guest } = this.guests;
    if (guest?.state !== 'stopped') return;
    try {
      // the adapter says then that the guest has been changed
      await writeByte(guest.session, { ...this.place, address }, byte);
    } catch (error) {
      this.sayProblem(error, false);
    }
  }

  /** Who asks a guest that ends gets no answer, and keeps what it has. */
  private foundNothing(error: unknown): void {
    if (this.guests.guest?.state === 'stopped') this.sayProblem(error, true);
  }

  private sayProblem(error: unknown, isNowhere: boolean): void {
    this.post({ kind: 'problem', problem: error instanceof Error ? error.message : String(error), isNowhere });
  }

  private post(message: ToMemoryView): void {
    if (!this.isClosed) void this.panel.webview.postMessage(message);
  }
}

const title = (expression: string): string => vscode.l10n.t('Memory: {0}', expression);
