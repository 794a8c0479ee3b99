// The base protocol of DAP over a byte stream: `Content-Length: n`, an empty line, n bytes of JSON. A message that cannot
// be understood is reported and skipped; after a broken header reading goes on at the next header that makes sense.

const header = /Content-Length: *(\d{1,9})\r\n(?:[\w-]+:[^\r\n]*\r\n)*\r\n/i;
/** A header is short: of anything longer without one, only the end may still become one. */
const longestHeader = 256;
/** No message of a client is as long as this; a header that says so is broken. */
const longestMessage = 64 * 1024 * 1024;

const encoder = new TextEncoder();
const utf8 = new TextDecoder();
const latin1 = new TextDecoder('latin1');

export interface FrameListener {
  message(message: unknown): void;
  /** something that is no message, in words */
  malformed(problem: string): void;
}

export class FrameReader {
  private pending: Uint8Array = new Uint8Array(0);

  constructor(private readonly listener: FrameListener) {}

  /** Takes what has arrived, in any pieces. */
  receive(bytes: Uint8Array): void {
    this.pending = this.pending.length === 0 ? bytes : joined(this.pending, bytes);
    while (this.takeMessage());
  }

  /** True if there may be more. */
  private takeMessage(): boolean {
    const head = latin1.decode(this.pending);
    const found = header.exec(head);
    if (!found) {
      this.skipGarbage(head);
      return false;
    }
    const start = found.index + found[0].length;
    const length = Number(found[1]);
    if (length > longestMessage) {
      this.listener.malformed(`a header announces ${length} bytes`);
      this.pending = this.pending.slice(start);
      return true;
    }
    if (this.pending.length < start + length) return false;
    if (found.index > 0) this.listener.malformed(`${found.index} bytes before a header`);
    const body = this.pending.subarray(start, start + length);
    this.pending = this.pending.subarray(start + length);
    this.deliver(body);
    return true;
  }

  private skipGarbage(head: string): void {
    const mayBegin = head.toLowerCase().lastIndexOf('content-length');
    if (head.length <= longestHeader || (mayBegin >= 0 && head.length - mayBegin <= longestHeader)) return;
    this.listener.malformed(`${head.length - longestHeader} bytes without a header`);
    this.pending = this.pending.slice(-longestHeader);
  }

  private deliver(body: Uint8Array): void {
    let message: unknown;
    try {
      message = JSON.parse(utf8.decode(body));
    } catch {
      this.listener.malformed('a message is not JSON');
      return;
    }
    this.listener.message(message);
  }
}

/** A message with its header. */
export function frame(message: unknown): Uint8Array {
  const body = encoder.encode(JSON.stringify(message));
  return joined(encoder.encode(`Content-Length: ${body.length}\r\n\r\n`), body);
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(a.length + b.length);
  whole.set(a);
  whole.set(b, a.length);
  return whole;
}
