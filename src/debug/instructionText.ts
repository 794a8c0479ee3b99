// Instructions of the guest as text, with the program's own names for addresses.

import type { Linear } from '../base/address';
import { maximumInstructionBytes } from '../isa/decode';
import { type DisassembledInstruction, Disassembler } from '../isa/disassemble';
import type { MemoryView } from './memory';
import type { ProgramSymbols } from '../symbols/programSymbols';

export class InstructionText {
  private readonly disassembler: Disassembler;
  /** base of the code segment whose instructions are being shown */
  private codeBase = 0;

  constructor(
    private readonly memory: MemoryView,
    symbols: () => ProgramSymbols,
  ) {
    this.disassembler = new Disassembler(address => symbols().nameAt((this.codeBase + address) >>> 0));
  }

  /** The instruction at a linear address, or undefined where no memory answers. */
  at(
    linear: Linear,
    codeSize: 16 | 32,
    codeBase = 0,
  ): (DisassembledInstruction & { readonly bytes: Uint8Array }) | undefined {
    const { bytes } = this.memory.readBytes({ space: 'gva', address: linear }, maximumInstructionBytes);
    if (bytes.length === 0) return undefined;
    this.codeBase = codeBase;
    const instruction = this.disassembler.disassemble(bytes, (linear - codeBase) >>> 0, codeSize);
    return { ...instruction, bytes: bytes.subarray(0, instruction.length) };
  }

  /** The byte at a linear address, or undefined where no memory answers. */
  byteAt(linear: Linear): number | undefined {
    return this.memory.read(linear, 1);
  }

  dispose(): void {
    this.disassembler.free();
  }
}
