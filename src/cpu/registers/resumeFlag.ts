// EFLAGS.RF (SDM Vol. 3B §17.3.1.1): it keeps a breakpoint at an instruction from being met again, and whatever instruction
// follows clears it. So without breakpoints nobody can see it, unless nothing follows.

import { Dr7 } from '../../isa/controlRegisters';
import { Eflags } from '../../isa/flags';
import type { ProcessorState } from './state';

/** Is RF set, and is there a breakpoint for which it matters? */
export const resumeFlagCounts = ({ systemFlags, dr7 }: ProcessorState): boolean =>
  (systemFlags & Eflags.rf) !== 0 && (dr7 & Dr7.enables) !== 0;

/** Clears RF, as an instruction does that begins; true if it was set. */
export function takeResumeFlag(state: ProcessorState): boolean {
  const { systemFlags } = state;
  if (!(systemFlags & Eflags.rf)) return false;
  state.systemFlags = systemFlags & ~Eflags.rf;
  return true;
}
