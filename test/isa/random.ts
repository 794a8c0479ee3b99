// Reproducible random numbers for test corpora: xorshift of 32 bits (Marsaglia 2003).

export const seed = Number(process.env.SEED ?? 20000);

export class Random {
  private state: number;

  constructor(from: number) {
    this.state = from | 1;
  }

  /** 0 to 2^32 - 1 */
  next(): number {
    this.state ^= this.state << 13;
    this.state ^= this.state >>> 17;
    this.state ^= this.state << 5;
    return this.state >>> 0;
  }

  below(bound: number): number {
    return this.next() % bound;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)];
  }
}
