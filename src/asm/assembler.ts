// One run of the assembler: the passes, and the state that they share.
// The preprocessor runs anew in each pass only if it asked for `$` or a label; otherwise the statements of the first
// pass are used again.
import { t } from '../base/localization';
import type { Assembly, AssemblyOptions, Definition, ObjectAssembly, OutputFormat } from './assembly';
import { Budget } from './budget';
import { AssemblyError, CriticalError, type Diagnostic, Diagnostics, type Extent, FatalError } from './diagnostics';
import type { OpenStructure } from './directiveContext';
import type { Bits } from './opcodeFacts';
import { type EvaluationContext, evaluate } from './evaluate';
import { type Expression, parseExpression, TokenReader } from './expression';
import { gnuSyntaxIn } from './gnuSyntax';
import { allocateImage, buildImage } from './image';
import { ExternalSymbol } from './linkage';
import { allocateSections, buildObject } from './objectFile';
import { type Token, tokenize } from './lexer';
import { limits } from './limits';
import { messages } from './messages';
import { type Location, Output } from './output';
import { type ExpandedLine, Preprocessor } from './preprocess/preprocessor';
import type { PreprocessorHost } from './preprocess/preprocessorHost';
import { type AssemblyTime, startOfTime } from './preprocess/predefined';
import { FileSearch } from './preprocess/fileSearch';
import type { SingleLineMacro } from './preprocess/singleLineMacros';
import type { SourceFiles } from './preprocess/sourceLines';
import { type Layout, layOut, type Section } from './sections';
import { isKeyword, labelOfBrokenLine, parseStatement, type Statement } from './statement';
import { type AssemblyRun, StatementAssembler } from './statementAssembler';
import { SymbolTable } from './symbols';
import { relativeTo, type Value } from './value';

/** Where a source begins. */
const initialSection = '.text';

/** What it takes to throw an error, word it and catch it. */
const stepsOfError = 40;

/** A line that a message belongs to, with the macro calls that led to it. */
type Line = Extent & Partial<Pick<Statement, 'expandedFrom'>>;

export class Assembler implements AssemblyRun, PreprocessorHost {
  readonly budget: Budget;
  readonly diagnostics = new Diagnostics();
  readonly symbols: SymbolTable;
  readonly structures: OpenStructure[] = [];
  readonly output: Output;
  readonly search: FileSearch;
  private defines: readonly SingleLineMacro[] = [];
  readonly time: AssemblyTime;
  readonly longMode: boolean;
  pass = 0;
  defaultRelative = false;
  sectionName = initialSection;
  private readonly statementAssembler = new StatementAssembler(this);
  /** The sources that have been read. */
  private readonly texts = new Map<string, string>();
  private statements: Statement[] | undefined;
  private origin: bigint | undefined;
  /** The preprocessor is evaluating; and whether it ever asked for something that passes can change. */
  private preprocessing = false;
  private preprocessorDependsOnPass = false;
  /** An external symbol has been used. */
  private refersElsewhere = false;
  /** Where messages about the source as a whole belong. */
  private readonly start: Extent;
  /** A fatal error has been found. */
  private stopped = false;

  constructor(
    readonly fileName: string,
    readonly files: SourceFiles,
    private readonly options: AssemblyOptions = {},
    readonly format: OutputFormat = 'bin',
  ) {
    this.budget = new Budget(options.steps);
    this.symbols = new SymbolTable(this.budget);
    this.output = new Output((message, extent, statement) => this.warn(message, extent, statement), this.relocatable);
    this.search = new FileSearch(fileName, options);
    this.time = options.time ?? startOfTime;
    this.longMode = options.longMode ?? false;
    this.start = { position: { file: fileName, line: 1, column: 1 } };
  }

  /** A linker places the sections. */
  get relocatable(): boolean {
    return this.format === 'elf32';
  }

  /** Assembles to a flat image. */
  run(): Assembly {
    const layout = this.runPasses() ? this.layOut() : undefined;
    const bytes = layout && allocateImage(layout);
    if (layout) this.runLastPass();
    const { usesExternals } = this;
    const diagnostics = this.result();
    if (!layout || !bytes || this.diagnostics.hasErrors) return { diagnostics, usesExternals };
    const image = buildImage(layout, bytes, this.symbols, this.output.lines, this.readFiles);
    return { image, diagnostics, usesExternals };
  }

  /** Assembles to an object. */
  runForObject(): ObjectAssembly {
    const sections = this.runPasses() ? this.allocateSections() : undefined;
    if (sections) this.runLastPass();
    const diagnostics = this.result();
    if (!sections || this.diagnostics.hasErrors) return { diagnostics };
    return {
      object: buildObject(this.fileName, sections, this.symbols, this.output.lines, this.readFiles),
      diagnostics,
    };
  }

  /** In order; for a source that is written for another assembler one message instead of one for each line. */
  private result(): readonly Diagnostic[] {
    const foreign = this.diagnostics.hasErrors ? this.gnuSyntax() : undefined;
    return foreign ? [foreign] : this.diagnostics.sorted();
  }

  private gnuSyntax(): Diagnostic | undefined {
    for (const [file, source] of this.texts) {
      const found = gnuSyntaxIn(source);
      if (!found) continue;
      const { line, column, text } = found;
      const position = { file, line, column };
      return { severity: 'error', message: messages.gnuSyntax(text), position, endColumn: column + text.length };
    }
    return undefined;
  }

  /** Only a linker can make something of it. */
  private get usesExternals(): boolean {
    return this.refersElsewhere || [...this.symbols.linkage.externals.values()].some(({ common }) => common);
  }

  private get readFiles(): string[] {
    return [...this.texts.keys()];
  }

  /** Until sizes have settled; false if there can be no last pass. */
  private runPasses(): boolean {
    const { start } = this;
    if (this.files.text(this.fileName) === undefined) {
      this.reportAlways(new AssemblyError(messages.noSuchFile(this.fileName, [])), start);
      return false;
    }
    this.define(this.options.defines ?? [], start);
    const settled = this.settle();
    // With errors, that sizes change may be their doing.
    if (!settled && !this.diagnostics.hasErrors) {
      this.reportAlways(new AssemblyError(messages.noConvergence(limits.passes)), this.symbols.changed ?? start);
      return false;
    }
    return !this.stopped;
  }

  private layOut(): Layout | undefined {
    const layout = layOut([...this.output.sections.values()], this.origin);
    if (!layout.problem) return layout;
    this.reportAlways(new AssemblyError(layout.problem), this.start);
    return undefined;
  }

  private allocateSections(): Section[] | undefined {
    const sections = [...this.output.sections.values()];
    const problem = allocateSections(sections);
    if (!problem) return sections;
    this.reportAlways(new AssemblyError(problem), this.start);
    return undefined;
  }

  private define(definitions: readonly Definition[], start: Extent) {
    this.defines = definitions.flatMap(({ name, text }) => {
      try {
        return { name, ignoreCase: false, body: tokenize(text, start.position) };
      } catch (error) {
        if (!(error instanceof AssemblyError)) throw error;
        this.reportAlways(new AssemblyError(messages.badDefinition(name, error.message)), start);
        return [];
      }
    });
  }

  // --- passes ---------------------------------------------------------------------------------------------------

  /** False if sizes still change after so many passes that they never settle. */
  private settle(): boolean {
    while (this.pass < limits.passes && !this.stopped) {
      this.runPass();
      const lengthsChanged = this.output.endPass();
      if (this.pass > 1 && !this.symbols.changed && !lengthsChanged) return true;
    }
    return false;
  }

  private runLastPass() {
    this.output.final = true;
    this.runPass();
  }

  private runPass() {
    this.pass++;
    this.symbols.beginPass(this.pass);
    this.output.beginPass();
    this.statementAssembler.beginPass();
    this.structures.length = 0;
    this.defaultRelative = false;
    this.sectionName = initialSection;
    if (!this.statements || this.preprocessorDependsOnPass) this.readSource();
    else this.readStatements(this.statements);
    for (const { kind, name } of this.structures) {
      this.report(new AssemblyError(messages.unclosedDirective(kind), name), name);
    }
  }

  private readStatements(statements: readonly Statement[]) {
    for (const statement of statements) {
      if (this.stopped) return;
      this.statementAssembler.process(statement);
    }
  }

  private readSource() {
    const preprocessor = new Preprocessor(this, this.texts);
    const statements: Statement[] = [];
    let tokens = 0;
    this.guarded(() => {
      for (const macro of this.defines) preprocessor.singleLine.define(macro);
      preprocessor.open(this.fileName);
    });
    for (let line = preprocessor.next(); line && !this.stopped; line = preprocessor.next()) {
      const statement = this.parse(line);
      if (!statement) continue;
      tokens += statement.weight;
      if (tokens <= limits.keptTokens) statements.push(statement);
      this.statementAssembler.process(statement);
    }
    this.statements = tokens <= limits.keptTokens ? statements : undefined;
  }

  private guarded(read: () => void) {
    try {
      read();
    } catch (error) {
      this.reportAlways(error, this.start);
    }
  }

  private parse(line: ExpandedLine): Statement | undefined {
    try {
      return parseStatement(line, this.budget);
    } catch (error) {
      this.reportAlways(error, line);
      const label = labelOfBrokenLine(line);
      return label && { ...line, label, bareLabel: false, prefixes: [], body: { kind: 'nothing' }, weight: 1 };
    }
  }

  // --- messages -------------------------------------------------------------------------------------------------

  reportAlways(error: unknown, line: Line) {
    if (!(error instanceof AssemblyError)) throw error;
    this.spendOnError(line);
    this.stopped ||= error instanceof FatalError;
    this.diagnostics.report('error', error.message, error.extent ?? line, line.expandedFrom ?? []);
  }

  /** Before the last pass values are provisional, and so are the errors that come of them. */
  report(error: unknown, line: Line) {
    if (!(error instanceof AssemblyError)) throw error;
    if (this.output.final || error instanceof CriticalError) this.reportAlways(error, line);
    else this.spendOnError(line);
  }

  /** An error takes time too, and a broken line may be repeated. */
  private spendOnError(line: Line) {
    if (this.stopped) return;
    try {
      this.budget.spend(stepsOfError, line);
    } catch (error) {
      this.stopped = true;
      this.reportAlways(error, line);
    }
  }

  warn(message: string, extent: Extent, statement: Statement) {
    if (this.output.final) this.diagnostics.report('warning', message, extent, statement.expandedFrom);
  }

  // --- expressions ----------------------------------------------------------------------------------------------

  symbol(name: string, token: Token): Value {
    const section = this.output.sectionSymbol(name);
    return section ? relativeTo(section, 0n) : this.linked(this.symbols.value(name, token), token);
  }

  /** `value`, unless it is an address that only a linker would know. */
  private linked(value: Value, token: Token): Value {
    if (this.relocatable || !value.bases.some(({ base }) => base instanceof ExternalSymbol)) return value;
    this.refersElsewhere = true;
    throw new AssemblyError(messages.externalInImage(token.text), token);
  }

  here(): Value {
    return this.output.here;
  }

  sectionStart(): Value {
    return this.output.sectionStart;
  }

  known(expression: Expression, token: Token, what?: string): bigint {
    const value = this.critical(expression);
    if (value.registers.length > 0 || value.bases.length > 0 || value.unknown) {
      throw new CriticalError(messages.needsCount(what ?? t`a preprocessor expression`), token);
    }
    return value.constant;
  }

  critical(expression: Expression): Value {
    return evaluate(expression, this.above);
  }

  /** Where symbols must be defined above. */
  private readonly above: EvaluationContext = {
    symbol: (name, token) => {
      this.preprocessorDependsOnPass ||= this.preprocessing;
      if (this.symbols.isDefined(name)) return this.symbols.value(name, token);
      throw new CriticalError(messages.notDefinedBefore(name), token);
    },
    here: () => {
      this.preprocessorDependsOnPass ||= this.preprocessing;
      return this.output.here;
    },
    sectionStart: () => this.output.sectionStart,
  };

  // --- for the preprocessor -------------------------------------------------------------------------------------

  evaluate(tokens: readonly Token[], line: Extent): bigint {
    const reader = new TokenReader(tokens, line);
    this.preprocessing = true;
    try {
      const expression = parseExpression(reader);
      if (!reader.atEnd) {
        throw new AssemblyError(
          messages.unexpected(reader.next?.text ?? '', t`the end of the expression`),
          reader.here,
        );
      }
      return this.known(expression, tokens[0]);
    } finally {
      this.preprocessing = false;
    }
  }

  isKeyword(word: string): boolean {
    return isKeyword(word);
  }

  // --- for the directives ---------------------------------------------------------------------------------------

  get bits(): Bits {
    return this.output.bits;
  }

  set bits(bits: Bits) {
    this.output.bits = bits;
  }

  get location(): Location {
    return this.output.location;
  }

  /** `temporary`, for a structure: `endstruc` comes back. */
  goTo(location: Location, temporary = false) {
    if (temporary) this.output.location = location;
    else this.output.goTo(location);
  }

  endStructure() {
    this.output.location = this.output.resumeLocation;
  }

  section(name: string): Section {
    return this.output.section(name);
  }

  setOrigin(origin: bigint, token: Token) {
    if (this.origin !== undefined && this.origin !== origin) {
      throw new CriticalError(messages.originAgain(this.origin), token);
    }
    this.origin = origin;
  }

  repeat(statement: Statement, tokens: readonly Token[], times: bigint) {
    this.statementAssembler.repeat(statement, tokens, times);
  }

  fill(statement: Statement, zeroBytes: bigint, token: Token) {
    if (zeroBytes < 0n) throw new AssemblyError(messages.structureOverlap(), token);
    this.output.fill(statement, zeroBytes, token);
  }
}
