// The BIOS as a part of what a guest runs: its names, and the lines of its own source, which clients can ask for.

import symbols from '../machine/biosSymbols.json';
import { firmwareCode } from '../machine/firmware';
import type { LineRow } from '../symbols/lineTable';
import type { ProgramPart } from './programPart';

/** As the adapter names its own sources. */
const pathOf = (file: string): string => `firmware/${file}`;

const rows = (file: string, lines: readonly (readonly number[])[]): LineRow[] =>
  lines.map(([address = 0, length = 0, line = 1]) => ({
    address,
    length,
    position: { file, line, column: 1 },
    expandedFrom: undefined,
    isCode: true,
  }));

/** Its names for files are their paths, which no file of the user's has. */
export const firmwarePart = (): ProgramPart => ({
  symbols: {
    labels: symbols.labels.map(([name, address]) => ({ name: String(name), address: Number(address) })),
    constants: new Map(),
    lines: Object.entries(symbols.lines).flatMap(([file, lines]) => rows(pathOf(file), lines)),
  },
  sources: new Map(Object.keys(symbols.lines).map(file => [pathOf(file), pathOf(file)])),
  code: [firmwareCode],
});
