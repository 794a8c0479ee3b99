// Where the guest in front is: asked for once at each stop, for all that show it.
import * as vscode from 'vscode';
import type { Guest, GuestInFront } from './guestInFront';
import { type Where, whereRequest } from '../shared/where';

/** A step is sooner over: a guest that runs is not said to before it has run so long. */
const noticeableMs = 200;

export interface Whereabout {
  readonly session: vscode.DebugSession;
  readonly state: Guest['state'];
  /** at the last stop, if there has been one */
  readonly where: Where | undefined;
}

export class Whereabouts implements vscode.Disposable {
  private readonly changes = new vscode.EventEmitter<Whereabout>();
  private readonly subscription: vscode.Disposable;
  private latest: Whereabout | undefined;
  private asking: Promise<void> | undefined;
  /** whose place is to be asked for next */
  private wanted: Guest | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  readonly onDidChange = this.changes.event;

  constructor(guests: GuestInFront) {
    this.subscription = guests.onDidChange(guest => this.changed(guest));
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.subscription.dispose();
    this.changes.dispose();
  }

  /** Undefined before the first guest. */
  get now(): Whereabout | undefined {
    return this.latest;
  }

  private changed(guest: Guest): void {
    clearTimeout(this.timer);
    switch (guest.state) {
      case 'stopped':
        return this.ask(guest);
      case 'running':
        this.timer = setTimeout(() => this.say(guest), noticeableMs);
        return;
      case 'ended':
        return this.say(guest);
    }
  }

  /** Another answer, if it has been asked meanwhile. */
  private ask(guest: Guest): void {
    this.wanted = guest;
    this.asking ??= this.answers().finally(() => (this.asking = undefined));
  }

  private async answers(): Promise<void> {
    for (let guest = this.wanted; guest; guest = this.wanted) {
      this.wanted = undefined;
      const where = await whereIs(guest.session);
      if (where && !where.running && guest.state === 'stopped') this.say(guest, where);
    }
  }

  private say(guest: Guest, where?: Where): void {
    const { session, state } = guest;
    const known = this.latest?.session === session ? this.latest.where : undefined;
    this.latest = { session, state, where: where ?? known };
    this.changes.fire(this.latest);
  }
}

/** Undefined if the session has ended, or has no guest yet. */
async function whereIs(session: vscode.DebugSession): Promise<Where | undefined> {
  try {
    return (await session.customRequest(whereRequest)) as Where;
  } catch {
    return undefined;
  }
}
