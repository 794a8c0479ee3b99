// Operands in one notation, from our decoder and from iced-x86, so that the two can be compared.

import { type Instruction as IcedInstruction, MemorySizeExt, OpKind, Register } from 'iced-x86';
import { unreachable } from '../../src/base/exhaustive';
import type { Instruction, MemoryOperand, Operand } from '../../src/isa/instruction';

const hex = (value: number): string => (value >>> 0).toString(16);

interface MemoryText extends Omit<MemoryOperand, 'kind' | 'displacement'> {
  readonly displacement: number;
}

/** The displacement is compared at the address size, where it wraps. */
function memoryText({ segment, base, index, scale, displacement, addressSize, width }: MemoryText): string {
  const wrapped = addressSize === 16 ? displacement & 0xffff : displacement;
  return `m${width}[${segment}:b${base ?? '-'} i${index ?? '-'}*${scale} ${hex(wrapped)} a${addressSize}]`;
}

function operandText(operand: Operand, instruction: Instruction): string {
  switch (operand.kind) {
    case 'register':
      return `r${operand.width}:${operand.index}`;
    case 'memory':
      return memoryText(operand);
    case 'immediate':
      return `i${operand.width}:${hex(operand.value)}`;
    case 'relative': {
      const target = instruction.length + operand.displacement;
      return `to:${hex(instruction.operandSize === 16 ? target & 0xffff : target)}`;
    }
    case 'farPointer':
      return `far:${hex(operand.selector)}:${hex(operand.offset)}`;
    case 'segment':
      return `s${operand.index}`;
    case 'controlRegister':
      return `cr${operand.index}`;
    case 'debugRegister':
      return `dr${operand.index}`;
    default:
      return unreachable(operand);
  }
}

export const operandTexts = (instruction: Instruction): readonly string[] =>
  instruction.operands.map(operand => operandText(operand, instruction));

/** Ranges of iced's register numbers, and how a register of the range is written. */
const registerRanges = [
  [Register.AL, 'r8:'],
  [Register.AX, 'r16:'],
  [Register.EAX, 'r32:'],
  [Register.ES, 's'],
  [Register.CR0, 'cr'],
  [Register.DR0, 'dr'],
] as const;

function icedRegister(register: Register): string {
  const number: number = register;
  const range = registerRanges.find(([first]: readonly [number, string]) => number >= first && number < first + 8);
  return range ? `${range[1]}${register - range[0]}` : `register ${register}`;
}

const numberOf = (register: Register): number | undefined =>
  register === Register.None ? undefined : register >= Register.EAX ? register - Register.EAX : register - Register.AX;

const is16 = (register: Register): boolean => register >= Register.AX && register <= Register.DI;

function icedMemory(iced: IcedInstruction): string {
  const { memoryBase, memoryIndex } = iced;
  const absolute = memoryBase === Register.None && memoryIndex === Register.None;
  return memoryText({
    segment: (iced.memorySegment - Register.ES) as MemoryOperand['segment'],
    base: numberOf(memoryBase),
    index: numberOf(memoryIndex),
    // without an index the scale says nothing; iced keeps that of the encoding
    scale: memoryIndex === Register.None ? 1 : (iced.memoryIndexScale as MemoryOperand['scale']),
    displacement: Number(BigInt.asIntN(32, iced.memoryDisplacement)),
    addressSize: (absolute ? iced.memoryDisplSize === 2 : is16(memoryBase) || is16(memoryIndex)) ? 16 : 32,
    width: icedWidth(iced),
  });
}

const icedWidth = (iced: IcedInstruction): MemoryOperand['width'] =>
  (MemorySizeExt.size(iced.memorySize) * 8) as MemoryOperand['width'];

const icedString = (iced: IcedInstruction, segment: Register, base: 6 | 7, addressSize: 16 | 32): string =>
  memoryText({
    segment: (segment - Register.ES) as MemoryOperand['segment'],
    base,
    index: undefined,
    scale: 1,
    displacement: 0,
    addressSize,
    width: icedWidth(iced),
  });

function icedOperand(iced: IcedInstruction, operand: number): string {
  const kind = iced.opKind(operand);
  switch (kind) {
    case OpKind.Register:
      return icedRegister(iced.opRegister(operand));
    case OpKind.NearBranch16:
    case OpKind.NearBranch32:
      return `to:${hex(Number(iced.nearBranchTarget - iced.ip))}`;
    case OpKind.FarBranch16:
      return `far:${hex(iced.farBranchSelector)}:${hex(iced.farBranch16)}`;
    case OpKind.FarBranch32:
      return `far:${hex(iced.farBranchSelector)}:${hex(iced.farBranch32)}`;
    case OpKind.Immediate8:
      return `i8:${hex((iced.immediate8 << 24) >> 24)}`;
    case OpKind.Immediate8_2nd:
      return `i8:${hex((iced.immediate8_2nd << 24) >> 24)}`;
    case OpKind.Immediate16:
      return `i16:${hex((iced.immediate16 << 16) >> 16)}`;
    case OpKind.Immediate32:
      return `i32:${hex(iced.immediate32)}`;
    case OpKind.Immediate8to16:
      return `i16:${hex(iced.immediate8to16)}`;
    case OpKind.Immediate8to32:
      return `i32:${hex(iced.immediate8to32)}`;
    case OpKind.MemorySegSI:
      return icedString(iced, iced.memorySegment, 6, 16);
    case OpKind.MemorySegESI:
      return icedString(iced, iced.memorySegment, 6, 32);
    case OpKind.MemoryESDI:
      return icedString(iced, Register.ES, 7, 16);
    case OpKind.MemoryESEDI:
      return icedString(iced, Register.ES, 7, 32);
    case OpKind.Memory:
      return icedMemory(iced);
    default:
      return `operand kind ${OpKind[kind]}`;
  }
}

export const icedOperandTexts = (iced: IcedInstruction): readonly string[] =>
  Array.from({ length: iced.opCount }, (_, operand) => icedOperand(iced, operand));
