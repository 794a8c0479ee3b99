// Asks the language worker to assemble a source, and hands it the files that the source names, from open editors first,
// so that what is typed counts before it is saved.
import * as vscode from 'vscode';
import type { Assemble, FileContent, FromLanguage, SourceSettings } from '../shared/workerMessages';
import { WorkerConversation, type WorkerEnd } from '../shared/workerConversation';
import { isAbsence, readRegularFile } from './regularFile';
import { fileNamed, isOpenToChecks, sourceSettings } from './sources';

/** A thread on the desktop, a worker in a browser. */
export type LanguageWorker = WorkerEnd<Assemble, FromLanguage>;

export type Assembled = FromLanguage & { kind: 'assembled' };

interface Assembly {
  readonly main: vscode.Uri;
  readonly listing: boolean;
  readonly sources: SourceSettings;
  /** May the file be read for it? */
  readonly isOpen: (file: vscode.Uri) => Promise<boolean>;
}

export class LanguageClient implements vscode.Disposable {
  private readonly conversation: WorkerConversation<Assemble, FromLanguage>;

  /** `own` are folders of Ringside itself, whose files may be read in any case. */
  constructor(
    startWorker: () => Promise<LanguageWorker>,
    private readonly own: readonly vscode.Uri[],
  ) {
    this.conversation = new WorkerConversation(startWorker);
  }

  /** Assembles `main`; undefined if the worker gave no answer, because that takes too long or too much memory. */
  async assemble(main: vscode.Uri, listing = false): Promise<Assembled | undefined> {
    const sources = sourceSettings(main);
    const isOpen = (file: vscode.Uri): Promise<boolean> => isOpenToChecks(main, file, sources, this.own);
    return this.assembleWith({ main, listing, sources, isOpen });
  }

  /** The same with a launch's own settings: whoever launches a source wants its files to be read, wherever they are. */
  async assembleForLaunch(main: vscode.Uri, sources: SourceSettings): Promise<Assembled | undefined> {
    return this.assembleWith({ main, listing: false, sources, isOpen: async () => true });
  }

  private async assembleWith({ main, listing, sources, isOpen }: Assembly): Promise<Assembled | undefined> {
    const files = new Map<string, FileContent>();
    const name = nameOf(main);
    const content = await text(main);
    if (typeof content !== 'string') return undefined;
    files.set(name, content);
    const read = async (name: string, contentOf: (file: vscode.Uri) => Promise<FileContent>) => {
      const file = fileNamed(main, name);
      return (await isOpen(file)) ? contentOf(file) : null;
    };
    for (;;) {
      const answer = await this.ask({
        kind: 'assemble',
        main: name,
        files,
        listing,
        sources,
        locale: vscode.env.language,
      });
      if (answer === undefined || answer.kind === 'assembled') return answer;
      for (const file of answer.texts) files.set(file, await read(file, text));
      for (const file of answer.binaries) files.set(file, await read(file, bytes));
    }
  }

  dispose(): void {
    this.conversation.stop();
  }

  private async ask(question: Omit<Assemble, 'id'>): Promise<FromLanguage | undefined> {
    try {
      return await this.conversation.ask(question);
    } catch {
      return undefined;
    }
  }
}

/** A source's name as diagnostics give it. */
export const nameOf = (file: vscode.Uri): string => file.path.slice(file.path.lastIndexOf('/') + 1);

/** Of what a source names. */
const largestBytes = 64 * 1024 * 1024;

async function text(file: vscode.Uri): Promise<FileContent> {
  const open = vscode.workspace.textDocuments.find(document => document.uri.toString() === file.toString());
  if (open) return open.getText();
  const content = await bytes(file);
  if (content === null) return null;
  return 'problem' in content ? content : new TextDecoder().decode(content);
}

async function bytes(file: vscode.Uri): Promise<Exclude<FileContent, string>> {
  try {
    return await readRegularFile(file, largestBytes);
  } catch (error) {
    if (isAbsence(error)) return null;
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}
