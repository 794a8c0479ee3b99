// Disassembly in NASM's notation, for people to read: a thin layer over iced-x86. The processor does not use it (that
// is `decode.ts`), so it also names instructions that this processor refuses, such as SSE.

import { Decoder, DecoderOptions, FlowControl, Formatter, FormatterSyntax, Instruction, Register } from 'iced-x86';
import { hex } from '../base/hex';
import { maximumInstructionBytes } from './decodeState';

export interface DisassembledInstruction {
  /** lower case, numbers in hexadecimal with 0x; `db 0x…` for a byte that begins no instruction */
  readonly text: string;
  /** bytes; 1 if not valid */
  readonly length: number;
  /** false if the bytes are no instruction of any x86 processor, or end in the middle of one */
  readonly valid: boolean;
}

/** The name of an address within the code or data segment, if it has one. */
export type SymbolResolver = (address: number) => string | undefined;

function makeFormatter(): Formatter {
  const formatter = new Formatter(FormatterSyntax.Nasm);
  formatter.hexPrefix = '0x';
  formatter.hexSuffix = '';
  formatter.uppercaseHex = false;
  formatter.smallHexNumbersInDecimal = false;
  formatter.branchLeadingZeros = false;
  formatter.spaceAfterOperandSeparator = true;
  formatter.showBranchSize = false;
  return formatter;
}

const isDirectBranch = ({ flowControl, nearBranchTarget }: Instruction): boolean =>
  nearBranchTarget !== 0n &&
  (flowControl === FlowControl.UnconditionalBranch ||
    flowControl === FlowControl.ConditionalBranch ||
    flowControl === FlowControl.Call);

/** Holds objects in WebAssembly memory: call `free` when done. */
export class Disassembler {
  /** Made when it is first wanted: it takes longer than a guest's first instructions. */
  private formatter: Formatter | undefined;
  private readonly instruction = new Instruction();

  constructor(private readonly symbolAt: SymbolResolver = () => undefined) {}

  /** The instruction at the start of `bytes`; `address` is its offset in the code segment, from which branch targets are reckoned. */
  disassemble(bytes: Uint8Array, address: number, codeSize: 16 | 32): DisassembledInstruction {
    const code = bytes.subarray(0, maximumInstructionBytes);
    const decoder = new Decoder(codeSize, code, DecoderOptions.NoInvalidCheck);
    try {
      decoder.ip = BigInt(address);
      decoder.decodeOut(this.instruction);
    } finally {
      decoder.free();
    }
    if (this.instruction.isInvalid) return { text: `db ${hex(bytes[0] ?? 0, 2)}`, length: 1, valid: false };
    return { text: this.format(), length: this.instruction.length, valid: true };
  }

  free(): void {
    this.formatter?.free();
    this.instruction.free();
  }

  private format(): string {
    this.formatter ??= makeFormatter();
    const text = this.formatter.format(this.instruction);
    return isDirectBranch(this.instruction) ? this.nameTarget(text) : this.nameDisplacement(text);
  }

  /** The target is the last number of a branch. */
  private nameTarget(text: string): string {
    const name = this.symbolAt(Number(this.instruction.nearBranchTarget));
    return name === undefined ? text : text.replace(/0x[0-9a-f]+$/, () => name);
  }

  /** A displacement of address size may be an address, but not in FS and GS, which seldom begin at 0. A small one is an offset into a structure. */
  private nameDisplacement(text: string): string {
    const { memoryDisplacement, memoryDisplSize, memoryBase, memoryIndex, memorySegment } = this.instruction;
    if (memorySegment === Register.FS || memorySegment === Register.GS) return text;
    const isAbsolute = memoryBase === Register.None && memoryIndex === Register.None;
    if (memoryDisplSize < (isAbsolute ? 2 : 4)) return text;
    const address = Number(BigInt.asUintN(32, memoryDisplacement));
    const name = this.symbolAt(address);
    return name === undefined ? text : text.replace(new RegExp(`(?<=[[:+])${hex(address)}(?=])`), () => name);
  }
}
