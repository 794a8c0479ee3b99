// The assembler as its directives see it.
import type { Bits } from './opcodeFacts';
import type { EvaluationContext } from './evaluate';
import type { Expression } from './expression';
import type { Token } from './lexer';
import type { Location, Output, Warn } from './output';
import type { Section } from './sections';
import type { Statement } from './statement';
import type { SymbolTable } from './symbols';
import type { Value } from './value';

/** `struc` and `istruc` that are open. */
export interface OpenStructure {
  readonly kind: 'struc' | 'istruc';
  readonly name: Token;
  readonly start: Value;
}

export interface DirectiveContext extends EvaluationContext {
  /** The source becomes an object. */
  readonly relocatable: boolean;
  readonly warn: Warn;
  readonly symbols: SymbolTable;
  readonly structures: OpenStructure[];
  readonly output: Output;
  bits: Bits;
  /** `bits 64` is taken. */
  readonly longMode: boolean;
  defaultRelative: boolean;
  readonly location: Location;
  /** Assembles there from now on; `temporary` in a structure, which `endStructure` leaves again. */
  goTo(location: Location, temporary?: boolean): void;
  endStructure(): void;
  section(name: string): Section;
  /** What __?SECT?__ goes back to: the section that a directive without brackets named last. */
  sectionName: string;
  /** The value of an expression whose symbols must stand above. Throws AssemblyError. */
  critical(expression: Expression): Value;
  /** The value of an expression that must be known when it is met. Throws AssemblyError. */
  known(expression: Expression, token: Token, what: string): bigint;
  setOrigin(origin: bigint, token: Token): void;
  /** Assembles `tokens` as a statement `times` times; they stand where `statement` stands. */
  repeat(statement: Statement, tokens: readonly Token[], times: bigint): void;
  fill(statement: Statement, zeroBytes: bigint, token: Token): void;
}

export type Directive = (
  context: DirectiveContext,
  statement: Statement,
  operands: readonly Token[],
  token: Token,
) => void;
