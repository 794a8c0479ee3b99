// What the decoder knows of the instruction that it is reading: the place in the bytes, what the prefixes said, and
// the ModRM byte. One object serves all instructions, so that decoding allocates nothing but its result.

import type { EncodedField } from './instruction';
import type { SegmentIndex } from './registers';

/** More bytes than this are #GP(0) (SDM Vol. 2A §2.3.11). */
export const maximumInstructionBytes = 15;

const noFields: EncodedField[] = [];

export class DecodeState {
  operandSize: 16 | 32 = 32;
  addressSize: 16 | 32 = 32;
  segmentOverride: SegmentIndex | undefined = undefined;
  lock = false;
  repeat: 'none' | 'rep' | 'repne' = 'none';
  /** the opcode's last byte */
  opcode = 0;
  modrm = 0;
  /** Bytes were asked for beyond the limit, and read as 0. */
  overrun = false;
  /** displacement and immediates so far */
  fields: EncodedField[] = noFields;

  private bytes: Uint8Array = new Uint8Array(0);
  private start = 0;
  private position = 0;
  private limit = 0;

  begin(bytes: Uint8Array, start: number, limit: number, codeSize: 16 | 32): void {
    this.bytes = bytes;
    this.start = start;
    this.position = start;
    this.limit = limit;
    this.overrun = false;
    this.operandSize = codeSize;
    this.addressSize = codeSize;
    this.segmentOverride = undefined;
    this.lock = false;
    this.repeat = 'none';
    this.fields = noFields;
  }

  /** bytes read so far */
  get length(): number {
    return this.position - this.start;
  }

  get mod(): number {
    return this.modrm >> 6;
  }

  /** bits 5:3 of the ModRM byte */
  get reg(): number {
    return (this.modrm >> 3) & 7;
  }

  get rm(): number {
    return this.modrm & 7;
  }

  byte(): number {
    if (this.position < this.limit) return this.bytes[this.position++];
    this.overrun = true;
    return 0;
  }

  signedByte(): number {
    this.noteField(1);
    return (this.byte() << 24) >> 24;
  }

  word(): number {
    this.noteField(2);
    return this.twoBytes();
  }

  signedWord(): number {
    return (this.word() << 16) >> 16;
  }

  /** signed */
  doubleword(): number {
    this.noteField(4);
    const low = this.twoBytes();
    return low | (this.twoBytes() << 16);
  }

  /** an immediate or displacement of operand size, or address size; sign-extended */
  signed(width: 16 | 32): number {
    return width === 32 ? this.doubleword() : this.signedWord();
  }

  private twoBytes(): number {
    const low = this.byte();
    return low | (this.byte() << 8);
  }

  private noteField(bytes: EncodedField['bytes']): void {
    const field = { offset: this.length, bytes };
    if (this.fields === noFields) this.fields = [field];
    else this.fields.push(field);
  }
}
