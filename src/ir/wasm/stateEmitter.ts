// The state of the processor while a region runs: words in locals, flags perhaps as a recipe, the budget. Puts it there
// from memory, after a block, and on the ways out, and back to memory.

import { stateOffset } from '../../isa/state';
import type { StateSnapshot } from '../blockGraph';
import type { BlockValue } from '../blockValue';
import { Wasm } from './binary';
import type { DeferredFlags } from './deferredFlags';
import { allStatusFlags, carry, flagsIn, type FlagSet, wordsOf } from './flagNeeds';
import type { MemoryAccess } from './memoryAccess';
import { budgetOf, type Spending, type WeightLayout } from './spending';
import type { StateLocals, ValueEmitter } from './valueEmitter';

export interface StateParts {
  readonly values: ValueEmitter;
  readonly memory: MemoryAccess;
  readonly flags: DeferredFlags;
  readonly stateLocals: StateLocals;
  readonly stateAddress: number;
  readonly budgetLocal: number;
  readonly eipLocal: number;
  readonly weights: WeightLayout;
}

export class StateEmitter {
  constructor(private readonly parts: StateParts) {}

  load(): void {
    this.transfer(Wasm.i32Load, [...this.parts.stateLocals]);
  }

  store(): void {
    this.transfer(Wasm.i32Store, [...this.parts.stateLocals, [stateOffset.eip, this.parts.eipLocal]]);
  }

  /**
   * Puts the state after a block into the locals. Flags that the block wrote may be left as a recipe: all, or those
   * besides CF, which often comes from elsewhere.
   */
  commitBlock(state: StateSnapshot, mayDefer: FlagSet): void {
    const written = flagsIn(state);
    for (const flags of [written & mayDefer, written & mayDefer & ~carry]) {
      const words = wordsOf(flags);
      const deferral = flags === 0 ? undefined : this.parts.flags.defer(state, words);
      if (!deferral) continue;
      this.commit(without(state, words), deferral.roots);
      return this.parts.flags.setRecipe(deferral);
    }
    this.commit(state);
    if (written !== 0) this.parts.flags.setDone();
  }

  /** The same for a state in the middle of a block, on the way out. The block found the flags `needs` in their locals. */
  commitExit(state: StateSnapshot, needs: FlagSet): void {
    const written = flagsIn(state);
    const missing = allStatusFlags & ~written & ~needs;
    if (written === 0 || missing === 0) return this.commitBlock(state, written === allStatusFlags ? allStatusFlags : 0);
    const words = wordsOf(written);
    const overrides = words.flatMap(word => {
      const value = state.get(word);
      return value ? [[this.parts.flags.overrideOf(word), value] as const] : [];
    });
    this.commit(without(state, words), overrides);
    this.parts.flags.setOverridden(written);
  }

  /** All values first, then all locals: a value may need what a local held before. */
  private commit(state: StateSnapshot, more: readonly (readonly [number, BlockValue])[] = []): void {
    const moves = [...state].map(([offset, value]) => [this.parts.stateLocals.get(offset) ?? 0, value] as const);
    const all = [...moves, ...more];
    for (const [, value] of all) this.parts.values.push(value);
    for (const [local] of all.reverse()) this.parts.values.set(local);
  }

  /** Takes instructions off the budget. */
  spend(spending: Spending): void {
    const { values, budgetLocal, weights } = this.parts;
    if (spending.instructions === 0) return;
    values.get(budgetLocal);
    values.i32(budgetOf(spending));
    values.op(Wasm.i32Sub);
    values.set(budgetLocal);
    this.countUp(weights.weightlessAddress, spending.weightless);
    this.countUp(weights.heavinessAddress, spending.heaviness);
  }

  private countUp(address: number, by: number): void {
    const { values, memory } = this.parts;
    if (by === 0) return;
    values.i32(0);
    values.i32(0);
    memory.memory(Wasm.i32Load, 2, address);
    values.i32(by);
    values.op(Wasm.i32Add);
    memory.memory(Wasm.i32Store, 2, address);
  }

  private transfer(code: Wasm.i32Load | Wasm.i32Store, words: readonly (readonly [number, number])[]): void {
    const { values, memory, stateAddress } = this.parts;
    for (const [offset, local] of words) {
      values.i32(0);
      if (code === Wasm.i32Store) values.get(local);
      memory.memory(code, 2, stateAddress + offset);
      if (code === Wasm.i32Load) values.set(local);
    }
  }
}

/** What of a state is put into locals if these flags may be left as a recipe. */
export const liveState = (state: StateSnapshot, mayDefer: FlagSet): StateSnapshot =>
  without(state, wordsOf(flagsIn(state) & mayDefer));

const without = (state: StateSnapshot, words: readonly number[]): StateSnapshot =>
  new Map([...state].filter(([word]) => !words.includes(word)));
