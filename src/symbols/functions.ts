// Where the functions of compiled code lie. One may be in several pieces: what is seldom used is often put elsewhere.

import { lastNotAfter } from './addressOrder';

export interface FunctionRange {
  readonly name: string;
  readonly address: number;
  readonly end: number;
}

export class FunctionTable {
  private readonly ranges: readonly FunctionRange[];

  constructor(ranges: readonly FunctionRange[]) {
    this.ranges = ranges.filter(({ address, end }) => address < end).sort((a, b) => a.address - b.address);
  }

  /** The piece of a function that `address` lies in. */
  at(address: number): FunctionRange | undefined {
    const range = this.ranges[lastNotAfter(this.ranges, address)];
    return range !== undefined && address < range.end ? range : undefined;
  }
}
