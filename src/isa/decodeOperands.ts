// One reader for each operand code of the opcode tables (SDM Vol. 2D §A.2). Readers run in the order of the operands,
// which is the order of the bytes.

import { modrmMemory, offsetMemory, stringDestination, stringSource } from './decodeMemory';
import type { DecodeState } from './decodeState';
import type {
  ControlRegisterOperand,
  DebugRegisterOperand,
  ImmediateOperand,
  MemoryOperand,
  Operand,
  RegisterOperand,
  RelativeOperand,
  SegmentOperand,
} from './instruction';
import type { OperandCode } from './opcodeRow';
import { Gpr, Segment, segmentRegisters } from './registers';

/** `undefined`: there is no such register; the encoding is invalid. */
export type OperandReader = (state: DecodeState) => Operand | undefined;

const encodings = [0, 1, 2, 3, 4, 5, 6, 7] as const;
const registersOf = (width: 8 | 16 | 32): readonly RegisterOperand[] =>
  encodings.map(index => ({ kind: 'register', index, width }));

// operands without a value of their own are made once
const registers = { 8: registersOf(8), 16: registersOf(16), 32: registersOf(32) } as const;
const segments = segmentRegisters.map((index): SegmentOperand => ({ kind: 'segment', index }));
const debugRegisters = encodings.map((index): DebugRegisterOperand => ({ kind: 'debugRegister', index }));
const controlRegisters = encodings.map((index): ControlRegisterOperand | undefined =>
  [0, 2, 3, 4].includes(index) ? { kind: 'controlRegister', index } : undefined,
);
const one: ImmediateOperand = { kind: 'immediate', value: 1, width: 8 };

const immediate = (value: number, width: 8 | 16 | 32): ImmediateOperand => ({ kind: 'immediate', value, width });
const relative = (displacement: number): RelativeOperand => ({ kind: 'relative', displacement });

const registerOrMemory = (state: DecodeState, width: 8 | 16 | 32): RegisterOperand | MemoryOperand =>
  state.mod === 3 ? registers[width][state.rm] : modrmMemory(state, width);

const farPointerWidth = (state: DecodeState): 32 | 48 => (state.operandSize === 32 ? 48 : 32);
const pairWidth = (state: DecodeState): 32 | 64 => (state.operandSize === 32 ? 64 : 32);

function farPointer(state: DecodeState): Operand {
  const offset = state.operandSize === 32 ? state.doubleword() >>> 0 : state.word();
  return { kind: 'farPointer', selector: state.word(), offset };
}

/** The destination of MOV to a segment register: CS is invalid (SDM Vol. 2B, MOV). */
export const readLoadableSegment: OperandReader = state => (state.reg === Segment.cs ? undefined : segments[state.reg]);

export const operandReaders: { readonly [code in OperandCode]: OperandReader } = {
  Eb: state => registerOrMemory(state, 8),
  Ew: state => registerOrMemory(state, 16),
  Ev: state => registerOrMemory(state, state.operandSize),
  Ed: state => registerOrMemory(state, 32),
  Gb: state => registers[8][state.reg],
  Gw: state => registers[16][state.reg],
  Gv: state => registers[state.operandSize][state.reg],
  Gd: state => registers[32][state.reg],
  // MOV to and from control and debug registers takes `mod` for 3 whatever it is
  Rd: state => registers[32][state.rm],
  Zb: state => registers[8][state.opcode & 7],
  Zv: state => registers[state.operandSize][state.opcode & 7],

  M: state => modrmMemory(state, 0),
  Mb: state => modrmMemory(state, 8),
  Mw: state => modrmMemory(state, 16),
  Mv: state => modrmMemory(state, state.operandSize),
  Md: state => modrmMemory(state, 32),
  Mq: state => modrmMemory(state, 64),
  Mp: state => modrmMemory(state, farPointerWidth(state)),
  Ma: state => modrmMemory(state, pairWidth(state)),
  Ms: state => modrmMemory(state, 48),
  Ob: state => offsetMemory(state, 8),
  Ov: state => offsetMemory(state, state.operandSize),
  Xb: state => stringSource(state, 8),
  Xv: state => stringSource(state, state.operandSize),
  Yb: state => stringDestination(state, 8),
  Yv: state => stringDestination(state, state.operandSize),

  Ib: state => immediate(state.signedByte(), 8),
  Iw: state => immediate(state.signedWord(), 16),
  Iz: state => immediate(state.signed(state.operandSize), state.operandSize),
  sIb: state => immediate(state.signedByte(), state.operandSize),
  '1': () => one,
  Jb: state => relative(state.signedByte()),
  Jz: state => relative(state.signed(state.operandSize)),
  Ap: farPointer,

  Sw: state => segments[state.reg],
  Cd: state => controlRegisters[state.reg],
  Dd: state => debugRegisters[state.reg],
  AL: () => registers[8][Gpr.eax],
  CL: () => registers[8][Gpr.ecx],
  AX: () => registers[16][Gpr.eax],
  eAX: state => registers[state.operandSize][Gpr.eax],
  DX: () => registers[16][Gpr.edx],
  ES: () => segments[Segment.es],
  CS: () => segments[Segment.cs],
  SS: () => segments[Segment.ss],
  DS: () => segments[Segment.ds],
  FS: () => segments[Segment.fs],
  GS: () => segments[Segment.gs],
};
