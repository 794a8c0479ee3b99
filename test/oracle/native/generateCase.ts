// Makes cases from opcode rows: any form of operands, prefixes, registers at arithmetic's corners, and addresses that
// mostly lie in mapped memory.

import { encodingOf } from '../../../src/isa/opcodes';
import type { OpcodeRow } from '../../../src/isa/opcodeRow';
import { Gpr, Segment } from '../../../src/isa/registers';
import { instructionBytes, type Modrm } from '../../semantics/instructionBytes';
import type { Random } from '../../semantics/random';
import { defaultSegment, offsetOf, pointTo, someModrm } from './addressing';
import { codeRegion } from './layout';
import type { NativeCase, Patch } from './nativeCase';
import { immediateFor, prepare } from './preparations';
import { chooseSegments, codeOffset, segmentBase, someOffset, type Segments } from './segments';

/** A case while it is being made. */
export interface Draft {
  readonly row: OpcodeRow;
  readonly segments: Segments;
  readonly operandSize: 16 | 32;
  readonly addressSize: 16 | 32;
  readonly override: number | undefined;
  readonly repeated: boolean;
  /** ModRM's reg field, or the opcode's register */
  readonly reg: number;
  readonly registers: number[];
  readonly patches: Patch[];
  modrm: Modrm;
  /** linear address of the memory operand, if there is one */
  operandAddress: number | undefined;
}

const overridePrefixes = [0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65];
const haltOpcode = 0xf4;
const arithmeticFlags = 0x8d5;
const overflowFlag = 0x800;
const directionFlag = 0x400;
const alignmentFlag = 0x40000;

export function generateCase(random: Random, row: OpcodeRow, poolBytes: number): NativeCase {
  const draft = makeDraft(random, row);
  prepare(random, draft);
  const code = encode(random, draft);
  const codeAddress = codeRegion.address + 0x10 + random.below(codeRegion.length - 0x40);
  return {
    registers: draft.registers.map(value => value >>> 0),
    eip: codeOffset(draft.segments, codeAddress),
    // INTO is only to fall through: Linux opens its gate to ring 3
    eflags: someFlags(random) & (row.mnemonic === 'into' ? ~overflowFlag : -1),
    segments: draft.segments.selectors,
    maxSteps: draft.repeated ? 4 : 1,
    poolOffset: random.below(poolBytes / 4) * 4,
    codeAddress,
    // HLT is what runs, and faults, where the instruction holds back the single-step trap
    code: [...code, ...Array.from({ length: 16 - code.length }, () => haltOpcode)],
    patches: draft.patches.slice(0, 3),
  };
}

const someFlags = (random: Random): number =>
  2 |
  (random.word() & arithmeticFlags) |
  (random.chance(30) ? directionFlag : 0) |
  (random.chance(4) ? alignmentFlag : 0);

function makeDraft(random: Random, row: OpcodeRow): Draft {
  const codeSize = random.chance(75) ? 32 : 16;
  const size = (chance: number): 16 | 32 => (random.chance(chance) ? (codeSize === 32 ? 16 : 32) : codeSize);
  const operandSize = size(35);
  const addressSize = size(20);
  const segments = chooseSegments(random, codeSize, addressSize);
  const { form, hasModrm } = encodingOf(row);
  const inRegister = form === 'register' || (form === undefined && random.chance(45));
  const draft: Draft = {
    row,
    segments,
    operandSize,
    addressSize,
    override: random.chance(12) ? random.below(6) : undefined,
    repeated: row.repeatable !== undefined && random.chance(65),
    reg: random.below(8),
    registers: Array.from({ length: 8 }, () => random.edge()),
    patches: [],
    modrm: inRegister ? { kind: 'register', rm: random.below(8) } : someModrm(random, addressSize),
    operandAddress: undefined,
  };
  placeStack(random, draft);
  if (hasModrm) placeOperand(random, draft);
  return draft;
}

/** (E)SP, and often (E)BP, point into the stack segment; ESP's upper half is not to matter to a 16-bit stack. */
function placeStack(random: Random, { segments, registers }: Draft): void {
  const target = (): number => {
    const offset = someOffset(random, segments.selectors[Segment.ss], random.chance(70));
    const aligned = random.chance(80) ? offset & ~3 : offset;
    return segments.stackSize === 32 ? aligned : (random.word() & 0xffff0000) | (aligned & 0xffff);
  };
  registers[Gpr.esp] = target();
  if (random.chance(50)) registers[Gpr.ebp] = target();
}

function placeOperand(random: Random, draft: Draft): void {
  const { modrm, addressSize, override, segments, registers } = draft;
  if (modrm.kind === 'register') return;
  const selector = segments.selectors[override ?? defaultSegment(modrm, addressSize)];
  draft.modrm = pointTo(modrm, addressSize, registers, someOffset(random, selector, needsKnownMemory(draft)));
  locateOperand(draft);
}

/** Selectors are not to come from memory that a patch does not reach. */
const needsKnownMemory = ({ row }: Draft): boolean =>
  /^(l[defgs]s|lss|jmpFar|callFar|movToSegment|lar|lsl|ver[rw])$/.test(row.mnemonic);

/** To be called again when a register changes. */
export function locateOperand(draft: Draft): void {
  const { modrm, addressSize, override, segments, registers } = draft;
  if (modrm.kind === 'register') return;
  const selector = segments.selectors[override ?? defaultSegment(modrm, addressSize)];
  draft.operandAddress = (segmentBase(selector) + offsetOf(modrm, addressSize, registers)) >>> 0;
}

function encode(random: Random, draft: Draft): number[] {
  const { row, segments, operandSize, addressSize, override, modrm, reg } = draft;
  const prefixes = [
    ...(operandSize === segments.codeSize ? [] : [0x66]),
    ...(addressSize === segments.codeSize ? [] : [0x67]),
    ...(override === undefined ? [] : [overridePrefixes[override]]),
    ...(draft.repeated ? [random.pick([0xf2, 0xf3])] : []),
    ...(mayTakeLock(draft) && random.chance(8) ? [0xf0] : []),
  ];
  const immediate = immediateFor(random, draft);
  return instructionBytes(row, { prefixes, operandSize, addressSize, modrm, reg, immediate });
}

/** On AMD's processors LOCK makes MOV of CR0 one of CR8, and VERW takes it. */
const mayTakeLock = ({ row }: Draft): boolean => !row.operands.includes('Cd') && row.mnemonic !== 'verw';
