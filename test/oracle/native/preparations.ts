// What single instructions need so that cases are not all alike: counters that are small, pointers in memory whose
// selectors exist, dividends that fit, stacks with something to return to.

import type { Mnemonic } from '../../../src/isa/mnemonics';
import type { OperandCode } from '../../../src/isa/opcodeRow';
import { Gpr, Segment } from '../../../src/isa/registers';
import { littleEndian } from '../../semantics/instructionBytes';
import type { Random } from '../../semantics/random';
import { locateOperand, type Draft } from './generateCase';
import { segmentBase, someCodeSelector, someOffset, someSelector } from './segments';

type Preparation = (random: Random, draft: Draft) => void;

/** Puts bytes where the memory operand lies. */
function fillOperand({ operandAddress, patches }: Draft, bytes: readonly number[]): void {
  if (operandAddress !== undefined) patches.push({ address: operandAddress, bytes });
}

function fillStack({ segments, registers, patches }: Draft, bytes: readonly number[]): void {
  const pointer = segments.stackSize === 32 ? registers[Gpr.esp] : registers[Gpr.esp] & 0xffff;
  patches.push({ address: (segmentBase(segments.selectors[Segment.ss]) + pointer) >>> 0, bytes });
}

function setPointer(random: Random, draft: Draft, register: number, segment: number): void {
  const offset = someOffset(random, draft.segments.selectors[segment], random.chance(60));
  draft.registers[register] = draft.addressSize === 32 ? offset : (random.word() & 0xffff0000) | (offset & 0xffff);
}

const smallCounter: Preparation = (random, { registers }) => {
  registers[Gpr.ecx] = random.chance(85) ? random.below(6) : random.edge();
  if (random.chance(20)) registers[Gpr.ecx] = (registers[Gpr.ecx] | 0x50000) >>> 0;
};

const stringOperands: Preparation = (random, draft) => {
  setPointer(random, draft, Gpr.esi, draft.override ?? Segment.ds);
  setPointer(random, draft, Gpr.edi, Segment.es);
  if (draft.repeated) smallCounter(random, draft);
};

/** The signed bit index reaches some bytes to either side. */
const bitIndex: Preparation = (random, draft) => {
  if (draft.row.operands[1] !== 'Gv' || random.chance(10)) return;
  draft.registers[draft.reg] = (random.below(0x200) - 0x100) >>> 0;
  locateOperand(draft);
};

const dividend: Preparation = (random, { registers }) => {
  if (random.chance(70)) registers[Gpr.edx] = random.pick([0, 0, 0xffffffff, random.below(16)]);
  if (random.chance(40)) registers[Gpr.eax] = (registers[Gpr.eax] & ~0xf000) >>> 0;
};

const pointerInMemory: Preparation = (random, draft) => {
  const code = draft.row.mnemonic.endsWith('Far');
  const offset = littleEndian(random.edge(), draft.operandSize / 8);
  const selector = littleEndian(code ? someCodeSelector(random) : someSelector(random), 2);
  fillOperand(draft, [...offset, ...selector]);
};

const selectorOperand: Preparation = (random, draft) => {
  const { modrm, registers } = draft;
  const selector = someSelector(random);
  if (modrm.kind === 'register') registers[modrm.rm] = ((random.word() & 0xffff0000) | selector) >>> 0;
  else fillOperand(draft, littleEndian(selector, 2));
};

const stackSelector: Preparation = (random, draft) => fillStack(draft, littleEndian(someSelector(random), 2));

/** Return offset, then CS, then flags, as far as the instruction pops them. */
const stackFrame: Preparation = (random, draft) => {
  const size = draft.operandSize / 8;
  const flags = random.word();
  fillStack(draft, [
    ...littleEndian(random.edge(), size),
    ...littleEndian(someCodeSelector(random) | (random.word() & 0xffff0000), size),
    ...littleEndian(flags, size),
  ]);
};

/** The accumulator equals the destination in half of the cases. */
const expectedValue: Preparation = (random, { registers, operandAddress, patches, modrm }) => {
  if (random.chance(50)) return;
  const bytes = [...littleEndian(registers[Gpr.eax], 4), ...littleEndian(registers[Gpr.edx], 4)];
  if (operandAddress !== undefined) patches.push({ address: operandAddress, bytes });
  else if (modrm.kind === 'register' && modrm.rm !== Gpr.esp) registers[modrm.rm] = registers[Gpr.eax];
};

const framePointer: Preparation = (random, { segments, registers }) => {
  registers[Gpr.ebp] = someOffset(random, segments.selectors[Segment.ss], random.chance(70));
};

const translationTable: Preparation = (random, draft) =>
  setPointer(random, draft, Gpr.ebx, draft.override ?? Segment.ds);

const edgeOperand: Preparation = (random, draft) => {
  if (random.chance(70)) fillOperand(draft, [...littleEndian(random.edge(), 4), ...littleEndian(random.edge(), 4)]);
};

const specific: { readonly [mnemonic in Mnemonic]?: Preparation } = {
  movs: stringOperands,
  cmps: stringOperands,
  scas: stringOperands,
  lods: stringOperands,
  stos: stringOperands,
  loop: smallCounter,
  loope: smallCounter,
  loopne: smallCounter,
  jcxz: smallCounter,
  bt: bitIndex,
  bts: bitIndex,
  btr: bitIndex,
  btc: bitIndex,
  div: dividend,
  idiv: dividend,
  lds: pointerInMemory,
  les: pointerInMemory,
  lfs: pointerInMemory,
  lgs: pointerInMemory,
  lss: pointerInMemory,
  callFar: pointerInMemory,
  jmpFar: pointerInMemory,
  movToSegment: selectorOperand,
  lar: selectorOperand,
  lsl: selectorOperand,
  verr: selectorOperand,
  verw: selectorOperand,
  popSegment: stackSelector,
  retNear: stackFrame,
  retFar: stackFrame,
  iret: stackFrame,
  popf: (random, draft) => fillStack(draft, littleEndian(random.word(), 4)),
  cmpxchg: expectedValue,
  cmpxchg8b: expectedValue,
  leave: framePointer,
  enter: framePointer,
  xlat: translationTable,
};

export function prepare(random: Random, draft: Draft): void {
  (specific[draft.row.mnemonic] ?? edgeOperand)(random, draft);
}

/** Vectors whose gates Linux opens to ring 3. */
const openVectors = [3, 4, 0x80];

export const immediateFor =
  (random: Random, { row, segments, override, addressSize }: Draft) =>
  (code: OperandCode): number => {
    if (code === 'Ob' || code === 'Ov') {
      const offset = someOffset(random, segments.selectors[override ?? Segment.ds], random.chance(60));
      return addressSize === 32 ? offset : offset & 0xffff;
    }
    if (row.operands.includes('Ap') && code === 'Iw') return someCodeSelector(random);
    const value = random.edge();
    if (row.mnemonic === 'enter') return code === 'Iw' ? value & 0x1ff : random.chance(90) ? random.below(5) : value;
    if (row.mnemonic === 'int' && openVectors.includes(value & 0xff)) return 0x20;
    return value;
  };
