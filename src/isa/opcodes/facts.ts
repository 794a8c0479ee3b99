// What SDM Vol. 2 says of an instruction whatever its encoding: privilege, mode, flags, exits. One line for each
// mnemonic that has anything to say; `row.ts` joins it to the encodings. The flags column holds three words: flags
// read, written with a defined result, left undefined; `-` for none. Shifts and rotates have their flags in
// `groups.ts`, conditions in `conditions.ts`, because there they depend on the encoding.
//
// `endsBlock` also stands where whoever runs blocks must look up before going on: POPF and STI may let an interrupt in, a
// new control register, debug register or MSR changes how the next instruction is fetched, OUT may reset the machine.
// Task switches have no exit reason here: they leave from within the transfer, when the target proves to be a TSS.

import type { OpcodeRow } from '../opcodeRow';
import type { Mnemonic } from '../mnemonics';

export type Facts = Omit<OpcodeRow, 'opcode' | 'mnemonic' | 'operands' | 'lockable'>;

const letters = (word: string | undefined): string | undefined => (word === '-' ? undefined : word);

/** `flags('c oszapc -')`: reads CF, writes all six, leaves none undefined. */
export function flags(effects: string): Facts {
  const [read, written, left] = effects.split(' ').map(letters);
  return {
    ...(read === undefined ? {} : { flagsRead: read }),
    ...(written === undefined ? {} : { flagsWritten: written }),
    ...(left === undefined ? {} : { flagsUndefined: left }),
  };
}

const ends = { endsBlock: true } as const;
const cpl0 = { privilege: 'cpl0' } as const;
const arithmetic = flags('- oszapc -');
const logic = flags('- oszpc a');
const bitTest = flags('- c osap');
const zeroOnly = flags('- z -');
const direction = flags('d - -');
/** the image of EFLAGS is pushed; the gate clears TF, NT, RF, VM and perhaps IF */
const interrupt = { ...flags('oszapcditnr itnr -'), ...ends };

export const factsByMnemonic: { readonly [mnemonic in Mnemonic]?: Facts } = {
  // arithmetic and logic
  adc: flags('c oszapc -'),
  add: arithmetic,
  and: logic,
  cmp: arithmetic,
  cmpxchg: arithmetic,
  cmpxchg8b: zeroOnly,
  dec: flags('- oszap -'),
  div: flags('- - oszapc'),
  idiv: flags('- - oszapc'),
  imul1: flags('- oc szap'),
  imul2: flags('- oc szap'),
  imul3: flags('- oc szap'),
  inc: flags('- oszap -'),
  mul: flags('- oc szap'),
  neg: arithmetic,
  or: logic,
  sbb: flags('c oszapc -'),
  sub: arithmetic,
  test: logic,
  xadd: arithmetic,
  xor: logic,

  // decimal arithmetic
  aaa: flags('a ac oszp'),
  aad: flags('- szp oac'),
  aam: flags('- szp oac'),
  aas: flags('a ac oszp'),
  daa: flags('ac szapc o'),
  das: flags('ac szapc o'),

  // bits
  bsf: flags('- z osapc'),
  bsr: flags('- z osapc'),
  bt: bitTest,
  btc: bitTest,
  btr: bitTest,
  bts: bitTest,
  shld: flags('- szpc oa'),
  shrd: flags('- szpc oa'),

  // flags
  clc: flags('- c -'),
  cld: flags('- d -'),
  cli: { ...flags('- i -'), privilege: 'iopl' },
  cmc: flags('c c -'),
  lahf: flags('szapc - -'),
  popf: { ...flags('- oszapcditn -'), ...ends, privilege: 'v86Iopl' },
  pushf: { ...flags('oszapcditn - -'), privilege: 'v86Iopl' },
  sahf: flags('- szapc -'),
  salc: flags('c - -'),
  stc: flags('- c -'),
  std: flags('- d -'),
  sti: { ...flags('- i -'), ...ends, privilege: 'iopl' },

  // strings and ports
  cmps: { ...flags('d oszapc -'), repeatable: 'repe' },
  in: { privilege: 'io', exitReason: 'io' },
  ins: { ...direction, repeatable: 'rep', privilege: 'io', exitReason: 'io' },
  lods: { ...direction, repeatable: 'rep' },
  movs: { ...direction, repeatable: 'rep' },
  out: { ...ends, privilege: 'io', exitReason: 'io' },
  outs: { ...direction, ...ends, repeatable: 'rep', privilege: 'io', exitReason: 'io' },
  scas: { ...flags('d oszapc -'), repeatable: 'repe' },
  stos: { ...direction, repeatable: 'rep' },

  // transfers of control
  callFar: ends,
  callNear: ends,
  int: { ...interrupt, privilege: 'v86Iopl' },
  int1: interrupt,
  int3: interrupt,
  into: interrupt,
  iret: { ...flags('n oszapcditnr -'), ...ends, privilege: 'v86Iopl' },
  jcc: ends,
  jcxz: ends,
  jmpFar: ends,
  jmpNear: ends,
  loop: ends,
  loope: { ...flags('z - -'), ...ends },
  loopne: { ...flags('z - -'), ...ends },
  retFar: ends,
  retNear: ends,
  sysenter: { ...flags('- i -'), ...ends },
  sysexit: { ...ends, ...cpl0 },
  ud: ends,
  esc: ends,

  // segments and descriptor tables; a new SS may change the width of the stack pointer
  arpl: { ...zeroOnly, protectedModeOnly: true },
  lar: { ...zeroOnly, protectedModeOnly: true },
  lgdt: { ...cpl0, exitReason: 'gdtrIdtrAccess' },
  lidt: { ...cpl0, exitReason: 'gdtrIdtrAccess' },
  lldt: { ...cpl0, protectedModeOnly: true, exitReason: 'ldtrTrAccess' },
  lsl: { ...zeroOnly, protectedModeOnly: true },
  lss: ends,
  ltr: { ...cpl0, protectedModeOnly: true, exitReason: 'ldtrTrAccess' },
  movToSegment: ends,
  sgdt: { exitReason: 'gdtrIdtrAccess' },
  sidt: { exitReason: 'gdtrIdtrAccess' },
  sldt: { protectedModeOnly: true, exitReason: 'ldtrTrAccess' },
  str: { protectedModeOnly: true, exitReason: 'ldtrTrAccess' },
  verr: { ...zeroOnly, protectedModeOnly: true },
  verw: { ...zeroOnly, protectedModeOnly: true },

  // system
  clts: { ...cpl0, exitReason: 'crAccess' },
  cpuid: { exitReason: 'cpuid' },
  hlt: { ...cpl0, ...ends, exitReason: 'hlt' },
  invd: { ...cpl0, exitReason: 'invd' },
  invlpg: { ...cpl0, ...ends, exitReason: 'invlpg' },
  lmsw: { ...cpl0, ...ends, exitReason: 'crAccess' },
  movFromControl: { ...flags('- - oszapc'), ...cpl0, exitReason: 'crAccess' },
  movFromDebug: { ...flags('- - oszapc'), ...cpl0, exitReason: 'drAccess' },
  movToControl: { ...flags('- - oszapc'), ...cpl0, ...ends, exitReason: 'crAccess' },
  movToDebug: { ...flags('- - oszapc'), ...cpl0, ...ends, exitReason: 'drAccess' },
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
