// The built adapter, or what stands in for it, in a process of its own, with a real client.
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { DebugClient } from '@vscode/debugadapter-testsupport';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { NotMeasured } from './notMeasured';

const adapterFile = path.resolve('dist/adapter.js');
const timeoutMs = 20_000;

/** A client on streams that are there already, so that the process is ours to look at. */
class StreamClient extends DebugClient {
  talkOver(output: Readable, input: Writable): void {
    this.connect(output, input);
  }
}

export class AdapterProcess {
  readonly client: StreamClient;
  private initialized: Promise<unknown> = Promise.resolve();
  private readonly child: ChildProcessByStdio<Writable, Readable, null>;

  constructor(file = adapterFile) {
    if (!fs.existsSync(file)) throw new NotMeasured('dist/adapter.js is missing: run npm run build');
    this.client = new StreamClient(process.execPath, file, 'ringside');
    this.child = spawn(process.execPath, [file], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.client.defaultTimeout = timeoutMs;
    this.client.talkOver(this.child.stdout, this.child.stdin);
  }

  async initialize(): Promise<void> {
    this.initialized = this.client.waitForEvent('initialized');
    await this.client.initializeRequest();
  }

  /** Resolves when the guest stands at `breakpoint`, a label, or at its entry. */
  async launch(given: Record<string, unknown>, breakpoint?: string): Promise<void> {
    const { client } = this;
    const stopped = this.stopped();
    const launched = client.launchRequest(launchArguments({ ...given, stopOnEntry: breakpoint === undefined }));
    // If the launch fails, it says why, and nothing else comes.
    await Promise.race([this.initialized, launched.then(() => this.initialized)]);
    const breakpoints = breakpoint === undefined ? [] : [{ name: breakpoint }];
    await client.setFunctionBreakpointsRequest({ breakpoints });
    await client.configurationDoneRequest();
    await launched;
    await stopped;
  }

  stopped(): Promise<DebugProtocol.Event> {
    return this.client.waitForEvent('stopped');
  }

  /** One instruction. */
  async step(): Promise<void> {
    const stopped = this.stopped();
    await this.client.stepInRequest({ threadId: 1, granularity: 'instruction' });
    await stopped;
  }

  /** As an editor does at each stop: the stack, the scopes of its top frame, and the first of these. */
  async readRegisters(): Promise<DebugProtocol.Variable[]> {
    const { client } = this;
    const { body: stack } = await client.stackTraceRequest({ threadId: 1, startFrame: 0, levels: 20 });
    const { body: scopes } = await client.scopesRequest({ frameId: stack.stackFrames[0].id });
    const [{ variablesReference }] = scopes.scopes;
    const { body } = await client.variablesRequest({ variablesReference });
    return body.variables;
  }

  /** Resident memory of the process. */
  megabytes(): number {
    const status = `/proc/${this.child.pid}/status`;
    if (!fs.existsSync(status)) throw new NotMeasured('memory of a process: only on Linux');
    const kilobytes = /^VmRSS:\s*(\d+) kB$/m.exec(fs.readFileSync(status, 'utf8'))?.[1];
    return Number(kilobytes) / 1024;
  }

  async end(): Promise<void> {
    const closed = new Promise(resolve => this.child.once('close', resolve));
    this.child.stdin.end();
    await closed;
  }
}

/** The protocol leaves these to each adapter. */
const launchArguments = (given: Record<string, unknown>): DebugProtocol.LaunchRequestArguments => given;
