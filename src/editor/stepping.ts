// What a step into shows: a setting that two commands switch, and that the guests under way follow at once.
import * as vscode from 'vscode';
import { type StepIntoEverything, stepIntoEverythingRequest } from '../shared/stepping';

const setting = 'stepIntoEverything';

export class Stepping implements vscode.Disposable {
  private readonly sessions = new Set<vscode.DebugSession>();
  private readonly subscriptions: vscode.Disposable[];

  constructor() {
    this.subscriptions = [
      vscode.debug.onDidStartDebugSession(session => {
        if (session.type === 'ringside') this.sessions.add(session);
      }),
      vscode.debug.onDidTerminateDebugSession(session => void this.sessions.delete(session)),
      vscode.workspace.onDidChangeConfiguration(change => {
        if (change.affectsConfiguration(`ringside.${setting}`)) this.tell();
      }),
    ];
  }

  dispose(): void {
    vscode.Disposable.from(...this.subscriptions).dispose();
  }

  /** Where the setting stands already, else for all of the user's folders. */
  async intoEverything(on: boolean): Promise<void> {
    const settings = vscode.workspace.getConfiguration('ringside');
    const isOfWorkspace = settings.inspect(setting)?.workspaceValue !== undefined;
    const { Workspace, Global } = vscode.ConfigurationTarget;
    await settings.update(setting, on, isOfWorkspace ? Workspace : Global);
  }

  private tell(): void {
    const args: StepIntoEverything = { on: stepsIntoEverything() };
    for (const session of this.sessions) void session.customRequest(stepIntoEverythingRequest, args);
  }
}

export const stepsIntoEverything = (): boolean =>
  vscode.workspace.getConfiguration('ringside').get<boolean>(setting) === true;
