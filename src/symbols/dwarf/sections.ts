// What debug information is read from: sections by name, with the addresses of the program in them already put in, as
// a linker leaves them. Whether they come from a file or from a linker is all the same here.

import { ByteReader, DwarfError } from './byteReader';

export type DebugSections = ReadonlyMap<string, Uint8Array>;

/** A cursor over the section. @throws DwarfError if there is none, or it has no such place */
export function readerAt(sections: DebugSections, name: string, offset: number): ByteReader {
  const bytes = sections.get(name);
  if (bytes === undefined) throw new DwarfError(`there is no section ${name}`);
  return new ByteReader(bytes, offset);
}

/** How much may be read, so that a file cannot ask for more work than it is worth. */
export class Budget {
  constructor(private left: number) {}

  /** @throws DwarfError when all is used up */
  take(count = 1): void {
    this.left -= count;
    if (this.left < 0) throw new DwarfError('it is larger than it may be');
  }
}
