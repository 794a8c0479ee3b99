// Bytes one by one into a stream, gathered so that not each costs a system call.

const mostBytes = 4096;

export class ByteSink {
  private bytes: number[] = [];

  constructor(private readonly stream: { write(chunk: Uint8Array): unknown }) {}

  write(byte: number): void {
    if (this.bytes.length === 0) setImmediate(() => this.flush());
    this.bytes.push(byte);
    if (this.bytes.length >= mostBytes) this.flush();
  }

  flush(): void {
    if (this.bytes.length > 0) this.stream.write(Uint8Array.from(this.bytes));
    this.bytes = [];
  }
}
