// What is known of a program's addresses: labels, constants, functions, and which source line each instruction came from.
// Addresses are linear, as linked; where the guest maps its code elsewhere, its lines are found only there. A program may
// have several parts, such as a boot sector and the kernel that it loads: of those that could stand at an address the
// later ones count first, if their bytes are there.

import type { FrameRule } from './dwarf/frameProgram';
import { inParts, PartedLines } from './partedLines';
import type { SymbolPart } from './symbolPart';

export class ProgramSymbols {
  static readonly empty = new ProgramSymbols([]);

  readonly lines: PartedLines;
  private readonly values: ReadonlyMap<string, number>;

  /** Of names that several parts have, the first part's counts. */
  constructor(private readonly parts: readonly SymbolPart[]) {
    this.lines = new PartedLines(parts);
    this.values = firstValues(parts);
  }

  get isEmpty(): boolean {
    return this.values.size === 0 && this.parts.every(({ lines }) => lines.isEmpty);
  }

  get names(): Iterable<string> {
    return this.values.keys();
  }

  /** Value of a label or constant. */
  valueOf(name: string): number | undefined {
    return this.values.get(name);
  }

  isLabel(name: string): boolean {
    return this.partNaming(name)?.isLabel(name) ?? false;
  }

  partNaming(name: string): SymbolPart | undefined {
    return this.parts.find(({ values }) => values.has(name));
  }

  /** Names that stand for exactly this address; the assembler's own order decides which comes first. */
  nameAt(address: number): string | undefined {
    return inParts(this.parts, address, part => part.nameAt(address));
  }

  /** `label` or `label+0x12` for an address within the program. */
  describe(address: number): string | undefined {
    return inParts(this.parts, address, part => part.describe(address));
  }

  /** How the frame is found of code that is about to run at `address`, where debug information says so. */
  frameRuleAt(address: number): FrameRule | undefined {
    return inParts(this.parts, address, ({ frames }) => frames?.ruleAt(address));
  }

  /** The function that code at `address` belongs to; in assembly, the last label that is not local to another. */
  functionAt(address: number): string | undefined {
    return inParts(this.parts, address, part => part.functionAt(address));
  }
}

function firstValues(parts: readonly SymbolPart[]): ReadonlyMap<string, number> {
  const first = new Map<string, number>();
  for (const { values } of parts) for (const [name, value] of values) if (!first.has(name)) first.set(name, value);
  return first;
}
