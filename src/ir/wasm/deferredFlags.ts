// Flags that nobody has asked for yet. OF, SF, ZF, AF and PF are written by almost every instruction and read by few. A
// region does not compute them: it keeps the values that they follow from (the roots) in a few locals, and the number of
// the recipe that says how. Recipe 0 means that the flags are in their own locals. Recipes are followed where control
// leaves the region, and nowhere else: before a block that reads old flags they are computed at once.

import type { BlockValue, StateSnapshot } from '../blockGraph';
import { resultFlags } from '../blockGraph';
import { Wasm } from './binary';
import type { ControlEmitter } from './controlEmitter';
import type { ValueEmitter } from './valueEmitter';

/** Most roots of a recipe: both operands and the result. */
export const mostRoots = 3;

interface Recipe {
  readonly flags: readonly BlockValue[];
  readonly roots: readonly BlockValue[];
}

export class DeferredFlags {
  private readonly recipes: Recipe[] = [];

  constructor(
    private readonly values: ValueEmitter,
    /** local that holds the recipe's number */
    private readonly recipeLocal: number,
    private readonly rootLocals: readonly number[],
    private readonly flagLocals: readonly number[],
  ) {}

  /** What must be kept for the flags of `state`, as locals and values; undefined if they had better be computed at once. */
  defer(state: StateSnapshot): readonly (readonly [local: number, value: BlockValue])[] | undefined {
    const flags = resultFlags.map(flag => state.get(flag)).filter(value => value !== undefined);
    if (flags.length !== resultFlags.length) return undefined;
    const roots = this.values.rootsOf(flags, mostRoots);
    if (!roots) return undefined;
    this.number = this.numberOf(flags, roots);
    return roots.map((root, index) => [this.rootLocals[index], root]);
  }

  private number = 0;

  /** Emits: the recipe is the one that `defer` gave last. */
  setRecipe(): void {
    this.values.i32(this.number);
    this.values.set(this.recipeLocal);
  }

  /** Emits: the flags are in their locals. */
  setDone(): void {
    this.values.i32(0);
    this.values.set(this.recipeLocal);
  }

  /** Emits the way out: follows whatever recipe there is. */
  follow(control: ControlEmitter): void {
    if (this.recipes.length === 0) return;
    const end = control.open(Wasm.block);
    const labels = this.recipes.map(() => control.open(Wasm.block)).reverse();
    this.values.get(this.recipeLocal);
    control.branchTable([end, ...labels], end);
    for (const { flags, roots } of this.recipes) {
      control.close();
      const places = new Map(roots.map((root, place) => [root, this.rootLocals[place]]));
      this.values.fromRoots(places, () => flags.forEach((flag, which) => this.setFlag(flag, which)));
      control.branch(end);
    }
    control.close();
  }

  private setFlag(flag: BlockValue, which: number): void {
    this.values.push(flag);
    this.values.set(this.flagLocals[which]);
  }

  private numberOf(flags: readonly BlockValue[], roots: readonly BlockValue[]): number {
    const same = (a: readonly BlockValue[], b: readonly BlockValue[]): boolean =>
      a.length === b.length && a.every((value, index) => value === b[index]);
    const known = this.recipes.findIndex(recipe => same(recipe.flags, flags) && same(recipe.roots, roots));
    if (known >= 0) return known + 1;
    this.recipes.push({ flags, roots });
    return this.recipes.length;
  }
}
