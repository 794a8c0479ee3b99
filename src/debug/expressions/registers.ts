// Every register, flag and bit that expressions can name, as one table over the processor's state.

import { marked } from '../../base/localization';
import { type BitRow, cr0Bits, cr4Bits } from '../../isa/controlRegisters';
import { attributeDpl } from '../../isa/descriptors';
import { Eflags, ioplShift } from '../../isa/flags';
import { gpr16Names, gpr8Names, gprNames, Segment, segmentNames } from '../../isa/registers';
import type { StateField } from '../../isa/state';
import type { ProcessorState } from '../../cpu/registers/state';

export interface RegisterPlace {
  readonly name: string;
  readonly bits: number;
  /** unsigned */
  readonly get: (state: ProcessorState) => number;
  readonly set?: (state: ProcessorState, value: number) => void;
}

const place = (
  name: string,
  bits: number,
  get: RegisterPlace['get'],
  set?: NonNullable<RegisterPlace['set']>,
): RegisterPlace => (set ? { name, bits, get, set } : { name, bits, get });

/** A field of a wider place: `bits` bits from `shift` on. */
const slice = (name: string, whole: RegisterPlace, shift: number, bits: number): RegisterPlace => {
  const mask = 2 ** bits - 1;
  const { get, set } = whole;
  return place(
    name,
    bits,
    state => (get(state) >>> shift) & mask,
    set && ((state, value) => set(state, ((get(state) & ~(mask << shift)) | (value << shift)) >>> 0)),
  );
};

const field = (name: string, stateField: StateField = name as StateField): RegisterPlace =>
  place(
    name,
    32,
    state => state.get(stateField) >>> 0,
    (state, value) => state.set(stateField, value | 0),
  );
const readOnlyField = (name: string, bits: number, stateField: StateField): RegisterPlace =>
  place(name, bits, state => state.get(stateField) >>> 0);

const generalRegisters = gprNames.map((name, index) =>
  place(
    name,
    32,
    state => state.gpr(index) >>> 0,
    (state, value) => state.setGpr(index, value | 0),
  ),
);
const eflags = place(
  'eflags',
  32,
  state => state.eflags >>> 0,
  (state, value) => {
    state.eflags = value;
  },
);
const eip = place(
  'eip',
  32,
  state => state.eip,
  (state, value) => {
    state.eip = value;
  },
);

/** EFLAGS bit by bit, in the order in which debuggers show them. */
export const flagRows: readonly BitRow[] = [
  { bit: 0, name: 'CF', meaning: marked`carry` },
  { bit: 2, name: 'PF', meaning: marked`parity of the low byte is even` },
  { bit: 4, name: 'AF', meaning: marked`carry out of the low four bits` },
  { bit: 6, name: 'ZF', meaning: marked`zero` },
  { bit: 7, name: 'SF', meaning: marked`sign` },
  { bit: 8, name: 'TF', meaning: marked`trap: a debug exception after every instruction` },
  { bit: 9, name: 'IF', meaning: marked`interrupts enabled` },
  { bit: 10, name: 'DF', meaning: marked`direction: strings go down` },
  { bit: 11, name: 'OF', meaning: marked`overflow` },
  { bit: 14, name: 'NT', meaning: marked`nested task: IRET switches tasks` },
  { bit: 16, name: 'RF', meaning: marked`resume: code breakpoints ignored once` },
  { bit: 17, name: 'VM', meaning: marked`virtual-8086 mode` },
  { bit: 18, name: 'AC', meaning: marked`alignment check` },
  { bit: 21, name: 'ID', meaning: marked`CPUID is there if this can be changed` },
];

const bitsOf = (register: RegisterPlace, rows: readonly BitRow[]): RegisterPlace[] =>
  rows.map(({ bit, name }) => slice(`${register.name}.${name.toLowerCase()}`, register, bit, 1));

const iopl = slice('iopl', eflags, ioplShift, 2);
/** `vm` alone names the virtual machine, so EFLAGS.VM is only `eflags.vm`. */
const flags = flagRows
  .filter(({ bit }) => 1 << bit !== Eflags.vm)
  .map(({ bit, name }) => slice(name.toLowerCase(), eflags, bit, 1));

function segmentPlaces(name: string, index: number): RegisterPlace[] {
  return [
    place(name, 16, state => state.selector(index) & 0xffff),
    place(`${name}.base`, 32, state => state.base(index)),
    place(`${name}.limit`, 32, state => state.limit(index)),
    place(`${name}.attributes`, 32, state => state.attributes(index)),
    place(`${name}.dpl`, 2, state => attributeDpl(state.attributes(index))),
    place(`${name}.rpl`, 2, state => state.selector(index) & 3),
  ];
}

const cr0 = field('cr0');
const cr4 = field('cr4');

export const registerPlaces: readonly RegisterPlace[] = [
  ...generalRegisters,
  ...gpr16Names.map((name, index) => slice(name, generalRegisters[index], 0, 16)),
  ...gpr8Names.map((name, index) => slice(name, generalRegisters[index & 3], index < 4 ? 0 : 8, 8)),
  eip,
  slice('ip', eip, 0, 16),
  eflags,
  slice('flags', eflags, 0, 16),
  ...flags,
  iopl,
  ...bitsOf(eflags, flagRows),
  slice('eflags.iopl', eflags, ioplShift, 2),
  cr0,
  field('cr2'),
  field('cr3'),
  cr4,
  ...bitsOf(cr0, cr0Bits),
  ...bitsOf(cr4, cr4Bits),
  ...(['dr0', 'dr1', 'dr2', 'dr3', 'dr6', 'dr7'] as const).map(name => field(name)),
  place('cpl', 2, state => state.cpl),
  ...segmentNames.flatMap(name => segmentPlaces(name, Segment[name])),
  ...segmentPlaces('ldtr', Segment.ldtr),
  ...segmentPlaces('tr', Segment.tr),
  readOnlyField('gdtr', 32, 'gdtrBase'),
  readOnlyField('gdtr.base', 32, 'gdtrBase'),
  readOnlyField('gdtr.limit', 16, 'gdtrLimit'),
  readOnlyField('idtr', 32, 'idtrBase'),
  readOnlyField('idtr.base', 32, 'idtrBase'),
  readOnlyField('idtr.limit', 16, 'idtrLimit'),
];

const byName = new Map(registerPlaces.map(register => [register.name, register]));

export const registerPlace = (name: string): RegisterPlace | undefined => byName.get(name.toLowerCase());
export const registerNames: readonly string[] = registerPlaces.map(({ name }) => name);
