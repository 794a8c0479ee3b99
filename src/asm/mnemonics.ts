// Mnemonics: NASM's names for what iced calls differently (manual Appendix B; SDM Vol. 2, condition codes), the
// opcodes of each, and the order in which NASM prefers them.
import { type Bits, mnemonics as icedMnemonics, type OpcodeFacts, opcodesOf } from './opcodeFacts';

export interface Form extends OpcodeFacts {
  /** Tried in this order. */
  readonly rank: number;
  readonly kinds: readonly OperandKind[];
  /** The kinds without those that are implied. */
  readonly writtenKinds: readonly OperandKind[];
  /** Encoded without operand-size prefix and REX.W, since the operands are 16 bits wide either way. */
  readonly sizeless: boolean;
}

/** An operand kind of iced's, taken apart. */
export type OperandKind =
  | { readonly type: 'register'; readonly class: string }
  | { readonly type: 'registerOrMemory'; readonly class: string }
  | { readonly type: 'memory'; readonly vector?: string }
  | { readonly type: 'offset' }
  | { readonly type: 'fixed'; readonly register: string }
  | { readonly type: 'immediate'; readonly bits: number; readonly extendedTo?: number; readonly one?: boolean }
  | { readonly type: 'branch'; readonly short: boolean; readonly operandBits: number }
  | { readonly type: 'farPointer' }
  | { readonly type: 'implied' }
  | { readonly type: 'unsupported' };

const fixedRegisters = /^(es|cs|ss|ds|fs|gs|al|cl|ax|dx|eax|rax|st0)$/;

const kindsByName = new Map<string, OperandKind>();

function operandKind(name: string): OperandKind {
  const known = kindsByName.get(name);
  if (known) return known;
  const kind = readOperandKind(name);
  kindsByName.set(name, kind);
  return kind;
}

function readOperandKind(name: string): OperandKind {
  const registerOrMemory = /^(r8|r16|r32|r64|mm|xmm|ymm|zmm|k|bnd)_or_mem(_mpx)?$/.exec(name);
  if (registerOrMemory) return { type: 'registerOrMemory', class: registerOrMemory[1] };
  if (fixedRegisters.test(name)) return { type: 'fixed', register: name };
  if (name === 'sti_opcode') return { type: 'register', class: 'st' };
  const register = /^(r8|r16|r32|r64|seg|k|mm|xmm|ymm|zmm|cr|dr|tr|bnd|tmm)_(reg|rm|opcode|vvvv|reg_mem|is4|is5)$/.exec(
    name,
  );
  if (register) return { type: 'register', class: register[1] };
  const immediate = /^imm(8|16|32|64)(?:sex(16|32|64))?$/.exec(name);
  if (immediate)
    return {
      type: 'immediate',
      bits: Number(immediate[1]),
      ...(immediate[2] ? { extendedTo: Number(immediate[2]) } : {}),
    };
  if (name === 'imm8_const_1') return { type: 'immediate', bits: 8, one: true };
  const branch = /^(?:br(16|32|64)|xbegin)_([124])$/.exec(name);
  if (branch)
    return {
      type: 'branch',
      short: branch[2] === '1',
      operandBits: Number(branch[1] ?? (branch[2] === '2' ? 16 : 32)),
    };
  if (/^farbr/.test(name)) return { type: 'farPointer' };
  if (name === 'mem_offs') return { type: 'offset' };
  const vector = /^mem_vsib(?:32|64)([xyz])$/.exec(name);
  if (vector) return { type: 'memory', vector: `${vector[1]}mm` };
  if (/^(mem|mem_mpx|mem_mib|sibmem)$/.test(name)) return { type: 'memory' };
  if (/^(seg_rSI|es_rDI|seg_rDI|seg_rBX_al)$/.test(name)) return { type: 'implied' };
  return { type: 'unsupported' };
}

/** Forms of iced's that NASM does not know, or knows otherwise. */
const leftOutForms = /^(VEX_(KNC_|Vpdp(busd|wssd)s?_|Vpmadd52|Vcvtneps2bf16_)|Cmpxchg486_|Mov[zs]x_r16_rm16)/;
/** NASM moves between a vector register and memory, not a general-purpose one, where both would do. */
const lastForms = /^VEX_Vmovq_(xmm_rm64|rm64_xmm)$/;
const sizelessForms = /^(Mov_Sreg_|Mov_r64m16_Sreg|Sldt_r64m16|Lldt_|Ltr_|Verr_|Verw_|Lmsw_|Arpl_)/;

/**
 * NASM takes the first form that fits; its table puts special cases first: absolute offsets, shifts by one,
 * sign-extended bytes, then the accumulator, then the rest by opcode.
 */
function rankOf(kinds: readonly OperandKind[]): number {
  if (kinds.some(kind => kind.type === 'offset')) return 0;
  if (kinds.some(kind => kind.type === 'immediate' && kind.one)) return 1;
  if (
    kinds.some(
      kind =>
        (kind.type === 'immediate' && kind.bits === 8 && kind.extendedTo) || (kind.type === 'branch' && kind.short),
    )
  )
    return 2;
  const fixed = kinds.findIndex(kind => kind.type === 'fixed');
  const isStack = kinds.some(kind => kind.type === 'register' && kind.class === 'st');
  return fixed >= 0 && !(isStack && fixed === 0) ? 3 : 4;
}

/** Registers that NASM takes as read: `stosb`, `in al,dx` is written out but `insb` is not. */
const implicitForms = /^(Ins|Outs|Movs[bwdq]_m|Cmps[bwdq]_m|Stos|Lods|Scas|Xlat)/;

function form(facts: OpcodeFacts): Form {
  const implied: OperandKind = { type: 'implied' };
  const kinds = facts.operandKinds
    .map(operandKind)
    .map(kind => (kind.type === 'fixed' && implicitForms.test(facts.name) ? implied : kind));
  const writtenKinds = kinds.filter(kind => kind.type !== 'implied');
  return {
    ...facts,
    kinds,
    writtenKinds,
    rank: lastForms.test(facts.name) ? 5 : rankOf(kinds),
    sizeless: sizelessForms.test(facts.name),
  };
}

interface Alias {
  readonly mnemonics: readonly string[];
  /** Only the forms of this operand size. */
  readonly operandSize?: number;
  /** Appended to the operands: the predicate of `cmpeqps`. */
  readonly immediate?: bigint;
}

const conditionAliases: Record<string, string> = {
  c: 'b', nae: 'b', nb: 'ae', nc: 'ae', z: 'e', nz: 'ne', na: 'be', nbe: 'a',
  pe: 'p', po: 'np', nge: 'l', nl: 'ge', ng: 'le', nle: 'g',
}; // prettier-ignore

const predicates = ['eq', 'lt', 'le', 'unord', 'neq', 'nlt', 'nle', 'ord'];
const carrylessHalves: Record<string, bigint> = { lqlq: 0x00n, hqlq: 0x01n, lqhq: 0x10n, hqhq: 0x11n };

const aliases: Record<string, Alias> = {
  sal: { mnemonics: ['shl'] },
  loopz: { mnemonics: ['loope'] },
  loopnz: { mnemonics: ['loopne'] },
  xlat: { mnemonics: ['xlatb'] },
  fwait: { mnemonics: ['wait'] },
  fsetpm: { mnemonics: ['fnsetpm'] },
  icebp: { mnemonics: ['int1'] },
  int01: { mnemonics: ['int1'] },
  int03: { mnemonics: ['int3'] },
  ud2a: { mnemonics: ['ud2'] },
  sysret: { mnemonics: ['sysret', 'sysretq'] },
  sysexit: { mnemonics: ['sysexit', 'sysexitq'] },
  pushf: { mnemonics: ['pushf', 'pushfd', 'pushfq'] },
  popf: { mnemonics: ['popf', 'popfd', 'popfq'] },
  pusha: { mnemonics: ['pusha', 'pushad'] },
  popa: { mnemonics: ['popa', 'popad'] },
  iret: { mnemonics: ['iret', 'iretd', 'iretq'] },
  pushfw: { mnemonics: ['pushf'], operandSize: 16 },
  popfw: { mnemonics: ['popf'], operandSize: 16 },
  pushaw: { mnemonics: ['pusha'], operandSize: 16 },
  popaw: { mnemonics: ['popa'], operandSize: 16 },
  iretw: { mnemonics: ['iret'], operandSize: 16 },
  retn: { mnemonics: ['ret'] },
  ...Object.fromEntries(
    [['w', 16], ['d', 32], ['q', 64]].flatMap(([letter, operandSize]) =>
      ['', 'n', 'f'].map(kind => [`ret${kind}${letter}`, { mnemonics: [kind === 'f' ? 'retf' : 'ret'], operandSize }]),
    ),
  ),
}; // prettier-ignore

function aliasOf(mnemonic: string): Alias {
  const listed = Object.hasOwn(aliases, mnemonic) ? aliases[mnemonic] : undefined;
  if (listed) return listed;
  if (!/^[jscvp]/.test(mnemonic)) return { mnemonics: [mnemonic] };
  const conditional = /^(j|set|cmov)([a-z]+)$/.exec(mnemonic);
  if (conditional && Object.hasOwn(conditionAliases, conditional[2]))
    return { mnemonics: [conditional[1] + conditionAliases[conditional[2]]] };
  const comparison = /^(v?cmp)(eq|lt|le|unord|neq|nlt|nle|ord)(ps|pd|ss|sd)$/.exec(mnemonic);
  if (comparison)
    return { mnemonics: [comparison[1] + comparison[3]], immediate: BigInt(predicates.indexOf(comparison[2])) };
  const carryless = /^(v?pclmul)([lh]q[lh]q)dq$/.exec(mnemonic);
  if (carryless) return { mnemonics: [`${carryless[1]}qdq`], immediate: carrylessHalves[carryless[2]] };
  return { mnemonics: [mnemonic] };
}

export interface Instructions {
  readonly forms: readonly Form[];
  readonly immediate?: bigint;
  /** iced knows the mnemonic, but only in encodings that are left out (EVEX, XOP, MVEX). */
  readonly leftOut: boolean;
}

const known = new Map<string, Instructions>();

/** The forms of a mnemonic in lower case, in NASM's order of preference; undefined if there is no such mnemonic. */
export function instructionsOf(mnemonic: string): Instructions | undefined {
  const remembered = known.get(mnemonic);
  if (remembered) return remembered;
  const instructions = collect(mnemonic);
  if (instructions) known.set(mnemonic, instructions);
  return instructions;
}

function collect(mnemonic: string): Instructions | undefined {
  const { mnemonics, operandSize, immediate } = aliasOf(mnemonic);
  const found = mnemonics.map(opcodesOf).filter(opcodes => opcodes !== undefined);
  if (found.length === 0) return undefined;
  const forms = found
    .flat()
    .map(form)
    .filter(f => !leftOutForms.test(f.name) && (operandSize === undefined || f.operandSize === operandSize))
    .sort((a, b) => a.rank - b.rank || a.code - b.code);
  return { forms, leftOut: forms.length === 0, ...(immediate === undefined ? {} : { immediate }) };
}

/** Every mnemonic that a source may use, for suggestions. */
export const allMnemonics = (): string[] => [...icedMnemonics(), ...Object.keys(aliases)];

/** Whether a form needs no operand-size prefix in this mode: what an instruction means if nothing else is said. */
export function isNatural({ operandSize, defaultSize64 }: OpcodeFacts, bits: Bits): boolean {
  if (operandSize === 0) return true;
  if (bits === 64) return operandSize === (defaultSize64 ? 64 : 32);
  return operandSize === bits;
}
