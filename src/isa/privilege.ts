// What the opcode table's privilege column means, in words: the one set of them.

import { marked, translated } from '../base/localization';
import type { Privilege } from './opcodeRow';

const needs: Readonly<Record<Privilege, string>> = {
  cpl0: marked`needs CPL 0`,
  iopl: marked`needs CPL ≤ IOPL`,
  io: marked`needs CPL ≤ IOPL, or a clear bit in the TSS's I/O map`,
  v86Iopl: marked`needs IOPL 3 in virtual-8086 mode`,
  'cr4.tsd': marked`needs CPL 0, as CR4.TSD is set`,
  'cr4.pce': marked`needs CPL 0, as CR4.PCE is clear`,
};

/** What an instruction of that privilege needs in order not to fault, in the manual's terms. */
export const privilegeText = (privilege: Privilege): string => translated(needs[privilege]);
