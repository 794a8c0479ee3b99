// A client and its adapter in one process, with files that are in memory: for what an adapter answers, where it does not
// matter what carries the messages.
import type { DebugProtocol } from '@vscode/debugprotocol';
import { translated } from '../../src/base/localization';
import { DebugAdapter } from '../../src/adapter/debugAdapter';
import type { AdapterHost } from '../../src/adapter/host';
import { letEventsIn } from '../../src/adapter/nodeHost';

export class InProcess {
  readonly events: DebugProtocol.Event[] = [];
  readonly adapter: DebugAdapter;
  private readonly waiting = new Map<number, (response: DebugProtocol.Response) => void>();
  private readonly expecting: { event: string; resolve: (event: DebugProtocol.Event) => void }[] = [];
  private lastRequest = 0;

  constructor(files: Readonly<Record<string, string | Uint8Array>> = {}, host: Partial<AdapterHost> = {}) {
    const read = async (path: string): Promise<Uint8Array> => {
      const content = Object.hasOwn(files, path) ? files[path] : undefined;
      if (content === undefined) throw new Error(translated('there is no such file'));
      return typeof content === 'string' ? new TextEncoder().encode(content) : content;
    };
    this.adapter = new DebugAdapter({ files: { read }, letEventsIn, end: () => {}, ...host });
    this.adapter.onDidSendMessage(sent =>
      this.receive(JSON.parse(JSON.stringify(sent)) as DebugProtocol.ProtocolMessage),
    );
  }

  /** An adapter whose guest, the source `text`, stands at its entry. */
  static async at(text: string, args: object = {}, host: Partial<AdapterHost> = {}): Promise<InProcess> {
    const client = new InProcess({ 'guest.asm': text }, host);
    await client.launch(args);
    await client.until('stopped', () => client.ask('configurationDone'));
    return client;
  }

  async launch(args: object = {}): Promise<void> {
    await this.ask('initialize', { adapterID: 'ringside' });
    await this.ask('launch', { program: 'guest.asm', technique: 'none', stopOnEntry: true, ...args });
  }

  /** The answer, be it a refusal. */
  async send(command: string, args?: unknown): Promise<DebugProtocol.Response> {
    const seq = ++this.lastRequest;
    const answer = new Promise<DebugProtocol.Response>(resolve => this.waiting.set(seq, resolve));
    this.adapter.handleMessage({ seq, type: 'request', command, arguments: args } as DebugProtocol.Request);
    return answer;
  }

  /** The answer's body. @throws Error with the text of a refusal */
  async ask<Body = Record<string, unknown>>(command: string, args: object = {}): Promise<Body> {
    const response = await this.send(command, args);
    if (!response.success) throw new Error(refusal(response));
    return response.body as Body;
  }

  /** Carries out `action` and waits for the event. */
  async until(event: string, action: () => Promise<unknown>): Promise<DebugProtocol.Event> {
    const come = new Promise<DebugProtocol.Event>(resolve => this.expecting.push({ event, resolve }));
    await action();
    return come;
  }

  /** What has been printed under `category`. */
  printed(category: string): string {
    return this.events
      .filter(({ event }) => event === 'output')
      .map(({ body }) => body as DebugProtocol.OutputEvent['body'])
      .filter(body => body.category === category)
      .map(({ output }) => output)
      .join('');
  }

  end(): void {
    this.adapter.shutdown();
  }

  private receive(message: DebugProtocol.ProtocolMessage): void {
    if (message.type === 'response') {
      const response = message as DebugProtocol.Response;
      this.waiting.get(response.request_seq)?.(response);
      this.waiting.delete(response.request_seq);
      return;
    }
    const event = message as DebugProtocol.Event;
    this.events.push(event);
    const index = this.expecting.findIndex(expected => expected.event === event.event);
    if (index >= 0) this.expecting.splice(index, 1)[0].resolve(event);
  }
}

/** The text of a refusal as the user sees it. */
export function refusal({ body, success }: DebugProtocol.Response): string {
  if (success) return '';
  const { error } = body as DebugProtocol.ErrorResponse['body'];
  return (error?.format ?? '').replace(/\{(\w+)\}/g, (_, name: string) => error?.variables?.[name] ?? '');
}
