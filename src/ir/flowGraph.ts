// How control flows among the blocks of a region, and how that can be written with nested blocks and loops alone. Control
// comes in from outside, and from computed jumps, through one place, the dispatch, which leads to the entries. Where
// the dispatch is the root, the dominator tree says what encloses what (Ramsey, "Beyond Relooper", ICFP 2022): a block
// with one way in is written where it is reached; one with several is written after what dominates it, under a label.
// A jump back to a block that does not dominate it (into the middle of a loop) goes through the dispatch.

/** How control gets from one block to another. */
export type Way = 'inline' | 'label' | 'back' | 'dispatch';

export interface FlowGraph {
  /** blocks that the dispatch leads to, in the order of their numbers there */
  readonly entries: readonly number[];
  /** all blocks; each comes after those that lead to it, jumps back apart */
  readonly order: readonly number[];
  headsLoop(block: number): boolean;
  /** what is written after the block, or after the dispatch (undefined), each under a label, in this order */
  labelledAfter(block: number | undefined): readonly number[];
  way(from: number, to: number): Way;
}

/** Blocks within one another: code is written by going down the dominator tree. */
const mostDepth = 150;

/** `successors[n]` are the blocks that block n leads to directly; one that is reached twice is there twice. */
export function flowGraph(successors: readonly (readonly number[])[], entries: Iterable<number>): FlowGraph {
  const wanted = new Set(entries);
  for (;;) {
    const analysis = new Analysis(successors, wanted);
    const more = analysis.missingEntries();
    if (more.length === 0) return analysis;
    for (const block of more) wanted.add(block);
  }
}

class Analysis implements FlowGraph {
  readonly entries: readonly number[];
  readonly order: readonly number[];
  private readonly root: number;
  /** place in reverse postorder; -1 for what cannot be reached */
  private readonly positions: Int32Array;
  private readonly dominators: Int32Array;
  private readonly loops = new Set<number>();
  private readonly labelled: ReadonlySet<number>;
  private readonly after: readonly (readonly number[])[];

  constructor(
    private readonly successors: readonly (readonly number[])[],
    entries: ReadonlySet<number>,
  ) {
    this.root = successors.length;
    this.entries = [...entries].sort((a, b) => a - b);
    this.positions = new Int32Array(successors.length + 1).fill(-1);
    const order = this.reversePostorder();
    order.forEach((node, position) => (this.positions[node] = position));
    this.order = order.slice(1);
    this.dominators = this.findDominators(order);
    this.labelled = this.findLabelled();
    this.after = this.findAfter();
  }

  /**
   * Blocks that must be entries too: one that nothing leads to, or else those that lie too deep, or else those that are
   * jumped back to past a dominator.
   */
  missingEntries(): readonly number[] {
    const lost = this.successors.findIndex((_, block) => this.positions[block] < 0);
    if (lost >= 0) return [lost];
    const deep = this.tooDeep();
    if (deep.length > 0) return deep;
    const entries = new Set(this.entries);
    return this.successors.flatMap((targets, from) =>
      targets.filter(to => this.goesBack(from, to) && !this.dominates(to, from) && !entries.has(to)),
    );
  }

  headsLoop(block: number): boolean {
    return this.loops.has(block);
  }

  labelledAfter(block: number | undefined): readonly number[] {
    return this.after[block ?? this.root];
  }

  way(from: number, to: number): Way {
    if (this.goesBack(from, to)) return this.dominates(to, from) ? 'back' : 'dispatch';
    return this.labelled.has(to) ? 'label' : 'inline';
  }

  private leadsTo(node: number): readonly number[] {
    return node === this.root ? this.entries : this.successors[node];
  }

  /** From the root; along straight lines of code first, so that what goes back is what jumps to lower addresses. */
  private reversePostorder(): number[] {
    const descending = (blocks: readonly number[]): number[] => [...blocks].sort((a, b) => b - a);
    const seen = new Set([this.root]);
    const path = [{ node: this.root, left: descending(this.entries) }];
    const postorder: number[] = [];
    for (let top = path.at(-1); top; top = path.at(-1)) {
      const next = top.left.pop();
      if (next === undefined) postorder.push(path.pop()?.node ?? this.root);
      else if (!seen.has(next)) {
        seen.add(next);
        path.push({ node: next, left: descending(this.leadsTo(next)) });
      }
    }
    return postorder.reverse();
  }

  private goesBack(from: number, to: number): boolean {
    return this.positions[to] <= this.positions[from];
  }

  private dominates(above: number, node: number): boolean {
    let at = node;
    while (this.positions[at] > this.positions[above]) at = this.dominators[at];
    return at === above;
  }

  /** Cooper, Harvey, Kennedy, "A Simple, Fast Dominance Algorithm". */
  private findDominators(order: readonly number[]): Int32Array {
    const dominators = new Int32Array(this.successors.length + 1).fill(-1);
    dominators[this.root] = this.root;
    const meet = (a: number, b: number): number => {
      while (a !== b) {
        while (this.positions[a] > this.positions[b]) a = dominators[a];
        while (this.positions[b] > this.positions[a]) b = dominators[b];
      }
      return a;
    };
    for (let changed = true; changed;) {
      changed = false;
      for (const node of order) {
        for (const target of this.leadsTo(node)) {
          const known = dominators[target];
          const found = known < 0 ? node : meet(known, node);
          if (found === known) continue;
          dominators[target] = found;
          changed = true;
        }
      }
    }
    return dominators;
  }

  /** Those at every so many levels. */
  private tooDeep(): readonly number[] {
    const depths = new Int32Array(this.successors.length + 1);
    for (const block of this.order) depths[block] = depths[this.dominators[block]] + 1;
    return this.order.filter(block => depths[block] > mostDepth && depths[block] % mostDepth === 1);
  }

  private findLabelled(): ReadonlySet<number> {
    const labelled = new Set(this.entries);
    const reached = new Set<number>();
    for (const from of this.order)
      for (const to of this.successors[from]) {
        if (this.goesBack(from, to)) {
          if (this.dominates(to, from)) this.loops.add(to);
        } else if (reached.has(to)) labelled.add(to);
        else reached.add(to);
      }
    return labelled;
  }

  private findAfter(): readonly (readonly number[])[] {
    const after: number[][] = Array.from({ length: this.successors.length + 1 }, () => []);
    for (const block of this.order) if (this.labelled.has(block)) after[this.dominators[block]].push(block);
    return after;
  }
}
