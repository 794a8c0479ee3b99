// The extension on the desktop. The debug adapter is a process (`debuggers` in package.json says which); the assembler runs in a
// thread.
import path from 'node:path';
import * as vscode from 'vscode';
import { activateEditor } from './editor/activate';
import { NodeAdapterFactory } from './editor/nodeAdapter';
import { startNodeWorker } from './shared/nodeWorker';

export function activate(context: vscode.ExtensionContext): void {
  context.subscriptions.push(vscode.debug.registerDebugAdapterDescriptorFactory('ringside', new NodeAdapterFactory()));
  activateEditor(context, async () => startNodeWorker(path.join(context.extensionPath, 'dist/language.js')));
}
