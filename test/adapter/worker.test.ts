// The adapter as a browser's worker: its bundle, in a context that has what a worker has and nothing of Node.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import vm from 'node:vm';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { build, type Plugin } from 'esbuild';
import type { FromAdapter, ToAdapter } from '../../src/shared/workerMessages';

const plugin = async (file: string, name: string): Promise<unknown> =>
  ((await import(pathToFileURL(path.resolve('src/build', file)).href)) as Record<string, unknown>)[name];

/** As src/build/build.mjs makes it. */
async function workerBundle(): Promise<string> {
  const wrapper = (await plugin('icedWasm.mjs', 'firstMessageWrapper')) as { banner: string; footer: string };
  const { outputFiles } = await build({
    entryPoints: ['src/adapter/webWorker.ts'],
    bundle: true,
    write: false,
    platform: 'browser',
    format: 'iife',
    plugins: (await Promise.all([
      plugin('monitorProgram.mjs', 'monitorProgram'),
      plugin('ownSources.mjs', 'ownSources'),
      plugin('opcodeTable.mjs', 'opcodeTable'),
      plugin('nodeStandIns.mjs', 'nodeStandIns'),
      plugin('icedWasm.mjs', 'icedFromFirstMessage'),
    ])) as Plugin[],
    banner: { js: wrapper.banner },
    footer: { js: wrapper.footer },
    logLevel: 'silent',
  });
  return outputFiles[0].text;
}

type Listener = (event: { data: unknown }) => void;

/** A worker's global scope, and its other end. */
class FakeWorker {
  readonly received: FromAdapter[] = [];
  private listeners: { listener: Listener; once: boolean }[] = [];
  private readonly waiting: { wanted: (message: FromAdapter) => boolean; resolve: (message: FromAdapter) => void }[] =
    [];

  private readonly channels: MessageChannel[] = [];

  private language: FakeWorker | undefined;

  constructor(private readonly code: string) {
    const { channels } = this;
    class Channel extends MessageChannel {
      constructor() {
        super();
        channels.push(this);
      }
    }
    const scope = {
      addEventListener: (_: string, listener: Listener, options: { once?: boolean } = {}) =>
        this.listeners.push({ listener, once: options.once === true }),
      postMessage: (message: FromAdapter) => this.hear(structuredClone(message)),
      close: () => {},
      MessageChannel: Channel,
      ...{ TextDecoder, TextEncoder, WebAssembly, performance, setTimeout, clearTimeout, atob, btoa },
    };
    vm.runInNewContext(code, scope);
  }

  /** As the editor does it: another worker with the same bundle. */
  private askLanguage(question: unknown): void {
    this.language ??= FakeWorker.started(this.code);
    this.language.post(question);
    for (const message of this.language.received.splice(0)) {
      this.post({ kind: 'fromLanguage', message } satisfies ToAdapter);
    }
  }

  /** A worker that has the disassembler. */
  static started(code: string): FakeWorker {
    const worker = new FakeWorker(code);
    worker.post({ icedWasm: fs.readFileSync('node_modules/iced-x86/iced_x86_bg.wasm') });
    return worker;
  }

  /** An open channel would keep the test's process alive. */
  terminate(): void {
    for (const { port1 } of this.channels) port1.close();
    this.language?.terminate();
  }

  post(data: unknown): void {
    const now = this.listeners;
    this.listeners = now.filter(({ once }) => !once);
    for (const { listener } of now) listener({ data });
  }

  dap(command: string, args: object = {}): void {
    const message = { seq: 1, type: 'request', command, arguments: args } as DebugProtocol.Request;
    this.post({ kind: 'dap', message } satisfies ToAdapter);
  }

  /** The next message that `wanted` accepts, or one that has come already. */
  async until(wanted: (message: FromAdapter) => boolean): Promise<FromAdapter> {
    const known = this.received.find(wanted);
    return known ?? new Promise(resolve => this.waiting.push({ wanted, resolve }));
  }

  event(name: string): Promise<FromAdapter> {
    return this.until(
      ({ kind, ...rest }) =>
        kind === 'dap' && 'message' in rest && (rest.message as Partial<DebugProtocol.Event>).event === name,
    );
  }

  private hear(message: FromAdapter): void {
    this.received.push(message);
    if (message.kind === 'toLanguage') this.askLanguage(message.message);
    for (const { wanted, resolve } of this.waiting) if (wanted(message)) resolve(message);
  }
}

describe('the adapter in a worker', function () {
  this.slow(5000);
  let worker: FakeWorker | undefined;
  afterEach(() => worker?.terminate());

  const source =
    'bits 32\norg 0x100000\n%include "more.inc"\n mov al, "w"\n mov dx, 0x3f8\n out dx, al\nspin: jmp spin\n';
  const files: Record<string, string> = {
    'vscode-vfs://github/me/guests/prog.asm': source,
    'vscode-vfs://github/me/guests/more.inc': ' nop\n',
  };

  it('reads files through the editor, runs, pauses, and names sources by their URIs', async () => {
    worker = FakeWorker.started(await workerBundle());
    worker.dap('initialize', { adapterID: 'ringside', linesStartAt1: true, columnsStartAt1: true });
    const program = 'vscode-vfs://github/me/guests/prog.asm';
    worker.dap('launch', { program, technique: 'trapAndEmulate', stopOnEntry: false });

    for (const uri of Object.keys(files)) {
      const question = await worker.until(message => message.kind === 'readFile' && message.uri === uri);
      assert.ok(question.kind === 'readFile');
      worker.post({ kind: 'file', id: question.id, bytes: new TextEncoder().encode(files[uri]) } satisfies ToAdapter);
    }
    await worker.event('initialized');
    worker.dap('configurationDone');
    await worker.until(message => JSON.stringify(message).includes('"stdout"'));
    worker.dap('pause', { threadId: 1 });
    await worker.event('stopped');
    worker.dap('stackTrace', { threadId: 1 });
    const answer = await worker.until(message => JSON.stringify(message).includes('"stackFrames"'));
    assert.match(JSON.stringify(answer), /"name":"spin".*"path":"vscode-vfs:\/\/github\/me\/guests\/prog.asm"/);
  });

  const events = ['privileged', 'sensitive', 'monitorEntry', 'ringChange', 'interrupt', 'exception', 'tripleFault'];
  const offered: [technique: string | undefined, filters: string[]][] = [
    [undefined, events],
    ['trapAndEmulate', events],
    ['none', events.filter(name => name !== 'sensitive' && name !== 'monitorEntry')],
  ];
  for (const [technique, filters] of offered)
    it(`offers the filters of ${technique ?? 'any technique'}, events first`, async () => {
      worker = FakeWorker.started(await workerBundle());
      if (technique !== undefined) worker.post({ kind: 'technique', technique } satisfies ToAdapter);
      worker.dap('initialize', { adapterID: 'ringside' });
      const answer = await worker.until(message => JSON.stringify(message).includes('"initialize"'));
      const text = JSON.stringify(answer);
      assert.deepEqual(
        [...text.matchAll(/"filter":"(\w+)"/g)].map(([, name]) => name),
        filters,
      );
    });

  it('speaks the language that its client says', async () => {
    worker = FakeWorker.started(await workerBundle());
    worker.dap('initialize', { adapterID: 'ringside', locale: 'zh-cn' });
    const capabilities = await worker.until(message => JSON.stringify(message).includes('"initialize"'));
    assert.match(JSON.stringify(capabilities), /"filter":"privileged","label":"特权指令"/);
    worker.dap('evaluate', { expression: 'eax' });
    const refusal = await worker.until(message => JSON.stringify(message).includes('"evaluate"'));
    assert.match(JSON.stringify(refusal), /尚未启动客户机/);
  });

  it('passes on why a file cannot be read', async () => {
    worker = FakeWorker.started(await workerBundle());
    worker.dap('launch', { program: 'memfs:/gone.asm' });
    const question = await worker.until(({ kind }) => kind === 'readFile');
    assert.ok(question.kind === 'readFile');
    worker.post({ kind: 'fileError', id: question.id, reason: 'no such file', isAbsent: true } satisfies ToAdapter);
    const answer = await worker.until(message => JSON.stringify(message).includes('"launch"'));
    assert.match(JSON.stringify(answer), /memfs:\/gone.asm cannot be read: no such file/);
  });
});
