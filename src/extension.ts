// The extension on the desktop. The debug adapter is a process that VS Code starts by itself (`debuggers` in
// package.json); the assembler runs in a thread.
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import type * as vscode from 'vscode';
import { activateEditor } from './editor/activate';
import type { LanguageWorker } from './editor/languageClient';
import type { FromLanguage } from './shared/workerMessages';

export function activate(context: vscode.ExtensionContext): void {
  activateEditor(context, async () => startLanguageThread(path.join(context.extensionPath, 'dist/language.js')));
}

function startLanguageThread(file: string): LanguageWorker {
  const thread = new Worker(file);
  return {
    post: message => thread.postMessage(message),
    onMessage: listener => void thread.on('message', (message: FromLanguage) => listener(message)),
    stop: () => void thread.terminate(),
  };
}
