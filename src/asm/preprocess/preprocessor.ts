// The preprocessor: sources in, lines without macros out (NASM manual §4). It runs interleaved with the assembler,
// which reads one line at a time, so that %if and %assign may ask for `$` and for labels that stand above.
import { t } from '../../base/localization';
import { AssemblyError, type Extent, FatalError, type SourcePosition } from '../diagnostics';
import { isOperator, type Token } from '../lexer';
import { limits } from '../limits';
import { messages } from '../messages';
import {
  applyConditional,
  type ConditionDirective,
  type ConditionScope,
  holds,
  isConditional,
  isEmitting,
} from './conditions';
import { directives } from './directives';
import type { DirectiveTarget } from './directiveTarget';
import { fileFrame, type Frame, macroFrame, repetitionFrame } from './frames';
import {
  labelLength,
  type MacroCall,
  type MultiLineMacro,
  MultiLineMacros,
  parseMacroHeader,
  placesLabel,
  bindArguments,
} from './multiLineMacros';
import { preprocessorFunctions } from './functions';
import { packageLines } from './packages';
import { type Context, substitute } from './parameters';
import { predefinedMacros } from './predefined';
import type { PreprocessorHost } from './preprocessorHost';
import { type FunctionsByName, SingleLineMacros } from './singleLineMacros';
import { type SourceLine, sourceLines, TokenRoom } from './sourceLines';
import { StackFrame } from './stackFrame';
import { stepsOf } from './tokens';

/** A line as the assembler gets it. */
export interface ExpandedLine {
  readonly tokens: readonly Token[];
  readonly position: SourcePosition;
  readonly endColumn: number;
  /** Macro calls it came out of, innermost first. */
  readonly expandedFrom: readonly SourcePosition[];
}

/** A %macro or %rep whose body is being collected, up to its own end. */
interface Collection {
  readonly kind: 'macro' | 'rep';
  readonly directive: Token;
  readonly lines: SourceLine[];
  depth: number;
  readonly finish: (lines: readonly SourceLine[]) => void;
}

/** What a line takes that is only looked at. */
const stepsOfLine = 3;
/** 2 to the power of this many characters are a step: a text is cut into lines, and a line into tokens. */
const charactersOfCutting = 6;
const charactersOfLine = 3;

const opens = { macro: /^i?r?macro$/, rep: /^rep$/ };
const closes = { macro: /^endm(acro)?$/, rep: /^endrep$/ };

export class Preprocessor implements DirectiveTarget {
  readonly singleLine: SingleLineMacros;
  readonly multiLine = new MultiLineMacros();
  readonly contexts: Context[] = [];
  readonly stackFrame = new StackFrame();
  private readonly usedPackages = new Set<string>();
  private readonly stack: Frame[] = [];
  private readonly lines = new Map<string, readonly SourceLine[]>();
  private readonly tokenRoom = new TokenRoom();
  private readonly waiting: ExpandedLine[] = [];
  private readonly activeMacros = new Set<MultiLineMacro>();
  private collection: Collection | undefined;
  private macroCalls = 0;
  private lineCount = 0;

  constructor(
    readonly host: PreprocessorHost,
    /** The texts of files that have been read in this run. */
    private readonly texts: Map<string, string>,
  ) {
    this.singleLine = new SingleLineMacros(
      predefinedMacros(host),
      host.budget,
      name => this.functionNamed(name),
      (tokens, use) => this.numberOf(tokens, use),
    );
  }

  /** The next line for the assembler, or undefined at the end. Errors are reported and the line is left out. */
  next(): ExpandedLine | undefined {
    for (;;) {
      const waiting = this.waiting.shift();
      if (waiting) return waiting;
      const frame = this.stack[this.stack.length - 1];
      if (!frame) return undefined;
      if (frame.index >= frame.lines.length) {
        this.endOf(frame);
        continue;
      }
      const line = frame.lines[frame.index++];
      try {
        this.host.budget.spend(stepsOfLine + (line.length >> charactersOfLine), line);
        const expanded = this.line(frame, line);
        if (expanded) return expanded;
      } catch (error) {
        this.report(error, line);
      }
    }
  }

  /** Starts reading a file; false if there is none of that name. Throws FatalError if it is too long. */
  open(name: string): boolean {
    const lines = this.linesOf(name);
    if (lines) this.stack.push(fileFrame(lines, this.frame?.expandedFrom ?? []));
    return lines !== undefined;
  }

  /** Reads the lines of a package next, the first time that it is used. */
  use(packageName: string, directive: Token) {
    const lines = packageLines(packageName, directive);
    if (this.usedPackages.has(packageName)) return;
    this.usedPackages.add(packageName);
    this.push(outer => fileFrame(lines, outer.expandedFrom), directive);
  }

  /** Throws FatalError if there is too much to read. */
  private linesOf(name: string): readonly SourceLine[] | undefined {
    const known = this.lines.get(name);
    if (known) return known;
    const text = this.textOf(name);
    if (text === undefined) return undefined;
    this.host.budget.spend(text.length >> charactersOfCutting, undefined);
    const lines = sourceLines(name, text);
    this.lines.set(name, lines);
    return lines;
  }

  private textOf(name: string): string | undefined {
    const known = this.texts.get(name);
    if (known !== undefined) return known;
    const text = this.host.files.text(name);
    if (text === undefined) return undefined;
    this.host.budget.read(name, text);
    this.texts.set(name, text);
    return text;
  }

  private get frame(): Frame | undefined {
    return this.stack[this.stack.length - 1];
  }

  private get emitting(): boolean {
    return isEmitting(this.frame?.conditions ?? []);
  }

  private report(error: unknown, line: Extent) {
    const { position, endColumn } = line;
    this.host.reportAlways(error, { position, endColumn, expandedFrom: this.expandedFrom });
    if (error instanceof FatalError) this.stack.length = 0;
  }

  private readonly warn = (message: string, at: Token) =>
    this.host.diagnostics.report('warning', message, at, this.expandedFrom);

  private line(frame: Frame, line: SourceLine): ExpandedLine | undefined {
    if (this.collection) return this.collect(this.collection, line);
    if (!this.emitting) return this.skipped(line);
    const tokens = substitute(line.tokens(this.tokenRoom), frame.call, this.contexts);
    this.host.budget.spend(stepsOf(tokens), line);
    const [first] = tokens;
    if (!first) return undefined;
    if (first.kind === 'preprocessor' && !this.callsFunction(first, tokens[1])) {
      this.directive(first, this.singleLine.expandIndirect(tokens.slice(1)));
      return undefined;
    }
    const expanded = this.singleLine.expand(tokens);
    const open = expanded.find(token => token.kind === 'openString');
    if (open) throw new AssemblyError(messages.unterminatedString(open.text[0]), open);
    if (this.call(expanded, line)) return undefined;
    return expanded.length > 0 ? this.expandedLine(expanded, line, frame) : undefined;
  }

  private expandedLine(tokens: readonly Token[], line: Extent, frame: Frame): ExpandedLine {
    if (++this.lineCount > limits.expandedLines) throw new FatalError(messages.tooManyLines(), line);
    const { position, endColumn = position.column } = line;
    return { tokens, position, endColumn, expandedFrom: frame.expandedFrom };
  }

  private directive(token: Token, operands: readonly Token[]) {
    const name = token.text.slice(1).toLowerCase();
    if (this.conditional(name, token, operands)) return;
    if (opens.macro.test(name)) return this.beginMacro(token, operands);
    if (name === 'rep') return this.beginRepetition(token, operands);
    const act = directives.get(name);
    if (!act) throw new AssemblyError(messages.unknownDirective(token.text), token);
    act(this, operands, token);
  }

  // --- conditional assembly -------------------------------------------------------------------------------------

  private skipped(line: SourceLine): undefined {
    const name = line.directive;
    if (name === undefined || !isConditional(name)) return;
    const [token, ...operands] = substitute(line.tokens(this.tokenRoom), this.frame?.call, this.contexts);
    this.host.budget.spend(stepsOf(operands), line);
    this.conditional(name, token, operands);
  }

  private conditional(name: string, token: Token, operands: readonly Token[]): boolean {
    const conditions = this.frame?.conditions ?? [];
    const test = (directive: ConditionDirective) => holds(directive, operands, this.scope, token);
    return applyConditional(conditions, name, token, test, this.warn);
  }

  private get scope(): ConditionScope {
    return { ...this.parts(), isTrue: (tokens, directive) => this.numberOf(tokens, directive) !== 0n };
  }

  private parts() {
    return {
      singleLine: this.singleLine,
      multiLine: this.multiLine,
      contexts: this.contexts,
      usedPackages: this.usedPackages,
    };
  }

  private callsFunction(token: Token, next: Token | undefined): boolean {
    return isOperator(next, '(') && this.functionNamed(token.text) !== undefined;
  }

  private functionNamed(name: string): ReturnType<FunctionsByName> {
    const act = preprocessorFunctions.get(name.slice(1).toLowerCase());
    if (!act) return undefined;
    const numberOf = (tokens: readonly Token[], use: Token) => this.numberOf(tokens, use);
    const spend = (steps: number, use: Token) => this.host.budget.spend(steps, use);
    return call => act(call, { ...this.scope, numberOf, spend, warn: this.warn });
  }

  /** The value of tokens whose macros are already expanded. */
  numberOf(tokens: readonly Token[], directive: Token): bigint {
    if (tokens.length === 0)
      throw new AssemblyError(messages.needsOperand(directive.text, t`an expression`), directive);
    return this.host.evaluate(tokens, directive);
  }

  // --- macros and repetitions -----------------------------------------------------------------------------------

  private collect(collection: Collection, line: SourceLine): undefined {
    const name = line.directive ?? '';
    if (opens[collection.kind].test(name)) collection.depth++;
    if (closes[collection.kind].test(name) && --collection.depth === 0) {
      this.collection = undefined;
      collection.finish(collection.lines);
    } else collection.lines.push(line);
  }

  private beginMacro(directive: Token, operands: readonly Token[]) {
    const lines: SourceLine[] = [];
    const begin = (finish: Collection['finish']) => {
      this.collection = { kind: 'macro', directive, lines, depth: 1, finish };
    };
    begin(() => undefined); // after a faulty header the body is skipped all the same
    const header = parseMacroHeader(operands, directive);
    begin(body => this.multiLine.define({ ...header, body, placesLabel: placesLabel(body) }, directive));
  }

  private beginRepetition(directive: Token, operands: readonly Token[]) {
    const lines: SourceLine[] = [];
    let count = 0;
    this.collection = { kind: 'rep', directive, lines, depth: 1, finish: body => this.repeat(body, count, directive) };
    const value = this.numberOf(this.singleLine.expand(operands), directive);
    if (value > limits.repetitions) throw new FatalError(messages.tooManyRepetitions(value), directive);
    count = Number(value);
  }

  private repeat(lines: readonly SourceLine[], count: number, directive: Token) {
    if (count > 0 && lines.length > 0) this.push(outer => repetitionFrame(lines, count, outer), directive);
  }

  private push(frameIn: (outer: Frame) => Frame, directive: Token) {
    const outer = this.frame;
    if (this.stack.length >= limits.nesting) throw new AssemblyError(messages.nestedTooDeep(), directive);
    if (outer) this.stack.push(frameIn(outer));
  }

  /** Starts reading a macro's body if the line calls one; a label before the call is a line of its own. */
  private call(tokens: readonly Token[], line: SourceLine): boolean {
    const label = labelLength(tokens);
    return this.callAt(0, tokens, line) || (label > 0 && this.callAt(label, tokens, line));
  }

  private callAt(skip: number, tokens: readonly Token[], line: SourceLine): boolean {
    const name = tokens[skip];
    if (name?.kind !== 'identifier' || this.multiLine.named(name.text).length === 0) return false;
    if (skip === 1 && this.host.isKeyword(tokens[0].text)) return false;
    const macro = this.multiLine.find(name.text, tokens.slice(skip + 1), this.activeMacros);
    if (macro) return this.enterMacro(macro, tokens, skip, line);
    this.checkArgumentCount(name, tokens.slice(skip + 1));
    return false;
  }

  private checkArgumentCount(name: Token, tokens: readonly Token[]) {
    const macros = this.multiLine.named(name.text).filter(macro => !this.activeMacros.has(macro));
    const isLabel = isOperator(tokens[0], ':');
    if (macros.length > 0 && !isLabel && !this.host.isKeyword(name.text))
      throw new AssemblyError(messages.argumentCount(macros), name);
  }

  private enterMacro(macro: MultiLineMacro, tokens: readonly Token[], skip: number, line: SourceLine): true {
    const outer = this.frame;
    const label = skip > 0 ? tokens[0] : undefined;
    if (label && outer && !macro.placesLabel) this.waiting.push(this.labelLine(label, line, outer));
    const name = tokens[skip];
    const call: MacroCall = {
      macro,
      number: ++this.macroCalls,
      parameters: bindArguments(macro, tokens.slice(skip + 1)),
      rotation: 0,
      name,
      position: line.position,
      ...(label ? { label } : {}),
    };
    this.host.budget.spend(call.parameters.length, name);
    this.push(frame => macroFrame(call, frame), name);
    if (!macro.recursive) this.activeMacros.add(macro);
    return true;
  }

  private labelLine(label: Token, line: SourceLine, frame: Frame): ExpandedLine {
    return this.expandedLine([label, { ...label, kind: 'operator', text: ':', spaceBefore: false }], line, frame);
  }

  private endOf(frame: Frame) {
    const last = frame.lines[frame.lines.length - 1];
    if (this.collection) {
      this.report(
        new AssemblyError(messages.unclosedDirective(this.collection.directive.text), this.collection.directive),
        last,
      );
      this.collection = undefined;
    }
    for (const { extent } of frame.conditions.slice(0, limits.diagnostics))
      this.report(new AssemblyError(messages.unclosedDirective('%if'), extent), last);
    frame.conditions.length = 0;
    if (frame.remaining-- > 0) frame.index = 0;
    else this.leave();
  }

  private leave() {
    const frame = this.stack.pop();
    if (frame?.kind === 'macro' && frame.call) this.activeMacros.delete(frame.call.macro);
  }

  // --- what the directives do to the stack ----------------------------------------------------------------------

  get expandedFrom(): readonly SourcePosition[] {
    return this.frame?.expandedFrom ?? [];
  }

  /** The call whose body is being read. */
  get macroCall(): MacroCall | undefined {
    return this.frame?.call;
  }

  /** %exitrep and %exitmacro: ends the innermost frame of the kind, with all that is inside it. */
  exit(kind: 'repetition' | 'macro', directive: Token) {
    const found = this.stack.findLastIndex(frame => frame.kind === kind);
    const file = this.stack.findLastIndex(frame => frame.kind === 'file');
    if (found < file || found < 0) throw new AssemblyError(messages.nothingToExit(directive.text), directive);
    while (this.stack.length > found) this.leave();
  }

  include(name: string, directive: Token) {
    const depth = this.stack.filter(frame => frame.kind === 'file').length;
    if (depth > limits.includeDepth) throw new AssemblyError(messages.includedTooDeep(name), directive);
    const { search, files } = this.host;
    const from = directive.position.file;
    const found = search.candidates(name, from).some(file => this.open(file));
    if (!found) throw new AssemblyError(search.notFound(name, from, files), directive);
  }

  pathOf(name: string, directive: Token): string {
    const candidates = this.host.search.candidates(name, directive.position.file);
    return candidates.find(file => this.textOf(file) !== undefined) ?? name;
  }

  pushContext(name: string) {
    this.contexts.push({ name, number: ++this.macroCalls });
  }
}
