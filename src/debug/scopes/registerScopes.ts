// The guest's registers as it believes them to be: general registers, flags, segments, control registers.

import { type BitRow, cr0Bits, cr4Bits } from '../../isa/controlRegisters';
import { Attribute, attributeDpl } from '../../isa/descriptors';
import { isCodeOrData } from '../../isa/descriptorTypes';
import { gprNames, Segment, segmentNames } from '../../isa/registers';
import { hex } from '../../base/hex';
import { t, translated } from '../../base/localization';
import type { ProcessorState } from '../../cpu/registers/state';
import { systemSegmentName } from '../tables/descriptorText';
import type { KnownRegisters } from '../expressions/frameRegisters';
import { flagRows, registerPlace } from '../expressions/registers';
import { formatValue } from '../expressions/format';
import type { ProgramSymbols } from '../../symbols/programSymbols';
import type { VariableNode } from './node';

/** A row that is a register by name. */
export function registerNode(state: ProcessorState, name: string, more: Partial<VariableNode> = {}): VariableNode {
  const place = registerPlace(name);
  if (!place) throw new RangeError(`no register ${name}`);
  const value = formatValue({ value: place.get(state), bits: place.bits });
  return { name, value, expression: name, settable: place.set !== undefined, ...more };
}

/** General registers and EIP; a value that is an address of the program says which. */
export function generalNodes(state: ProcessorState, symbols: ProgramSymbols): VariableNode[] {
  return [...gprNames, 'eip'].map(name => {
    const value = name === 'eip' ? state.eip : (registerPlace(name)?.get(state) ?? 0);
    const known = symbols.describe(value);
    const row = registerNode(state, name, { address: value });
    return known === undefined || value === 0 ? row : { ...row, value: `${row.value} ${known}`, isNumber: true };
  });
}

/** The registers of a frame that is not the innermost. */
export function outerNodes(known: KnownRegisters, symbols: ProgramSymbols): VariableNode[] {
  const others = ['eflags', 'cs', 'ss', 'cpl'].filter(name => known[name] !== undefined);
  return [...gprNames, 'eip', ...others].map(name => {
    const value = known[name];
    if (value === undefined)
      return { name, value: t`not known here`, explanation: t`what this frame has called may have changed it` };
    const bits = registerPlace(name)?.bits ?? 32;
    const symbol = bits === 32 && value !== 0 ? symbols.describe(value) : undefined;
    const text = formatValue({ value, bits });
    return {
      name,
      value: symbol === undefined ? text : `${text} ${symbol}`,
      ...(symbol === undefined ? {} : { isNumber: true }),
      expression: name,
      ...(bits === 32 && name !== 'eflags' ? { address: value } : {}),
    };
  });
}

/** A register, with its bits below it; set bits are named in its value. */
function bitsNode(state: ProcessorState, name: string, rows: readonly BitRow[]): VariableNode {
  const register = registerNode(state, name);
  const set = bitNames(registerPlace(name)?.get(state) ?? 0, rows);
  const children = (): VariableNode[] =>
    rows.map(({ name: bit, meaning }) => ({
      ...registerNode(state, `${name}.${bit.toLowerCase()}`),
      name: bit,
      explanation: translated(meaning),
    }));
  return { ...register, value: `${register.value} ${set}`.trim(), children };
}

/** `PE PG` */
export const bitNames = (value: number, rows: readonly BitRow[]): string =>
  rows
    .filter(({ bit }) => (value >>> bit) & 1)
    .map(({ name }) => name)
    .join(' ');

export function flagNodes(state: ProcessorState): VariableNode[] {
  const flags = flagRows.map(({ name, meaning }) => ({
    ...registerNode(state, `eflags.${name.toLowerCase()}`),
    name,
    explanation: translated(meaning),
  }));
  const eflags = registerNode(state, 'eflags');
  const iopl = {
    ...registerNode(state, 'iopl'),
    name: 'IOPL',
    explanation: t`the outermost ring that may use IN, OUT, CLI and STI`,
  };
  return [{ ...eflags, value: `${eflags.value} ${bitNames(state.eflags, flagRows)}`.trim() }, ...flags, iopl];
}

export function segmentNodes(state: ProcessorState): VariableNode[] {
  return [...segmentNames, 'ldtr' as const, 'tr' as const].map(name => segmentNode(state, name, Segment[name]));
}

function segmentNode(state: ProcessorState, name: string, index: number): VariableNode {
  const { selector, base, limit, attributes } = state.segment(index);
  const summary = t`${hex(selector & 0xffff, 4)} base ${hex(base, 8)} limit ${hex(limit, 8)} ${attributesText(attributes)}`;
  const children = (): VariableNode[] => [
    registerNode(state, name),
    { ...registerNode(state, `${name}.base`), address: base },
    registerNode(state, `${name}.limit`),
    { ...registerNode(state, `${name}.attributes`), explanation: attributesText(attributes) },
    { ...registerNode(state, `${name}.dpl`), explanation: t`descriptor privilege level` },
    { ...registerNode(state, `${name}.rpl`), explanation: t`requested privilege level, the selector's low two bits` },
  ];
  return { name, value: summary, expression: name, address: base, children };
}

/** `code 32-bit readable DPL 0` */
export function attributesText(attributes: number): string {
  if (attributes & Attribute.unusable) return t`unusable`;
  const dpl = `DPL ${attributeDpl(attributes)}`;
  if (!isCodeOrData(attributes)) return `${systemSegmentName(attributes)} ${dpl}`;
  const isWide = (attributes & Attribute.big) !== 0;
  if (attributes & Attribute.code)
    return isWide ? t`code 32-bit ${codeRights(attributes)} ${dpl}` : t`code 16-bit ${codeRights(attributes)} ${dpl}`;
  return isWide ? t`data 32-bit ${dataRights(attributes)} ${dpl}` : t`data 16-bit ${dataRights(attributes)} ${dpl}`;
}

function codeRights(attributes: number): string {
  const isReadable = (attributes & Attribute.writableOrReadable) !== 0;
  if (attributes & Attribute.expandDownOrConforming)
    return isReadable ? t`readable conforming` : t`execute-only conforming`;
  return isReadable ? t`readable` : t`execute-only`;
}

function dataRights(attributes: number): string {
  const isWritable = (attributes & Attribute.writableOrReadable) !== 0;
  if (attributes & Attribute.expandDownOrConforming)
    return isWritable ? t`writable expand-down` : t`read-only expand-down`;
  return isWritable ? t`writable` : t`read-only`;
}

export function controlNodes(state: ProcessorState): VariableNode[] {
  return [
    bitsNode(state, 'cr0', cr0Bits),
    registerNode(state, 'cr2', {
      explanation: t`the address that raised the last page fault`,
      address: state.get('cr2') >>> 0,
    }),
    registerNode(state, 'cr3', { explanation: t`guest-physical address of the page directory` }),
    bitsNode(state, 'cr4', cr4Bits),
    tableNode(state, 'gdtr'),
    tableNode(state, 'idtr'),
    registerNode(state, 'cpl', { explanation: t`current privilege level: the ring that the guest believes in` }),
    ...['dr0', 'dr1', 'dr2', 'dr3', 'dr6', 'dr7'].map(name => registerNode(state, name)),
  ];
}

function tableNode(state: ProcessorState, name: 'gdtr' | 'idtr'): VariableNode {
  const [base, limit] = [state.get(`${name}Base`) >>> 0, state.get(`${name}Limit`) & 0xffff];
  return {
    name,
    value: t`${hex(base, 8)} limit ${hex(limit, 4)}`,
    expression: `${name}.base`,
    address: base,
    children: () => [registerNode(state, `${name}.base`, { address: base }), registerNode(state, `${name}.limit`)],
  };
}
