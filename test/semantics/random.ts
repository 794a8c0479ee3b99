// Repeatable randomness for tests: a seed gives the same cases on every machine.

export interface Random {
  /** an unsigned 32-bit number */
  word(): number;
  /** an integer from 0 to `bound` − 1 */
  below(bound: number): number;
  /** true in `percent` of a hundred cases */
  chance(percent: number): boolean;
  pick<Item>(items: readonly Item[]): Item;
  /** a 32-bit number, mostly one at which arithmetic has its corners */
  edge(): number;
}

const edges = [
  0, 1, 2, 3, 7, 8, 9, 0xf, 0x10, 0x1f, 0x20, 0x7e, 0x7f, 0x80, 0x81, 0x99, 0x9a, 0xfe, 0xff, 0x100, 0x7fff, 0x8000, 0x8001,
  0xfffe, 0xffff, 0x10000, 0x7ffffffe, 0x7fffffff, 0x80000000, 0x80000001, 0xffff0000, 0xffff8000, 0xffffff80, 0xfffffffe,
  0xffffffff,
]; // prettier-ignore

/** xorshift32 (Marsaglia 2003) over a seed that is scrambled first, so that neighbouring seeds differ at once. */
export function randomFrom(seed: number): Random {
  let state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) | 1;
  const word = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
  const below = (bound: number): number => Math.floor((word() / 0x100000000) * bound);
  const pick = <Item>(items: readonly Item[]): Item => items[below(items.length)];
  const chance = (percent: number): boolean => below(100) < percent;
  const edge = (): number => (chance(40) ? word() : chance(70) ? pick(edges) : below(64));
  return { word, below, chance, pick, edge };
}
