// Debug sessions over Node's streams: one on standard input and output, or one for each connection to a TCP port.
import net from 'node:net';
import path from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { startNodeWorker } from '../shared/nodeWorker';
import { assemblerElsewhere } from './assemblerElsewhere';
import { frame, FrameReader } from './framing';
import { letEventsIn, nodeFiles } from './nodeHost';
import { DebugAdapter } from './debugAdapter';

/** Beside the bundle that this is in. */
const languageFile = path.join(__dirname, 'language.js');

export function serve(port?: number): void {
  if (port === undefined) {
    connect(process.stdin, process.stdout, () => process.exit(0));
    return;
  }
  const server = net.createServer(socket => connect(socket, socket, () => socket.end()));
  server.on('error', error => {
    process.stderr.write(`ringside: port ${port} cannot be used: ${error.message}. Choose another with --port.\n`);
    process.exitCode = 2;
  });
  server.listen(port, '127.0.0.1', () => process.stderr.write(`ringside: waiting for a client on port ${port}\n`));
}

/** A session over one pair of streams. */
function connect(input: Readable, output: Writable, end: () => void): void {
  const session = new DebugAdapter({
    files: nodeFiles,
    assembler: assemblerElsewhere(async () => startNodeWorker(languageFile)),
    currentFolder: process.cwd(),
    letEventsIn,
    end,
  });
  session.onDidSendMessage(message => output.write(frame(message)));
  const reader = new FrameReader({
    message: message => session.handleMessage(message as Parameters<DebugAdapter['handleMessage']>[0]),
    malformed: problem => session.malformed(problem),
  });
  input.on('data', (bytes: Uint8Array) => reader.receive(bytes));
  const gone = (): void => session.shutdown();
  input.on('close', gone);
  input.on('error', gone);
  // the client may go away while an answer is under way
  output.on('error', gone);
}
