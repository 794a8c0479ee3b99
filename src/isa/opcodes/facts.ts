// What SDM Vol. 2 says of an instruction whatever its encoding: privilege, mode, exits. One line for each mnemonic that
// has anything to say; `row.ts` joins it to the encodings.
//
// `endsBlock` also stands where whoever runs blocks must look up before going on: POPF and STI may let an interrupt in, a
// new control register, debug register or MSR changes how the next instruction is fetched, OUT may reset the machine.
// Task switches have no exit reason here: they leave from within the transfer, when the target proves to be a TSS.

import type { OpcodeRow } from '../opcodeRow';
import type { Mnemonic } from '../mnemonics';

export type Facts = Omit<OpcodeRow, 'opcode' | 'mnemonic' | 'operands' | 'lockable'>;

const ends = { endsBlock: true } as const;
const cpl0 = { privilege: 'cpl0' } as const;

export const factsByMnemonic: { readonly [mnemonic in Mnemonic]?: Facts } = {
  // flags
  cli: { privilege: 'iopl' },
  popf: { ...ends, privilege: 'v86Iopl' },
  pushf: { privilege: 'v86Iopl' },
  sti: { ...ends, privilege: 'iopl' },

  // strings and ports
  cmps: { repeatable: 'repe' },
  in: { privilege: 'io', exitReason: 'io' },
  ins: { repeatable: 'rep', privilege: 'io', exitReason: 'io' },
  lods: { repeatable: 'rep' },
  movs: { repeatable: 'rep' },
  out: { ...ends, privilege: 'io', exitReason: 'io' },
  outs: { ...ends, repeatable: 'rep', privilege: 'io', exitReason: 'io' },
  scas: { repeatable: 'repe' },
  stos: { repeatable: 'rep' },

  // transfers of control
  callFar: ends,
  callNear: ends,
  int: { ...ends, privilege: 'v86Iopl' },
  int1: ends,
  int3: ends,
  into: ends,
  iret: { ...ends, privilege: 'v86Iopl' },
  jcc: ends,
  jcxz: ends,
  jmpFar: ends,
  jmpNear: ends,
  loop: ends,
  loope: ends,
  loopne: ends,
  retFar: ends,
  retNear: ends,
  sysenter: ends,
  sysexit: { ...ends, ...cpl0 },
  ud: ends,
  esc: ends,

  // segments and descriptor tables; a new SS may change the width of the stack pointer
  arpl: { protectedModeOnly: true },
  lar: { protectedModeOnly: true },
  lgdt: { ...cpl0, exitReason: 'gdtrIdtrAccess' },
  lidt: { ...cpl0, exitReason: 'gdtrIdtrAccess' },
  lldt: { ...cpl0, protectedModeOnly: true, exitReason: 'ldtrTrAccess' },
  lsl: { protectedModeOnly: true },
  lss: ends,
  ltr: { ...cpl0, protectedModeOnly: true, exitReason: 'ldtrTrAccess' },
  movToSegment: ends,
  sgdt: { exitReason: 'gdtrIdtrAccess' },
  sidt: { exitReason: 'gdtrIdtrAccess' },
  sldt: { protectedModeOnly: true, exitReason: 'ldtrTrAccess' },
  str: { protectedModeOnly: true, exitReason: 'ldtrTrAccess' },
  verr: { protectedModeOnly: true },
  verw: { protectedModeOnly: true },

  // system
  clts: { ...cpl0, exitReason: 'crAccess' },
  cpuid: { exitReason: 'cpuid' },
  hlt: { ...cpl0, ...ends, exitReason: 'hlt' },
  invd: { ...cpl0, exitReason: 'invd' },
  invlpg: { ...cpl0, ...ends, exitReason: 'invlpg' },
  lmsw: { ...cpl0, ...ends, exitReason: 'crAccess' },
  movFromControl: { ...cpl0, exitReason: 'crAccess' },
  movFromDebug: { ...cpl0, exitReason: 'drAccess' },
  movToControl: { ...cpl0, ...ends, exitReason: 'crAccess' },
  movToDebug: { ...cpl0, ...ends, exitReason: 'drAccess' },
  rdmsr: { ...cpl0, exitReason: 'rdmsr' },
  rdpmc: { privilege: 'cr4.pce', exitReason: 'rdpmc' },
  rdtsc: { privilege: 'cr4.tsd', exitReason: 'rdtsc' },
  wbinvd: { ...cpl0, exitReason: 'wbinvd' },
  wrmsr: { ...cpl0, ...ends, exitReason: 'wrmsr' },
};

/** Instructions that take LOCK when their first operand is in memory (SDM Vol. 2A, LOCK). */
export const lockableMnemonics: ReadonlySet<Mnemonic> = new Set<Mnemonic>(
  // prettier-ignore
  ['adc', 'add', 'and', 'btc', 'btr', 'bts', 'cmpxchg', 'cmpxchg8b', 'dec', 'inc', 'neg', 'not', 'or', 'sbb', 'sub', 'xadd', 'xchg', 'xor'],
);
