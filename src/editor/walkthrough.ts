// The walkthrough "Your First Trap", as package.json has it. VS Code opens a walkthrough by itself when an extension has just been
// installed; ours has a condition that only holds once Ringside is active, so that a command alone opens it.
import * as vscode from 'vscode';

const contextKey = 'ringside.isActive';

export const offerWalkthrough = (): Thenable<void> => vscode.commands.executeCommand('setContext', contextKey, true);

/** In a group of its own: what its buttons open stands beside it. */
export async function openWalkthrough({ extension }: vscode.ExtensionContext): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.openWalkthrough', `${extension.id}#firstTrap`, false);
  await vscode.commands.executeCommand('workbench.action.lockEditorGroup');
}
