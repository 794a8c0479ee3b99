// What an assembly yields for a linker: a relocatable object as `nasm -f elf32` makes it, with the table of its lines.
import type { ObjectFile, ObjectSection, ObjectSymbol, Relocation, SymbolPlace } from '../link/object';
import { relocationFor } from '../link/relocations';
import type { Bits } from './opcodeFacts';
import type { LineEntry } from './image';
import { limits } from './limits';
import { ExternalSymbol } from './linkage';
import { messages } from './messages';
import { Section } from './sections';
import type { SymbolEntry, SymbolTable } from './symbols';
import type { Base, Value } from './value';

export interface AssembledObject {
  readonly object: ObjectFile;
  /** of each section; addresses count from its beginning */
  readonly lines: ReadonlyMap<ObjectSection, readonly LineEntry[]>;
  /** the mode of the first instruction */
  readonly bits: Bits;
  /** every source that was read, the object's own first */
  readonly files: readonly string[];
}

const u32 = (value: bigint): number => Number(BigInt.asUintN(32, value));

/** Gives every section room for its bytes; what is wrong if they are too many. */
export function allocateSections(sections: readonly Section[]): string | undefined {
  const stored = sections.filter(section => !section.isUninitialized);
  const bytes = stored.reduce((sum, { length }) => sum + length, 0);
  if (bytes > limits.imageBytes) return messages.imageOfSize(BigInt(bytes));
  for (const section of stored) section.contents = new Uint8Array(section.length);
  return undefined;
}

/** `name` is the main source's. */
export function buildObject(
  name: string,
  sections: readonly Section[],
  table: SymbolTable,
  written: readonly LineEntry[],
  files: readonly string[],
): AssembledObject {
  const used = sections.filter(section => section.length > 0 || section.isOpened);
  const built = new Map(used.map(section => [section, objectSection(section)]));
  const symbols = new ObjectSymbols(name, table, built);
  for (const [section, { relocations }] of built) {
    for (const { offset, bytes, base, relative } of section.relocations) {
      relocations.push({ offset, type: relocationFor(bytes, relative), symbol: symbols.of(base) });
    }
  }
  const object = { name, sections: [...built.values()], symbols: symbols.all(), groups: [] };
  const bits = written.find(line => line.kind === 'code')?.bits ?? 32;
  return { object, lines: linesBySection(built, written), bits, files };
}

type OpenSection = ObjectSection & { readonly relocations: Relocation[] };

function objectSection(section: Section): OpenSection {
  const { name, attributes, placement, length } = section;
  return {
    name,
    type: attributes.type,
    flags: attributes.flags,
    align: Number(placement.align ?? attributes.align),
    sizeBytes: length,
    bytes: section.contents,
    relocations: [],
  };
}

function linesBySection(
  built: ReadonlyMap<Section, ObjectSection>,
  written: readonly LineEntry[],
): Map<ObjectSection, LineEntry[]> {
  const byName = new Map([...built].map(([{ name }, section]) => [name, section]));
  const lines = new Map<ObjectSection, LineEntry[]>();
  for (const line of written) {
    const section = byName.get(line.section);
    if (section === undefined) continue;
    const others = lines.get(section);
    if (others) others.push(line);
    else lines.set(section, [line]);
  }
  return lines;
}

const plain = { kind: 'none', visibility: 'default', sizeBytes: 0 } as const;

/** The symbol of a number that is an address already. */
const nothing: ObjectSymbol = { ...plain, name: '', binding: 'local', place: { kind: 'undefined' } };

class ObjectSymbols {
  private readonly ofSections = new Map<Base, ObjectSymbol>();
  private readonly ofExternals = new Map<Base, ObjectSymbol>();

  constructor(
    private readonly name: string,
    private readonly table: SymbolTable,
    private readonly built: ReadonlyMap<Section, ObjectSection>,
  ) {
    for (const [base, section] of built) {
      const place = { kind: 'section', section, offset: 0 } as const;
      this.ofSections.set(base, { ...plain, name: section.name, kind: 'section', binding: 'local', place });
    }
    for (const external of table.linkage.externals.values()) {
      if (external.isRequired || external.common) this.of(external);
    }
  }

  /** What a relocation is about. */
  of(base: Base | undefined): ObjectSymbol {
    if (!(base instanceof ExternalSymbol)) return (base && this.ofSections.get(base)) ?? nothing;
    const known = this.ofExternals.get(base) ?? externalSymbol(base);
    this.ofExternals.set(base, known);
    return known;
  }

  all(): ObjectSymbol[] {
    const file: ObjectSymbol = {
      ...plain,
      name: this.name,
      kind: 'file',
      binding: 'local',
      place: { kind: 'absolute', value: 0 },
    };
    const defined = [...this.table.entries.values()].flatMap(entry => this.defined(entry));
    return [file, ...this.ofSections.values(), ...defined, ...this.ofExternals.values()];
  }

  private defined({ name, value }: SymbolEntry): ObjectSymbol[] {
    const place = this.place(value);
    if (place === undefined) return [];
    const {
      kind = 'none',
      visibility = 'default',
      isWeak = false,
      sizeBytes = 0n,
    } = this.table.linkage.attributes.get(name) ?? {};
    const binding = isWeak ? 'weak' : this.table.globals.has(name) ? 'global' : 'local';
    return [{ name, kind, binding, visibility, place, sizeBytes: u32(sizeBytes) }];
  }

  /** undefined for what no object can hold: an external symbol plus a number. */
  private place({ constant, bases }: Value): SymbolPlace | undefined {
    const [term, second] = bases;
    if (term === undefined) return { kind: 'absolute', value: u32(constant) };
    const section = term.base instanceof Section ? this.built.get(term.base) : undefined;
    if (section === undefined || second !== undefined || term.factor !== 1n) return undefined;
    return { kind: 'section', section, offset: u32(constant) };
  }
}

function externalSymbol({ name, common, isWeak }: ExternalSymbol): ObjectSymbol {
  const binding = isWeak ? 'weak' : 'global';
  if (!common) return { ...plain, name, binding, place: { kind: 'undefined' } };
  const place = { kind: 'common', align: Number(common.align) } as const;
  return { ...plain, name, binding, place, sizeBytes: u32(common.sizeBytes) };
}
