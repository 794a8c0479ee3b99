// The registers of a frame that is not the innermost: what the stack tells of them. Of the others nobody knows what they will be
// when the frame goes on.

import { gpr16Names, gpr8Names, gprNames } from '../../isa/registers';
import type { ProcessorState } from '../../cpu/registers/state';
import { errors } from '../userError';
import { type RegisterPlace, registerPlace } from './registers';

/** By name: `eip`, `esp`, and where they are known `ebp`, `eflags`, `cs`, `ss`, `cpl`. */
export type KnownRegisters = Readonly<Record<string, number | undefined>>;

const owners = new Map<string, string>([
  ...gprNames.map(name => [name, name] as const),
  ...gpr16Names.map((name, index) => [name, gprNames[index]] as const),
  ...gpr8Names.map((name, index) => [name, gprNames[index & 3]] as const),
  ['eip', 'eip'],
  ['ip', 'eip'],
  ['flags', 'eflags'],
  ...['cf', 'pf', 'af', 'zf', 'sf', 'tf', 'if', 'df', 'of', 'nt', 'rf', 'ac', 'id', 'iopl'].map(
    name => [name, 'eflags'] as const,
  ),
  ['cs', 'cs'],
  ['cs.rpl', 'cs'],
  ['ss', 'ss'],
  ['ss.rpl', 'ss'],
  ['cpl', 'cpl'],
]);

/** The whole register that the name is, or is a part of, if each frame has its own. */
export function ownerInFrame(name: string): string | undefined {
  const lower = name.toLowerCase();
  return owners.get(lower) ?? (/^eflags\b/.test(lower) ? 'eflags' : undefined);
}

/** @throws UserError where nothing tells it */
export function valueInFrame(
  name: string,
  register: RegisterPlace,
  innermost: ProcessorState,
  known: KnownRegisters,
): number {
  const owner = ownerInFrame(name) ?? name;
  const value = known[owner];
  if (value === undefined) throw errors.unknownInFrame(name);
  if (register.name === owner) return value;
  const state = innermost.clone();
  registerPlace(owner)?.set?.(state, value);
  return owner === 'cs' || owner === 'ss' ? value & 3 : register.get(state);
}
