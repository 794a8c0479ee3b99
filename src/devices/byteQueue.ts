// Bytes that wait outside a device until it has room for them: what somebody types, or sends on a line, faster than the guest reads.

/** So many that have been taken may lie before those that wait. */
const mostTaken = 4096;

export class ByteQueue {
  private bytes: number[] = [];
  private taken = 0;

  get length(): number {
    return this.bytes.length - this.taken;
  }

  add(bytes: Iterable<number>): void {
    for (const byte of bytes) this.bytes.push(byte & 0xff);
  }

  /** The oldest; only while there is one. */
  take(): number {
    const byte = this.bytes[this.taken++] ?? 0;
    if (this.taken > mostTaken || this.length === 0) this.restore(this.save());
    return byte;
  }

  save(): readonly number[] {
    return this.bytes.slice(this.taken);
  }

  restore(bytes: readonly number[]): void {
    this.bytes = [...bytes];
    this.taken = 0;
  }
}
