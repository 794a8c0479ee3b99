// What the preprocessor's directives are, and the preprocessor as they see it.
import type { SourcePosition } from '../diagnostics';
import type { Token } from '../lexer';
import type { MacroCall, MultiLineMacros } from './multiLineMacros';
import type { Context } from './parameters';
import type { PreprocessorHost } from './preprocessorHost';
import type { SingleLineMacros } from './singleLineMacros';
import type { StackFrame } from './stackFrame';

/** The preprocessor as its directives see it. */
export interface DirectiveTarget {
  readonly host: PreprocessorHost;
  readonly singleLine: SingleLineMacros;
  readonly multiLine: MultiLineMacros;
  readonly contexts: Context[];
  readonly stackFrame: StackFrame;
  readonly macroCall: MacroCall | undefined;
  /** Macro calls that led to the line, innermost first. */
  readonly expandedFrom: readonly SourcePosition[];
  numberOf(tokens: readonly Token[], directive: Token): bigint;
  exit(kind: 'repetition' | 'macro', directive: Token): void;
  include(name: string, directive: Token): void;
  /** Where %include would find the file; the name itself if nowhere. */
  pathOf(name: string, directive: Token): string;
  use(packageName: string, directive: Token): void;
  pushContext(name: string): void;
}

export type PreprocessorDirective = (target: DirectiveTarget, operands: readonly Token[], directive: Token) => void;
