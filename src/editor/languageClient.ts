// Asks the language worker to assemble a source, and hands it the files that the source names, from open editors first,
// so that what is typed counts before it is saved.
import * as vscode from 'vscode';
import type { Assemble, FileContent, FromLanguage } from '../shared/workerMessages';
import { fileNamed, isOpenToChecks, sourceSettings } from './sources';

/** The worker's end of the conversation: a thread on the desktop, a worker in a browser. */
export interface LanguageWorker {
  post(message: Assemble): void;
  onMessage(listener: (message: FromLanguage) => void): void;
  stop(): void;
}

export type Assembled = FromLanguage & { kind: 'assembled' };

/** Longest that one source may take before its worker is given up; a macro can loop for ever. */
const patienceMs = 10_000;

export class LanguageClient implements vscode.Disposable {
  private worker: Promise<LanguageWorker> | undefined;
  private lastId = 0;
  private readonly waiting = new Map<number, (message: FromLanguage) => void>();

  constructor(private readonly startWorker: () => Promise<LanguageWorker>) {}

  /** Assembles `main`; undefined if the worker gave no answer in time. */
  async assemble(main: vscode.Uri, listing = false): Promise<Assembled | undefined> {
    const files: Record<string, FileContent> = {};
    const name = nameOf(main);
    files[name] = await text(main);
    const sources = sourceSettings(main);
    const read = async <Content>(name: string, contentOf: (file: vscode.Uri) => Promise<Content>) => {
      const file = fileNamed(main, name);
      return isOpenToChecks(main, file, sources) ? contentOf(file) : null;
    };
    for (;;) {
      const answer = await this.ask({ kind: 'assemble', id: ++this.lastId, main: name, files, listing, sources });
      if (answer === undefined || answer.kind === 'assembled') return answer;
      for (const file of answer.texts) files[file] = await read(file, text);
      for (const file of answer.binaries) files[file] = await read(file, bytes);
    }
  }

  dispose(): void {
    void this.worker?.then(worker => worker.stop());
    this.worker = undefined;
    for (const id of this.waiting.keys()) this.waiting.delete(id);
  }

  private async ask(message: Assemble): Promise<FromLanguage | undefined> {
    this.worker ??= this.start();
    const worker = await this.worker;
    return new Promise(resolve => {
      const giveUp = setTimeout(() => {
        this.dispose();
        resolve(undefined);
      }, patienceMs);
      this.waiting.set(message.id, answer => {
        clearTimeout(giveUp);
        resolve(answer);
      });
      worker.post(message);
    });
  }

  private async start(): Promise<LanguageWorker> {
    const worker = await this.startWorker();
    worker.onMessage(message => {
      this.waiting.get(message.id)?.(message);
      this.waiting.delete(message.id);
    });
    return worker;
  }
}

/** A source's name as diagnostics give it. */
export const nameOf = (file: vscode.Uri): string => file.path.slice(file.path.lastIndexOf('/') + 1);

async function text(file: vscode.Uri): Promise<string | null> {
  const open = vscode.workspace.textDocuments.find(document => document.uri.toString() === file.toString());
  if (open) return open.getText();
  const content = await bytes(file);
  return content && new TextDecoder().decode(content);
}

async function bytes(file: vscode.Uri): Promise<Uint8Array | null> {
  try {
    return await vscode.workspace.fs.readFile(file);
  } catch {
    return null;
  }
}
