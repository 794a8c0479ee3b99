// A guest's serial output, a line at a time.

export class SerialLines {
  private bytes: number[] = [];

  constructor(private readonly line: (text: string) => void) {}

  write(byte: number): void {
    if (byte === 0x0a) this.end();
    else if (byte !== 0x0d) this.bytes.push(byte);
  }

  /** What is left without a line's end. */
  end(): void {
    if (this.bytes.length > 0) this.line(new TextDecoder().decode(Uint8Array.from(this.bytes)));
    this.bytes = [];
  }
}
