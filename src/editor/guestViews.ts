// What the editor keeps open for the guests that are debugged: a view for each session. One whose guest has gone stays, until it is
// closed or the next guest takes it over.
import * as vscode from 'vscode';

export interface GuestView extends vscode.Disposable {
  /** From now on the view of this session's guest. */
  follow(session: vscode.DebugSession): void;
}

export class GuestViews<View extends GuestView> implements vscode.Disposable {
  private readonly views = new Map<string, View>();
  private readonly live = new Set<string>();
  private readonly subscriptions: vscode.Disposable[];

  constructor(private readonly create: (session: vscode.DebugSession) => View) {
    this.subscriptions = [
      vscode.debug.onDidStartDebugSession(({ id, type }) => void (type === 'ringside' && this.live.add(id))),
      vscode.debug.onDidTerminateDebugSession(({ id }) => void this.live.delete(id)),
    ];
  }

  dispose(): void {
    for (const each of [...this.subscriptions, ...this.views.values()]) each.dispose();
  }

  of({ id }: vscode.DebugSession): View | undefined {
    return this.views.get(id);
  }

  /** The view of the session in front, which gets one if it has none; where that is no guest's, of any guest. */
  inFront(): View | undefined {
    const session = vscode.debug.activeDebugSession;
    if (session?.type !== 'ringside') return [...this.views.values()][0];
    return this.of(session) ?? this.added(session);
  }

  /** For a session without one. */
  added(session: vscode.DebugSession): View {
    const view = this.orphan() ?? this.create(session);
    this.views.set(session.id, view);
    view.follow(session);
    return view;
  }

  /** It has been closed. */
  remove(view: View): void {
    for (const [id, other] of this.views) if (other === view) this.views.delete(id);
  }

  private orphan(): View | undefined {
    const [id, view] = [...this.views].find(([id]) => !this.live.has(id)) ?? [];
    if (id !== undefined) this.views.delete(id);
    return view;
  }
}
