// One run of the assembler: passes, the state that statements change, and what each kind of statement does.
// The preprocessor runs anew in each pass only if it asked for `$` or a label; otherwise the statements of the first
// pass are used again.
import type { Assembly } from './assemble';
import { dataBytes } from './data';
import { AssemblyError, CriticalError, Diagnostics, type Extent } from './diagnostics';
import { type DirectiveContext, directives, type Location, type OpenStructure } from './directives';
import type { Bits } from './encoder';
import { type EvaluationContext, evaluate } from './evaluate';
import { type Expression, parseExpression, TokenReader } from './expression';
import { buildImage, type PlacedLine } from './image';
import { encodeInstruction, type InstructionBody } from './instruction';
import { InstructionCache } from './instructionCache';
import type { Token } from './lexer';
import { limits } from './limits';
import { messages } from './messages';
import { Preprocessor, type PreprocessorHost } from './preprocess/preprocessor';
import { resolveName, type SourceFiles, type SourceLine } from './preprocess/sourceLines';
import { layOut, Section } from './sections';
import { isKeyword, labelOfBrokenLine, parseStatement, type Statement } from './statement';
import { SymbolTable } from './symbols';
import { add, isScalar, relativeTo, resolve, scalar, type Value } from './value';

export class Assembler implements PreprocessorHost, DirectiveContext, EvaluationContext {
  readonly diagnostics = new Diagnostics();
  readonly symbols = new SymbolTable();
  readonly structures: OpenStructure[] = [];
  readonly sections = new Map<string, Section>();
  pass = 0;
  bits: Bits = 16;
  defaultRelative = false;
  location: Location;
  resumeLocation: Location;
  private readonly sourceLines = new Map<string, readonly SourceLine[]>();
  private readonly cache = new InstructionCache();
  private origin: bigint | undefined;
  private final = false;
  private statements: Statement[] | undefined;
  /** The preprocessor asked for something that passes can change. */
  private preprocessorDependsOnPass = false;
  private lines: PlacedLine[] = [];
  private instructions = 0;

  constructor(
    private readonly fileName: string,
    readonly files: SourceFiles,
  ) {
    this.location = { kind: 'section', section: this.section('.text') };
    this.resumeLocation = this.location;
  }

  run(): Assembly {
    if (this.files.text(this.fileName) === undefined) return this.noSource();
    const settled = this.runPasses();
    const layout = layOut([...this.sections.values()], this.origin);
    const start = { file: this.fileName, line: 1, column: 1 };
    const unsettled = !settled && !this.diagnostics.hasErrors; // with errors, that sizes change may be their doing
    if (unsettled) this.diagnostics.report('error', messages.noConvergence(limits.passes), { position: start }, []);
    else if (layout.problem) this.diagnostics.report('error', layout.problem, { position: start }, []);
    else {
      this.final = true;
      this.runPass();
    }
    const diagnostics = this.diagnostics.sorted();
    if (this.diagnostics.hasErrors) return { diagnostics };
    return { image: buildImage(layout, this.symbols, this.lines, [...this.sourceLines.keys()]), diagnostics };
  }

  private noSource(): Assembly {
    const position = { file: this.fileName, line: 1, column: 1 };
    this.diagnostics.report('error', messages.noSuchFile(this.fileName, this.fileName), { position }, []);
    return { diagnostics: this.diagnostics.sorted() };
  }

  // --- passes ---------------------------------------------------------------------------------------------------

  /** False if sizes still change after so many passes that they never settle. */
  private runPasses(): boolean {
    while (this.pass < limits.passes) {
      this.runPass();
      const lengths = [...this.sections.values()].filter(section => section.length !== section.offset);
      for (const section of this.sections.values()) section.length = section.offset;
      if (this.pass > 1 && !this.symbols.changed && lengths.length === 0) return true;
    }
    return false;
  }

  private runPass() {
    this.beginPass();
    if (this.statements && !this.preprocessorDependsOnPass)
      for (const statement of this.statements) this.process(statement);
    else this.readSource();
    for (const { name } of this.structures)
      this.report(new AssemblyError(messages.unclosedDirective('struc'), name), name);
  }

  private beginPass() {
    this.pass++;
    this.symbols.beginPass(this.pass);
    for (const section of this.sections.values()) section.offset = 0;
    this.structures.length = 0;
    this.lines = [];
    this.instructions = 0;
    this.bits = 16;
    this.defaultRelative = false;
    this.location = this.resumeLocation = { kind: 'section', section: this.section('.text') };
  }

  private readSource() {
    const preprocessor = new Preprocessor(this, this.sourceLines);
    const statements: Statement[] = [];
    preprocessor.open(this.fileName);
    for (let line = preprocessor.next(); line; line = preprocessor.next()) {
      try {
        const statement = parseStatement(line);
        statements.push(statement);
        this.process(statement);
      } catch (error) {
        this.reportAlways(error, line);
        const label = labelOfBrokenLine(line);
        if (label) this.process({ ...line, label, bareLabel: false, prefixes: [], body: { kind: 'nothing' } });
      }
    }
    this.statements = statements;
  }

  // --- errors ---------------------------------------------------------------------------------------------------

  private reportAlways(error: unknown, line: Extent & Pick<Statement, 'expandedFrom'>) {
    if (!(error instanceof AssemblyError)) throw error;
    this.diagnostics.report('error', error.message, error.extent ?? line, line.expandedFrom);
  }

  /** Before the last pass values are provisional, and so are the errors that come of them. */
  private report(error: unknown, line: Extent & Partial<Pick<Statement, 'expandedFrom'>>) {
    if (!(error instanceof AssemblyError)) throw error;
    if (this.final || error instanceof CriticalError)
      this.reportAlways(error, { ...line, expandedFrom: line.expandedFrom ?? [] });
  }

  private warn(message: string, extent: Extent, statement: Statement) {
    if (this.final) this.diagnostics.report('warning', message, extent, statement.expandedFrom);
  }

  // --- expressions ----------------------------------------------------------------------------------------------

  symbol(name: string, token: Token): Value {
    return this.sectionSymbol(name) ?? this.symbols.value(name, token);
  }

  /** `section.text.start` and `section.text.vstart`: where the image puts a section, and where its labels see it. */
  private sectionSymbol(name: string): Value | undefined {
    const found = name.startsWith('section.') ? /^section\.(.+)\.(v?start)$/.exec(name) : null;
    const section = found ? this.sections.get(found[1]) : undefined;
    if (!found || !section) return undefined;
    return relativeTo(found[2] === 'vstart' ? section : section.storedStart, 0n);
  }

  here(): Value {
    const { location } = this;
    if (location.kind === 'absolute') return add(location.start, scalar(location.offset));
    return relativeTo(location.section, BigInt(location.section.offset));
  }

  sectionStart(): Value {
    return this.location.kind === 'absolute' ? scalar(0n) : relativeTo(this.location.section, 0n);
  }

  known(expression: Expression, token: Token, what: string): bigint {
    const value = evaluate(expression, this.critical);
    if (value.registers.length > 0 || value.bases.length > 0 || value.unknown)
      throw new CriticalError(messages.needsCount(what), token);
    return value.constant;
  }

  /** Symbols must be defined above. */
  private readonly critical: EvaluationContext = {
    symbol: (name, token) => {
      this.preprocessorDependsOnPass ||= this.preprocessing;
      if (this.symbols.isDefined(name)) return this.symbols.value(name, token);
      throw new CriticalError(messages.notDefinedBefore(name), token);
    },
    here: () => {
      this.preprocessorDependsOnPass ||= this.preprocessing;
      return this.here();
    },
    sectionStart: () => this.sectionStart(),
  };
  private preprocessing = false;

  /** For the preprocessor: %if, %assign, %rep. */
  evaluate(tokens: readonly Token[], line: Extent): bigint {
    const reader = new TokenReader(tokens, line);
    this.preprocessing = true;
    try {
      const expression = parseExpression(reader);
      if (!reader.atEnd)
        throw new AssemblyError(messages.unexpected(reader.next?.text ?? '', 'the end of the expression'), reader.here);
      return this.known(expression, tokens[0], 'a preprocessor expression');
    } finally {
      this.preprocessing = false;
    }
  }

  isKeyword(word: string): boolean {
    return isKeyword(word);
  }

  get sectionName(): string {
    return this.resumeLocation.kind === 'section' ? this.resumeLocation.section.name : '.text';
  }

  // --- sections -------------------------------------------------------------------------------------------------

  section(name: string): Section {
    const known = this.sections.get(name);
    if (known) return known;
    const section = new Section(name, [...this.sections.values()].pop());
    this.sections.set(name, section);
    return section;
  }

  setOrigin(origin: bigint, token: Token) {
    if (this.origin !== undefined && this.origin !== origin)
      throw new CriticalError(messages.originAgain(this.origin), token);
    this.origin = origin;
  }

  // --- statements -----------------------------------------------------------------------------------------------

  private process(statement: Statement) {
    try {
      if (statement.body.kind === 'equ') return this.equ(statement);
      this.label(statement);
      this.body(statement);
    } catch (error) {
      this.report(error, statement);
    }
  }

  private label(statement: Statement) {
    const { label } = statement;
    if (!label) return;
    if (statement.bareLabel) this.warn(messages.bareLabel(label.text), label, statement);
    const section = this.location.kind === 'section' ? this.location.section.name : undefined;
    try {
      this.symbols.define(label, this.here(), 'label', section);
    } catch (error) {
      this.report(error, statement);
    }
  }

  private equ({ body, label }: Statement) {
    if (body.kind !== 'equ' || !label) return;
    const value = evaluate(body.value, this);
    if (value.registers.length > 0) throw new AssemblyError(messages.registerInValue, body.token);
    this.symbols.define(label, value, 'constant');
  }

  private body(statement: Statement) {
    const { body } = statement;
    const times = this.times(statement);
    switch (body.kind) {
      case 'nothing':
        return statement.prefixes.length > 0 ? this.barePrefixes(statement, times) : undefined;
      case 'instruction':
        return this.instruction(statement, body, times);
      case 'data':
        return this.data(statement, body.elementBytes, times);
      case 'reserve':
        return this.reserve(statement, times);
      case 'incbin':
        return this.incbin(statement, times);
      case 'directive':
        return directives.get(body.name)?.(this, statement, body.operands, body.token);
      case 'equ':
        return;
    }
  }

  private times({ times }: Statement): number {
    if (!times) return 1;
    const value = evaluate(times.count, this);
    if (value.unknown || !isScalar(value)) throw new CriticalError(messages.needsCount('times'), times.token);
    if (value.constant < 0n) throw new AssemblyError(messages.negativeTimes(value.constant), times.token);
    if (value.constant > BigInt(limits.imageBytes))
      throw new CriticalError(messages.timesTooLarge(value.constant), times.token);
    return Number(value.constant);
  }

  private instruction(statement: Statement, body: InstructionBody, times: number) {
    if (times > limits.repeatedInstructions) throw new CriticalError(messages.timesTooLarge(BigInt(times)), body.token);
    const { location } = this;
    if (location.kind === 'absolute') throw new AssemblyError(messages.codeInAbsolute, body.token);
    const start = BigInt(location.section.offset);
    const words = statement.prefixes.map(prefix => prefix.text.toLowerCase());
    for (let index = 0; index < times; index++) {
      if (++this.instructions > limits.instructions) throw new CriticalError(messages.tooManyInstructions, body.token);
      const offset = BigInt(location.section.offset);
      const evaluation = times === 1 ? this : { ...this.fixedHere(start, location.section) };
      const { bits, defaultRelative, final } = this;
      const context = { bits, evaluation, section: location.section, offset, defaultRelative, final };
      const bytes = this.cache.encode(body, context, () => encodeInstruction(body, words, context));
      this.emit(statement, bytes, 'code', body.token);
    }
  }

  /** In a repeated instruction `$` is where the first one stands. */
  private fixedHere(start: bigint, section: Section): EvaluationContext {
    return {
      symbol: (name, token) => this.symbol(name, token),
      here: () => relativeTo(section, start),
      sectionStart: () => this.sectionStart(),
    };
  }

  private barePrefixes(statement: Statement, times: number) {
    const bytes = this.cache.prefixesOnly(statement.prefixes, this.bits);
    for (let index = 0; index < times; index++) this.emit(statement, bytes, 'code', statement);
  }

  private data(statement: Statement, elementBytes: number, times: number) {
    if (statement.body.kind !== 'data') return;
    const bytes = dataBytes(statement.body.items, elementBytes, {
      evaluate: expression => evaluate(expression, this),
      number: value => (this.final ? resolve(value) : value.constant),
      warn: (message, token) => this.warn(message, token, statement),
    });
    this.emitRepeated(statement, bytes, times);
  }

  private emitRepeated(statement: Statement, bytes: Uint8Array, times: number) {
    if (times === 1) return this.emit(statement, bytes, 'data', statement);
    if (bytes.length * times > limits.imageBytes) throw new CriticalError(messages.imageTooLarge, statement);
    const repeated = new Uint8Array(bytes.length * times);
    if (bytes.length === 1) repeated.fill(bytes[0]);
    else for (let index = 0; index < times; index++) repeated.set(bytes, index * bytes.length);
    this.emit(statement, repeated, 'data', statement);
  }

  private reserve(statement: Statement, times: number) {
    const { body } = statement;
    if (body.kind !== 'reserve') return;
    const value = evaluate(body.count, this);
    if (value.unknown) return;
    if (!isScalar(value) || value.constant < 0n)
      throw new AssemblyError(messages.needsCount(body.token.text), body.token);
    const count = value.constant * BigInt(body.elementBytes) * BigInt(times);
    this.reserveBytes(statement, count, body.token);
  }

  private reserveBytes(statement: Statement, count: bigint, token: Extent) {
    const { location } = this;
    if (count > BigInt(limits.reservedBytes)) throw new CriticalError(messages.reserveTooLarge(count), token);
    if (location.kind === 'absolute') location.offset += count;
    else if (location.section.isUninitialized) {
      this.placeLine(statement, location.section, Number(count), 'data');
      location.section.offset += Number(count);
      if (location.section.offset > limits.reservedBytes)
        throw new CriticalError(messages.reserveTooLarge(count), token);
    } else {
      this.warn(messages.zeroing(location.section.name), token, statement);
      if (count > BigInt(limits.imageBytes)) throw new CriticalError(messages.imageTooLarge, token);
      this.emit(statement, new Uint8Array(Number(count)), 'data', token);
    }
  }

  private incbin(statement: Statement, times: number) {
    const { body } = statement;
    if (body.kind !== 'incbin') return;
    const name = new TextDecoder().decode(body.file.bytes);
    const candidates = [resolveName(body.file.position.file, name), resolveName(this.fileName, name)];
    const contents = candidates.map(candidate => this.files.bytes(candidate)).find(bytes => bytes !== undefined);
    if (!contents) throw new CriticalError(messages.noSuchFile(name, candidates[0]), body.file);
    const skip = body.skip ? Number(this.known(body.skip, body.file, 'incbin')) : 0;
    const length = body.length ? Number(this.known(body.length, body.file, 'incbin')) : contents.length;
    if (skip < 0 || length < 0) throw new CriticalError(messages.needsCount('incbin'), body.file);
    this.emitRepeated(statement, contents.slice(skip, skip + length), times);
  }

  // --- output ---------------------------------------------------------------------------------------------------

  repeat(statement: Statement, tokens: readonly Token[], times: bigint) {
    const { position, endColumn, expandedFrom } = statement;
    const parsed = parseStatement({ tokens, position, endColumn, expandedFrom });
    const token = tokens[0];
    const counted = { count: { kind: 'number' as const, value: times }, token };
    if (parsed.body.kind === 'directive')
      throw new AssemblyError(messages.unexpected(token.text, 'an instruction or data'), token);
    this.label(parsed);
    if (times > 0n) this.body(times === 1n ? parsed : { ...parsed, times: counted });
  }

  fill(statement: Statement, zeroBytes: bigint, token: Token) {
    if (zeroBytes < 0n) throw new AssemblyError(messages.structureOverlap, token);
    if (zeroBytes > BigInt(limits.imageBytes)) throw new CriticalError(messages.imageTooLarge, token);
    if (zeroBytes > 0n) this.emit(statement, new Uint8Array(Number(zeroBytes)), 'data', token);
  }

  private emit(statement: Statement, bytes: Uint8Array, kind: 'code' | 'data', extent: Extent) {
    const { location } = this;
    if (location.kind === 'absolute') throw new AssemblyError(messages.codeInAbsolute, extent);
    const { section } = location;
    if (section.offset + bytes.length > limits.imageBytes) throw new CriticalError(messages.imageTooLarge, extent);
    if (bytes.length === 0) return;
    if (section.isUninitialized) {
      this.warn(messages.dataInUninitialized(section.name), extent, statement);
      section.offset += bytes.length;
      return;
    }
    this.placeLine(statement, section, bytes.length, kind);
    if (this.final) section.write(bytes);
    else section.offset += bytes.length;
  }

  private placeLine({ position, expandedFrom }: Statement, section: Section, length: number, kind: 'code' | 'data') {
    if (!this.final || length === 0) return;
    this.lines.push({ section, offset: section.offset, length, position, expandedFrom, kind, bits: this.bits });
  }
}
