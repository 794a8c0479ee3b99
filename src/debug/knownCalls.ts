// The calls that are under way in compiled code, as its call frame information says: exact where it is there, with frame
// pointers or without.

import type { MemoryView } from './memory';
import type { ProgramSymbols } from '../symbols/programSymbols';

export interface KnownCall {
  readonly kind: 'call';
  /** linear address that it returns to */
  readonly address: number;
  /** where that lies on the stack */
  readonly slot: number;
}

export interface KnownCalls {
  /** innermost first */
  readonly calls: readonly KnownCall[];
  /** of the first frame that nobody knows a rule for */
  readonly stackPointer: number;
}

interface FrameRegisters {
  /** of the next instruction */
  readonly linear: number;
  readonly stackPointer: number;
  /** undefined where nobody knows it any more */
  readonly basePointer: number | undefined;
}

interface Surroundings {
  readonly symbols: ProgramSymbols;
  readonly memory: MemoryView;
  readonly isReturnAddress: (address: number) => boolean;
  /** frames lie below it */
  readonly stackEnd: number;
  readonly most: number;
}

export function knownCalls(innermost: FrameRegisters, surroundings: Surroundings): KnownCalls {
  const calls: KnownCall[] = [];
  let frame = innermost;
  while (calls.length < surroundings.most) {
    // of a caller the call is under way, which may be the last instruction of its function
    const next = callerOf(frame, calls.length === 0 ? frame.linear : frame.linear - 1, surroundings);
    if (next === undefined) break;
    calls.push({ kind: 'call', address: next.linear, slot: next.stackPointer - 4 });
    frame = next;
  }
  return { calls, stackPointer: frame.stackPointer };
}

/** `place` is the address of an instruction of `frame`'s that is under way, or about to be. */
function callerOf(frame: FrameRegisters, place: number, around: Surroundings): FrameRegisters | undefined {
  const rule = around.symbols.frameRuleAt(place);
  const base = rule?.register === 'esp' ? frame.stackPointer : frame.basePointer;
  if (rule === undefined || base === undefined) return undefined;
  const stackPointer = base + rule.offset;
  if (stackPointer <= frame.stackPointer || stackPointer > around.stackEnd) return undefined;
  const linear = around.memory.read(stackPointer - 4, 4);
  if (linear === undefined || !around.isReturnAddress(linear)) return undefined;
  const { savedEbp } = rule;
  const basePointer = savedEbp === undefined ? frame.basePointer : around.memory.read(stackPointer + savedEbp, 4);
  return { linear, stackPointer, basePointer };
}
