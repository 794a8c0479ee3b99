// Compile units and their functions (.debug_info of DWARF 2 to 5, §7.5). Of all entries only these are kept: what a unit
// was compiled from, and the names and places of functions. Leaves out: types, variables, inlined calls, split units.

import { type Abbreviation, Abbreviations } from './abbreviations';
import { type ByteReader, DwarfError } from './byteReader';
import { addressOf, type Encoding, Form, isAddress, isReference, readValue, textOf, type Value } from './forms';
import { type CodeRange, type RangeContext, rangesAt } from './ranges';
import { type Budget, type DebugSections, readerAt } from './sections';

export interface CompileUnit {
  readonly name: string | undefined;
  /** the folder that it was compiled in */
  readonly folder: string | undefined;
  /** where its line table is in .debug_line */
  readonly lineTable: number | undefined;
  /** written in assembly, so that each instruction is the author's own */
  readonly isAssembly: boolean;
}

export interface DwarfFunction {
  readonly name: string;
  readonly ranges: readonly CodeRange[];
}

export interface UnitsAndFunctions {
  readonly units: readonly CompileUnit[];
  readonly functions: readonly DwarfFunction[];
}

const Tag = { compileUnit: 0x11, subprogram: 0x2e, partialUnit: 0x3c } as const;
const At = {
  name: 0x03,
  lineTable: 0x10,
  lowPc: 0x11,
  highPc: 0x12,
  language: 0x13,
  folder: 0x1b,
  abstractOrigin: 0x31,
  specification: 0x47,
  ranges: 0x55,
  linkageName: 0x6e,
  stringOffsetsBase: 0x72,
  addressBase: 0x73,
  rangeListsBase: 0x74,
} as const;
const kept: ReadonlySet<number> = new Set(Object.values(At));
const UnitType = { compile: 1, type: 2, partial: 3, skeleton: 4, splitCompile: 5, splitType: 6 } as const;
const assemblerLanguage = 0x8001;
/** References from one entry to the next, until its name must have come. */
const mostReferences = 8;

type Attributes = ReadonlyMap<number, Value>;

/** A function's entry: its own name, or the entry that has it. */
interface Subprogram {
  readonly name: string | undefined;
  readonly reference: number | undefined;
  readonly ranges: readonly CodeRange[];
}

/** As far as they can be read. */
export function readCompileUnits(sections: DebugSections, budget: Budget): UnitsAndFunctions {
  const units: CompileUnit[] = [];
  const subprograms = new Map<number, Subprogram>();
  const abbreviations = new Abbreviations(sections, budget);
  try {
    for (const reader = readerAt(sections, '.debug_info', 0); !reader.atEnd;) {
      const start = reader.position;
      const { length, offsetBytes } = reader.unitLength();
      const body = reader.part(length);
      const unit = new UnitReader(body, { start, offsetBytes, sections, budget, abbreviations, subprograms }).read();
      if (unit) units.push(unit);
    }
  } catch (error) {
    if (!(error instanceof DwarfError)) throw error;
  }
  return { units, functions: functionsOf(subprograms) };
}

function functionsOf(subprograms: ReadonlyMap<number, Subprogram>): DwarfFunction[] {
  return [...subprograms.values()].flatMap(subprogram => {
    const name = nameOf(subprogram, subprograms);
    return name === undefined || subprogram.ranges.length === 0 ? [] : { name, ranges: subprogram.ranges };
  });
}

function nameOf(from: Subprogram, all: ReadonlyMap<number, Subprogram>): string | undefined {
  let subprogram: Subprogram | undefined = from;
  for (let count = 0; subprogram && count < mostReferences; count++) {
    if (subprogram.name !== undefined) return subprogram.name;
    subprogram = subprogram.reference === undefined ? undefined : all.get(subprogram.reference);
  }
  return undefined;
}

interface UnitContext {
  /** of the unit in .debug_info */
  readonly start: number;
  readonly offsetBytes: 4 | 8;
  readonly sections: DebugSections;
  readonly budget: Budget;
  readonly abbreviations: Abbreviations;
  readonly subprograms: Map<number, Subprogram>;
}

class UnitReader {
  private encoding: Encoding;
  private bases: RangeContext['bases'] = { stringOffsets: 0, addresses: 0, rangeLists: 0 };
  private base = 0;
  private unit: CompileUnit | undefined;

  constructor(
    private readonly reader: ByteReader,
    private readonly context: UnitContext,
  ) {
    this.encoding = { version: 0, offsetBytes: context.offsetBytes, addressBytes: 4 };
  }

  read(): CompileUnit | undefined {
    try {
      this.entries(this.context.abbreviations.at(this.header()));
    } catch (error) {
      if (!(error instanceof DwarfError)) throw error;
    }
    return this.unit;
  }

  /** Reads the unit's header, and gives the place of its abbreviations. */
  private header(): number {
    const { reader } = this;
    const { offsetBytes } = this.context;
    const version = reader.unsigned(2);
    if (version < 2 || version > 5) throw new DwarfError(`version ${version} is unknown`);
    const type = version >= 5 ? reader.unsigned(1) : UnitType.compile;
    const early = version >= 5 ? reader.unsigned(1) : undefined;
    const abbreviations = reader.unsigned(offsetBytes);
    this.encoding = { version, offsetBytes, addressBytes: early ?? reader.unsigned(1) };
    if (type === UnitType.skeleton || type === UnitType.splitCompile) reader.skip(8);
    if (type === UnitType.type || type === UnitType.splitType) reader.skip(8 + offsetBytes);
    return abbreviations;
  }

  private entries(abbreviations: ReadonlyMap<number, Abbreviation>): void {
    const { reader } = this;
    for (let depth = 0; !reader.atEnd;) {
      const offset = reader.position;
      const code = reader.uleb();
      if (code === 0) depth--;
      else if (this.entry(offset, abbreviations.get(code)).hasChildren) depth++;
      if (depth <= 0) return;
    }
  }

  private entry(offset: number, shape: Abbreviation | undefined): Abbreviation {
    if (shape === undefined) throw new DwarfError('an entry has no abbreviation');
    const isUnit = shape.tag === Tag.compileUnit || shape.tag === Tag.partialUnit;
    const attributes = this.attributes(shape, isUnit || shape.tag === Tag.subprogram);
    if (isUnit) this.compileUnit(attributes);
    else if (shape.tag === Tag.subprogram) this.subprogram(offset, attributes);
    return shape;
  }

  private attributes({ attributes }: Abbreviation, keeps: boolean): Attributes {
    this.context.budget.take(1 + attributes.length);
    const found = new Map<number, Value>();
    for (const { attribute, form, implicit } of attributes) {
      const value = readValue(this.reader, form, this.encoding, implicit);
      if (keeps && kept.has(attribute)) found.set(attribute, value);
    }
    return found;
  }

  private compileUnit(attributes: Attributes): void {
    const number = (attribute: number): number => attributes.get(attribute)?.number ?? 0;
    this.bases = {
      stringOffsets: number(At.stringOffsetsBase),
      addresses: number(At.addressBase),
      rangeLists: number(At.rangeListsBase),
    };
    this.base = this.address(attributes.get(At.lowPc)) ?? 0;
    this.unit = {
      name: this.text(attributes.get(At.name)),
      folder: this.text(attributes.get(At.folder)),
      lineTable: attributes.get(At.lineTable)?.number,
      isAssembly: number(At.language) === assemblerLanguage,
    };
  }

  private subprogram(offset: number, attributes: Attributes): void {
    const reference = attributes.get(At.abstractOrigin) ?? attributes.get(At.specification);
    this.context.subprograms.set(offset, {
      name: this.text(attributes.get(At.name)) ?? this.text(attributes.get(At.linkageName)),
      reference: reference && this.place(reference),
      ranges: this.ranges(attributes),
    });
  }

  /** In .debug_info. */
  private place({ form, number }: Value): number | undefined {
    if (!isReference(form)) return undefined;
    return form === Form.referenceInSection ? number : this.context.start + number;
  }

  private ranges(attributes: Attributes): readonly CodeRange[] {
    const { sections, budget } = this.context;
    const { encoding, bases, base } = this;
    const list = attributes.get(At.ranges);
    if (list) return rangesAt(list, { sections, budget, encoding, bases, base });
    const first = this.address(attributes.get(At.lowPc));
    const high = attributes.get(At.highPc);
    if (first === undefined || high === undefined) return [];
    const end = isAddress(high.form) ? (this.address(high) ?? first) : first + high.number;
    return [{ first, end }];
  }

  private text(value: Value | undefined): string | undefined {
    return value && textOf(value, this.context.sections, '.debug_info', this.encoding, this.bases);
  }

  private address(value: Value | undefined): number | undefined {
    return value && addressOf(value, this.context.sections, this.encoding, this.bases);
  }
}
