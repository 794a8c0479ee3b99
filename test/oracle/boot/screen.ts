// The text page of a VGA, as it is compared: a line for each row, with the attributes where they are not the usual ones.

const [columns, rows] = [80, 25];
const usual = 0x07;
/** What SeaBIOS prints before it starts anything ends with this line. */
const banner = /^Booting from/;

export interface Outcome {
  readonly screen: readonly string[];
  readonly serial: string;
}

/** Of the 4000 bytes at B8000. */
export function screenLines(page: Uint8Array): readonly string[] {
  const lines = Array.from({ length: rows }, (_, row) =>
    lineOf(page.subarray(row * columns * 2, (row + 1) * columns * 2)),
  );
  const after = lines.findLastIndex(line => banner.test(line)) + 1;
  const shown = lines.slice(after);
  while (shown.at(-1) === '') shown.pop();
  return shown;
}

function lineOf(cells: Uint8Array): string {
  const characters = cells.filter((_, index) => index % 2 === 0);
  const attributes = cells.filter((_, index) => index % 2 === 1);
  const text = String.fromCharCode(...characters).trimEnd();
  const special = attributes.some(attribute => attribute !== usual);
  return special ? `${text} ${Buffer.from(attributes).toString('hex')}` : text;
}
