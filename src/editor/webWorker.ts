// Starts dist/worker.web.js in a browser. A worker's script must come from the page's own origin, which an extension's
// files do not; so it is read and handed over as a blob, and the disassembler's WebAssembly follows as first message.
import * as vscode from 'vscode';
import type { WorkerEnd } from '../shared/workerConversation';
import type { StartWorker } from '../shared/workerMessages';

interface Program extends StartWorker {
  url: string;
}

/** Read once; its URL stays valid for every worker to come (the extension host reads it some time after `new`). */
let program: Promise<Program> | undefined;

export async function startWebWorker(extensionUri: vscode.Uri): Promise<Worker> {
  program ??= readProgram(extensionUri);
  const { url, icedWasm } = await program;
  const worker = new Worker(url);
  worker.postMessage({ icedWasm } satisfies StartWorker);
  return worker;
}

/** A worker that is asked by its language messages alone. */
export async function startLanguageWorker<Question, Answer>(
  extensionUri: vscode.Uri,
): Promise<WorkerEnd<Question, Answer>> {
  const worker = await startWebWorker(extensionUri);
  return {
    post: message => worker.postMessage(message),
    onMessage: listener => void (worker.onmessage = ({ data }: MessageEvent<Answer>) => listener(data)),
    onEnd: listener => void (worker.onerror = ({ message }) => listener(message)),
    stop: () => worker.terminate(),
  };
}

async function readProgram(extensionUri: vscode.Uri): Promise<Program> {
  const [script, icedWasm] = await Promise.all(
    ['worker.web.js', 'iced_x86_bg.wasm'].map(name =>
      vscode.workspace.fs.readFile(vscode.Uri.joinPath(extensionUri, 'dist', name)),
    ),
  );
  const url = URL.createObjectURL(new Blob([new Uint8Array(script)], { type: 'text/javascript' }));
  return { url, icedWasm };
}
