// In a browser the adapter runs in a worker, so that a guest never holds up the extension host. This carries DAP
// messages between VS Code and that worker, and reads files for it.
import type { DebugProtocol } from '@vscode/debugprotocol';
import * as vscode from 'vscode';
import type { FromAdapter, ToAdapter } from '../shared/workerMessages';
import { startWebWorker } from './webWorker';

export class WebAdapterFactory implements vscode.DebugAdapterDescriptorFactory {
  constructor(private readonly extensionUri: vscode.Uri) {}

  async createDebugAdapterDescriptor(): Promise<vscode.DebugAdapterDescriptor> {
    return new vscode.DebugAdapterInlineImplementation(new WebAdapter(await startWebWorker(this.extensionUri)));
  }
}

class WebAdapter implements vscode.DebugAdapter {
  private readonly messages = new vscode.EventEmitter<vscode.DebugProtocolMessage>();
  readonly onDidSendMessage = this.messages.event;

  constructor(private readonly worker: Worker) {
    worker.onmessage = ({ data }: MessageEvent<FromAdapter>) => void this.receive(data);
    worker.onerror = ({ message }) => this.end(message);
  }

  handleMessage(message: vscode.DebugProtocolMessage): void {
    this.post({ kind: 'dap', message: message as DebugProtocol.ProtocolMessage });
  }

  dispose(): void {
    this.worker.terminate();
    this.messages.dispose();
  }

  private async receive(message: FromAdapter): Promise<void> {
    if (message.kind === 'dap') return this.messages.fire(message.message);
    const { id, uri } = message;
    try {
      const bytes = await vscode.workspace.fs.readFile(vscode.Uri.parse(uri, true));
      this.post({ kind: 'file', id, bytes });
    } catch (error) {
      this.post({ kind: 'fileError', id, reason: error instanceof Error ? error.message : String(error) });
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
