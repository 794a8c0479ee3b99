// Flags that nobody has asked for yet. OF, SF, ZF, AF and PF are written by almost every instruction and read by few, and CF
// with them by most. A region does not compute them: it keeps the values that they follow from (the roots) in a few
// locals, and the number of the recipe that says how. Flags that a recipe does not mention are in their own locals, all of
// them if it is number 0. Recipes are followed where control leaves the region, or comes through the dispatch to a
// block that needs flags; before other such blocks they are computed at once (`flagNeeds.ts`).
//
// A way out at which only some flags have been written since the recipe was set writes those to locals apart
// (overrides): they count more than what the recipe says.

import { type StateSnapshot, statusFlags } from '../blockGraph';
import type { BlockValue } from '../blockValue';
import { Wasm } from './binary';
import type { ControlEmitter } from './controlEmitter';
import type { FlagSet } from './flagNeeds';
import type { StateLocals, ValueEmitter } from './valueEmitter';

/** Most roots of a recipe: both operands and the result. */
export const mostRoots = 3;

interface Recipe {
  /** by state word */
  readonly flags: StateSnapshot;
  readonly roots: readonly BlockValue[];
}

/** A recipe to be set, and the values that must be in locals then. */
export interface Deferral {
  readonly number: number;
  readonly roots: readonly (readonly [local: number, value: BlockValue])[];
}

export class DeferredFlags {
  private readonly recipes: Recipe[] = [];
  private overrides = false;
  /** numbers of recipes by shape, and of the computations in them */
  private readonly numbers = new Map<string, number>();
  private readonly nodes = new Map<string, number>();

  constructor(
    private readonly values: ValueEmitter,
    /** local that holds the recipe's number */
    private readonly recipeLocal: number,
    private readonly rootLocals: readonly number[],
    private readonly stateLocals: StateLocals,
    /** local that holds the set of flags that are overridden, and the locals of their values */
    private readonly overriddenLocal: number,
    private readonly overrideLocals: readonly number[],
  ) {}

  /** What must be kept for these flags of `state`; undefined if they had better be computed at once. */
  defer(state: StateSnapshot, words: readonly number[]): Deferral | undefined {
    const flags = new Map([...state].filter(([word]) => words.includes(word)));
    const roots = this.values.rootsOf([...flags.values()], mostRoots);
    if (!roots || flags.size !== words.length) return undefined;
    const number = this.numberOf({ flags, roots });
    return { number, roots: roots.map((root, index) => [this.rootLocals[index], root]) };
  }

  /** Emits: these roots are in their locals. */
  setRecipe({ number }: Deferral): void {
    this.values.i32(number);
    this.values.set(this.recipeLocal);
  }

  /** Emits: the flags are in their locals. */
  setDone(): void {
    this.values.i32(0);
    this.values.set(this.recipeLocal);
  }

  /** Emits: these flags are in the locals that `overrideOf` says. */
  setOverridden(flags: FlagSet): void {
    this.overrides = true;
    this.values.i32(flags);
    this.values.set(this.overriddenLocal);
  }

  overrideOf(word: number): number {
    return this.overrideLocals[statusFlags.indexOf(word)];
  }

  /** Emits, after `follow`: overridden flags to their locals. */
  override(): void {
    if (!this.overrides) return;
    statusFlags.forEach((word, index) => {
      const local = this.stateLocals.get(word) ?? 0;
      this.values.get(this.overrideLocals[index]);
      this.values.get(local);
      this.values.get(this.overriddenLocal);
      this.values.i32(1 << index);
      this.values.op(Wasm.i32And);
      this.values.op(Wasm.select);
      this.values.set(local);
    });
  }

  /** Emits, after all code that sets recipes: follows whatever recipe there is. */
  follow(control: ControlEmitter): void {
    if (this.recipes.length === 0) return;
    const end = control.open(Wasm.block);
    const labels = this.recipes.map(() => control.open(Wasm.block)).reverse();
    this.values.get(this.recipeLocal);
    control.branchTable([end, ...labels], end);
    for (const { flags, roots } of this.recipes) {
      control.close();
      const places = new Map(roots.map((root, place) => [root, this.rootLocals[place]]));
      this.values.fromRoots(places, () => flags.forEach((flag, word) => this.setFlag(flag, word)));
      control.branch(end);
    }
    control.close();
  }

  private setFlag(flag: BlockValue, word: number): void {
    this.values.push(flag);
    this.values.set(this.stateLocals.get(word) ?? 0);
  }

  /** The same way of computing, from whatever roots, has one number. */
  private numberOf(recipe: Recipe): number {
    const shape = this.shapeOf(recipe);
    const known = this.numbers.get(shape);
    if (known !== undefined) return known;
    const number = this.recipes.push(recipe);
    this.numbers.set(shape, number);
    return number;
  }

  private shapeOf({ flags, roots }: Recipe): string {
    const known = new Map<BlockValue, number>(roots.map((root, index) => [root, -1 - index]));
    const nodeOf = (value: BlockValue): number => {
      const seen = known.get(value);
      if (seen !== undefined) return seen;
      const { code, width, resultWidth, immediate, operands } = value;
      const text = `${code} ${width} ${resultWidth} ${immediate} ${operands.map(nodeOf).join(' ')}`;
      const node = this.nodes.get(text) ?? this.nodes.size;
      this.nodes.set(text, node);
      known.set(value, node);
      return node;
    };
    return [...flags].map(([word, value]) => `${word} ${nodeOf(value)}`).join();
  }
}
