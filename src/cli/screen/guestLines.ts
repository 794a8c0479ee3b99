// What a guest sends on its serial line and its debug port while its screen has the terminal: the last lines, and all of it for later
// as far as it is kept.

/** Bytes that are kept of each. */
const mostKept = 256 * 1024;
const longestLine = 500;

export class GuestLines {
  private readonly decoder = new TextDecoder();
  private lines: string[] = [''];
  private bytes: number[] = [];

  add(byte: number): void {
    this.bytes.push(byte);
    if (this.bytes.length > 2 * mostKept) this.bytes = this.bytes.slice(-mostKept);
    const text = this.decoder.decode(Uint8Array.of(byte), { stream: true });
    if (text === '\n') this.lines = [...this.lines.slice(-100), ''];
    else if (this.last.length < longestLine) this.lines[this.lines.length - 1] += printable(text);
  }

  /** The last so many that are not empty. */
  newest(count: number): readonly string[] {
    return count <= 0 ? [] : this.lines.filter(line => line !== '').slice(-count);
  }

  /** All that has been kept, byte for byte. */
  get kept(): Uint8Array {
    return Uint8Array.from(this.bytes);
  }

  private get last(): string {
    return this.lines[this.lines.length - 1];
  }
}

/** Nothing that would do anything to the terminal. */
const printable = (text: string): string => text.replace(/\p{Cc}/gu, '');
