// Line programs: the table between addresses and source lines, of DWARF 2 to 5 (§6.2). Leaves out: several operations in
// one instruction, instruction sets, discriminators, basic blocks and prologues.

import { type ByteReader, DwarfError } from './byteReader';
import { type Encoding, readValue, textOf, type Value } from './forms';
import { type Budget, type DebugSections, readerAt } from './sections';

export interface DwarfRow {
  readonly address: number;
  /** index in the table's files */
  readonly file: number;
  /** from 1; 0 for code of no line */
  readonly line: number;
  readonly column: number;
  /** a place where a debugger should stop for this line */
  readonly isStatement: boolean;
  /** the first address after a sequence; nothing else of the row counts */
  readonly endsSequence: boolean;
}

export interface SourceFile {
  readonly name: string;
  /** undefined for the folder of the compilation */
  readonly folder: string | undefined;
}

export interface LineTable {
  /** where in .debug_line it begins, as compile units name it */
  readonly offset: number;
  readonly version: number;
  /** by the index that rows have */
  readonly files: ReadonlyMap<number, SourceFile>;
  /** as the program makes them, sequence by sequence */
  readonly rows: readonly DwarfRow[];
}

/** All line tables, as far as they can be read. */
export function readLineTables(sections: DebugSections, budget: Budget): LineTable[] {
  const tables: LineTable[] = [];
  const bytes = sections.get('.debug_line');
  if (bytes === undefined) return tables;
  try {
    for (const reader = readerAt(sections, '.debug_line', 0); !reader.atEnd;) {
      const offset = reader.position;
      const { length, offsetBytes } = reader.unitLength();
      const table = new LineProgram(reader.part(length), offset, offsetBytes, sections, budget).run();
      if (table) tables.push(table);
    }
  } catch (error) {
    if (!(error instanceof DwarfError)) throw error;
  }
  return tables;
}

const Standard = {
  copy: 1,
  advancePc: 2,
  advanceLine: 3,
  setFile: 4,
  setColumn: 5,
  negateStatement: 6,
  constAddPc: 8,
  fixedAdvancePc: 9,
} as const;
const Extended = { endSequence: 1, setAddress: 2, defineFile: 3 } as const;
const Content = { path: 1, folder: 2 } as const;

const startOfSequence = { address: 0, file: 1, line: 1, column: 0 };

class LineProgram {
  private readonly files = new Map<number, SourceFile>();
  private readonly rows: DwarfRow[] = [];
  private encoding: Encoding;
  private leastInstructionBytes = 1;
  private lineBase = 0;
  private lineRange = 1;
  private opcodeBase = 10;
  private operandCounts: number[] = [];
  private statementByDefault = true;
  private registers = { ...startOfSequence, isStatement: true };

  constructor(
    private readonly reader: ByteReader,
    private readonly offset: number,
    offsetBytes: 4 | 8,
    private readonly sections: DebugSections,
    private readonly budget: Budget,
  ) {
    this.encoding = { version: 0, offsetBytes, addressBytes: 4 };
  }

  /** Undefined if the version is unknown; what a damaged program has made until then. */
  run(): LineTable | undefined {
    const { reader, files, rows, offset } = this;
    try {
      const program = this.header();
      if (program === undefined) return undefined;
      this.startSequence();
      while (!program.atEnd) this.execute(program);
    } catch (error) {
      if (!(error instanceof DwarfError)) throw error;
    }
    reader.position = reader.end;
    return { offset, version: this.encoding.version, files, rows };
  }

  private header(): ByteReader | undefined {
    const { reader } = this;
    const version = reader.unsigned(2);
    if (version < 2 || version > 5) return undefined;
    const addressBytes = version >= 5 ? reader.unsigned(1) : 4;
    if (version >= 5) reader.skip(1); // size of segment selectors
    this.encoding = { ...this.encoding, version, addressBytes };
    const rest = reader.part(reader.unsigned(this.encoding.offsetBytes));
    this.leastInstructionBytes = rest.unsigned(1);
    if (version >= 4) rest.skip(1); // operations in one instruction
    this.statementByDefault = rest.unsigned(1) !== 0;
    this.lineBase = (rest.unsigned(1) << 24) >> 24;
    this.lineRange = rest.unsigned(1);
    this.opcodeBase = rest.unsigned(1);
    if (this.lineRange === 0 || this.opcodeBase === 0) throw new DwarfError('its special opcodes have no lines');
    this.operandCounts = Array.from({ length: this.opcodeBase - 1 }, () => rest.unsigned(1));
    if (version >= 5) this.fileTables(rest);
    else this.oldFileTables(rest);
    return reader;
  }

  private oldFileTables(reader: ByteReader): void {
    const folders: (string | undefined)[] = [undefined];
    for (let folder = reader.text(); folder !== ''; folder = reader.text()) folders.push(folder);
    for (let name = reader.text(); name !== ''; name = reader.text()) this.oldFile(name, reader, folders);
    this.folders = folders;
  }

  private folders: (string | undefined)[] = [];

  private oldFile(name: string, reader: ByteReader, folders: readonly (string | undefined)[]): void {
    const folder = folders[reader.uleb()];
    reader.uleb(); // time
    reader.uleb(); // length
    this.files.set(this.files.size + 1, { name, folder });
  }

  private fileTables(reader: ByteReader): void {
    const folders = this.entries(reader).map(({ path }) => path);
    this.entries(reader).forEach(({ path, folder }, index) =>
      this.files.set(index, { name: path, folder: folder === 0 ? undefined : folders[folder] }),
    );
  }

  /** DWARF 5 §6.2.4.1: what each entry consists of, and the entries. */
  private entries(reader: ByteReader): { path: string; folder: number }[] {
    const format = Array.from({ length: reader.unsigned(1) }, () => ({ content: reader.uleb(), form: reader.uleb() }));
    const count = reader.uleb();
    const entries: { path: string; folder: number }[] = [];
    while (entries.length < count) {
      const { position } = reader;
      entries.push(this.entry(reader, format));
      if (reader.position === position) throw new DwarfError('its files have no names');
    }
    return entries;
  }

  private entry(reader: ByteReader, format: readonly { content: number; form: number }[]) {
    let [path, folder] = ['', 0];
    for (const { content, form } of format) {
      const value = readValue(reader, form, this.encoding);
      if (content === Content.path) path = this.text(value);
      if (content === Content.folder) folder = value.number;
    }
    return { path, folder };
  }

  private text(value: Value): string {
    return textOf(value, this.sections, '.debug_line', this.encoding) ?? '';
  }

  // --- the program (§6.2.5)

  private startSequence(): void {
    this.registers = { ...startOfSequence, isStatement: this.statementByDefault };
  }

  private execute(program: ByteReader): void {
    const opcode = program.unsigned(1);
    if (opcode >= this.opcodeBase) this.special(opcode - this.opcodeBase);
    else if (opcode === 0) this.extended(program);
    else this.standard(opcode, program);
  }

  private special(adjusted: number): void {
    this.advance(Math.floor(adjusted / this.lineRange));
    this.registers.line += this.lineBase + (adjusted % this.lineRange);
    this.row(false);
  }

  private standard(opcode: number, program: ByteReader): void {
    const { registers } = this;
    switch (opcode) {
      case Standard.copy:
        return this.row(false);
      case Standard.advancePc:
        return this.advance(program.uleb());
      case Standard.advanceLine:
        registers.line += program.sleb();
        return;
      case Standard.setFile:
        registers.file = program.uleb();
        return;
      case Standard.setColumn:
        registers.column = program.uleb();
        return;
      case Standard.negateStatement:
        registers.isStatement = !registers.isStatement;
        return;
      case Standard.constAddPc:
        return this.advance(Math.floor((255 - this.opcodeBase) / this.lineRange));
      case Standard.fixedAdvancePc:
        registers.address = (registers.address + program.unsigned(2)) >>> 0;
        return;
      default: // what says nothing here, or is of a later version
        for (let count = this.operandCounts[opcode - 1] ?? 0; count > 0; count--) program.uleb();
    }
  }

  private extended(program: ByteReader): void {
    const operation = program.part(program.uleb());
    if (operation.atEnd) return;
    switch (operation.unsigned(1)) {
      case Extended.endSequence:
        this.row(true);
        return this.startSequence();
      case Extended.setAddress:
        this.registers.address = operation.unsigned(operation.end - operation.position) >>> 0;
        return;
      case Extended.defineFile:
        return this.oldFile(operation.text(), operation, this.folders);
      default: // discriminators, and what a producer has for itself
    }
  }

  private advance(operations: number): void {
    const { registers } = this;
    registers.address = (registers.address + operations * this.leastInstructionBytes) >>> 0;
  }

  private row(endsSequence: boolean): void {
    this.budget.take();
    const { registers } = this;
    this.rows.push({ ...registers, line: Math.max(0, registers.line), endsSequence });
  }
}
