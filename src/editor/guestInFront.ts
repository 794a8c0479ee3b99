// The guest that the user looks at: that of the debug session in front, and whether it runs or stands. What shows it hears of each
// change, of an edit too; one that has ended stays the one in front until there is another.
import * as vscode from 'vscode';

/** Nothing runs as long as one of them has not been answered. */
const runningRequests = [
  'configurationDone',
  'continue',
  'goto',
  'next',
  'restart',
  'reverseContinue',
  'stepBack',
  'stepIn',
  'stepOut',
];

export interface Guest {
  readonly session: vscode.DebugSession;
  state: 'running' | 'stopped' | 'ended';
  /** How often it has stopped: who has seen it at another number compares. */
  stops: number;
}

/** As much of a message of the adapter as is looked at. */
interface AdapterMessage {
  readonly type?: string;
  readonly event?: string;
  readonly command?: string;
  readonly success?: boolean;
}

export class GuestInFront implements vscode.Disposable {
  private readonly guests = new Map<string, Guest>();
  private readonly changes = new vscode.EventEmitter<Guest>();
  private readonly subscriptions: vscode.Disposable[];
  private inFront: Guest | undefined;
  readonly onDidChange = this.changes.event;

  constructor() {
    this.subscriptions = [
      this.changes,
      vscode.debug.registerDebugAdapterTrackerFactory('ringside', {
        createDebugAdapterTracker: session => {
          const guest: Guest = { session, state: 'running', stops: 0 };
          this.guests.set(session.id, guest);
          return { onDidSendMessage: (message: AdapterMessage) => this.heard(guest, message) };
        },
      }),
      vscode.debug.onDidTerminateDebugSession(({ id }) => this.ended(id)),
      vscode.debug.onDidChangeActiveDebugSession(session => this.cameToFront(session && this.guests.get(session.id))),
    ];
  }

  dispose(): void {
    for (const each of this.subscriptions) each.dispose();
  }

  /** Undefined before the first one. */
  get guest(): Guest | undefined {
    return this.inFront;
  }

  private heard(guest: Guest, { type, event, command, success }: AdapterMessage): void {
    if (type === 'response' && success && runningRequests.includes(command ?? '')) guest.state = 'running';
    else if (event === 'stopped') {
      guest.state = 'stopped';
      guest.stops++;
    } else if (event !== 'invalidated' && event !== 'memory') return;
    if (this.inFront === undefined || this.inFront.state === 'ended') this.inFront = guest;
    if (guest === this.inFront) this.changes.fire(guest);
  }

  private ended(id: string): void {
    const guest = this.guests.get(id);
    if (!guest) return;
    this.guests.delete(id);
    guest.state = 'ended';
    if (guest === this.inFront) this.changes.fire(guest);
  }

  private cameToFront(guest: Guest | undefined): void {
    if (guest === undefined || guest === this.inFront) return;
    this.inFront = guest;
    this.changes.fire(guest);
  }
}
