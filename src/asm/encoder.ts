// The only file that touches iced-x86: the bytes of an opcode with given operands.
// Everything is encoded as if it stood at address 0, without the prefixes that the source wrote; prefixes.ts adds those
// in NASM's order. Objects that live in WebAssembly memory are freed at once, except one encoder per mode.
import { Encoder, Instruction, OpKind, Register as IcedRegister } from 'iced-x86';
import { messages } from './messages';
import type { Bits, OpcodeFacts } from './opcodeFacts';
import type { Register, RegisterClass } from './registers';

export interface MemoryToEncode {
  readonly base?: Register;
  readonly index?: Register;
  readonly scale: number;
  readonly displacement: bigint;
  readonly displacementBytes: 0 | 1 | 2 | 4 | 8;
  /** The displacement is a target relative to the instruction's own address. */
  readonly ripRelative: boolean;
}

export type OperandToEncode =
  | { readonly type: 'register'; readonly register: Register }
  | { readonly type: 'memory'; readonly memory: MemoryToEncode }
  | { readonly type: 'immediate'; readonly value: bigint }
  /** The target relative to the start of the instruction. */
  | { readonly type: 'branch'; readonly target: bigint }
  | { readonly type: 'farPointer'; readonly selector: bigint; readonly offset: bigint }
  /** String operands and the like: `addressBits` wide. */
  | { readonly type: 'implied'; readonly addressBits: Bits };

const firstOfClass: Record<RegisterClass, number> = {
  r8: IcedRegister.AL,
  r16: IcedRegister.AX,
  r32: IcedRegister.EAX,
  r64: IcedRegister.RAX,
  seg: IcedRegister.ES,
  cr: IcedRegister.CR0,
  dr: IcedRegister.DR0,
  tr: IcedRegister.TR0,
  st: IcedRegister.ST0,
  mm: IcedRegister.MM0,
  xmm: IcedRegister.XMM0,
  ymm: IcedRegister.YMM0,
  zmm: IcedRegister.ZMM0,
  k: IcedRegister.K0,
  bnd: IcedRegister.BND0,
  tmm: IcedRegister.TMM0,
};

const icedRegister = (register: Register | undefined): IcedRegister =>
  register ? firstOfClass[register.class] + register.index : IcedRegister.None;

type Setter = (instruction: Instruction, operand: number, value: bigint) => void;

const byte = (value: bigint) => Number(value & 0xffn);
const signedByte = (value: bigint) => Number(BigInt.asIntN(8, value));
const doubleword = (value: bigint) => Number(value & 0xffffffffn);
const as64 = (value: bigint) => BigInt.asUintN(64, value);

const immediateSetters: Record<string, [OpKind, Setter]> = {
  imm8: [OpKind.Immediate8, (insn, _, value) => (insn.immediate8 = byte(value))],
  imm8_const_1: [OpKind.Immediate8, insn => (insn.immediate8 = 1)],
  imm8sex16: [OpKind.Immediate8to16, (insn, _, value) => (insn.immediate8to16 = signedByte(value))],
  imm8sex32: [OpKind.Immediate8to32, (insn, _, value) => (insn.immediate8to32 = signedByte(value))],
  imm8sex64: [OpKind.Immediate8to64, (insn, _, value) => (insn.immediate8to64 = BigInt.asIntN(8, value))],
  imm16: [OpKind.Immediate16, (insn, _, value) => (insn.immediate16 = Number(value & 0xffffn))],
  imm32: [OpKind.Immediate32, (insn, _, value) => (insn.immediate32 = doubleword(value))],
  imm32sex64: [OpKind.Immediate32to64, (insn, _, value) => (insn.immediate32to64 = BigInt.asIntN(32, value))],
  imm64: [OpKind.Immediate64, (insn, _, value) => (insn.immediate64 = as64(value))],
  imm4_m2z: [OpKind.Immediate8, (insn, _, value) => (insn.immediate8 = byte(value & 0xfn))],
};
const secondImmediate: [OpKind, Setter] = [
  OpKind.Immediate8_2nd,
  (insn, _, value) => (insn.immediate8_2nd = byte(value)),
];

const impliedKinds: Record<string, Readonly<Record<Bits, OpKind>>> = {
  seg_rSI: { 16: OpKind.MemorySegSI, 32: OpKind.MemorySegESI, 64: OpKind.MemorySegRSI },
  es_rDI: { 16: OpKind.MemoryESDI, 32: OpKind.MemoryESEDI, 64: OpKind.MemoryESRDI },
  seg_rDI: { 16: OpKind.MemorySegDI, 32: OpKind.MemorySegEDI, 64: OpKind.MemorySegRDI },
};

function setMemory(instruction: Instruction, operand: number, memory: MemoryToEncode) {
  instruction.setOpKind(operand, OpKind.Memory);
  instruction.memoryBase = memory.ripRelative ? IcedRegister.RIP : icedRegister(memory.base);
  instruction.memoryIndex = icedRegister(memory.index);
  instruction.memoryIndexScale = memory.scale;
  instruction.memoryDisplSize = memory.displacementBytes;
  instruction.memoryDisplacementU64 = as64(memory.displacement);
}

const xlatBase: Readonly<Record<Bits, IcedRegister>> = {
  16: IcedRegister.BX,
  32: IcedRegister.EBX,
  64: IcedRegister.RBX,
};

function setImplied(instruction: Instruction, operand: number, kind: string, addressBits: Bits) {
  if (kind !== 'seg_rBX_al') return instruction.setOpKind(operand, impliedKinds[kind][addressBits]);
  instruction.setOpKind(operand, OpKind.Memory);
  instruction.memoryBase = xlatBase[addressBits];
  instruction.memoryIndex = IcedRegister.AL;
}

function setBranch(instruction: Instruction, operand: number, kind: string, target: bigint, bits: Bits) {
  const width = kind.startsWith('xbegin') ? Math.max(bits, 32) : Number(/^br(16|32|64)/.exec(kind)?.[1]);
  const kinds: Record<number, OpKind> = { 16: OpKind.NearBranch16, 32: OpKind.NearBranch32, 64: OpKind.NearBranch64 };
  instruction.setOpKind(operand, kinds[width]);
  instruction.nearBranch64 = BigInt.asUintN(width, target);
}

function setOperand(
  instruction: Instruction,
  index: number,
  kind: string,
  operand: OperandToEncode,
  immediates: number,
  bits: Bits,
) {
  switch (operand.type) {
    case 'register':
      instruction.setOpKind(index, OpKind.Register);
      instruction.setOpRegister(index, icedRegister(operand.register));
      return;
    case 'memory':
      return setMemory(instruction, index, operand.memory);
    case 'immediate': {
      const [opKind, set] = immediates > 0 ? secondImmediate : immediateSetters[kind];
      instruction.setOpKind(index, opKind);
      set(instruction, index, operand.value);
      return;
    }
    case 'branch':
      return setBranch(instruction, index, kind, operand.target, bits);
    case 'farPointer':
      instruction.setOpKind(index, kind === 'farbr2_2' ? OpKind.FarBranch16 : OpKind.FarBranch32);
      instruction.farBranchSelector = Number(operand.selector & 0xffffn);
      if (kind === 'farbr2_2') instruction.farBranch16 = Number(operand.offset & 0xffffn);
      else instruction.farBranch32 = doubleword(operand.offset);
      return;
    case 'implied':
      return setImplied(instruction, index, kind, operand.addressBits);
  }
}

const encoders = new Map<Bits, Encoder>();

function encoderFor(bits: Bits): Encoder {
  const encoder = encoders.get(bits) ?? new Encoder(bits);
  encoders.set(bits, encoder);
  return encoder;
}

/** A number in an instruction: how far it begins before the instruction's end, and how wide it is. */
interface ConstantField {
  readonly tail: number;
  readonly bytes: number;
}

export interface ConstantFields {
  readonly displacement?: ConstantField;
  /** Branch targets and the offsets of far pointers among them. */
  readonly immediate?: ConstantField;
  readonly immediate2?: ConstantField;
}

export type Encoding = { readonly bytes: Uint8Array; readonly fields: ConstantFields } | { readonly failure: string };

function constantFields(encoder: Encoder, length: number): ConstantFields {
  const offsets = encoder.getConstantOffsets();
  const field = (has: boolean, offset: number, bytes: number) => (has ? { tail: length - offset, bytes } : undefined);
  try {
    return {
      displacement: field(offsets.hasDisplacement, offsets.displacementOffset, offsets.displacementSize),
      immediate: field(offsets.hasImmediate, offsets.immediateOffset, offsets.immediateSize),
      immediate2: field(offsets.hasImmediate2, offsets.immediateOffset2, offsets.immediateSize2),
    };
  } finally {
    offsets.free();
  }
}

/**
 * The bytes of an opcode with these operands, one per operand kind, at address 0, and where the numbers in them are if that is
 * wanted; or why there are none.
 */
export function encode(
  bits: Bits,
  facts: OpcodeFacts,
  operands: readonly OperandToEncode[],
  wantsFields: boolean,
): Encoding {
  const encoder = encoderFor(bits);
  const instruction = new Instruction();
  try {
    instruction.code = facts.code;
    let immediates = 0;
    operands.forEach((operand, index) => {
      setOperand(instruction, index, facts.operandKinds[index], operand, immediates, bits);
      if (operand.type === 'immediate') immediates++;
    });
    encoder.encode(instruction, 0n);
    const bytes = encoder.takeBuffer();
    return { bytes, fields: wantsFields ? constantFields(encoder, bytes.length) : {} };
  } catch (error) {
    encoder.takeBuffer();
    return { failure: messages.cannotEncode(error instanceof Error ? error.message : String(error)) };
  } finally {
    instruction.free();
  }
}
