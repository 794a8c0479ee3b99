// A cursor over the bytes of a debug section. Debug information comes with files that nobody has checked, so every read is
// within bounds or says `DwarfError`; who reads a unit catches it, and keeps what the unit has said until then.

/** The debug information is damaged, or of a kind that is not read. */
export class DwarfError extends Error {
  override readonly name = 'DwarfError';
}

const decoder = new TextDecoder();
/** Longer texts are cut off, so that many that stand in one place cost no more than they are worth. */
const mostTextBytes = 1024;
/** DWARF 5 §7.4: lengths from here on are no lengths. */
const firstReservedLength = 0xfffffff0;
const longFormat = 0xffffffff;
/** Bits of a LEB128 number that count; more of them are passed over. */
const mostBits = 64;

export class ByteReader {
  private readonly view: DataView;

  constructor(
    readonly bytes: Uint8Array,
    public position = 0,
    readonly end = bytes.length,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    if (position < 0 || position > end || end > bytes.length) throw new DwarfError('a place lies outside its section');
  }

  get atEnd(): boolean {
    return this.position >= this.end;
  }

  /** From the same place on. */
  copy(): ByteReader {
    return new ByteReader(this.bytes, this.position, this.end);
  }

  /** The next `length` bytes, as a cursor of their own. */
  part(length: number): ByteReader {
    const start = this.position;
    this.skip(length);
    return new ByteReader(this.bytes, start, start + length);
  }

  skip(length: number): void {
    if (!(length >= 0 && this.position + length <= this.end)) throw new DwarfError('it is cut off');
    this.position += length;
  }

  /** Of 1, 2, 3, 4, 8 or 16 bytes; of the longest only the low half counts. */
  unsigned(length: number): number {
    const at = this.position;
    this.skip(length);
    switch (length) {
      case 1:
        return this.view.getUint8(at);
      case 2:
        return this.view.getUint16(at, true);
      case 3:
        return this.view.getUint16(at, true) + this.view.getUint8(at + 2) * 0x10000;
      case 4:
        return this.view.getUint32(at, true);
      case 8:
      case 16:
        return this.view.getUint32(at, true) + this.view.getUint32(at + 4, true) * 2 ** 32;
      default:
        throw new DwarfError(`there are no numbers of ${length} bytes`);
    }
  }

  /** DWARF 5 §7.6. */
  uleb(): number {
    return this.leb().value;
  }

  sleb(): number {
    const { value, bits, isNegative } = this.leb();
    return isNegative ? value - 2 ** bits : value;
  }

  private leb(): { value: number; bits: number; isNegative: boolean } {
    let value = 0;
    for (let bits = 0; ;) {
      const byte = this.unsigned(1);
      if (bits < mostBits) value += (byte & 0x7f) * 2 ** bits;
      bits += 7;
      if (byte < 0x80) return { value, bits, isNegative: (byte & 0x40) !== 0 };
    }
  }

  /** The length that begins a unit, and how long the offsets in it are (DWARF 5 §7.4). */
  unitLength(): { readonly length: number; readonly offsetBytes: 4 | 8 } {
    const length = this.unsigned(4);
    if (length === longFormat) return { length: this.unsigned(8), offsetBytes: 8 };
    if (length >= firstReservedLength) throw new DwarfError('a unit has a reserved length');
    return { length, offsetBytes: 4 };
  }

  /** Up to a zero byte, which is passed over. */
  text(): string {
    const stop = this.bytes.indexOf(0, this.position);
    if (stop < 0 || stop >= this.end) throw new DwarfError('a text does not end');
    const text = this.bytes.subarray(this.position, Math.min(stop, this.position + mostTextBytes));
    this.position = stop + 1;
    return decoder.decode(text);
  }
}
