// What can be wrong with a program of several parts, each said once, and where it shows.
import { t } from '../base/localization';
import type { ObjectFile, ObjectSection } from './object';

export interface LinkProblem {
  readonly message: string;
  readonly object: ObjectFile;
  /** where in the object it shows; undefined if it is about all of it */
  readonly place: { readonly section: ObjectSection; readonly offset: number } | undefined;
}

const hex = (value: number): string => `0x${value.toString(16)}`;

export const linkMessages = {
  undefinedSymbol: (name: string) =>
    t`\`${name}\` is defined in no part of the program: add the source or object that has it to the list, and see that it is \`global\` there`,
  noEntry: (address: number) =>
    t`the program has no \`_start\`, so it begins at its first code, at ${hex(address)}: put that label where it begins, and make it \`global\` if that is not in the first part; or set "entry"`,
  definedTwice: (name: string, other: string) =>
    t`\`${name}\` is also defined in ${other}: rename one of them, or make it local`,
  doesNotFit: (name: string, value: number, bytes: number) =>
    t`\`${name}\` comes to ${value < 0 ? `-${hex(-value)}` : hex(value)} here, which does not fit in ${bytes * 8} bits: lower the address at which the program is linked, or use a wider operand`,
  tooLarge: (bytes: number, most: number) =>
    t`the linked program would be ${bytes} bytes long; at most ${most} are allowed`,
  beyondMemory: (address: number) =>
    t`the linked program does not end below 4 GiB when it is linked at ${hex(address)}: lower its address`,
} as const;
