// Messages out of a byte stream, in whatever pieces it comes, with whatever stands between them.
import assert from 'node:assert/strict';
import { frame, FrameReader } from '../../src/adapter/framing';

const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1');

function reader(): { reader: FrameReader; messages: unknown[]; problems: string[] } {
  const messages: unknown[] = [];
  const problems: string[] = [];
  const listener = {
    message: (message: unknown) => messages.push(message),
    malformed: (problem: string) => problems.push(problem),
  };
  return { reader: new FrameReader(listener), messages, problems };
}

describe('framing', () => {
  const stream = Buffer.concat([
    frame({ a: 1 }),
    bytes('noise before a header '),
    frame('é'),
    bytes(`Content-Type: text\r\nContent-Length: 2\r\nX-Other: y\r\n\r\n[]`),
    bytes(`Content-Length: 3\r\n\r\n{"}`),
    bytes(`Content-Length: 999999999\r\n\r\n`),
    bytes('x'.repeat(10_000)),
    frame([2]),
  ]);
  for (const size of [1, 2, 7, 100, 5000, stream.length]) {
    it(`finds the messages in pieces of ${size} bytes`, () => {
      const { reader: frames, messages, problems } = reader();
      for (let at = 0; at < stream.length; at += size) frames.receive(stream.subarray(at, at + size));
      assert.deepEqual(messages, [{ a: 1 }, 'é', [], [2]]);
      assert.equal(problems[0], '22 bytes without a header');
      assert.ok(problems.includes('a message is not JSON'));
      assert.ok(problems.includes('a header announces 999999999 bytes'));
    });
  }

  it('finds no fault with fields before the length', () => {
    const { reader: frames, messages, problems } = reader();
    const header = 'Content-Type: application/json\r\nX-Other: y\r\nContent-Length: 2\r\n\r\n';
    for (let count = 0; count < 3; count++) frames.receive(bytes(`${header}{}`));
    assert.deepEqual(messages, [{}, {}, {}]);
    assert.deepEqual(problems, []);
  });

  it('takes time in proportion to a large message, not to its square', function () {
    this.timeout(60_000);
    const { reader: frames, messages } = reader();
    const large = frame('x'.repeat(12 * 1024 * 1024));
    // by the square this would be seventy thousand million bytes to look at
    for (let at = 0; at < large.length; at += 1024) frames.receive(large.subarray(at, at + 1024));
    assert.equal(messages.length, 1);
  });

  it('keeps no more of what is no message than a header may be long', () => {
    const { reader: frames, problems } = reader();
    const noise = bytes('\u0007'.repeat(65_536));
    for (let piece = 0; piece < 1000; piece++) frames.receive(noise);
    const skipped = problems.reduce((sum, problem) => sum + parseInt(problem, 10), 0);
    assert.ok(1000 * noise.length - skipped <= 256, `${skipped} bytes skipped`);
  });
});
