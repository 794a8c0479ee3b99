// Repeated string instructions that fill or copy memory, recognised by what their iterations do: one store, of a value
// that stays the same or of what was just loaded, addresses that move on by one element in the direction that DF gives, and a
// counter that goes down to zero. Such iterations can be done many at a time. The rest (other effects, 16-bit addresses)
// goes on element by element.

import { stateOffset } from '../isa/state';
import type { ValueWidth } from '../semantics/builder';
import type { BlockGraph } from './blockGraph';
import type { BlockValue } from './blockValue';
import { MicroOpCode } from './microOp';

/** Registers are given as state words. */
export interface BulkRepeat {
  /** elements left */
  readonly counter: number;
  readonly width: ValueWidth;
  /** holds the address of the next element to write */
  readonly destination: number;
  /** holds the address of the next element to read; undefined: each element becomes `value` */
  readonly source: number | undefined;
  readonly value: BlockValue;
}

/** What the iterations of a repeat block do together, going upwards, or undefined if they must be done one by one. */
export function bulkRepeat({ effects, end, state }: BlockGraph): BulkRepeat | undefined {
  const first = effects.at(0);
  const store = effects.at(-1);
  if (end.kind !== 'repeat' || store?.kind !== 'store') return undefined;
  const counter = counterOf(end.done);
  if (counter === undefined || !countsDown(end.again, state.get(counter), counter)) return undefined;
  const { offset, width, value } = store;
  const stepsOn = (word: BlockValue): boolean => isStep(state.get(word.immediate), word, width / 8);
  if (!isWord(offset) || !stepsOn(offset)) return undefined;
  const destination = offset.immediate;
  if (effects.length === 1) {
    const invariant = state.size === 2 && !dependsOn(value, word => state.has(word));
    return invariant ? { counter, width, destination, source: undefined, value } : undefined;
  }
  if (effects.length !== 2 || first?.kind !== 'load' || first.result !== value || state.size !== 3) return undefined;
  const isCopy = first.width === width && isWord(first.offset) && stepsOn(first.offset);
  return isCopy ? { counter, width, destination, source: first.offset.immediate, value } : undefined;
}

const isWord = ({ code, width }: BlockValue): boolean => code === MicroOpCode.readState && width === 32;

const reads = ({ code, immediate }: BlockValue, offset: number): boolean =>
  code === MicroOpCode.readState && immediate === offset;

const isConstant = ({ code, immediate }: BlockValue, value: number): boolean =>
  code === MicroOpCode.constant && immediate === value;

/** Done when a word is zero: that word. */
function counterOf({ code, width, operands: [word, zero] }: BlockValue): number | undefined {
  const fits = code === MicroOpCode.equal && width === 32 && isWord(word) && isConstant(zero, 0);
  return fits ? word.immediate : undefined;
}

/** Again while what was left, less one, is not zero. */
function countsDown({ code, operands }: BlockValue, left: BlockValue | undefined, counter: number): boolean {
  if (code !== MicroOpCode.notEqual || operands[0] !== left || !isConstant(operands[1], 0)) return false;
  return left.code === MicroOpCode.add && reads(left.operands[0], counter) && isConstant(left.operands[1], -1);
}

/** word + (DF ? -bytes : bytes) */
function isStep(next: BlockValue | undefined, word: BlockValue, bytes: number): boolean {
  if (next?.code !== MicroOpCode.add || next.operands[0] !== word) return false;
  const { code, operands } = next.operands[1];
  const [condition, down, up] = operands;
  return (
    code === MicroOpCode.select && reads(condition, stateOffset.df) && isConstant(down, -bytes) && isConstant(up, bytes)
  );
}

function dependsOn(value: BlockValue, isChanged: (word: number) => boolean): boolean {
  if (value.code === MicroOpCode.readState) return isChanged(value.immediate);
  return value.operands.some(operand => dependsOn(operand, isChanged));
}
