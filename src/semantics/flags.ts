// Instructions on single flags, and between flags and AH or AL (SDM Vol. 2: CLC, CLD, CLI, CMC, LAHF, SAHF, SALC, STC,
// STD, STI). PUSHF and POPF are in stack.ts.

import { Eflags, type SeparateFlag } from '../isa/flags';
import { Gpr } from '../isa/registers';
import { Shadow } from '../isa/state';
import type { Semantic, SemanticTable } from './semantic';
import { bit, isZero } from './values';

/** Index of AH among the byte registers. */
const ah = 4;

const settingFlag =
  (flag: SeparateFlag, value: 0 | 1): Semantic =>
  b =>
    b.writeFlag(flag, b.constant(1, value));

const cmc: Semantic = b => b.writeFlag('cf', b.not(b.readFlag('cf')));

const lahf: Semantic = b => b.writeRegister(ah, b.truncate(b.call('readEflags'), 8));

const sahf: Semantic = b => {
  const image = b.readRegister(ah, 8);
  for (const flag of ['cf', 'pf', 'af', 'zf', 'sf'] as const) {
    b.writeFlag(flag, bit(b, image, Math.log2(Eflags[flag])));
  }
};

/** AL ← all ones if carry, else 0; in no manual for a long time, and in every processor */
const salc: Semantic = b => b.writeRegister(Gpr.eax, b.signExtend(b.readFlag('cf'), 8));

const cli: Semantic = b => b.writeField('systemFlags', b.and(b.readField('systemFlags'), b.constant(32, ~Eflags.if)));

/** Interrupts wait for one more instruction, if they were off until now. */
const sti: Semantic = b => {
  const systemFlags = b.readField('systemFlags');
  const wasClear = isZero(b, b.and(systemFlags, b.constant(32, Eflags.if)));
  b.writeField('systemFlags', b.or(systemFlags, b.constant(32, Eflags.if)));
  b.writeField('interruptShadow', b.select(wasClear, b.constant(32, Shadow.sti), b.constant(32, Shadow.none)));
};

export const flags = {
  clc: settingFlag('cf', 0),
  stc: settingFlag('cf', 1),
  cld: settingFlag('df', 0),
  std: settingFlag('df', 1),
  cmc,
  lahf,
  sahf,
  salc,
  cli,
  sti,
} satisfies SemanticTable;
