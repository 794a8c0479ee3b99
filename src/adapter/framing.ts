// The base protocol of DAP over a byte stream: `Content-Length: n` and perhaps other fields, an empty line, n bytes of JSON.
// A message that cannot be understood is reported and skipped; after a broken header reading goes on at the next header that
// makes sense. Each byte is looked at a fixed number of times, in however many pieces it comes.

import { malformations } from './notices';

const header = /Content-Length: *(\d{1,9})\r\n(?:[\w-]+:[^\r\n]*\r\n)*\r\n/i;
const field = /^[\w-]+:[^\r\n]*\r\n$/;
/** A header is short: of anything longer without one, only the end may still become one. */
const longestHeader = 256;
/** How much is searched for a header at once. */
const windowBytes = 4096;
/** No message of a client is as long as this; a header that says so is broken. */
const longestMessage = 16 * 1024 * 1024;

const encoder = new TextEncoder();
const utf8 = new TextDecoder();
const latin1 = new TextDecoder('latin1');

export interface FrameListener {
  message(message: unknown): void;
  /** something that is no message, in words */
  malformed(problem: string): void;
}

/** Where a message's body lies in what is pending. */
interface Body {
  readonly start: number;
  readonly end: number;
}

export class FrameReader {
  private readonly pending = new PendingBytes();
  /** of the message under way, once its header is there */
  private body: Body | undefined;

  constructor(private readonly listener: FrameListener) {}

  /** Takes what has arrived, in any pieces. */
  receive(bytes: Uint8Array): void {
    this.pending.add(bytes);
    while (this.takeMessage());
  }

  /** True if there may be more. */
  private takeMessage(): boolean {
    this.body ??= this.findBody();
    if (this.body === undefined || this.pending.length < this.body.end) return false;
    const { start, end } = this.body;
    this.body = undefined;
    const message = parsed(this.pending.view(end).subarray(start));
    this.pending.drop(end);
    if (message === undefined) this.listener.malformed(malformations.notJson());
    else this.listener.message(message);
    return true;
  }

  /** Drops what stands before the next header, and says so. */
  private findBody(): Body | undefined {
    let skipped = 0;
    let body: Body | undefined;
    for (;;) {
      const head = latin1.decode(this.pending.view(windowBytes));
      const found = header.exec(head);
      const start = found ? found.index + found[0].length : 0;
      const length = Number(found?.[1]);
      if (found && length <= longestMessage) {
        skipped += headerStart(head, found.index);
        body = { start, end: start + length };
        break;
      }
      if (found) this.listener.malformed(malformations.longMessage(length));
      else if (head.length <= longestHeader) break;
      const dropped = found ? start : mayBegin(head);
      if (dropped === 0) break;
      if (!found) skipped += dropped;
      this.pending.drop(dropped);
    }
    if (skipped > 0) this.listener.malformed(malformations.noHeader(skipped));
    return body;
  }
}

/** Where the header begins whose Content-Length stands at `index`: other fields may come before it. */
function headerStart(head: string, index: number): number {
  for (let start = index; ;) {
    const before = head.lastIndexOf('\r\n', start - 3);
    const line = before < 0 ? 0 : before + 2;
    if (!field.test(head.slice(line, start))) return start;
    start = line;
  }
}

/** Where in text without a header the beginning of one may stand. */
function mayBegin(head: string): number {
  const last = head.toLowerCase().lastIndexOf('content-length');
  return last >= 0 && head.length - last <= longestHeader ? last : head.length - longestHeader;
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(utf8.decode(bytes)) as unknown;
  } catch {
    return undefined;
  }
}

/** A message with its header. */
export function frame(message: unknown): Uint8Array {
  const body = encoder.encode(JSON.stringify(message));
  const head = encoder.encode(`Content-Length: ${body.length}\r\n\r\n`);
  const whole = new Uint8Array(head.length + body.length);
  whole.set(head);
  whole.set(body, head.length);
  return whole;
}

/** Bytes that are added at one end and dropped at the other. */
class PendingBytes {
  private bytes = new Uint8Array(windowBytes);
  private start = 0;
  private end = 0;

  get length(): number {
    return this.end - this.start;
  }

  add(more: Uint8Array): void {
    if (this.end + more.length > this.bytes.length) this.makeRoom(this.length + more.length);
    this.bytes.set(more, this.end);
    this.end += more.length;
  }

  /** Twice what is needed, so that each byte moves a fixed number of times. */
  private makeRoom(needed: number): void {
    const bytes = new Uint8Array(Math.max(2 * needed, windowBytes));
    bytes.set(this.view(this.length));
    this.end -= this.start;
    this.start = 0;
    this.bytes = bytes;
  }

  /** The first `most` bytes; until something is added or dropped. */
  view(most: number): Uint8Array {
    return this.bytes.subarray(this.start, Math.min(this.end, this.start + most));
  }

  drop(count: number): void {
    this.start += count;
  }
}
