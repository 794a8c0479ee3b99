// A process that answers every request of a client, and does nothing else: what any adapter takes at least.
import { frame, FrameReader } from '../../../src/adapter/framing';

const reader = new FrameReader({
  message: request => {
    const { seq, command } = request as { readonly seq: number; readonly command: string };
    process.stdout.write(frame({ seq, type: 'response', request_seq: seq, command, success: true }));
  },
  malformed: problem => process.stderr.write(`${problem}\n`),
});
process.stdin.on('data', (bytes: Uint8Array) => reader.receive(bytes));
