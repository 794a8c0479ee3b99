// Tables that are sorted by address.

interface Placed {
  readonly address: number;
}

export const byAddress = (a: Placed, b: Placed): number => a.address - b.address;

/** Index of the last of the rows, sorted by address, that does not begin after `address`; -1 if there is none. */
export function lastNotAfter(rows: readonly Placed[], address: number): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rows[middle].address <= address) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
