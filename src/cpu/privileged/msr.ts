// RDMSR and WRMSR over a table of the model-specific registers that exist (SDM Vol. 4, tables 2-2 and 2-20). Any
// other is #GP(0), and so is a value that a register does not take.

import { Gpr } from '../../isa/registers';
import type { StateField } from '../../isa/state';
import type { Core } from '../core';
import { generalProtection } from '../registers/fault';
import { setEdxEax, setTimeStamp, timeStamp, type WordPair } from './timeStampCounter';

export interface MsrRow {
  readonly index: number;
  readonly name: string;
  readonly meaning: string;
  readonly read: (core: Core) => WordPair;
  /** raises #GP(0) before it changes anything */
  readonly write: (core: Core, value: WordPair) => void;
}

const zero: WordPair = { low: 0, high: 0 };

/** Reads as zero; only zero may be written. */
const constantZero = (index: number, name: string, meaning: string): MsrRow => ({
  index,
  name,
  meaning,
  read: () => zero,
  write: (_, { low, high }) => {
    if (low !== 0 || high !== 0) throw generalProtection(0);
  },
});

/** A 32-bit state field; `writable` are the bits that may change, the others must be written as they are. */
const stateField = (
  index: number,
  name: string,
  meaning: string,
  field: StateField,
  writable = 0xffffffff,
): MsrRow => ({
  index,
  name,
  meaning,
  read: ({ state }) => ({ low: state.get(field) >>> 0, high: 0 }),
  write: ({ state }, { low, high }) => {
    if (high !== 0 || (low ^ state.get(field)) & ~writable) throw generalProtection(0);
    state.set(field, low);
  },
});

export const msrRows: readonly MsrRow[] = [
  constantZero(0x00, 'IA32_P5_MC_ADDR', 'address of the last machine check: there is none'),
  constantZero(0x01, 'IA32_P5_MC_TYPE', 'type of the last machine check: there is none'),
  {
    index: 0x10,
    name: 'IA32_TIME_STAMP_COUNTER',
    meaning: 'guest instructions, from a start that can be set',
    read: timeStamp,
    write: setTimeStamp,
  },
  stateField(0x1b, 'IA32_APIC_BASE', 'local APIC: off, as there is none', 'apicBase', 0),
  constantZero(0x8b, 'IA32_BIOS_SIGN_ID', 'microcode revision: none loaded'),
  stateField(0x174, 'IA32_SYSENTER_CS', 'CS of SYSENTER; SS and those of SYSEXIT follow it', 'sysenterCs'),
  stateField(0x175, 'IA32_SYSENTER_ESP', 'ESP of SYSENTER', 'sysenterEsp'),
  stateField(0x176, 'IA32_SYSENTER_EIP', 'EIP of SYSENTER', 'sysenterEip'),
];

const rowByIndex = new Map(msrRows.map(row => [row.index, row]));

export const msrRow = (index: number): MsrRow | undefined => rowByIndex.get(index >>> 0);

function requireRow({ state }: Core): MsrRow {
  const row = msrRow(state.gpr(Gpr.ecx));
  if (!row) throw generalProtection(0);
  return row;
}

/** RDMSR: ECX names the register; the value goes to EDX:EAX. */
export const readMsr = (core: Core): void => setEdxEax(core, requireRow(core).read(core));

/** WRMSR: EDX:EAX to the register that ECX names. */
export function writeMsr(core: Core): void {
  const { state } = core;
  requireRow(core).write(core, { low: state.gpr(Gpr.eax) >>> 0, high: state.gpr(Gpr.edx) >>> 0 });
}
