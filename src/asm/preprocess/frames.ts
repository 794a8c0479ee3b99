// The stack of what the preprocessor is reading: files, bodies of macros, repetitions. The innermost is read first.
import type { SourcePosition } from '../diagnostics';
import type { Condition } from './conditions';
import type { MacroCall } from './multiLineMacros';
import type { SourceLine } from './sourceLines';

export interface Frame {
  readonly kind: 'file' | 'macro' | 'repetition';
  readonly lines: readonly SourceLine[];
  index: number;
  /** %if … %endif opened in this frame; a frame may not end with one open. */
  readonly conditions: Condition[];
  /** The macro call whose parameters hold here, if any. */
  readonly call?: MacroCall;
  /** Macro calls that led here, innermost first. */
  readonly expandedFrom: readonly SourcePosition[];
  /** Of a repetition: how often the lines are still to be read after this time. */
  remaining: number;
}

export const fileFrame = (lines: readonly SourceLine[], expandedFrom: readonly SourcePosition[]): Frame => ({
  kind: 'file',
  lines,
  index: 0,
  conditions: [],
  expandedFrom,
  remaining: 0,
});

export const macroFrame = (call: MacroCall, outer: Frame): Frame => ({
  kind: 'macro',
  lines: call.macro.body,
  index: 0,
  conditions: [],
  call,
  expandedFrom: [call.position, ...outer.expandedFrom],
  remaining: 0,
});

export const repetitionFrame = (lines: readonly SourceLine[], count: number, outer: Frame): Frame => ({
  kind: 'repetition',
  lines,
  index: 0,
  conditions: [],
  expandedFrom: outer.expandedFrom,
  ...(outer.call ? { call: outer.call } : {}),
  remaining: count - 1,
});
