// The extension in a browser (vscode.dev and the like): debug adapter and assembler are web workers.
import * as vscode from 'vscode';
import { activateEditor } from './editor/activate';
import type { LanguageWorker } from './editor/languageClient';
import { WebAdapterFactory } from './editor/webAdapter';
import { startWebWorker } from './editor/webWorker';
import type { FromLanguage } from './shared/workerMessages';

export function activate(context: vscode.ExtensionContext): void {
  activateEditor(context, () => startLanguageWorker(context.extensionUri));
  context.subscriptions.push(
    vscode.debug.registerDebugAdapterDescriptorFactory('ringside', new WebAdapterFactory(context.extensionUri)),
  );
}

async function startLanguageWorker(extensionUri: vscode.Uri): Promise<LanguageWorker> {
  const worker = await startWebWorker(extensionUri);
  return {
    post: message => worker.postMessage(message),
    onMessage: listener => {
      worker.onmessage = ({ data }: MessageEvent<FromLanguage>) => listener(data);
    },
    stop: () => worker.terminate(),
  };
}
