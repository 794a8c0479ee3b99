// The extension on the desktop. The debug adapter is a process that VS Code starts by itself (`debuggers` in
// package.json); the assembler runs in a thread.
import path from 'node:path';
import type * as vscode from 'vscode';
import { activateEditor } from './editor/activate';
import { startNodeWorker } from './shared/nodeWorker';

export function activate(context: vscode.ExtensionContext): void {
  activateEditor(context, async () => startNodeWorker(path.join(context.extensionPath, 'dist/language.js')));
}
