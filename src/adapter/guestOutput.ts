// What a guest prints, gathered into pieces for the Debug Console: a character at a time would be a message each.

/** Longest piece. */
const mostBytes = 4096;

export class GuestOutput {
  private bytes: number[] = [];
  private readonly decoder = new TextDecoder();

  constructor(private readonly write: (text: string) => void) {}

  add(byte: number): void {
    this.bytes.push(byte);
    if (this.bytes.length >= mostBytes) this.flush();
  }

  flush(): void {
    if (this.bytes.length === 0) return;
    const text = this.decoder.decode(Uint8Array.from(this.bytes), { stream: true });
    this.bytes = [];
    if (text !== '') this.write(text);
  }
}
