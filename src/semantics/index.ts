// The meaning of every mnemonic. A missing one is a type error.

import type { Mnemonic } from '../isa/mnemonics';
import { arithmetic } from './arithmetic';
import { bit } from './bit';
import { control } from './control';
import { data } from './data';
import { decimal } from './decimal';
import { descriptorTables } from './descriptorTables';
import { doubleShift } from './doubleShift';
import { exchange } from './exchange';
import { flags } from './flags';
import { io } from './io';
import { logic } from './logic';
import { multiply } from './multiply';
import { segment } from './segment';
import type { Semantic } from './semantic';
import { shift } from './shift';
import { stack } from './stack';
import { string } from './string';
import { system } from './system';

export const semantics: Readonly<Record<Mnemonic, Semantic>> = {
  ...arithmetic,
  ...logic,
  ...shift,
  ...doubleShift,
  ...bit,
  ...decimal,
  ...multiply,
  ...data,
  ...exchange,
  ...stack,
  ...control,
  ...string,
  ...flags,
  ...segment,
  ...descriptorTables,
  ...system,
  ...io,
};
