// Debug sessions over Node's streams: one on standard input and output, or one for each connection to a TCP port. A port of
// this computer is open to whatever runs on it, web pages in a browser included: it takes nothing but the protocol, and
// launches only for those who know the token.
import { randomBytes } from 'node:crypto';
import net from 'node:net';
import path from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { t } from '../base/localization';
import type { TechniqueName } from '../monitor/system';
import { startNodeWorker } from '../shared/nodeWorker';
import { assemblerElsewhere } from './assemblerElsewhere';
import { DebugAdapter } from './debugAdapter';
import type { AdapterHost } from './host';
import { frame, FrameReader } from './framing';
import { letEventsIn, nodeFiles } from './nodeHost';

/** Beside the bundle that this is in. */
const languageFile = path.join(__dirname, 'language.js');
/** Nothing is read from a client that leaves more than this unread. */
const mostUnsent = 4 * 1024 * 1024;
/** What the base protocol's messages begin with, Content-Length or Content-Type, and no other protocol's. */
const beginning = 'content-';

/** `technique` is the one that the launch will name, if that is known. */
export function serveStreams(technique?: TechniqueName): void {
  connect(process.stdin, process.stdout, () => process.exit(0), { technique });
}

/** With `wantsToken` a token is made, printed, and asked for in each launch. */
export function servePort(port: number, wantsToken: boolean): void {
  const say = (text: string): void => void process.stderr.write(`ringside: ${text}\n`);
  const token = wantsToken ? randomBytes(16).toString('hex') : undefined;
  const server = net.createServer(socket => greet(socket, token));
  server.on('error', error => {
    say(t`port ${port} cannot be used: ${error.message}. Choose another with --port.`);
    process.exitCode = 2;
  });
  server.listen(port, '127.0.0.1', () => {
    const address = server.address();
    // port 0 stands for any that is free
    say(t`waiting for a client on port ${typeof address === 'object' && address ? address.port : port}`);
    if (token !== undefined) say(t`a launch must have "token": "${token}"`);
  });
}

/** Lets a client in that speaks the protocol. */
function greet(socket: net.Socket, token: string | undefined): void {
  socket.on('error', () => socket.destroy());
  socket.once('data', (first: Buffer) => {
    const words = first.toString('latin1', 0, beginning.length).toLowerCase();
    if (!beginning.startsWith(words)) socket.destroy();
    else connect(socket, socket, () => socket.end(), { token })(first);
  });
}

/** A session over one pair of streams. Gives what takes bytes that have been read already. */
function connect(
  input: Readable,
  output: Writable,
  end: () => void,
  known: Pick<AdapterHost, 'token' | 'technique'>,
): (bytes: Uint8Array) => void {
  const { assembler, stop } = assemblerElsewhere(async () => startNodeWorker(languageFile));
  const adapter = new DebugAdapter({
    files: nodeFiles,
    assembler,
    currentFolder: process.cwd(),
    ...known,
    letEventsIn,
    unsentBytes: () => output.writableLength,
    end() {
      stop();
      end();
    },
  });
  adapter.onDidSendMessage(message => output.write(frame(message)));
  const reader = new FrameReader({
    message: message => adapter.handleMessage(message as Parameters<DebugAdapter['handleMessage']>[0]),
    malformed: problem => adapter.malformed(problem),
  });
  const receive = (bytes: Uint8Array): void => {
    reader.receive(bytes);
    if (output.writableLength <= mostUnsent) return;
    input.pause();
    output.once('drain', () => input.resume());
  };
  input.on('data', receive);
  const gone = (): void => adapter.shutdown();
  input.on('close', gone);
  input.on('error', gone);
  // the client may go away while an answer is under way
  output.on('error', gone);
  return receive;
}
