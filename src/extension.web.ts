// The extension in a browser (vscode.dev and the like): debug adapter and assembler are web workers.
import * as vscode from 'vscode';
import { activateEditor } from './editor/activate';
import { WebAdapterFactory } from './editor/webAdapter';
import { startLanguageWorker } from './editor/webWorker';

export function activate(context: vscode.ExtensionContext): void {
  activateEditor(context, () => startLanguageWorker(context.extensionUri));
  context.subscriptions.push(
    vscode.debug.registerDebugAdapterDescriptorFactory('ringside', new WebAdapterFactory(context.extensionUri)),
  );
}
