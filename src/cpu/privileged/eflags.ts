// What may become of EFLAGS by POPF and IRET (SDM Vol. 2, POPF and IRET, "Operation"). Bits that are not the program's
// to change keep their value, silently: this is why trap-and-emulate alone cannot virtualize x86.

import { Eflags } from '../../isa/flags';
import type { Core } from '../core';
import type { ProcessorState } from '../registers/state';

/** Besides the flags that the state keeps one by one, which are always loaded. */
const always = Eflags.tf | Eflags.nt;

export const readEflags = ({ state }: Core): number => state.eflags;

/** POPF, POPFD: RF is cleared; VM, VIF and VIP stay. */
export function writeEflags({ state }: Core, value: number, operandSize: number): void {
  const wide = operandSize === 32;
  const mask = changeable(state, wide);
  replaceFlags(state, mask | (wide ? Eflags.rf : 0), value & ~Eflags.rf);
}

/** IRET, IRETD, except to virtual-8086 mode. */
export const loadFlagImage = (state: ProcessorState, image: number, bytes: 2 | 4): void =>
  replaceFlags(state, loadableFlags(state, bytes), image);

/** What decides which flags a program may change; a processor's state has it. */
interface Rights {
  readonly cpl: number;
  readonly iopl: number;
  readonly usesDescriptors: boolean;
}

/** The system flags that IRET, IRETD load. RF is among them; at CPL 0 in protected mode VIF and VIP too. */
export function loadableFlags(rights: Rights, bytes: 2 | 4): number {
  const wide = bytes === 4;
  const virtualInterrupts = wide && rights.usesDescriptors && rights.cpl === 0 ? Eflags.vif | Eflags.vip : 0;
  return changeable(rights, wide) | (wide ? Eflags.rf : 0) | virtualInterrupts;
}

/** IOPL only at CPL 0, IF only at CPL ≤ IOPL; in virtual-8086 mode CPL is 3, in real mode 0. */
const changeable = ({ cpl, iopl }: Rights, wide: boolean): number =>
  always | (cpl <= iopl ? Eflags.if : 0) | (cpl === 0 ? Eflags.iopl : 0) | (wide ? Eflags.ac | Eflags.id : 0);

function replaceFlags(state: ProcessorState, mask: number, value: number): void {
  state.systemFlags = (state.systemFlags & ~mask) | (value & mask);
  state.setSeparateFlags(value);
}
