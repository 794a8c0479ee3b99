// The techniques, by name. A new one is a system and a row here.

import type { GuestOptions } from './guestOptions';
import { BareMetal } from './none';
import type { System, TechniqueName } from './system';
import { TrapAndEmulate } from './trapAndEmulate/trapAndEmulate';

export interface Technique {
  readonly name: TechniqueName;
  /** in the words of the field */
  readonly title: string;
  readonly create: (options: GuestOptions) => System;
}

export const techniques: readonly Technique[] = [
  { name: 'none', title: 'none: bare metal', create: options => new BareMetal(options) },
  { name: 'trapAndEmulate', title: 'trap and emulate', create: options => new TrapAndEmulate(options) },
];

export const isTechniqueName = (name: string): name is TechniqueName =>
  techniques.some(technique => technique.name === name);

export function createSystem(name: TechniqueName, options: GuestOptions): System {
  const technique = techniques.find(candidate => candidate.name === name);
  if (!technique) throw new RangeError(`no technique ${name}`);
  return technique.create(options);
}
