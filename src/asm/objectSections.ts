// Sections of ELF objects: what they are if the source does not say, by their names, and what it may say (NASM manual §8.9.2).
import { SectionFlag, SectionType } from '../link/elf';

export interface ObjectAttributes {
  type: number;
  flags: number;
  align: bigint;
}

interface AttributedSection {
  readonly attributes: ObjectAttributes;
  readonly placement: { kind?: 'progbits' | 'nobits' };
}

const { write, allocate, execute, merge, strings, threadLocal } = SectionFlag;
const { program, uninitialized, note, initArray, finiArray, preinitArray } = SectionType;

const known: Readonly<Record<string, readonly [type: number, flags: number, align: number]>> = {
  '.text': [program, allocate | execute, 16],
  '.rodata': [program, allocate, 4],
  '.lrodata': [program, allocate, 4],
  '.data': [program, allocate | write, 4],
  '.ldata': [program, allocate | write, 4],
  '.bss': [uninitialized, allocate | write, 4],
  '.lbss': [uninitialized, allocate | write, 4],
  '.tdata': [program, allocate | write | threadLocal, 4],
  '.tbss': [uninitialized, allocate | write | threadLocal, 4],
  '.comment': [program, 0, 1],
  '.preinit_array': [preinitArray, allocate, 4],
  '.init_array': [initArray, allocate, 4],
  '.fini_array': [finiArray, allocate, 4],
  '.note': [note, 0, 4],
};

export function defaultAttributes(name: string): ObjectAttributes {
  const [type, flags, align] = Object.hasOwn(known, name) ? known[name] : [program, allocate, 1];
  return { type, flags, align: BigInt(align) };
}

const flagWords: Readonly<Record<string, number>> = {
  alloc: allocate,
  exec: execute,
  write,
  merge,
  strings,
  tls: threadLocal,
};
const typeWords: Readonly<Record<string, number>> = {
  progbits: program,
  nobits: uninitialized,
  note,
  preinit_array: preinitArray,
  init_array: initArray,
  fini_array: finiArray,
};

/** Takes over an attribute such as `exec`, `nowrite` or `nobits`; false if it is none. */
export function applyAttribute(section: AttributedSection, word: string): boolean {
  const { attributes } = section;
  if (Object.hasOwn(typeWords, word)) {
    attributes.type = typeWords[word];
    section.placement.kind = word === 'nobits' ? 'nobits' : 'progbits';
    return true;
  }
  const without = word.startsWith('no');
  const name = without ? word.slice(2) : word;
  if (!Object.hasOwn(flagWords, name)) return false;
  attributes.flags = without ? attributes.flags & ~flagWords[name] : attributes.flags | flagWords[name];
  return true;
}
