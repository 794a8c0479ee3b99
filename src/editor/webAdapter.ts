// In a browser the adapter runs in a worker, so that a guest never holds up the extension host. This carries DAP
// messages between VS Code and that worker, reads files for it, and keeps the language worker that it asks to assemble.
import type { DebugProtocol } from '@vscode/debugprotocol';
import * as vscode from 'vscode';
import type { WorkerEnd } from '../shared/workerConversation';
import type { FromAdapter, ToAdapter } from '../shared/workerMessages';
import { isAbsence, readRegularFile } from './regularFile';
import { startLanguageWorker, startWebWorker } from './webWorker';

export class WebAdapterFactory implements vscode.DebugAdapterDescriptorFactory {
  constructor(private readonly extensionUri: vscode.Uri) {}

  async createDebugAdapterDescriptor(session: vscode.DebugSession): Promise<vscode.DebugAdapterDescriptor> {
    const worker = await startWebWorker(this.extensionUri);
    const adapter = new WebAdapter(worker, this.extensionUri);
    adapter.announce(session.configuration.technique);
    return new vscode.DebugAdapterInlineImplementation(adapter);
  }
}

class WebAdapter implements vscode.DebugAdapter {
  private readonly messages = new vscode.EventEmitter<vscode.DebugProtocolMessage>();
  readonly onDidSendMessage = this.messages.event;

  private language: Promise<WorkerEnd<unknown, unknown>> | undefined;

  constructor(
    private readonly worker: Worker,
    private readonly extensionUri: vscode.Uri,
  ) {
    worker.onmessage = ({ data }: MessageEvent<FromAdapter>) => void this.receive(data);
    worker.onerror = ({ message }) => this.end(message);
  }

  /** Before the first message: which filters there are depends on it. */
  announce(technique: unknown): void {
    if (typeof technique === 'string') this.post({ kind: 'technique', technique });
  }

  handleMessage(message: vscode.DebugProtocolMessage): void {
    this.post({ kind: 'dap', message: message as DebugProtocol.ProtocolMessage });
  }

  dispose(): void {
    this.worker.terminate();
    this.stopLanguage();
    this.messages.dispose();
  }

  private async receive(message: FromAdapter): Promise<void> {
    switch (message.kind) {
      case 'dap':
        return this.messages.fire(message.message);
      case 'readFile':
        return this.read(message);
      case 'toLanguage':
        return this.tellLanguage(message.message);
      case 'stopLanguage':
        return this.stopLanguage();
    }
  }

  private async tellLanguage(message: unknown): Promise<void> {
    try {
      this.language ??= this.startLanguage();
      (await this.language).post(message);
    } catch (error) {
      this.language = undefined;
      this.post({ kind: 'languageEnded', reason: error instanceof Error ? error.message : String(error) });
    }
  }

  private async startLanguage(): Promise<WorkerEnd<unknown, unknown>> {
    const worker = await startLanguageWorker<unknown, unknown>(this.extensionUri);
    worker.onMessage(answer => this.post({ kind: 'fromLanguage', message: answer }));
    worker.onEnd(reason => this.post({ kind: 'languageEnded', reason }));
    return worker;
  }

  private stopLanguage(): void {
    void this.language?.then(worker => worker.stop());
    this.language = undefined;
  }

  private async read({ id, uri, mostBytes }: FromAdapter & { kind: 'readFile' }): Promise<void> {
    try {
      const bytes = await readRegularFile(vscode.Uri.parse(uri, true), mostBytes);
      this.post({ kind: 'file', id, bytes });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.post({ kind: 'fileError', id, reason, isAbsent: isAbsence(error) });
    }
  }

  private post(message: ToAdapter): void {
    this.worker.postMessage(message);
  }

  /** The worker broke; without this VS Code would wait for it for ever. */
  private end(reason: string): void {
    const output = vscode.l10n.t('Ringside stopped because of an error of its own: {0}. Please report it.', reason);
    this.sendEvent('output', { category: 'stderr', output: `${output}\n` });
    this.sendEvent('terminated', {});
  }

  private sendEvent(event: string, body: object): void {
    const message: DebugProtocol.Event = { seq: 0, type: 'event', event, body };
    this.messages.fire(message);
  }
}
