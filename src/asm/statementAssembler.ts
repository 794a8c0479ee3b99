// What each kind of statement does: labels and equ define symbols, instructions and data become bytes, directives
// change the state. The same in every pass; only the values differ.
import { t } from '../base/localization';
import type { Budget } from './budget';
import { dataOf } from './data';
import { AssemblyError, CriticalError, type Extent, FatalError } from './diagnostics';
import type { DirectiveContext } from './directiveContext';
import { directives } from './directives';
import { type EvaluationContext, evaluate } from './evaluate';
import type { FieldPlace } from './fixups';
import { encodeInstruction, type InstructionBody } from './instruction';
import { encodeOnce, prefixesOnly } from './instructionCache';
import type { Token } from './lexer';
import { limits } from './limits';
import { messages } from './messages';
import type { Output, Warn } from './output';
import type { FileSearch } from './preprocess/fileSearch';
import type { SourceFiles } from './preprocess/sourceLines';
import type { Section } from './sections';
import { type Body, parseStatement, type Statement } from './statement';
import { isScalar, relativeTo, resolve, scalar } from './value';

/** The run that the statements belong to. */
export interface AssemblyRun extends EvaluationContext, DirectiveContext {
  readonly files: SourceFiles;
  readonly search: FileSearch;
  readonly budget: Budget;
  readonly output: Output;
  readonly warn: Warn;
  /** Reports an error of a statement, or puts it off if values are still provisional. */
  report(error: unknown, statement: Statement): void;
}

/** What `equ` defines in the first pass if its value stands below: NASM takes zero, and sizes start from that. */
const unknownConstant = scalar(0n);

/** What an instruction takes beside its tokens: to be placed, and, unless its bytes are known, to be encoded. */
const stepsOfInstruction = 2;
const stepsOfEncoding = 8;

/** What it takes to find and read a file, beside its contents. */
const stepsOfFile = 100;

type BodyOf<K extends Body['kind']> = Extract<Body, { kind: K }>;

export class StatementAssembler {
  /** In this pass, repeated ones counted each time. */
  instructions = 0;

  constructor(private readonly run: AssemblyRun) {}

  beginPass() {
    this.instructions = 0;
  }

  process(statement: Statement) {
    try {
      this.run.budget.spend(statement.weight, statement);
      if (statement.body.kind === 'equ') return this.equ(statement, statement.body);
      this.label(statement);
      this.body(statement);
    } catch (error) {
      this.run.report(error, statement);
    }
  }

  /** Assembles `tokens`, the rest of a directive's line, `times` times; they stand where `statement` stands. */
  repeat({ position, endColumn, expandedFrom }: Statement, tokens: readonly Token[], times: bigint) {
    const statement = parseStatement({ tokens, position, endColumn, expandedFrom }, this.run.budget);
    const [token] = tokens;
    if (statement.body.kind === 'directive') {
      throw new AssemblyError(messages.unexpected(token.text, t`an instruction or data`), token);
    }
    this.label(statement);
    const count = { count: { kind: 'number', value: times }, token } as const;
    if (times > 0n) this.body(times === 1n ? statement : { ...statement, times: count });
  }

  private label(statement: Statement) {
    const { label } = statement;
    if (!label) return;
    if (statement.bareLabel) this.run.warn(messages.bareLabel(label.text), label, statement);
    const { location } = this.run.output;
    const section = location.kind === 'section' ? location.section.name : undefined;
    try {
      this.run.symbols.define(label, this.run.here(), 'label', section);
    } catch (error) {
      this.run.report(error, statement); // the rest of the line is assembled all the same
    }
  }

  private equ({ label }: Statement, { value: expression, token }: BodyOf<'equ'>) {
    const value = evaluate(expression, this.run);
    if (value.registers.length > 0) throw new AssemblyError(messages.registerInValue(), token);
    if (label) this.run.symbols.define(label, value.unknown ? unknownConstant : value, 'constant');
  }

  private body(statement: Statement) {
    const { body } = statement;
    const times = this.times(statement);
    switch (body.kind) {
      case 'nothing':
        return this.prefixesOnly(statement, times);
      case 'instruction':
        return this.instruction(statement, body, times);
      case 'data':
        return this.data(statement, body, times);
      case 'reserve':
        return this.reserve(statement, body, times);
      case 'incbin':
        return this.incbin(statement, body, times);
      case 'directive':
        return directives.get(body.name)?.(this.run, statement, body.operands, body.token);
      case 'equ':
        return;
    }
  }

  private times({ times }: Statement): number {
    if (!times) return 1;
    const value = evaluate(times.count, this.run);
    if (!isScalar(value)) throw new CriticalError(messages.needsCount('times'), times.token);
    if (value.constant < 0n) throw new AssemblyError(messages.negativeTimes(value.constant), times.token);
    if (value.constant > BigInt(limits.imageBytes)) {
      throw new FatalError(messages.timesTooLarge(value.constant), times.token);
    }
    return Number(value.constant);
  }

  // --- code -----------------------------------------------------------------------------------------------------

  private instruction(statement: Statement, body: InstructionBody, times: number) {
    if (times > limits.repeatedInstructions) throw new FatalError(messages.timesTooLarge(BigInt(times)), body.token);
    const { output } = this.run;
    const section = output.storing(body.token);
    const words = statement.prefixes.map(prefix => prefix.text.toLowerCase());
    const evaluation = times === 1 ? this.run : this.fixedHere(section);
    this.run.budget.spend(times * stepsOfInstruction, body.token);
    for (let index = 0; index < times; index++) {
      if (++this.instructions > limits.instructions) throw new FatalError(messages.tooManyInstructions(), body.token);
      const offset = BigInt(section.offset);
      const { bits, generation, final } = output;
      const { defaultRelative, relocatable } = this.run;
      const context = { bits, generation, evaluation, section, offset, defaultRelative, final, relocatable };
      const { bytes, fixups, misfits } = encodeOnce(body, context, () => {
        this.run.budget.spend(stepsOfEncoding + statement.weight, body.token);
        return encodeInstruction(body, words, context);
      });
      for (const { value, bits: width, signed, extent } of misfits)
        this.run.warn(messages.doesNotFit(value, width, signed), extent, statement);
      output.relocate(fixups, bytes.length, 1, body.token);
      output.emit(statement, bytes, 'code', body.token);
    }
  }

  /** In a repeated instruction `$` is where the first one stands. */
  private fixedHere(section: Section): EvaluationContext {
    const start = relativeTo(section, BigInt(section.offset));
    return {
      symbol: (name, token) => this.run.symbol(name, token),
      here: () => start,
      sectionStart: () => this.run.sectionStart(),
    };
  }

  private prefixesOnly(statement: Statement, times: number) {
    if (statement.prefixes.length === 0) return;
    const bytes = prefixesOnly(statement.prefixes, this.run.bits);
    this.run.output.emit(statement, bytes, 'code', statement, times);
  }

  // --- data -----------------------------------------------------------------------------------------------------

  private data(statement: Statement, { items, elementBytes }: BodyOf<'data'>, times: number) {
    const { output } = this.run;
    const { final } = output;
    const data = dataOf(items, elementBytes, {
      final,
      spend: (steps, token) => this.run.budget.spend(steps, token),
      place: final && this.run.relocatable ? this.place(statement) : undefined,
      evaluate: expression => evaluate(expression, this.run),
      number: value => (final ? resolve(value) : value.constant),
      warn: (message, token) => this.run.warn(message, token, statement),
    });
    output.relocate(data.fixups, data.length, times, statement);
    if (data.bytes) return output.emit(statement, data.bytes, 'data', statement, times);
    if (data.length * times > limits.imageBytes) throw new FatalError(messages.imageTooLarge(), statement);
    output.advance(data.length * times, statement);
  }

  private place(extent: Extent): FieldPlace {
    const section = this.run.output.storing(extent);
    return { section, start: BigInt(section.offset) };
  }

  private reserve(statement: Statement, { count, elementBytes, token }: BodyOf<'reserve'>, times: number) {
    const value = evaluate(count, this.run);
    if (value.unknown) return;
    if (!isScalar(value) || value.constant < 0n) throw new AssemblyError(messages.needsCount(token.text), token);
    this.run.output.reserve(statement, value.constant * BigInt(elementBytes) * BigInt(times), token);
  }

  private incbin(statement: Statement, { file, skip, length }: BodyOf<'incbin'>, times: number) {
    this.run.budget.spend(stepsOfFile, file);
    const contents = this.fileBytes(file);
    const number = (expression: typeof skip, otherwise: number) => {
      const value = expression ? Number(this.run.known(expression, file, 'incbin')) : otherwise;
      if (value < 0) throw new CriticalError(messages.needsCount('incbin'), file);
      return value;
    };
    const start = number(skip, 0);
    const bytes = contents.subarray(start, start + number(length, contents.length));
    this.run.output.emit(statement, bytes, 'data', statement, times);
  }

  private fileBytes(file: Token & Extent): Uint8Array {
    const name = new TextDecoder().decode(file.bytes);
    const { files, search } = this.run;
    for (const candidate of search.candidates(name, file.position.file)) {
      const contents = files.bytes(candidate);
      if (contents) return contents;
    }
    throw new CriticalError(search.notFound(name, file.position.file, files), file);
  }
}
