// MOV to and from the debug registers (SDM Vol. 3B §17.2; Vol. 2, MOV DR).

import { Cr4, Dr6, Dr7 } from '../../isa/controlRegisters';
import type { StateField } from '../../isa/state';
import type { Core } from '../core';
import { debugException, invalidOpcode } from '../registers/fault';

/** DR4 and DR5 are other names of DR6 and DR7, unless CR4.DE is set. */
const fields: readonly StateField[] = ['dr0', 'dr1', 'dr2', 'dr3', 'dr6', 'dr7', 'dr6', 'dr7'];

const dr6Writable = 0x0000e00f;
const dr7Writable = 0xffff23ff;

export function readDebugRegister(core: Core, index: number): number {
  checkAccess(core, index);
  return core.state.get(fields[index]);
}

export function writeDebugRegister(core: Core, index: number, value: number): void {
  checkAccess(core, index);
  const field = fields[index];
  core.state.set(field, writableValue(field, value));
}

function writableValue(field: StateField, value: number): number {
  if (field === 'dr6') return (value & dr6Writable) | Dr6.fixedOnes;
  if (field === 'dr7') return (value & dr7Writable) | Dr7.fixedOnes;
  return value;
}

/** §17.2.4, GD: any access is a debug fault, with BD set in DR6. */
function checkAccess({ state }: Core, index: number): void {
  if ((index === 4 || index === 5) && state.get('cr4') & Cr4.de) throw invalidOpcode();
  if (!(state.get('dr7') & Dr7.gd)) return;
  state.set('dr6', state.get('dr6') | Dr6.bd);
  throw debugException();
}
