// Starts dist/worker.web.js in a browser. A worker's script must come from the page's own origin, which an extension's
// files do not; so it is read and handed over as a blob, and the disassembler's WebAssembly follows as first message.
import * as vscode from 'vscode';
import type { StartWorker } from '../shared/workerMessages';

export async function startWebWorker(extensionUri: vscode.Uri): Promise<Worker> {
  const [script, icedWasm] = await Promise.all(
    ['worker.web.js', 'iced_x86_bg.wasm'].map(name =>
      vscode.workspace.fs.readFile(vscode.Uri.joinPath(extensionUri, 'dist', name)),
    ),
  );
  const url = URL.createObjectURL(new Blob([new Uint8Array(script)], { type: 'text/javascript' }));
  const worker = new Worker(url);
  URL.revokeObjectURL(url);
  worker.postMessage({ icedWasm } satisfies StartWorker);
  return worker;
}
