// The global offset table: addresses that position-independent code reads instead of having them in itself. Nothing is
// linked dynamically here, so it is filled in once; its first three words are a dynamic linker's and stay 0.
import { SectionFlag, SectionType } from './elf';
import type { ObjectSection, ObjectSymbol, Relocation } from './object';
import { gotName } from './provided';
import { needsGotEntry, relocationRule, RelocationType, writeField } from './relocations';

const wordBytes = 4;
const reservedWords = 3;

export class GlobalOffsetTable {
  /** undefined if nothing asks for the table */
  readonly section: ObjectSection | undefined;
  private readonly entries = new Map<ObjectSymbol, number>();

  /** `meant` gives the symbol that another stands for in the whole program. */
  constructor(
    relocations: readonly Relocation[],
    private readonly meant: (symbol: ObjectSymbol) => ObjectSymbol,
  ) {
    for (const { type, symbol } of relocations) if (needsGotEntry(type)) this.add(meant(symbol));
    if (relocations.some(isAboutTable)) this.section = sectionOf((reservedWords + this.entries.size) * wordBytes);
  }

  private add(symbol: ObjectSymbol) {
    if (!this.entries.has(symbol)) this.entries.set(symbol, (reservedWords + this.entries.size) * wordBytes);
  }

  /** Where in the table the symbol's address stands. */
  offsetOf(symbol: ObjectSymbol): number {
    return this.entries.get(this.meant(symbol)) ?? 0;
  }

  fill(bytes: Uint8Array, addressOf: (symbol: ObjectSymbol) => number | undefined) {
    for (const [symbol, offset] of this.entries) writeField(bytes, offset, wordBytes, addressOf(symbol) ?? 0);
  }
}

const isAboutTable = ({ type, symbol }: Relocation): boolean =>
  symbol.name === gotName || relocationRule(type)?.computes.includes('GOT') === true;

const sectionOf = (sizeBytes: number): ObjectSection => ({
  name: '.got',
  type: SectionType.program,
  flags: SectionFlag.allocate | SectionFlag.write,
  align: wordBytes,
  sizeBytes,
  bytes: new Uint8Array(sizeBytes),
  relocations: [],
});

/** `mov eax,[symbol@GOT]` without a base register: the ModRM byte says that the field is the whole address. */
export function isWithoutBase({ type, offset }: Relocation, bytes: Uint8Array): boolean {
  if (type !== RelocationType.got32Relaxable && type !== RelocationType.got32) return false;
  return offset > 0 && (bytes[offset - 1] & 0xc7) === 0x05;
}
