// One random instruction as bytes, made from the opcode tables: any row, operand form and prefix, with addresses that
// mostly hit what the pointer registers point to.

import { encodingOf, opcodeRows } from '../../src/isa/opcodes';
import type { Mnemonic } from '../../src/isa/mnemonics';
import type { OperandCode, OpcodeRow } from '../../src/isa/opcodeRow';
import { flagEffects } from '../isa/icedFlags';
import { instructionBytes, type Modrm } from '../semantics/instructionBytes';
import type { Random } from '../semantics/random';
import { page } from './layout';

/** EBX, EBP, ESI, EDI: programs keep addresses of data in them. */
const pointers = [3, 5, 6, 7] as const;

const needTemplates = new Set<Mnemonic>([
  'les',
  'lds',
  'lss',
  'lfs',
  'lgs',
  'popSegment',
  'leave',
  'esc',
  'x87Probe',
  'wait',
  'ud',
]);
const rare = new Set<Mnemonic>(['div', 'idiv', 'bound', 'aam', 'popa', 'cpuid', 'lar', 'lsl', 'verr', 'verw', 'arpl']);

/** XCHG ESP, EAX */
const xchgEsp = '94';

const isGeneral = ({ endsBlock, privilege, mnemonic, opcode }: OpcodeRow): boolean =>
  !endsBlock && (privilege === undefined || mnemonic === 'pushf') && !needTemplates.has(mnemonic) && opcode !== xchgEsp;

/** Rows that neither leave the straight line nor need a ring. */
const generalRows = opcodeRows.filter(isGeneral);
const arithmeticRows = generalRows.filter(row => row.operands.length > 0 && flagEffects(row).written !== '');
const flagReaders = generalRows.filter(row => flagEffects(row).read !== '' && !row.repeatable);
const stringRows = generalRows.filter(({ repeatable }) => repeatable !== undefined);
const memoryRows = generalRows.filter(row => encodingOf(row).hasModrm && encodingOf(row).form !== 'register');

export const rowChoices = {
  general: generalRows,
  arithmetic: arithmeticRows,
  flagReaders,
  strings: stringRows,
  memory: memoryRows,
  /** privileged ones, transfers, everything */
  all: opcodeRows,
};
export type RowChoice = keyof typeof rowChoices;

export interface InstructionChoices {
  readonly codeSize: 16 | 32;
  readonly rows: RowChoice;
  /** ESP may be a destination: its owner can bear that it is lost */
  readonly anyStack: boolean;
  /** of a hundred: pointers and counters as destinations too */
  readonly scatter: number;
}

export function randomInstruction(random: Random, choices: InstructionChoices): number[] {
  const { codeSize } = choices;
  const row = pickRow(random, choices.rows);
  const other = codeSize === 32 ? 16 : 32;
  const operandSize = random.chance(18) ? other : codeSize;
  const addressSize = random.chance(6) ? other : codeSize;
  const modrm = modrmFor(random, row, addressSize, choices);
  const prefixes = [
    ...(operandSize === codeSize ? [] : [0x66]),
    ...(addressSize === codeSize ? [] : [0x67]),
    ...(random.chance(6) ? [random.pick([0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65])] : []),
    ...(row.lockable && modrm.kind === 'memory' && random.chance(8) ? [0xf0] : []),
  ];
  const reg = regFor(random, row, choices);
  return instructionBytes(row, { prefixes, operandSize, addressSize, modrm, reg, immediate: immediateOf(random, row) });
}

function pickRow(random: Random, rows: RowChoice): OpcodeRow {
  const row = random.pick(rowChoices[rows]);
  return rare.has(row.mnemonic) && random.chance(80) ? random.pick(rowChoices[rows]) : row;
}

/** A register that may be written: mostly one that nobody relies on. */
function target(random: Random, { anyStack, scatter }: InstructionChoices): number {
  if (!random.chance(scatter)) return random.below(3);
  const chosen = random.below(8);
  return chosen === 4 && !anyStack ? 0 : chosen;
}

const isByteRegister = (code: OperandCode | undefined): boolean => code === 'Gb' || code === 'Zb' || code === 'Eb';

function regFor(random: Random, { operands }: OpcodeRow, choices: InstructionChoices): number {
  if (operands.some(code => code === 'Sw')) return random.below(6);
  // AH, CH, DH, BH are as harmless as AL, CL, DL
  if (operands.some(code => code === 'Gb' || code === 'Zb')) return random.pick([0, 1, 2, 4, 5, 6, random.below(8)]);
  return target(random, choices);
}

function modrmFor(random: Random, row: OpcodeRow, addressSize: 16 | 32, choices: InstructionChoices): Modrm {
  const { form } = encodingOf(row);
  if (form === 'register' || (form === undefined && random.chance(50))) {
    if (isByteRegister(row.operands[0]))
      return { kind: 'register', rm: random.pick([0, 1, 2, 4, 5, 6, random.below(8)]) };
    return { kind: 'register', rm: target(random, choices) };
  }
  return addressSize === 32 ? address32(random) : address16(random);
}

function address32(random: Random): Modrm {
  const near = random.below(0x60) - (random.chance(20) ? 0x30 : 0);
  const base = random.pick(pointers);
  const kind = random.below(20);
  if (kind < 9) return { kind: 'memory', mod: 1, rm: base, displacement: near };
  if (kind < 12) return { kind: 'memory', mod: 2, rm: base, displacement: near };
  if (kind < 14) return { kind: 'memory', mod: 0, rm: random.pick([3, 6, 7]), displacement: 0 };
  if (kind < 17) return { kind: 'memory', mod: 0, rm: 5, displacement: random.pick(page.plain) + random.below(0x1000) };
  // [base + index * scale], or through ESP; an index of 4 is none
  const index = random.chance(60) ? 4 : random.below(8);
  const sib = (random.below(4) << 6) | (index << 3) | (random.chance(30) ? 4 : base);
  return { kind: 'memory', mod: 1, rm: 4, sib, displacement: near };
}

function address16(random: Random): Modrm {
  const mod = random.pick([0, 1, 2] as const);
  return { kind: 'memory', mod, rm: random.below(8), displacement: random.below(mod === 1 ? 0x60 : 0x6000) };
}

const immediateOf =
  (random: Random, { mnemonic }: OpcodeRow) =>
  (code: OperandCode): number => {
    if (mnemonic === 'enter') return random.below(code === 'Iw' ? 0x20 : 3);
    if (mnemonic === 'aam') return random.below(20);
    if (code === 'Ob' || code === 'Ov') return random.pick(page.plain) + random.below(0x1000);
    return random.edge();
  };
