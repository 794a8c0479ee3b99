// Compares what the native processor made of a case with what ours made of it.

import { Eflags } from '../../../src/isa/flags';
import { exceptionRow, Vector, vectorName } from '../../../src/isa/exceptions';
import { decode } from '../../../src/isa/decode';
import { selectorIsNull } from '../../../src/isa/descriptors';
import { gprNames, Segment, segmentNames } from '../../../src/isa/registers';
import type { OpcodeRow } from '../../../src/isa/opcodeRow';
import { flagEffects } from '../../isa/icedFlags';
import { selectorOf } from './layout';
import { vendorDifferences } from './vendorDifferences';
import type { NativeCase, Outcome, RaisedException } from './nativeCase';

const hex = (value: number): string => (value >>> 0).toString(16);

const flagByLetter: Record<string, number> = {
  o: Eflags.of,
  s: Eflags.sf,
  z: Eflags.zf,
  a: Eflags.af,
  p: Eflags.pf,
  c: Eflags.cf,
};

/** RF is in the image that a fault saves, and nowhere else to be seen. */
function comparedFlags(row: OpcodeRow): number {
  const undefinedBits = [...flagEffects(row).leftUndefined].reduce(
    (bits, letter) => bits | (flagByLetter[letter] ?? 0),
    0,
  );
  return ~(undefinedBits | Eflags.rf);
}

/** One line for each difference that no vendor difference accounts for. */
export function differences(row: OpcodeRow, native: NativeCase, theirs: Outcome, ours: Outcome): string[] {
  const found = allDifferences(row, theirs, ours);
  if (found.length === 0) return [];
  const decoded = decode(Uint8Array.from(native.code), 0, native.code.length, codeSizeOf(native));
  if (decoded.kind !== 'instruction') return found;
  const comparison = { native, theirs, ours, instruction: decoded.instruction };
  const explained = vendorDifferences.some(
    ({ mnemonics, accountsFor }) => mnemonics.includes(row.mnemonic) && accountsFor(comparison),
  );
  return explained ? [] : found;
}

const codeSizeOf = ({ segments }: NativeCase): 16 | 32 => (segments[Segment.cs] === selectorOf('code16') ? 16 : 32);

function allDifferences(row: OpcodeRow, theirs: Outcome, ours: Outcome): string[] {
  const found: string[] = [];
  const compare = (what: string, expected: number | string, actual: number | string): void => {
    const show = (value: number | string): string => (typeof value === 'number' ? hex(value) : value);
    if (expected !== actual) found.push(`${what}: native ${show(expected)}, ours ${show(actual)}`);
  };
  compare('exception', describeException(theirs.exception), describeException(ours.exception));
  gprNames.forEach((name, index) => compare(name, theirs.registers[index], ours.registers[index]));
  segmentNames.forEach((name, index) =>
    compare(name, withoutNull(theirs.segments[index]), withoutNull(ours.segments[index])),
  );
  compare('eip', theirs.eip, ours.eip);
  const mask = comparedFlags(row);
  compare('eflags', theirs.eflags & mask, ours.eflags & mask);
  compare('steps', theirs.steps, ours.steps);
  compare('held', Number(theirs.held), Number(ours.held));
  compare('memory', describeChanges(theirs), describeChanges(ours));
  return found;
}

/** Linux does not keep apart the four null selectors. */
const withoutNull = (selector: number): number => (selectorIsNull(selector) ? 0 : selector);

function describeException(exception: RaisedException | undefined): string {
  if (exception === undefined) return 'none';
  const { vector, errorCode, faultAddress } = exception;
  const code = exceptionRow(vector)?.hasErrorCode ? `(${hex(errorCode)})` : '';
  return `${vectorName(vector)}${code}${vector === Vector.pageFault ? ` at ${hex(faultAddress)}` : ''}`;
}

const describeChanges = ({ changes }: Outcome): string =>
  [...changes]
    .sort(([a], [b]) => a - b)
    .map(([address, value]) => `${hex(address)}=${hex(value)}`)
    .join(' ');

export function describeCase(row: OpcodeRow, one: NativeCase): string {
  const registers = gprNames.map((name, index) => `${name}=${hex(one.registers[index])}`).join(' ');
  const segments = segmentNames.map((name, index) => `${name}=${hex(one.segments[index])}`).join(' ');
  const patches = one.patches.map(({ address, bytes }) => `${hex(address)}:${bytes.map(hex).join(',')}`).join(' ');
  return `${row.mnemonic} (${row.opcode}), ${codeSizeOf(one)}-bit: ${one.code.map(byte => byte.toString(16).padStart(2, '0')).join(' ')}
    ${registers} eip=${hex(one.eip)} eflags=${hex(one.eflags)} ${segments} ${patches}`;
}
