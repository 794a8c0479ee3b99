// The adapter on a TCP port: who is let in, who may launch, and that nobody else gets an answer.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { frame } from '../../src/adapter/framing';
import { adapterFile } from './adapterProcess';

class Server {
  private constructor(
    private readonly process: ChildProcess,
    private readonly port: number,
    /** undefined if none was printed */
    readonly token: string | undefined,
  ) {}

  static async start(...options: string[]): Promise<Server> {
    const file = await adapterFile();
    const process = spawn('node', [file, '--port', '0', ...options], { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    const wanted = options.includes('--no-token') ? /waiting for a client/ : /"token": "(\w+)"/;
    await new Promise<void>((resolve, reject) => {
      process.once('exit', () => reject(new Error(said)));
      process.stderr.on('data', (bytes: Buffer) => {
        said += bytes.toString();
        if (wanted.test(said)) resolve();
      });
    });
    const port = Number(/on port (\d+)/.exec(said)?.[1]);
    return new Server(process, port, wanted.exec(said)?.[1]);
  }

  stop(): void {
    this.process.kill();
  }

  /** Sends bytes, in pieces; gives what came until `until` was in it, or the connection was closed. */
  async ask(pieces: readonly (string | Uint8Array)[], until = '\0'): Promise<string> {
    const socket = net.connect(this.port, '127.0.0.1');
    let received = '';
    const over = new Promise<void>(resolve => {
      socket.on('data', (bytes: Buffer) => {
        received += bytes.toString();
        if (received.includes(until)) resolve();
      });
      socket.on('error', () => resolve());
      socket.on('close', () => resolve());
    });
    for (const piece of pieces) {
      socket.write(piece);
      await new Promise(resolve => setTimeout(resolve, 20));
    }
    await over;
    socket.destroy();
    return received;
  }
}

const request = (command: string, args: object): Uint8Array =>
  frame({ seq: 1, type: 'request', command, arguments: args });
const initialize = request('initialize', { adapterID: 'x' });

describe('the adapter on a port', function () {
  this.slow(5000);
  let server: Server;
  let folder: string;
  let program: string;
  before(async () => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ringside-'));
    program = path.join(folder, 'a.asm');
    fs.writeFileSync(program, 'bits 32\norg 0x100000\n jmp $\n');
    server = await Server.start();
  });
  after(() => {
    server.stop();
    fs.rmSync(folder, { recursive: true });
  });

  it('serves clients, one after another', async () => {
    for (let round = 0; round < 2; round++) assert.match(await server.ask([initialize], '"success"'), /"success":true/);
  });

  it('takes a message that comes in pieces', async () => {
    const pieces = [initialize.subarray(0, 3), initialize.subarray(3, 9), initialize.subarray(9)];
    assert.match(await server.ask(pieces, '"success"'), /"success":true/);
  });

  const launch = (args: object): Uint8Array => request('launch', { program, stopOnEntry: true, ...args });
  it('launches for who knows the token', async () => {
    assert.match(await server.ask([launch({ token: server.token })], '"success"'), /"success":true/);
  });

  for (const [what, args] of [
    ['no token', {}],
    ['another token', { token: 'x' }],
    ['a token that is no text', { token: { length: 32 } }],
  ] as const) {
    it(`refuses a launch with ${what}`, async () => {
      const answer = await server.ask([launch(args)], '"success"');
      assert.match(answer, /"success":false/);
      assert.match(answer, /the \\"token\\" that it printed/);
    });
  }

  const body = (token: string | undefined): string => Buffer.from(launch({ token })).toString();
  const others: [what: string, text: () => string][] = [
    [
      'a web page that posts a launch',
      () =>
        `POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\nContent-Length: 200\r\n\r\n${body(server.token)}`,
    ],
    ['a web page that gets', () => `GET /?${body(server.token)} HTTP/1.1\r\n\r\n`],
    ['noise before a message', () => `noise ${body(server.token)}`],
    ['an encrypted connection', () => '\u0016\u0003\u0001'],
  ];
  for (const [what, text] of others) {
    it(`closes on ${what}, without an answer`, async () => assert.equal(await server.ask([text()]), ''));
  }

  it('wants no token if told so', async () => {
    const open = await Server.start('--no-token');
    try {
      assert.equal(open.token, undefined);
      assert.match(await open.ask([launch({})], '"success"'), /"success":true/);
    } finally {
      open.stop();
    }
  });
});
