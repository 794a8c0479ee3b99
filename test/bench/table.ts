// Tables for a terminal: the first column to the left, the others to the right.

/** Lines of equal-width columns; `undefined` is a dash. */
export function table(header: readonly string[], rows: readonly (readonly (string | undefined)[])[]): string {
  const cells = [header, ...rows].map(row => row.map(cell => cell ?? '–'));
  const widths = header.map((_, column) => Math.max(...cells.map(row => row[column].length)));
  const lines = cells.map(row =>
    row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column]))).join('  '),
  );
  return lines.join('\n');
}

/** Three digits are enough. */
export function figure(value: number | undefined): string | undefined {
  if (value === undefined) return undefined;
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}
