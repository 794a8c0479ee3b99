// What the debugger knows of the BIOS: its labels and the lines of its code, of the image that our assembler makes, at the addresses
// where guests have it.

/** of F000:0000 */
const segmentAddress = 0xf0000;

/** `image`: as src/asm/assemble.ts gives it. What a macro makes counts as the line that calls it. */
export function firmwareSymbols(image) {
  const labels = [...image.symbols.values()]
    .filter(({ kind, section }) => kind === 'label' && section !== undefined)
    .map(({ name, value }) => [name, value + segmentAddress]);
  const lines = {};
  for (const { address, length, position, expandedFrom, kind } of image.lines) {
    if (kind !== 'code') continue;
    const { file, line } = expandedFrom.at(-1) ?? position;
    (lines[file] ??= []).push([address + segmentAddress, length, line]);
  }
  return { labels, lines };
}
