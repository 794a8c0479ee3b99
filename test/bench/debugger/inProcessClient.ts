// A client of a debug session in the same process: what the adapter takes, without what messages between processes do.
import type { DebugProtocol } from '@vscode/debugprotocol';
import { DebugAdapter } from '../../../src/adapter/debugAdapter';
import { letEventsIn, nodeFiles } from '../../../src/adapter/nodeHost';

type Settle = (message: DebugProtocol.ProtocolMessage) => void;

export class InProcessClient {
  private readonly adapter = new DebugAdapter({ files: nodeFiles, letEventsIn, end: () => {} });
  private readonly answers = new Map<number, Settle>();
  private readonly events = new Map<string, Settle>();
  private lastRequest = 0;

  constructor() {
    this.adapter.onDidSendMessage(message => this.receive(message as DebugProtocol.ProtocolMessage));
  }

  /** Messages are text on their way, as between processes. */
  private receive(sent: DebugProtocol.ProtocolMessage): void {
    const message = JSON.parse(JSON.stringify(sent)) as DebugProtocol.Response | DebugProtocol.Event;
    if ('event' in message) this.settle(this.events, message.event, message);
    else this.settle(this.answers, message.request_seq, message);
  }

  private settle<Key>(waiting: Map<Key, Settle>, key: Key, message: DebugProtocol.ProtocolMessage): void {
    const settle = waiting.get(key);
    waiting.delete(key);
    settle?.(message);
  }

  private async request<Body>(command: string, args: object = {}): Promise<Body> {
    const seq = ++this.lastRequest;
    const answered = new Promise<DebugProtocol.ProtocolMessage>(resolve => this.answers.set(seq, resolve));
    const request = { seq, type: 'request', command, arguments: args };
    this.adapter.handleMessage(JSON.parse(JSON.stringify(request)) as DebugProtocol.Request);
    const response = (await answered) as DebugProtocol.Response;
    if (!response.success) throw new Error(`${command}: ${response.message}`);
    return response.body as Body;
  }

  private event(name: string): Promise<unknown> {
    return new Promise(resolve => this.events.set(name, resolve));
  }

  /** Resolves when the guest stands at its entry. */
  async launch(given: Record<string, unknown>): Promise<void> {
    await this.request('initialize', { adapterID: 'ringside' });
    const [initialized, stopped] = [this.event('initialized'), this.event('stopped')];
    const launched = this.request('launch', { ...given, stopOnEntry: true });
    await initialized;
    await this.request('configurationDone');
    await launched;
    await stopped;
  }

  /** One instruction, and then what an editor reads: the stack, the scopes of its top frame, and the first of these. */
  async stepAndReadRegisters(): Promise<void> {
    const stopped = this.event('stopped');
    await this.request('stepIn', { threadId: 1, granularity: 'instruction' });
    await stopped;
    const { stackFrames } = await this.request<DebugProtocol.StackTraceResponse['body']>('stackTrace', {
      threadId: 1,
      startFrame: 0,
      levels: 20,
    });
    const { scopes } = await this.request<DebugProtocol.ScopesResponse['body']>('scopes', {
      frameId: stackFrames[0].id,
    });
    await this.request('variables', { variablesReference: scopes[0].variablesReference });
  }
}
