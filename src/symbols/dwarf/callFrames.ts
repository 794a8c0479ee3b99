// Call frame information: where the caller's frame is at each instruction of compiled code, with or without frame pointers
// (.debug_frame: DWARF 5 §6.4; .eh_frame: System V ABI, LSB 5 §10.6). Leaves out: expressions, and all registers but those by
// which frames are found. Where it says nothing that is understood, the stack has to be looked through.

import { byAddress, lastNotAfter } from '../addressOrder';
import { ByteReader, DwarfError } from './byteReader';
import { FrameProgram, type FrameRule } from './frameProgram';

export interface FrameSection {
  readonly address: number;
  readonly bytes: Uint8Array;
}

/** What several functions have in common (§6.4.1). */
interface CommonEntry {
  readonly codeAlign: number;
  readonly dataAlign: number;
  readonly addressEncoding: number;
  readonly hasAugmentation: boolean;
  readonly instructions: ByteReader;
}

interface FrameEntry {
  readonly address: number;
  readonly end: number;
  readonly common: CommonEntry;
  readonly instructions: ByteReader;
}

/** Encodings of pointers (LSB 5 §10.5.1): the low four bits say how long, the high ones from where. */
const Encoding = { absolute: 0, unsigned2: 2, unsigned4: 3, signed2: 10, signed4: 11, relative: 0x10 } as const;
const commonEntryId = { eh: 0, debug: 0xffffffff } as const;
const mostEntries = 200_000;

export class CallFrames {
  private readonly entries: readonly FrameEntry[];

  /** `displacement` is what to add to the addresses in the sections. */
  constructor(
    eh: FrameSection | undefined,
    debug: FrameSection | undefined,
    private readonly displacement: number,
  ) {
    const found = [
      ...(eh ? new FrameReader(eh, true).entries() : []),
      ...(debug ? new FrameReader(debug, false).entries() : []),
    ];
    this.entries = found.sort(byAddress);
  }

  /** How the frame is found of code that is about to run at `address`; undefined if nobody says. */
  ruleAt(address: number): FrameRule | undefined {
    const place = address - this.displacement;
    const entry = this.entryAt(place);
    if (entry === undefined) return undefined;
    try {
      const program = new FrameProgram(entry.common, entry.address);
      program.run(entry.common.instructions, Infinity);
      program.keepInitial();
      program.run(entry.instructions, place);
      return program.rule;
    } catch (error) {
      if (!(error instanceof DwarfError)) throw error;
      return undefined;
    }
  }

  private entryAt(place: number): FrameEntry | undefined {
    const entry = this.entries[lastNotAfter(this.entries, place)];
    return entry !== undefined && place < entry.end ? entry : undefined;
  }
}

class FrameReader {
  private readonly common = new Map<number, CommonEntry>();
  private readonly reader: ByteReader;

  constructor(
    private readonly section: FrameSection,
    /** .eh_frame's form of it */
    private readonly isEh: boolean,
  ) {
    this.reader = new ByteReader(section.bytes);
  }

  /** As far as they can be read. */
  entries(): FrameEntry[] {
    const found: FrameEntry[] = [];
    try {
      while (!this.reader.atEnd && found.length < mostEntries) found.push(...this.entry());
    } catch (error) {
      if (!(error instanceof DwarfError)) throw error;
    }
    return found;
  }

  private entry(): FrameEntry[] {
    const start = this.reader.position;
    const { length, offsetBytes } = this.reader.unitLength();
    if (length === 0) return []; // .eh_frame's end, after which another file's may follow
    const body = this.reader.part(length);
    const idAt = body.position;
    const id = body.unsigned(offsetBytes);
    if (id === (this.isEh ? commonEntryId.eh : offsetBytes === 4 ? commonEntryId.debug : 2 ** 64)) {
      this.common.set(start, this.commonEntry(body));
      return [];
    }
    const common = this.common.get(this.isEh ? idAt - id : id);
    return common ? this.frameEntry(body, common) : [];
  }

  private commonEntry(body: ByteReader): CommonEntry {
    const version = body.unsigned(1);
    const augmentation = body.text();
    if (version >= 4) body.skip(2); // sizes of addresses and of segments
    const codeAlign = body.uleb();
    const dataAlign = body.sleb();
    if (version === 1) body.skip(1);
    else body.uleb();
    const hasAugmentation = augmentation.startsWith('z');
    if (augmentation !== '' && !hasAugmentation) throw new DwarfError('an entry has an unknown augmentation');
    const data = hasAugmentation ? body.part(body.uleb()) : undefined;
    const addressEncoding = data ? this.encodingIn(augmentation, data) : Encoding.absolute;
    return { codeAlign, dataAlign, addressEncoding, hasAugmentation, instructions: body };
  }

  private encodingIn(augmentation: string, data: ByteReader): number {
    let encoding: number = Encoding.absolute;
    for (const letter of augmentation.slice(1)) {
      if (letter === 'R') encoding = data.unsigned(1);
      else if (letter === 'L') data.skip(1);
      else if (letter === 'P') this.pointer(data, data.unsigned(1));
      else if (letter !== 'S') break;
    }
    return encoding;
  }

  private frameEntry(body: ByteReader, common: CommonEntry): FrameEntry[] {
    const address = this.pointer(body, common.addressEncoding);
    const length = this.pointer(body, common.addressEncoding & 0x0f);
    if (common.hasAugmentation) body.skip(body.uleb());
    return [{ address, end: address + length, common, instructions: body }];
  }

  private pointer(reader: ByteReader, encoding: number): number {
    const place = (encoding & 0x70) === Encoding.relative ? this.section.address + reader.position : 0;
    switch (encoding & 0x0f) {
      case Encoding.absolute:
      case Encoding.unsigned4:
      case Encoding.signed4:
        return (place + reader.unsigned(4)) >>> 0;
      case Encoding.unsigned2:
        return (place + reader.unsigned(2)) >>> 0;
      case Encoding.signed2:
        return (place + ((reader.unsigned(2) << 16) >> 16)) >>> 0;
      default:
        throw new DwarfError('a pointer has an unknown encoding');
    }
  }
}
