// A debug adapter in a process of its own, a real client that talks to it, and a folder for the guest's files.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { DebugClient } from '@vscode/debugadapter-testsupport';

interface Bundler {
  bundleEach(files: string[], outdir: string): Promise<string[]>;
}

let adapter: Promise<string> | undefined;

/** The adapter's bundle, made once for all tests. */
export async function adapterFile(): Promise<string> {
  adapter ??= (async () => {
    const bundler = (await import(pathToFileURL(path.resolve('src/build/testBundles.mjs')).href)) as Bundler;
    const sources = ['adapterMain.ts', 'language.ts'].map(name => path.resolve('test/adapter', name));
    const [file] = await bundler.bundleEach(sources, path.resolve('out/adapter'));
    return file;
  })();
  return adapter;
}

/** Where a guest is: the top frame of the stack. */
export interface Place {
  readonly name: string;
  readonly line: number;
  readonly source: string | undefined;
}

export class Debugged {
  readonly folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ringside-'));
  readonly output: { category: string; text: string }[] = [];
  readonly events: DebugProtocol.Event[] = [];
  capabilities: DebugProtocol.Capabilities | undefined;

  private constructor(readonly client: DebugClient) {
    for (const event of ['stopped', 'terminated', 'exited', 'breakpoint', 'invalidated', 'memory', 'continued']) {
      client.on(event, (message: DebugProtocol.Event) => this.events.push(message));
    }
    client.on('output', ({ body }: DebugProtocol.OutputEvent) =>
      this.output.push({ category: body.category ?? 'console', text: body.output }),
    );
  }

  static async start(): Promise<Debugged> {
    const client = new DebugClient('node', await adapterFile(), 'ringside');
    client.defaultTimeout = 20_000;
    await client.start();
    return new Debugged(client);
  }

  async end(): Promise<void> {
    await this.client.stop();
    fs.rmSync(this.folder, { recursive: true, force: true });
  }

  file(name: string, content: string | Uint8Array): string {
    const file = path.join(this.folder, name);
    fs.writeFileSync(file, content);
    return file;
  }

  /** Initializes, as `clientID` if one is given, and launches; resolves when breakpoints can be set. */
  async launch({ clientID, ...args }: Record<string, unknown> & { clientID?: string }): Promise<void> {
    const ready = this.client.waitForEvent('initialized');
    const { body } = await this.client.initializeRequest({
      adapterID: 'ringside',
      clientID,
      linesStartAt1: true,
      columnsStartAt1: true,
      pathFormat: 'path',
      supportsVariableType: true,
      supportsInvalidatedEvent: true,
      supportsMemoryEvent: true,
      supportsMemoryReferences: true,
    });
    this.capabilities = body;
    await Promise.all([ready, this.client.launchRequest(args as DebugProtocol.LaunchRequestArguments)]);
  }

  /** Lets the configured guest go; resolves at its first stop. */
  async begin(): Promise<DebugProtocol.StoppedEvent['body']> {
    return this.stopAfter(() => this.client.configurationDoneRequest());
  }

  /** Source text as `name`, launched with `stopOnEntry`, at its first stop. */
  async debug(name: string, text: string, args: Record<string, unknown> = {}): Promise<string> {
    const program = this.file(name, text);
    await this.launch({ program, technique: 'none', stopOnEntry: true, ...args });
    await this.begin();
    return program;
  }

  /** Carries out `action` and waits until the guest has stopped. */
  async stopAfter(action: () => Promise<unknown>): Promise<DebugProtocol.StoppedEvent['body']> {
    const stopped = this.client.waitForEvent('stopped');
    const [event] = await Promise.all([stopped, action()]);
    return (event as DebugProtocol.StoppedEvent).body;
  }

  /** Carries out `action` and waits until the session is over; gives the exit code, if there was one. */
  async endAfter(action: () => Promise<unknown>): Promise<number | undefined> {
    await Promise.all([this.client.waitForEvent('terminated'), action()]);
    const exited = this.events.find(({ event }) => event === 'exited') as DebugProtocol.ExitedEvent | undefined;
    return exited?.body.exitCode;
  }

  async stack(): Promise<DebugProtocol.StackFrame[]> {
    return (await this.client.stackTraceRequest({ threadId: 1 })).body.stackFrames;
  }

  async place(): Promise<Place> {
    const [top] = await this.stack();
    return { name: top.name, line: top.line, source: top.source?.name };
  }

  next = (granularity?: DebugProtocol.SteppingGranularity) =>
    this.stopAfter(() => this.client.nextRequest({ threadId: 1, granularity }));
  stepIn = (granularity?: DebugProtocol.SteppingGranularity) =>
    this.stopAfter(() => this.client.stepInRequest({ threadId: 1, granularity }));
  stepOut = () => this.stopAfter(() => this.client.stepOutRequest({ threadId: 1 }));
  goOn = () => this.stopAfter(() => this.client.continueRequest({ threadId: 1 }));

  async evaluate(expression: string, context = 'repl'): Promise<string> {
    return (await this.client.evaluateRequest({ expression, context })).body.result;
  }

  /** The variables of the scope, or of the variable below it, that the names lead to. */
  async variables(...names: string[]): Promise<DebugProtocol.Variable[]> {
    const frames = await this.stack();
    const { scopes } = (await this.client.scopesRequest({ frameId: frames[0].id })).body;
    let reference = scopes.find(({ name }) => name === names[0])?.variablesReference ?? 0;
    for (const name of names.slice(1)) {
      const rows = (await this.client.variablesRequest({ variablesReference: reference })).body.variables;
      reference = rows.find(row => row.name === name)?.variablesReference ?? 0;
    }
    return (await this.client.variablesRequest({ variablesReference: reference })).body.variables;
  }

  /** What was printed under `category` so far. */
  printed(category: string): string {
    return this.output
      .filter(entry => entry.category === category)
      .map(({ text }) => text)
      .join('');
  }
}

/** Runs `test` with a fresh adapter, and ends it whatever happens. */
export async function withAdapter(test: (debugged: Debugged) => Promise<void>): Promise<void> {
  const debugged = await Debugged.start();
  try {
    await test(debugged);
  } finally {
    await debugged.end();
  }
}
