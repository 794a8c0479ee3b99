// Where the sections of all objects go: a Multiboot header first, since a loader looks for it near the file's beginning, then
// code, constants, data and uninitialized space. Sections of one kind are joined under the kind's name (`.text.main` in
// `.text`); others keep their names. What is not loaded (debugging information) is joined by name and starts at 0.
import { SectionFlag, SectionType } from './elf';
import type { ObjectSection } from './object';

/** In the order in which they lie in memory. */
const ranks = ['multiboot', 'code', 'constants', 'data', 'uninitialized', 'unloaded'] as const;
type Rank = (typeof ranks)[number];

export interface OutputSection {
  readonly name: string;
  readonly rank: Rank;
  readonly inputs: { readonly section: ObjectSection; readonly offset: number }[];
  address: number;
  sizeBytes: number;
  align: number;
}

export interface ProgramLayout {
  readonly outputs: readonly OutputSection[];
  readonly address: number;
  /** behind the last byte that the image stores */
  readonly storedEnd: number;
  /** behind the last byte of uninitialized space */
  readonly end: number;
  /** of each section that is linked */
  readonly places: ReadonlyMap<ObjectSection, number>;
}

const joined = /^\.(text|rodata|data|bss)(\.|$)/;
const linkOnce: Readonly<Record<string, string>> = { t: '.text', r: '.rodata', d: '.data', b: '.bss' };
const forLinkersOnly = /^\.(note\.GNU-stack|llvm_addrsig)$/;
const excluded = 0x80000000;

export const alignUp = (address: number, align: number): number => Math.ceil(address / align) * align;

const isUninitialized = ({ type }: ObjectSection): boolean => type === SectionType.uninitialized;

/** Is it linked at all? */
const isWanted = ({ name, flags }: ObjectSection): boolean => !forLinkersOnly.test(name) && (flags & excluded) === 0;

function outputName({ name }: ObjectSection): string {
  const once = /^\.gnu\.linkonce\.(\w)\./.exec(name);
  if (once !== null) return linkOnce[once[1]] ?? name;
  const found = joined.exec(name);
  return found === null ? name : `.${found[1]}`;
}

function rankOf(name: string, sections: readonly ObjectSection[]): Rank {
  const any = (flag: number): boolean => sections.some(({ flags }) => (flags & flag) !== 0);
  if (!any(SectionFlag.allocate)) return 'unloaded';
  if (/^\.?multiboot/.test(name)) return 'multiboot';
  if (name === '.text' || any(SectionFlag.execute)) return 'code';
  if (sections.every(isUninitialized)) return 'uninitialized';
  return name !== '.data' && !any(SectionFlag.write) ? 'constants' : 'data';
}

/** Places `sections`, which are all that is linked, from `address` on. */
export function layOutProgram(sections: readonly ObjectSection[], address: number): ProgramLayout {
  const outputs = joinedSections(sections.filter(isWanted));
  const places = new Map<ObjectSection, number>();
  let end = address;
  let storedEnd = address;
  for (const output of outputs) {
    const isLoaded = output.rank !== 'unloaded';
    output.address = isLoaded ? alignUp(end, output.align) : 0;
    for (const { section, offset } of output.inputs) places.set(section, output.address + offset);
    if (!isLoaded) continue;
    end = output.address + output.sizeBytes;
    if (output.rank !== 'uninitialized') storedEnd = end;
  }
  return { outputs, address, storedEnd, end, places };
}

function joinedSections(sections: readonly ObjectSection[]): OutputSection[] {
  const byName = new Map<string, ObjectSection[]>();
  for (const section of sections) {
    const name = outputName(section);
    const others = byName.get(name);
    if (others) others.push(section);
    else byName.set(name, [section]);
  }
  const outputs = [...byName].map(([name, inputs]) => outputSection(name, inputs));
  const order = ({ name, rank }: OutputSection): number => ranks.indexOf(rank) * 2 + (joined.test(name) ? 0 : 1);
  return outputs.sort((a, b) => order(a) - order(b));
}

function outputSection(name: string, sections: readonly ObjectSection[]): OutputSection {
  const output: OutputSection = { name, rank: rankOf(name, sections), inputs: [], address: 0, sizeBytes: 0, align: 1 };
  for (const section of sections) {
    const offset = alignUp(output.sizeBytes, section.align);
    output.inputs.push({ section, offset });
    output.sizeBytes = offset + section.sizeBytes;
    output.align = Math.max(output.align, section.align);
  }
  return output;
}
