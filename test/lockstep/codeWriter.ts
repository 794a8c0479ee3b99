// Machine code in the making: bytes at an address, labels, and the instructions that templates use by name. Random
// instructions come as bytes (`randomInstruction.ts`).

import { littleEndian } from '../semantics/instructionBytes';

/** An address that is known once its place has been written. */
export class Label {
  address: number | undefined;
}

interface Fixup {
  readonly at: number;
  readonly size: 1 | 2 | 4;
  readonly label: Label;
  readonly relative: boolean;
}

/** Numbers of the registers as they stand in opcodes. */
export const register = { eax: 0, ecx: 1, edx: 2, ebx: 3, esp: 4, ebp: 5, esi: 6, edi: 7 } as const;

export class CodeWriter {
  private readonly bytes: number[] = [];
  private readonly fixups: Fixup[] = [];

  /** `size` is that of the code's segment: 32-bit branches and immediates, or 16-bit ones. */
  constructor(
    readonly origin: number,
    readonly capacity: number,
    public size: 16 | 32 = 32,
  ) {}

  get here(): number {
    return this.origin + this.bytes.length;
  }

  get isFull(): boolean {
    return this.bytes.length > (this.capacity * 2) / 3;
  }

  emit(...bytes: readonly number[]): void {
    this.bytes.push(...bytes);
  }

  dword(value: number): void {
    this.emit(...littleEndian(value, 4));
  }

  place(label = new Label()): Label {
    label.address = this.here;
    return label;
  }

  /** The finished bytes; every label has its place now. */
  finish(): Uint8Array {
    for (const { at, size, label, relative } of this.fixups) {
      if (label.address === undefined) throw new Error('a label without a place');
      const value = relative ? label.address - (this.origin + at + size) : label.address;
      littleEndian(value, size).forEach((byte, index) => (this.bytes[at + index] = byte));
    }
    if (this.bytes.length > this.capacity) throw new Error(`${this.bytes.length} bytes of code are too many`);
    return Uint8Array.from(this.bytes);
  }

  /** The address of `label`, to be filled in. */
  addressOf(label: Label, size: 2 | 4 = 4): void {
    this.fixup(label, size, false);
  }

  // --- branches

  jump(label: Label): void {
    this.emit(0xe9);
    this.fixup(label, this.size === 32 ? 4 : 2, true);
  }

  jumpIf(condition: number, label: Label): void {
    this.emit(0x0f, 0x80 + condition);
    this.fixup(label, this.size === 32 ? 4 : 2, true);
  }

  /** Jcc, LOOPcc, JCXZ with a displacement of 8 bits: `label` must be near. */
  shortBranch(opcode: number, label: Label): void {
    this.emit(opcode);
    this.fixup(label, 1, true);
  }

  call(label: Label): void {
    this.emit(0xe8);
    this.fixup(label, this.size === 32 ? 4 : 2, true);
  }

  int(vector: number): void {
    this.emit(0xcd, vector);
  }

  // --- 32-bit code

  /** MOV register, number */
  set(index: number, value: number): void {
    this.emit(0xb8 + index);
    this.dword(value);
  }

  setToAddress(index: number, label: Label): void {
    this.emit(0xb8 + index);
    this.addressOf(label);
  }

  /** MOV dword [at], number */
  setMemory(at: number, value: number): void {
    this.emit(0xc7, 0x05);
    this.dword(at);
    this.dword(value);
  }

  setMemoryToAddress(at: number, label: Label): void {
    this.emit(0xc7, 0x05);
    this.dword(at);
    this.addressOf(label);
  }

  /** An instruction with a ModRM byte and a direct address. */
  direct(opcode: readonly number[], reg: number, at: number): void {
    this.emit(...opcode, (reg << 3) | 5);
    this.dword(at);
  }

  push(value: number): void {
    this.emit(0x68);
    this.dword(value);
  }

  pushAddress(label: Label): void {
    this.emit(0x68);
    this.addressOf(label);
  }

  farJump(selector: number, label: Label): void {
    this.emit(0xea);
    this.addressOf(label);
    this.emit(...littleEndian(selector, 2));
  }

  private fixup(label: Label, size: 1 | 2 | 4, relative: boolean): void {
    this.fixups.push({ at: this.bytes.length, size, label, relative });
    this.emit(...new Array<number>(size).fill(0));
  }
}
