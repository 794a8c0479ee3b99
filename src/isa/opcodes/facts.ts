// What SDM Vol. 2 says of an instruction whatever its encoding: privilege, mode, where control goes. One line for each mnemonic that
// has anything to say; `row.ts` joins it to the encodings.
//
// `endsBlock` also stands where whoever runs blocks must look up before going on: POPF and STI may let an interrupt in, a
// new control register, debug register or MSR changes how the next instruction is fetched, OUT may reset the machine.

import type { ControlFlow, OpcodeRow } from '../opcodeRow';
import type { Mnemonic } from '../mnemonics';

export type Facts = Omit<OpcodeRow, 'opcode' | 'mnemonic' | 'operands' | 'lockable'>;

const ends = { endsBlock: true } as const;
const flows = (flow: ControlFlow): Facts => ({ ...ends, flow });
const cpl0 = { privilege: 'cpl0' } as const;

export const factsByMnemonic: { readonly [mnemonic in Mnemonic]?: Facts } = {
  // flags
  cli: { privilege: 'iopl' },
  popf: { ...ends, privilege: 'v86Iopl' },
  pushf: { privilege: 'v86Iopl' },
  sti: { ...ends, privilege: 'iopl' },

  // strings and ports
  cmps: { repeatable: 'repe' },
  in: { privilege: 'io' },
  ins: { repeatable: 'rep', privilege: 'io' },
  lods: { repeatable: 'rep' },
  movs: { repeatable: 'rep' },
  out: { ...ends, privilege: 'io' },
  outs: { ...ends, repeatable: 'rep', privilege: 'io' },
  scas: { repeatable: 'repe' },
  stos: { repeatable: 'rep' },

  // transfers of control
  callFar: flows('call'),
  callNear: flows('call'),
  int: { ...flows('interrupt'), privilege: 'v86Iopl' },
  int1: flows('interrupt'),
  int3: flows('interrupt'),
  into: flows('interrupt'),
  iret: { ...flows('return'), privilege: 'v86Iopl' },
  jcc: flows('branch'),
  jcxz: flows('branch'),
  jmpFar: flows('jump'),
  jmpNear: flows('jump'),
  loop: flows('branch'),
  loope: flows('branch'),
  loopne: flows('branch'),
  retFar: flows('return'),
  retNear: flows('return'),
  sysenter: ends,
  sysexit: { ...ends, ...cpl0 },
  ud: flows('exception'),
  esc: flows('exception'),

  // segments and descriptor tables; a new SS may change the width of the stack pointer
  arpl: { protectedModeOnly: true },
  lar: { protectedModeOnly: true },
  lgdt: cpl0,
  lidt: cpl0,
  lldt: { ...cpl0, protectedModeOnly: true },
  lsl: { protectedModeOnly: true },
  lss: ends,
  ltr: { ...cpl0, protectedModeOnly: true },
  movToSegment: ends,
  sldt: { protectedModeOnly: true },
  str: { protectedModeOnly: true },
  verr: { protectedModeOnly: true },
  verw: { protectedModeOnly: true },

  // system
  clts: cpl0,
  hlt: { ...cpl0, ...ends },
  invd: cpl0,
  invlpg: { ...cpl0, ...ends },
  lmsw: { ...cpl0, ...ends },
  movFromControl: cpl0,
  movFromDebug: cpl0,
  movToControl: { ...cpl0, ...ends },
  movToDebug: { ...cpl0, ...ends },
  rdmsr: cpl0,
  rdpmc: { privilege: 'cr4.pce' },
  rdtsc: { privilege: 'cr4.tsd' },
  wbinvd: cpl0,
  wrmsr: { ...cpl0, ...ends },
};

/** Instructions that take LOCK when their first operand is in memory (SDM Vol. 2A, LOCK). */
export const lockableMnemonics: ReadonlySet<Mnemonic> = new Set<Mnemonic>(
  // prettier-ignore
  ['adc', 'add', 'and', 'btc', 'btr', 'bts', 'cmpxchg', 'cmpxchg8b', 'dec', 'inc', 'neg', 'not', 'or', 'sbb', 'sub', 'xadd', 'xchg', 'xor'],
);
