// The instructions by which call frame information says how frames are found, run up to a place (DWARF 5 §6.4.2, §7.24).

import { type ByteReader, DwarfError } from './byteReader';

/** The caller's stack pointer is a register of this frame and an offset; its return address lies right below that. */
export interface FrameRule {
  readonly register: 'esp' | 'ebp';
  readonly offset: number;
  /** where the caller's EBP is saved, from its stack pointer; undefined if this frame has not changed it */
  readonly savedEbp: number | undefined;
}

/** Numbers of registers in the i386 ABI. */
const Register = { esp: 4, ebp: 5 } as const;

const High = { advance: 1, offset: 2, restore: 3 } as const;
const Low = {
  setLocation: 0x01,
  advance1: 0x02,
  advance2: 0x03,
  advance4: 0x04,
  offsetExtended: 0x05,
  restoreExtended: 0x06,
  undefined: 0x07,
  sameValue: 0x08,
  register: 0x09,
  rememberState: 0x0a,
  restoreState: 0x0b,
  frame: 0x0c,
  frameRegister: 0x0d,
  frameOffset: 0x0e,
  frameExpression: 0x0f,
  expression: 0x10,
  offsetSigned: 0x11,
  frameSigned: 0x12,
  frameOffsetSigned: 0x13,
  valueOffset: 0x14,
  valueOffsetSigned: 0x15,
  valueExpression: 0x16,
  argumentsSize: 0x2e,
} as const;
const mostStates = 64;

interface State {
  /** undefined: an expression, which is not understood */
  readonly register: number | undefined;
  readonly offset: number;
  readonly savedEbp: number | undefined;
}

export class FrameProgram {
  private state: State = { register: undefined, offset: 0, savedEbp: undefined };
  private initial = this.state;
  private readonly remembered: State[] = [];

  constructor(
    private readonly align: { readonly codeAlign: number; readonly dataAlign: number },
    private location: number,
  ) {}

  /** What the common entry has said is what `restore` goes back to. */
  keepInitial(): void {
    this.initial = this.state;
  }

  get rule(): FrameRule | undefined {
    const { register, offset, savedEbp } = this.state;
    if (register === Register.esp) return { register: 'esp', offset, savedEbp };
    return register === Register.ebp ? { register: 'ebp', offset, savedEbp } : undefined;
  }

  /** Up to the instruction that stands at `place`. */
  run(instructions: ByteReader, place: number): void {
    const reader = instructions.copy();
    while (!reader.atEnd && this.location <= place) {
      const byte = reader.unsigned(1);
      const before = this.state;
      if (byte >> 6 === 0) this.low(byte, reader);
      else this.high(byte >> 6, byte & 0x3f, reader);
      if (this.location > place) this.state = before;
    }
  }

  private high(operation: number, operand: number, reader: ByteReader): void {
    if (operation === High.advance) this.advance(operand);
    else if (operation === High.offset) this.saved(operand, reader.uleb() * this.align.dataAlign);
    else this.restored(operand);
  }

  private low(operation: number, reader: ByteReader): void {
    const { dataAlign } = this.align;
    switch (operation) {
      case 0: // no operation
        return;
      case Low.setLocation:
        this.location = reader.unsigned(4);
        return;
      case Low.advance1:
        return this.advance(reader.unsigned(1));
      case Low.advance2:
        return this.advance(reader.unsigned(2));
      case Low.advance4:
        return this.advance(reader.unsigned(4));
      case Low.offsetExtended:
        return this.saved(reader.uleb(), reader.uleb() * dataAlign);
      case Low.offsetSigned:
        return this.saved(reader.uleb(), reader.sleb() * dataAlign);
      case Low.restoreExtended:
        return this.restored(reader.uleb());
      case Low.undefined:
      case Low.sameValue:
        reader.uleb();
        return;
      case Low.register:
      case Low.valueOffset:
      case Low.valueOffsetSigned:
        reader.uleb();
        reader.uleb();
        return;
      case Low.rememberState:
        if (this.remembered.length >= mostStates) throw new DwarfError('too many states are remembered');
        this.remembered.push(this.state);
        return;
      case Low.restoreState:
        this.state = this.remembered.pop() ?? this.initial;
        return;
      case Low.frame:
        return this.frame(reader.uleb(), reader.uleb());
      case Low.frameSigned:
        return this.frame(reader.uleb(), reader.sleb() * dataAlign);
      case Low.frameRegister:
        return this.frame(reader.uleb(), this.state.offset);
      case Low.frameOffset:
        return this.frame(this.state.register, reader.uleb());
      case Low.frameOffsetSigned:
        return this.frame(this.state.register, reader.sleb() * dataAlign);
      case Low.frameExpression:
        reader.skip(reader.uleb());
        return this.frame(undefined, 0);
      case Low.expression:
      case Low.valueExpression:
        reader.uleb();
        return reader.skip(reader.uleb());
      case Low.argumentsSize:
        reader.uleb();
        return;
      default:
        throw new DwarfError(`instruction ${operation} is unknown`);
    }
  }

  private advance(steps: number): void {
    this.location += steps * this.align.codeAlign;
  }

  private frame(register: number | undefined, offset: number): void {
    this.state = { ...this.state, register, offset };
  }

  private saved(register: number, offset: number): void {
    if (register === Register.ebp) this.state = { ...this.state, savedEbp: offset };
  }

  private restored(register: number): void {
    if (register === Register.ebp) this.state = { ...this.state, savedEbp: this.initial.savedEbp };
  }
}
