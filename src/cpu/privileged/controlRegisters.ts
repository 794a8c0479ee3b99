// MOV to CR0, CR2, CR3, CR4, and LMSW and CLTS through CR0 (SDM Vol. 3A §2.5, §4.10.4.1, §9.9; Vol. 2, MOV CR).

import { Cr0, Cr4, cr4Supported } from '../../isa/controlRegisters';
import type { Core } from '../core';
import { generalProtection, invalidOpcode } from '../registers/fault';

const cr0Writable = Cr0.pe | Cr0.mp | Cr0.em | Cr0.ts | Cr0.ne | Cr0.wp | Cr0.am | Cr0.nw | Cr0.cd | Cr0.pg;

export function writeControlRegister(core: Core, index: number, value: number): void {
  switch (index) {
    case 0:
      return writeCr0(core, value);
    case 2:
      core.state.cr2 = value;
      return;
    case 3:
      return loadCr3(core, value);
    case 4:
      return writeCr4(core, value);
    default:
      throw invalidOpcode();
  }
}

/** By MOV or a task switch: global pages stay (§4.10.4.1). */
export function loadCr3({ state, memory }: Core, value: number): void {
  state.cr3 = value;
  memory.tlb.lapse();
}

/** Entering or leaving protected mode changes no segment: CPL stays 0, and caches stay until they are loaded again. */
function writeCr0({ state, memory }: Core, value: number): void {
  if (value & Cr0.pg && !(value & Cr0.pe)) throw generalProtection(0);
  if (value & Cr0.nw && !(value & Cr0.cd)) throw generalProtection(0);
  const old = state.cr0;
  const cr0 = (value & cr0Writable) | Cr0.et;
  state.cr0 = cr0;
  if ((old ^ cr0) & (Cr0.pg | Cr0.wp)) memory.tlb.flush();
}

function writeCr4({ state, memory }: Core, value: number): void {
  if (value & ~cr4Supported) throw generalProtection(0);
  const old = state.cr4;
  state.cr4 = value;
  if ((old ^ value) & (Cr4.pse | Cr4.pge)) memory.tlb.flush();
}
